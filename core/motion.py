"""Labels and flow -> one motion value per track (paper 4.2)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .flow import Field
from .kernels.track import measure_motion

GRADIENT_NOISE = 12.0  # Sobel response of grey levels below which a pixel shows no motion of its own
LEAST_TEXTURE = 8  # textured pixels below which a region's motion is unknown


def textured_pixels(grey: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Where a picture (h, w) has structure that shows motion.

    Flat neighbours of a moving thing inherit its flow and score as high as the thing itself
    (method.md, section 3), so they are left out.
    """
    across = cv2.Sobel(grey, cv2.CV_16S, 1, 0)
    down = cv2.Sobel(grey, cv2.CV_16S, 0, 1)
    return np.hypot(across.astype(np.float32), down.astype(np.float32)) > GRADIENT_NOISE


def region_motion(
    labels: NDArray[np.int32], acceleration: Field, trusted: NDArray[np.bool_], rows: int
) -> NDArray[np.float32]:
    """The paper's descriptor m_i (rows,): the mean acceleration magnitude over a region's trusted pixels, in
    picture widths/s²; NaN where too few pixels are trusted."""
    sums = np.zeros(rows, np.float32)
    counts = np.zeros(rows, np.int32)
    measure_motion(labels, acceleration, trusted, sums, counts)
    enough = counts >= LEAST_TEXTURE
    divisor = np.where(enough, counts, 1).astype(np.float32) * np.float32(labels.shape[1])
    return np.where(enough, sums / divisor, np.float32(np.nan))
