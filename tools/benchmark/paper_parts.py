"""The paper's recipe as one would build it from OpenCV's parts, live: every frame segmented and matched, and
the whole window coded anew.

Mean shift is `cv2.pyrMeanShiftFiltering`, flow DIS FAST, Winner-Take-All a numpy batch. For what OpenCV has
no part (linking pixels to regions, their clusters, the matching) stands our own code of the preset `paper`,
which is faster than a plain one would be, so the ratio to ours comes out too small rather than too large.
"""

import time
from collections.abc import Callable
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.appearance import luv_picture
from ...core.kernels.regions import link_pixels, merge_small
from ...core.match import MatchedTracks
from ...core.segment import SAME_MODE, cluster_regions, flow_colours, total_regions
from ...core.values import VideoFrame
from ...core.wta import draw_permutations
from .floor import narrow
from .stopwatch import MILLI

BANDWIDTH, LEAST_AREA = 13, 400  # px and levels; px² (Table 1)
SLOTS, PERMUTATIONS, ENTRIES, CANDIDATES = 120, 2000, 5, 15
Given = TypeVar("Given")


class PaperParts:
    """Takes frames in order; `best` is the track that matches the sound best."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_FAST)
        self._order = draw_permutations(PERMUTATIONS, ENTRIES, SLOTS, rng)
        self._sound = rng.random(SLOTS, np.float32)
        self._past = rng.random((CANDIDATES, SLOTS), np.float32)  # a full window from the first frame on
        self._matched = MatchedTracks()
        self._grey: NDArray[np.uint8] | None = None
        self._backward: NDArray[np.float32] | None = None
        self._took: dict[str, float] = {}
        self._frames = 0
        self.best = 0

    def push(self, frame: VideoFrame) -> None:
        """The next frame."""
        small = narrow(frame)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        last, self._grey = self._grey, grey
        if last is None:
            return
        self._frames += 1
        forward, backward = self._timed("flow", lambda: self._flows(last, grey))
        before = backward if self._backward is None else self._backward
        self._backward = backward
        luv = luv_picture(small)
        modes = self._timed("mean shift", lambda: cv2.pyrMeanShiftFiltering(small, BANDWIDTH, BANDWIDTH))
        regions = self._timed("regions", lambda: regions_of(np.asarray(modes, np.uint8), forward))
        names = self._timed("matching", lambda: self._matched.update(regions, luv))
        motion = self._timed("motion", lambda: motion_of(names, forward + before))
        self.best = self._timed("codes", lambda: self._decide(motion))

    def costs(self) -> dict[str, float]:
        """CPU in ms a frame of each step."""
        return {name: seconds * MILLI / max(self._frames, 1) for name, seconds in self._took.items()}

    def _flows(
        self, last: NDArray[np.uint8], grey: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        empty = np.zeros((*grey.shape, 2), np.float32)
        forward = self._search.calc(last, grey, empty.copy())
        return np.asarray(forward, np.float32), np.asarray(self._search.calc(grey, last, empty), np.float32)

    def _decide(self, motion: NDArray[np.float64]) -> int:
        """Score the window of every candidate anew."""
        strongest = np.argsort(-motion)[:CANDIDATES]
        self._past = np.roll(self._past, -1, axis=1)
        self._past[: strongest.size, -1] = motion[strongest]
        codes = numpy_codes(np.vstack([self._sound, self._past]), self._order)
        return int((codes[1:] == codes[0]).sum(axis=1).argmax())

    def _timed(self, name: str, work: Callable[[], Given]) -> Given:
        begun = time.process_time()
        given = work()
        self._took[name] = self._took.get(name, 0.0) + time.process_time() - begun
        return given


def regions_of(modes: NDArray[np.uint8], flow: NDArray[np.float32]) -> NDArray[np.int32]:
    """Regions int32 (h, w) of like colour that are large enough, clustered by place and motion."""
    luv = luv_picture(modes)
    labels = np.empty(luv.shape[:2], np.int32)
    count = link_pixels(luv, np.float32(SAME_MODE), labels)
    merge_small(labels, total_regions(labels, luv, count), LEAST_AREA)
    return cluster_regions(labels, flow_colours(flow))


def motion_of(names: NDArray[np.int32], jerk: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean acceleration (tracks,) of each track's pixels."""
    areas = np.bincount(names.ravel())
    size = np.hypot(jerk[..., 0], jerk[..., 1])
    return np.asarray(np.bincount(names.ravel(), size.ravel()) / np.maximum(areas, 1))


def numpy_codes(values: NDArray[np.float32], order: NDArray[np.int32]) -> NDArray[np.uint8]:
    """Winner-Take-All codes uint8 (n, count) of `values` (n, slots), as one writes it in numpy (5.1)."""
    return np.asarray(values[:, order].argmax(axis=2), np.uint8)
