"""Pictures -> what each one is beside the one before: a cut, the same again, or displaced both ways.

It knows nothing of regions, so a file's next pictures can be looked at while the tracker is still busy.
"""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from .appearance import luv_picture
from .camera import Camera
from .cut import CUT_LIKENESS, SAME_ROOM, is_unexplained, likeness
from .flow import FlowEstimator, Picture, grey_picture
from .motion import textured_pixels
from .shots import Shots
from .shrink import shrink_picture
from .values import VideoFrame
from .way import Way, way_between

SAME_PICTURE = 0.02  # mean grey levels: less difference than this is a frame shown twice
LONGEST_REPEAT = 0.12  # s: what stays the same for longer is a still picture, not a repeated frame
BASE_PIXELS = 3 / 4  # height over width of the picture that the width option speaks of

Kind = Literal["first", "repeat", "cut", "next"]


@dataclass(frozen=True, slots=True)
class Look:
    """A frame at analysis size: `grey` uint8 (h, w) with its `slope` float32 (h, w) in grey levels per px,
    `luv` float32 (h, w, 3), `textured` bool (h, w) where motion shows, and the ways `forward` from the
    picture before, `step` s ago, and `backward` to it; None unless `kind` is "next". `shots` are the numbers
    of those that are remembered, its own one first. A repeat has the colours of the picture that it repeats.
    """

    frame: VideoFrame
    kind: Kind
    grey: NDArray[np.uint8]
    slope: NDArray[np.float32]
    luv: NDArray[np.float32]
    textured: NDArray[np.bool_]
    shots: tuple[int, ...]
    step: float = 0.0
    forward: Way | None = None
    backward: Way | None = None


class Looker:
    """Takes frames of one size in order."""

    def __init__(self, height: int, width: int, wanted: int, most_shots: int = 1) -> None:
        """For pictures of `height` x `width` px, looked at as if they were `wanted` px wide; so many shots
        are remembered."""
        self._source = height, width
        self._last: Look | None = None
        self._picture: Picture | None = None
        self._since = 0.0  # s, when the newest picture was first shown
        self._shots = Shots(most_shots)
        self.resize(wanted)

    def resize(self, wanted: int) -> None:
        """From the next frame on look as if the pictures were `wanted` px wide; also at the last one, so that
        no way between two pictures is lost."""
        self.height, self.width = analysis_size(*self._source, wanted)
        self._search = FlowEstimator()
        self._camera = Camera(self.height, self.width)
        if self._last is not None:
            small, grey = self._shrink(self._last.frame)
            self._picture = grey_picture(grey)
            luv, textured = luv_picture(small), textured_pixels(self._picture)
            slope = self._picture.slope
            self._last = replace(self._last, grey=grey, slope=slope, luv=luv, textured=textured)

    def push(self, frame: VideoFrame) -> Look:
        """What the next frame is."""
        small, grey = self._shrink(frame)
        last, step = self._picture, frame.time - self._since
        if self._last and last and step < LONGEST_REPEAT and same_picture(last.grey, grey):
            return replace(self._last, frame=frame, kind="repeat", step=0.0, forward=None, backward=None)
        picture = grey_picture(grey)
        self._last = self._look(frame, small, picture, step)
        self._picture, self._since = picture, frame.time
        return self._last

    def _shrink(self, frame: VideoFrame) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """A frame at analysis size, uint8 (h, w, 3), and in grey (h, w)."""
        small = shrink_picture(frame.pixels, self.height, self.width)
        return small, np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)

    def _look(self, frame: VideoFrame, small: NDArray[np.uint8], picture: Picture, step: float) -> Look:
        """What a frame is that is no repeat."""
        luv, textured, shots = luv_picture(small), textured_pixels(picture), self._shots.known(frame.time)
        look = Look(frame, "first", picture.grey, picture.slope, luv, textured, shots)
        last = self._picture
        if last is None:
            return look
        alike = likeness(last.grey, picture.grey)
        if alike < CUT_LIKENESS:
            return self._cut(last, look)
        forward, backward = self._search.both_ways(last, picture)
        if alike < SAME_ROOM and is_unexplained(last.grey, picture.grey, forward):
            return self._cut(last, look)
        camera = self._camera.motion(forward)
        back = None if camera is None else camera.inverse(self.width)
        there = way_between(last.grey, picture.grey, forward, camera)
        back_again = way_between(picture.grey, last.grey, backward, back)
        return replace(look, kind="next", step=step, forward=there, backward=back_again)

    def _cut(self, last: Picture, look: Look) -> Look:
        """The look as the first one of another shot, after the `last` picture of the one before."""
        self._search.forget()
        self._shots.cut(look.frame.time, last.grey, look.grey)
        return replace(look, kind="cut", shots=self._shots.known(look.frame.time))


def analysis_size(height: int, width: int, wanted: int) -> tuple[int, int]:
    """(height, width) with as many pixels as a 4:3 picture `wanted` px wide, never more than the source has.

    A portrait or a wide picture thus costs what a 4:3 one costs.
    """
    factor = min(1.0, (wanted * wanted * BASE_PIXELS / (height * width)) ** 0.5)
    return max(16, round(height * factor)), max(16, round(width * factor))


def same_picture(some: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two grey pictures are one frame shown twice."""
    return cv2.norm(some, other, cv2.NORM_L1) < SAME_PICTURE * some.size
