"""How things look: pictures in LUV, where distances are near to what the eye sees, and their histograms."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ShapeError
from .kernels.colours import STEPS, fill_luv
from .kernels.regions import count_colours

BINS = 5  # a channel, so 125 in all (paper 4.2)
# What colours of a screen fill of LUV, in OpenCV's float units (measured over all of them).
LOW = np.array([0.0, -83.1, -134.1], np.float32)
HIGH = np.array([100.0, 175.1, 107.4], np.float32)
VALUES, LUMINANCES = np.arange(256) / 255, np.arange(int(STEPS) + 2) / STEPS
# The light of each value of sRGB (IEC 61966-2-1), and CIE 1976 lightness of each luminance.
LINEAR = np.where(VALUES <= 0.04045, VALUES / 12.92, ((VALUES + 0.055) / 1.055) ** 2.4).astype(np.float32)
LIGHTNESS = np.where(LUMINANCES > 0.008856, 116 * np.cbrt(LUMINANCES) - 16, 903.3 * LUMINANCES).astype(
    np.float32
)


def luv_picture(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """BGR uint8 (h, w, 3) -> LUV float32 (h, w, 3): L 0 … 100, u -83 … 175, v -134 … 107.

    OpenCV's answer to 0.02 in a third of its time.
    """
    luv = np.empty(pixels.shape, np.float32)
    fill_luv(np.ascontiguousarray(pixels).reshape(-1, 3), LINEAR, LIGHTNESS, luv.reshape(-1, 3))
    return luv


def luv_histograms(luv: NDArray[np.float32], labels: NDArray[np.int32], count: int) -> NDArray[np.float32]:
    """Pixels of each colour in each region, float32 (count, 125).

    `luv` (h, w, 3), `labels` (h, w); labels outside 0 … count - 1 are left out. Raises ShapeError.
    """
    if luv.shape != (*labels.shape, 3):
        raise ShapeError(f"luv={luv.shape}, labels={labels.shape}: want (h, w, 3) and (h, w)")
    histograms = np.zeros((count, BINS**3), np.float32)
    count_colours(luv, labels, LOW, BINS / (HIGH - LOW), BINS, histograms)
    return histograms


def cosine_similarity(some: NDArray[Any], others: NDArray[Any]) -> NDArray[np.float64]:
    """Cosine between histograms along the last axis, the other axes broadcast; 0 where one is empty."""
    some, others = some.astype(np.float64), others.astype(np.float64)
    lengths = np.linalg.norm(some, axis=-1) * np.linalg.norm(others, axis=-1)
    products = np.einsum("...i,...i->...", some, others)
    return np.asarray(products / np.where(lengths > 0, lengths, 1))
