"""The floor: decoding, and the two optical flows that the method cannot do without."""

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.values import VideoFrame
from .again import Again
from .context import Bench
from .stages import Costs, each_frame

WIDTH = 320  # px


class Floor:
    """Resizes to width 320 and searches DIS FAST forward and backward, as OpenCV offers it."""

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_FAST)
        self._last: NDArray[np.uint8] | None = None

    def push(self, frame: VideoFrame) -> None:
        """The next frame."""
        grey = np.asarray(cv2.cvtColor(narrow(frame), cv2.COLOR_BGR2GRAY), np.uint8)
        last, self._last = self._last, grey
        if last is not None:
            empty = np.zeros((*grey.shape, 2), np.float32)
            self._search.calc(last, grey, empty.copy())
            self._search.calc(grey, last, empty)


def narrow(frame: VideoFrame) -> NDArray[np.uint8]:
    """The picture at width 320, uint8 (h, 320, 3)."""
    height, width = frame.pixels.shape[:2]
    size = WIDTH, round(height * WIDTH / width)
    return np.asarray(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def decoding_costs(bench: Bench, source: Again) -> dict[str, Costs]:
    """ms of a frame, (frames,), for decoding picture and sound and nothing else."""
    return each_frame(bench, source, lambda frame: None)


def floor_costs(bench: Bench, source: Again, threads: int) -> dict[str, Costs]:
    """ms of a frame, (frames,), for the floor with so many threads of OpenCV's."""
    floor = Floor()
    cv2.setNumThreads(threads)
    try:
        return each_frame(bench, source, floor.push)
    finally:
        cv2.setNumThreads(1)
