"""Pearson's correlation in place of Winner-Take-All codes, on soundspot's own tracks and curves.

Karl Pearson: "Note on Regression and Inheritance in the Case of Two Parents", Proceedings of the Royal
Society of London 58, 1895. What is decided here is said in correlation.py.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.values import SoundBlock, VideoFrame
from .correlation import locate_by_correlation

NAME = "Pearson"
CITATION = (
    "Pearson: Note on Regression and Inheritance in the Case of Two Parents, Proceedings of the Royal "
    "Society of London 58, 1895"
)
SLOW = False


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): the object whose motion goes with the sound best."""
    return locate_by_correlation(frames, sound, ranked=False)
