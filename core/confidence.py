"""The paper's confidence surface (paper 5.2)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .values import frozen

SPREAD_IN_SPACE = 0.2  # rho_s: sigma is this times the root of the object's area
SPREAD_IN_TIME = 0.5  # rho_t: sigma is this times the frame rate over the mean acceleration
# s: the paper's sigma_t explodes for slow objects (measured beforehand), and a long one only drags the
# surface behind the thing. The six situations at confidence 0.5: precision, hit ratio, detection rate 0.63,
# 0.72, 0.52 at 0.25 s, 0.66, 0.73, 0.61 at 0.1 s and 0.67, 0.73, 0.63 at 0.05 s; shorter serves alike.
LONGEST_SPREAD = 0.05


class ConfidenceSurface:
    """How confident one is of each pixel, smoothed in space and, looking back only, in time."""

    def __init__(self, height: int, width: int) -> None:
        self._surface = np.zeros((height, width), np.float32)
        self._time: float | None = None

    def update(
        self, mask: NDArray[np.bool_], level: float, time: float, acceleration: float, size: tuple[int, int]
    ) -> NDArray[np.float32]:
        """The surface, float32 in 0 … 1 of `size` (height, width) px, at `time` s, of a mask in analysis px
        that has this `level` of confidence and moves with a mean `acceleration` in px/frame²."""
        fresh = mask.astype(np.float32) * np.float32(level)
        if mask.any():
            sigma = max(0.5, SPREAD_IN_SPACE * float(mask.sum()) ** 0.5)
            fresh = np.asarray(cv2.GaussianBlur(fresh, (0, 0), sigma), np.float32)
        spread = min(LONGEST_SPREAD, SPREAD_IN_TIME / max(acceleration, 1e-6))
        keep = np.float32(0 if self._time is None else np.exp((self._time - time) / spread))
        before = self._surface
        if before.shape != fresh.shape:  # the analysis has another size from here on
            before = np.asarray(cv2.resize(before, fresh.shape[::-1]), np.float32)
        self._surface = keep * before + (1 - keep) * fresh
        self._time = time
        height, width = size
        return frozen(cv2.resize(self._surface, (width, height), interpolation=cv2.INTER_LINEAR))
