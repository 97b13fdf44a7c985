"""The nouns that travel between the stages.

Conventions, told once: times are float seconds on one monotonic clock per session; sound is counted in
whole samples; points are (x, y) in pixels of the *source* picture as displayed, y down; a box is
(x0, y0, x1, y1) with x1, y1 outside; lag > 0 means that the sound comes after the picture.

frame = picture · block = sound · region = pixels · track = region over time · place = cell that stays where
it is · row = a track or a place, in tables that hold both · object = tracks and places that move together ·
sounder = object that sounds · source = where data comes from · sighting = answer · slot = one instant of
history. Arrays in a noun that was handed out are never written again.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .errors import ShapeError

State = Literal["warming_up", "found", "nobody"]
Reason = Literal["silence", "no_motion", "no_match", "ambiguous", "lost_video", "lost_sound"]
Box = tuple[int, int, int, int]

SMALLEST_PICTURE = 32  # px on either side: below it a region of the tracker fills the whole picture


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """The same array, marked so that nobody writes to it."""
    array.flags.writeable = False
    return array


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """One picture: `pixels` uint8 (h, w, 3) BGR upright as displayed, `time` s, `index` the medium's count.

    `turning` says that the camera head was moving. Raises ShapeError for another form.
    """

    pixels: NDArray[np.uint8]
    time: float
    index: int
    turning: bool = False

    def __post_init__(self) -> None:
        pixels = self.pixels
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
            raise ShapeError(
                f"pixels={pixels.dtype} {pixels.shape}: want uint8 (height, width, 3), in BGR order"
            )
        if min(pixels.shape[:2]) < SMALLEST_PICTURE:
            height, width = pixels.shape[:2]
            raise ShapeError(
                f"picture={width}x{height} px: want at least {SMALLEST_PICTURE} px on either side; "
                "take a larger picture"
            )
        frozen(pixels)


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """A stretch of mono sound: `samples` float32 (n,) in -1 … 1, `first` the running number of the first
    sample, `rate` Hz, `time` s of the first sample; `lost` says that a gap precedes it.

    Raises ShapeError for another form.
    """

    samples: NDArray[np.float32]
    first: int
    rate: int
    time: float
    lost: bool = False

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim != 1:
            got = f"{self.samples.dtype} {self.samples.shape}"
            raise ShapeError(f"samples={got}: want float32 (n,), one channel; mix the channels first")
        if self.rate <= 0:
            raise ShapeError(f"rate={self.rate} Hz: want a positive sample rate")
        frozen(self.samples)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An object that may sound: `object` its id, `score` -1 … 1 (0 is chance), `p_value` after correction,
    `box` and `centre` in source pixels, `area` in source px²."""

    object: int
    score: float
    p_value: float
    box: Box
    centre: tuple[float, float]
    area: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """The answer for one frame.

    `p_value` is that of the best candidate; `best` is that candidate whatever the state, None only when there
    is none; `sounders` best first, empty unless found; `masks` bool (h, w) of the source picture, one per
    sounder; `confidence` float32 (h, w) in 0 … 1, or None when not asked for; `lag` and `delay` in s, the
    delay being the declared one: how far the answer trails its frame.
    """

    frame: VideoFrame
    state: State
    reason: Reason | None
    p_value: float | None
    best: Candidate | None
    sounders: tuple[Candidate, ...] = ()
    masks: tuple[NDArray[np.bool_], ...] = field(default=(), repr=False)
    confidence: NDArray[np.float32] | None = field(default=None, repr=False)
    lag: float = 0.0
    delay: float = 0.0
