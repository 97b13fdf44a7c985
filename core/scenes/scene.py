"""A rendered scene as a medium: frames and sound blocks in time order, and the exact truth for each frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..options import check_options, option
from ..values import SoundBlock, VideoFrame
from . import ball, drift, hammer, offscreen, talk
from .rhythm import Dice
from .stage import Samples, Sensor, Stage, View

BLOCK = 1024  # samples, about what a sound card hands over at a time
HISS = 0.0005  # of full scale: the quiet of a room, -66 dB

Build = Callable[[View, Dice, float], Stage]

SCENES: dict[str, tuple[str, Build]] = {
    "ball": ("a ball bounces irregularly among a curtain, a fan and a passer-by", ball.stage),
    "talk": ("two people, of whom one speaks while the other nods and chews", talk.stage),
    "hammer": ("a hammer strikes irregularly beside a swinging pendulum", hammer.stage),
    "drift": ("a thing drifts 0.3 px a frame (at width 320) under an unrelated hum", drift.stage),
    "offscreen": ("things move, and what knocks is out of the picture", offscreen.stage),
}


def scene_names() -> dict[str, str]:
    """The names that make_scene knows, each with one line that says what is seen and heard."""
    return {name: line for name, (line, _) in SCENES.items()}


@dataclass(frozen=True)
class Scene:
    """A scene with sound: only its settings; pictures and sound are made when asked for.

    `sound_late` shifts the sound after the picture by so many seconds (before it, when negative).
    Raises OptionError for an unknown name and for a setting out of its range.
    """

    name: str = option("ball", "which scene", choices=tuple(SCENES))
    seed: int = option(0, "varies textures, places and rhythm", low=0, high=2**31 - 1)
    seconds: float = option(20.0, "length", unit="s", low=0.1, high=3600.0)
    width: int = option(640, "width of the picture", unit="px", low=32, high=3840)
    height: int = option(480, "height of the picture", unit="px", low=32, high=2160)
    frame_rate: float = option(30.0, "frames a second", unit="Hz", low=1.0, high=240.0)
    sound_rate: int = option(48000, "sound samples a second", unit="Hz", low=8000, high=192000)
    sound_late: float = option(0.0, "how much later the sound comes", unit="s", low=-5.0, high=5.0)

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def frame_count(self) -> int:
        """How many frames the scene has: frame k is at k / frame_rate s."""
        return max(1, round(self.seconds * self.frame_rate))

    def frame(self, k: int) -> VideoFrame:
        """Frame k, with its noise. Raises IndexError outside of 0 … frame_count - 1."""
        time = self._time(k)
        return VideoFrame(self._sensor.expose(self._stage.picture(time), k), time, k)

    def truth(self, k: int) -> NDArray[np.bool_]:
        """bool (h, w): the pixels of frame k in which the sounding thing is seen, as the scene defines it."""
        return self._stage.truth(self._time(k))

    def sound(self) -> Samples:
        """The whole sound, float32 (round(seconds * sound_rate),), made at the first call and kept."""
        return self._sound

    def items(self) -> Iterator[VideoFrame | SoundBlock]:
        """All frames and sound blocks by the time at which they begin, the frame first if it is the same."""
        first = 0
        for k in range(self.frame_count):
            while first / self.sound_rate < k / self.frame_rate and first < self._sound.size:
                yield self._block(first)
                first += BLOCK
            yield self.frame(k)
        for rest in range(first, self._sound.size, BLOCK):
            yield self._block(rest)

    def _block(self, first: int) -> SoundBlock:
        return SoundBlock(self._sound[first : first + BLOCK], first, self.sound_rate, first / self.sound_rate)

    def _time(self, k: int) -> float:
        if not 0 <= k < self.frame_count:
            raise IndexError(f"frame={k}: want 0 to {self.frame_count - 1}")
        return k / self.frame_rate

    @property
    def _view(self) -> View:
        return View(self.width, self.height)

    @cached_property
    def _stage(self) -> Stage:
        dice = Dice(self.name, self.seed)
        built = SCENES[self.name][1](self._view, dice, self.seconds)
        return replace(built, mirrored=bool(dice.draw("mirror").integers(2)))

    @cached_property
    def _sensor(self) -> Sensor:
        return Sensor(self._view, Dice(self.name, self.seed).draw("sensor"))

    @cached_property
    def _sound(self) -> Samples:
        late = round(self.sound_late * self.sound_rate)
        played = self._stage.play(self.sound_rate)
        size, heard = played.size, max(0, played.size - abs(late))
        sound = Dice(self.name, self.seed).draw("hiss").standard_normal(size, np.float32) * HISS
        sound[max(0, late) :][:heard] += played[max(0, -late) :][:heard]
        sound.flags.writeable = False
        return sound


def make_scene(
    name: str,
    seed: int = 0,
    seconds: float = 20.0,
    width: int = 640,
    height: int = 480,
    frame_rate: float = 30.0,
    sound_rate: int = 48000,
    sound_late: float = 0.0,
) -> Scene:
    """The scene of that name; the same name and seed give the same pixels and samples every time.

    Raises OptionError for an unknown name and for a setting out of its range.
    """
    return Scene(name, seed, seconds, width, height, frame_rate, sound_rate, sound_late)
