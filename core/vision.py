"""Frames -> labels and motion of every track, one frame late: acceleration needs the next picture too."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from .appearance import luv_picture
from .flow import Camera, Field, Flow, FlowEstimator
from .motion import Motion, region_motion, textured_pixels, unknown_motion
from .options import Options
from .paper import PaperTracker
from .track import Changes, Regions, Tracker
from .values import VideoFrame

CUT_DIFFERENCE = 18.0  # mean grey levels between thumbnails, and
CUT_LIKENESS = 0.4  # their correlation: both beyond these are a cut
THUMBNAIL = (32, 24)
SAME_PICTURE = 0.02  # mean grey levels: less difference than this is a frame shown twice
LONGEST_REPEAT = 0.12  # s: what stays the same for longer is a still picture, not a repeated frame
BASE_PIXELS = 3 / 4  # height over width of the picture that the width option speaks of


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame showed: its `labels` int32 (h, w) of rows, and each row's `motion`, None for
    a picture that is shown again. `before` happened
    to the rows before this frame's values count,
    `after` happened on the way to the next frame, which has these `regions`; `cut` says that the next frame
    is another shot."""

    frame: VideoFrame
    labels: NDArray[np.int32]
    motion: Motion | None
    before: Changes
    after: Changes
    regions: Regions
    cut: bool


@dataclass(slots=True)
class Picture:
    """A frame with what is derived from it, at analysis size."""

    frame: VideoFrame
    grey: NDArray[np.uint8]
    luv: NDArray[np.float32]
    since: float  # s, when it was first shown
    backward: Field | None = None  # to the picture before
    step: float = 0.0  # s since the picture before was first shown


def analysis_size(height: int, width: int, wanted: int) -> tuple[int, int]:
    """(height, width) with as many pixels as a 4:3 picture `wanted` px wide, never more than the source has.

    A portrait or a wide picture thus costs what a 4:3 one costs.
    """
    factor = min(1.0, (wanted * wanted * BASE_PIXELS / (height * width)) ** 0.5)
    return max(16, round(height * factor)), max(16, round(width * factor))


class Vision:
    """Takes frames of one size in order."""

    def __init__(self, height: int, width: int, options: Options) -> None:
        self.height, self.width = analysis_size(height, width, options.width)
        scale = (self.height * self.width / BASE_PIXELS) ** 0.5 / 320
        kind = PaperTracker if options.preset == "paper" else Tracker
        self.tracker: Tracker | PaperTracker = kind(self.height, self.width, scale)
        self._search = FlowEstimator()
        self._camera = Camera(self.height, self.width)
        self._seen = self._visible(options, self.width / width, self.height / height)
        self._last: Picture | None = None

    def _visible(self, options: Options, across: float, down: float) -> NDArray[np.bool_]:
        visible = np.ones((self.height, self.width), np.bool_)
        for x0, y0, x1, y1 in options.ignore:
            visible[
                int(y0 * down) : int(np.ceil(y1 * down)), int(x0 * across) : int(np.ceil(x1 * across))
            ] = False
        return visible

    def push(self, frame: VideoFrame) -> Seen | None:
        """Take the next frame; returns what the one before it showed, None for the first."""
        picture = self._prepare(frame)
        last, self._last = self._last, picture
        if last is None:
            self.tracker.start(picture.luv)
            return None
        picture.step = frame.time - last.since
        if picture.step < LONGEST_REPEAT and same_picture(last.grey, picture.grey):
            return self._repeat(last, picture)
        if is_cut(last.grey, picture.grey):
            self._search.forget()
            labels = self.tracker.labels
            return self._finish(last, None, self.tracker.start(picture.luv), cut=True, labels=labels)
        forward, picture.backward = self._search.both_ways(last.grey, picture.grey)
        return self._settle(last, forward, picture)

    def finish(self) -> Seen | None:
        """What the last frame showed; its motion is not known."""
        last, self._last = self._last, None
        return self._finish(last, None, Changes(), cut=False) if last else None

    def _prepare(self, frame: VideoFrame) -> Picture:
        size = (self.width, self.height)
        small = np.asarray(cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
        return Picture(frame, grey, luv_picture(small), frame.time)

    def _repeat(self, last: Picture, picture: Picture) -> Seen:
        """The same picture again is no frame: it takes over the motion that led to the first one."""
        self._last = replace(last, frame=picture.frame)
        return replace(self._finish(last, None, Changes(), cut=False), motion=None)

    def _settle(self, last: Picture, forward: Field, picture: Picture) -> Seen:
        """The motion of `last`, with the ways to both its neighbours known, then on to `picture`."""
        before, motion = Changes(), None
        if last.backward is not None and not last.frame.turning:
            flow = Flow(forward, last.backward, picture.step, last.step)
            before = self.tracker.settle(last.luv, flow)
            still = flow.without(self._camera.motion(forward), self._camera.motion(last.backward))
            trusted = textured_pixels(last.grey) & self._seen
            motion = region_motion(self.tracker.labels, still, trusted, self.tracker.rows)
        labels = self.tracker.labels
        assert picture.backward is not None
        after = self.tracker.advance(picture.luv, picture.backward, forward, picture.frame.time)
        return self._finish(last, motion, after, cut=False, before=before, labels=labels)

    def _finish(
        self,
        last: Picture,
        motion: Motion | None,
        after: Changes,
        *,
        cut: bool,
        before: Changes | None = None,
        labels: NDArray[np.int32] | None = None,
    ) -> Seen:
        labels = self.tracker.labels if labels is None else labels
        shown = np.where(self._seen, labels, -1) if not self._seen.all() else labels
        tracker = self.tracker
        return Seen(
            last.frame,
            shown,
            motion or unknown_motion(tracker.rows),
            before or Changes(),
            after,
            Regions(tracker.ids.copy(), tracker.areas.copy(), tracker.centres.copy()),
            cut,
        )


def same_picture(some: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two grey pictures are one frame shown twice."""
    return float(cv2.absdiff(some, other).mean()) < SAME_PICTURE


def is_cut(some: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two grey pictures show different shots: neither alike in grey levels nor in their pattern."""
    first, second = (
        cv2.resize(grey, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
        for grey in (some, other)
    )
    if float(np.abs(first - second).mean()) < CUT_DIFFERENCE:
        return False
    first, second = first - first.mean(), second - second.mean()
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return size == 0 or float(first @ second) / size < CUT_LIKENESS
