"""A whole clip at a reduced size, as the baselines look at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import ShapeError
from ...core.flow import Flow, blurred_change, forget_refuted, grey_picture
from ...core.look import analysis_size
from ...core.values import SoundBlock, VideoFrame

FEWEST = 3  # frames: acceleration needs both neighbours


@dataclass(frozen=True, slots=True)
class Clip:
    """`pictures` uint8 (n, h, w, 3) BGR, their `times` (n,) in s, and the whole `sound`."""

    pictures: NDArray[np.uint8]
    times: NDArray[np.float64]
    sound: SoundBlock

    @property
    def step(self) -> float:
        """The usual time between two frames, in s."""
        return float(np.median(np.diff(self.times)))

    @property
    def scale(self) -> float:
        """How many times as fine the pictures are as a 4:3 one of width 320."""
        height, width = self.pictures.shape[1:3]
        return float((height * width / (320 * 240)) ** 0.5)

    def blank(self) -> NDArray[np.float32]:
        """Zeros (n, h, w), to be filled with confidence."""
        return np.zeros(self.pictures.shape[:3], np.float32)

    def greys(self) -> NDArray[np.uint8]:
        """The pictures in grey, uint8 (n, h, w)."""
        return np.stack([cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in self.pictures]).astype(
            np.uint8, copy=False
        )

    def flows(self) -> Iterator[Flow | None]:
        """Each frame's flow both ways, by OpenCV's search started from the last flow, without what is
        refuted, as soundspot's own; None for the first and the last frame."""
        search, steps = make_search(), np.diff(self.times)
        pictures = [grey_picture(grey) for grey in self.greys()]
        forward = backward = np.zeros((*self.pictures.shape[1:3], 2), np.float32)
        yield None
        for k, (last, picture) in enumerate(pairwise(pictures)):
            change, before = blurred_change(last, picture), backward
            forward = np.asarray(search.calc(last.grey, picture.grey, forward.copy()), np.float32)
            backward = np.asarray(search.calc(picture.grey, last.grey, backward.copy()), np.float32)
            forget_refuted(forward, last, change)
            forget_refuted(backward, picture, change)
            if k > 0:
                yield Flow(forward, before, steps[k], steps[k - 1])
        yield None


def make_search() -> cv2.DISOpticalFlow:
    """The search as it was when the baselines were tuned."""
    search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_FAST)
    search.setFinestScale(1)
    search.setGradientDescentIterations(8)
    search.setVariationalRefinementIterations(2)
    return search


def take_clip(frames: Sequence[VideoFrame], sound: SoundBlock, width: int) -> Clip:
    """The frames with as many pixels as a 4:3 picture `width` px wide. Raises ShapeError."""
    if len(frames) < FEWEST:
        raise ShapeError(f"frames={len(frames)}: want at least {FEWEST}; take a longer clip")
    if not sound.samples.size:
        raise ShapeError("sound=0 samples: want the clip's whole sound")
    shapes = {frame.pixels.shape for frame in frames}
    if len(shapes) > 1:
        told = ", ".join(f"{wide}x{high}" for high, wide, _ in sorted(shapes))
        raise ShapeError(f"frames={told} px: want one size; scale them")
    times = np.array([frame.time for frame in frames])
    if (np.diff(times) <= 0).any():
        raise ShapeError("frames: want rising times; sort them")
    high, wide = analysis_size(frames[0].pixels.shape[0], frames[0].pixels.shape[1], width)
    small = [cv2.resize(frame.pixels, (wide, high), interpolation=cv2.INTER_AREA) for frame in frames]
    return Clip(np.stack(small).astype(np.uint8, copy=False), times, sound)
