"""Whatever moves most, whatever is heard: plain dense flow (OpenCV's DIS).

Decided here: the mean speed of square cells over the last seconds, and the fastest cell is the answer. Cells,
not pixels, as a single pixel's flow is noise; no segmentation, and the camera's own motion counts: the rule
shall be plain. Confidence is the share in the fastest cell's speed, so 0.5 marks what moves half as fast.
"""

from collections import deque
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.values import SoundBlock, VideoFrame
from .clip import take_clip

NAME = "strongest mover"
CITATION = "none: a rule of thumb"
SLOW = False

WIDTH = 320  # px, of a 4:3 picture, as in the analysis
CELL = 16  # px
MEMORY = 4.0  # s, the analysis' window
RULE = "Moves most: the cell of 16 px whose mean speed over the last 4 s is largest, without any sound."
Cells = NDArray[np.float32]


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): every cell's speed beside the fastest one's."""
    confidence, mover = take_clip(frames, sound, WIDTH).blank(), StrongestMover()
    height, width = confidence.shape[1:]
    for k, frame in enumerate(frames):
        mover.push(frame)
        speeds = mover.speeds()
        if speeds is not None and speeds.any():
            confidence[k] = cv2.resize(
                speeds / speeds.max(), (width, height), interpolation=cv2.INTER_NEAREST
            )
    return confidence


class StrongestMover:
    """The rule for a running picture: takes frames of one size in order."""

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_ULTRAFAST)
        self._past: deque[tuple[float, Cells]] = deque()
        self._last: tuple[float, NDArray[np.uint8]] | None = None

    def push(self, frame: VideoFrame) -> tuple[float, float]:
        """Take a frame; the place (x, y) in its px that moved most up to it, the middle before any did."""
        height, width = frame.pixels.shape[:2]
        factor = min(1.0, (WIDTH * WIDTH * 0.75 / (height * width)) ** 0.5)
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
