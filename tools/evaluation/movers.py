"""Baseline: whatever moves most. Plain dense flow (OpenCV's DIS), no sound.

Decided here: the mean speed of square cells over the last seconds, and the fastest cell is the answer. Cells,
not pixels, as a single pixel's flow is noise; no segmentation, as the rule shall be plain.
"""

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.values import VideoFrame

PIXELS = 320 * 240  # of the picture that is compared, as in the analysis
CELL = 16  # px
MEMORY = 4.0  # s, the analysis' window
TOLD = "Moves most: the cell of 16 px whose mean speed over the last 4 s is largest, without any sound."
Cells = NDArray[np.float32]


class MostMoving:
    """Takes frames of one size in order."""

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_ULTRAFAST)
        self._past: deque[tuple[float, Cells]] = deque()
        self._last: tuple[float, NDArray[np.uint8]] | None = None

    def push(self, frame: VideoFrame) -> tuple[float, float]:
        """Take a frame; the place (x, y) in its px that moved most up to it, the middle before any did."""
        height, width = frame.pixels.shape[:2]
        factor = min(1.0, (PIXELS / (height * width)) ** 0.5)
        size = max(CELL, round(width * factor)), max(CELL, round(height * factor))
        small = cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        if self._last is not None:
            self._note(frame.time, grey, *self._last)
        self._last = frame.time, grey
        speeds = self.speeds()
        if speeds is None or not speeds.any():
            return width / 2, height / 2
        row, column = np.unravel_index(int(np.argmax(speeds)), speeds.shape)
        return (float(column) + 0.5) * width / speeds.shape[1], (float(row) + 0.5) * height / speeds.shape[0]

    def speeds(self) -> Cells | None:
        """Mean speed of every cell over the last MEMORY s, px/s at analysis size; None before two frames."""
        return np.mean([cells for _, cells in self._past], axis=0) if self._past else None

    def _note(self, time: float, grey: NDArray[np.uint8], since: float, last: NDArray[np.uint8]) -> None:
        flow = np.asarray(self._search.calc(last, grey, np.zeros((*grey.shape, 2), np.float32)), np.float32)
        speed = np.asarray(cv2.magnitude(flow[..., 0], flow[..., 1]), np.float32) / np.float32(time - since)
        shape = max(1, round(grey.shape[1] / CELL)), max(1, round(grey.shape[0] / CELL))
        cells = np.asarray(cv2.resize(speed, shape, interpolation=cv2.INTER_AREA), np.float32)
        self._past.append((time, cells))
        while self._past[0][0] <= time - MEMORY:
            self._past.popleft()
