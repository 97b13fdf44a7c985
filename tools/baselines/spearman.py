"""Spearman's rank correlation in place of Winner-Take-All codes, on soundspot's own tracks and curves.

Charles Spearman: "The Proof and Measurement of Association between Two Things", American Journal of
Psychology 15, 1904. What is decided here is said in correlation.py.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.values import SoundBlock, VideoFrame
from .correlation import locate_by_correlation

NAME = "Spearman"
CITATION = (
    "Spearman: The Proof and Measurement of Association between Two Things, American Journal of "
    "Psychology 15, 1904"
)
SLOW = False


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): the object whose motion goes with the sound best by rank."""
    return locate_by_correlation(frames, sound, ranked=True)
