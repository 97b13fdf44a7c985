"""A rendered scene as a medium: frames and sound blocks in time order, and the exact truth for each frame."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..options import check_options, option
from ..values import SoundBlock, VideoFrame
from . import (
    ball,
    basketball,
    cymbals,
    drift,
    duet,
    guitar_lessons,
    guitar_street,
    hammer,
    offscreen,
    student_news,
    talk,
    turns,
    violin,
    wooden_horse,
)
from .camera import CAMERAS, Camera, camera
from .crowd import ELSEWHERE
from .passing import passing
from .props import together
from .rhythm import PACES, Dice, Times, frame_times
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
    "basketball": ("a basketball bounces through the room below a cushion that swings", basketball.stage),
    "violin": ("a violinist plays to applause while a lamp swings and somebody walks", violin.stage),
    "wooden_horse": ("a hand plays a keyboard behind a wooden horse that rocks", wooden_horse.stage),
    "guitar_lessons": ("a guitarist whose head and body go almost in time", guitar_lessons.stage),
    "student_news": ("two reporters: one speaks, the other moves, at times in time", student_news.stage),
    "guitar_street": ("a guitarist in a noisy street with people passing by", guitar_street.stage),
    "turns": ("two people who speak in turn, with pauses", turns.stage),
    "duet": ("a basketball and a toy with cymbals sound at once, each in its rhythm", duet.stage),
    "cymbals": ("a toy with cymbals rolls out of the picture and comes back, playing on", cymbals.stage),
}
OWN = "own"
HEARD = (OWN, "nothing", "speech", "music")


def scene_names() -> dict[str, str]:
    """The names that make_scene knows, each with one line that says what is seen and heard."""
    return {name: line for name, (line, _) in SCENES.items()}


@dataclass(frozen=True)
class Scene:
    """A scene with sound: only its settings; pictures and sound are made when asked for.

    `sound_late` shifts the sound after the picture by so many seconds (before it, when negative). The
    settings after it go with any scene: how the camera moves and cuts, what passes in front, whether frames
    come evenly, and what else is heard. Raises OptionError for an unknown name and for a setting out of its
    range.
    """

    name: str = option("ball", "which scene", choices=tuple(SCENES))
    seed: int = option(0, "varies textures, places and rhythm", low=0, high=2**31 - 1)
    seconds: float = option(20.0, "length", unit="s", low=0.1, high=3600.0)
    width: int = option(640, "width of the picture", unit="px", low=32, high=3840)
    height: int = option(480, "height of the picture", unit="px", low=32, high=2160)
    frame_rate: float = option(30.0, "frames a second", unit="Hz", low=1.0, high=240.0)
    sound_rate: int = option(48000, "sound samples a second", unit="Hz", low=8000, high=192000)
    sound_late: float = option(0.0, "how much later the sound comes", unit="s", low=-5.0, high=5.0)
    camera: str = option("still", "how the camera moves", choices=CAMERAS)
    cut: float = option(
        0.0, "time between cuts to and from a closer shot, 0 for none", unit="s", low=0.0, high=60.0
    )
    hide: float = option(
        0.0, "about how often something hides all for a second, 0 for never", unit="s", low=0.0, high=60.0
    )
    pace: str = option("even", "whether frames come at even times", choices=PACES)
    heard: str = option("own", "what is heard: the scene's own sound or another", choices=HEARD)
    music: float = option(0.0, "loudness of music in the background", low=0.0, high=1.0)
    noise: float = option(0.0, "loudness of a street in the background", low=0.0, high=1.0)

    def __post_init__(self) -> None:
        check_options(self)

    @property
    def frame_count(self) -> int:
        """How many frames the scene has."""
        return int(self.times.size)

    @cached_property
    def times(self) -> Times:
        """float64 (frame_count,): when each frame is taken, s; k / frame_rate at an even pace."""
        return frame_times(self.pace, self.seconds, self.frame_rate, self._dice)

    def frame(self, k: int) -> VideoFrame:
        """Frame k, with its noise. Raises IndexError outside of 0 … frame_count - 1."""
        time = self._time(k)
        seen = self._camera.see(self._stage.picture(time), time)
        return VideoFrame(self._sensor.expose(seen, k), time, k)

    def sources(self, k: int) -> NDArray[np.uint8]:
        """uint8 (h, w): the number, from 1, of the sounding thing that is seen in each pixel of frame k, as
        the scene defines it; 0 where it is none, and everywhere when another sound than the own is heard."""
        time = self._time(k)
        if self.heard != OWN:
            return np.zeros((self.height, self.width), np.uint8)
        return self._camera.see_sources(self._stage.sources(time), time)

    def truth(self, k: int) -> NDArray[np.bool_]:
        """bool (h, w): the pixels of frame k in which anything that sounds is seen."""
        return self.sources(k) > 0

    def sound(self) -> Samples:
        """The whole sound, float32 (round(seconds * sound_rate),), made at the first call and kept."""
        return self._sound

    def items(self) -> Iterator[VideoFrame | SoundBlock]:
        """All frames and sound blocks by the time at which they begin, the frame first if it is the same."""
        first = 0
        for k in range(self.frame_count):
            while first / self.sound_rate < self._time(k) and first < self._sound.size:
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
        return float(self.times[k])

    @property
    def _view(self) -> View:
        return View(self.width, self.height)

    @property
    def _dice(self) -> Dice:
        return Dice(self.name, self.seed)

    @cached_property
    def _camera(self) -> Camera:
        return camera(self.camera, self.cut, self._view, self._dice, self.seconds)

    @cached_property
    def _stage(self) -> Stage:
        canvas = self._camera.canvas
        built = SCENES[self.name][1](canvas, self._dice, self.seconds)
        built = replace(built, mirrored=bool(self._dice.draw("mirror").integers(2)))
        if not self.hide:
            return built
        crate = passing(canvas, self._dice, self.hide, self.seconds)
        return replace(built, patches=together(built.patches, crate))

    @cached_property
    def _sensor(self) -> Sensor:
        return Sensor(self._view, self._dice.draw("sensor"))

    @cached_property
    def _sound(self) -> Samples:
        late = round(self.sound_late * self.sound_rate)
        played = self._played()
        size, heard = played.size, max(0, played.size - abs(late))
        sound = self._dice.draw("hiss").standard_normal(size, np.float32) * HISS
        sound[max(0, late) :][:heard] += played[max(0, -late) :][:heard]
        for name, loudness in {"music": self.music, "street": self.noise}.items():
            if loudness:
                sound += self._elsewhere(name, loudness)
        np.clip(sound, -1, 1, out=sound)
        sound.flags.writeable = False
        return sound

    def _played(self) -> Samples:
        """What the scene is about: its own sound, or the one that stands in for it."""
        return self._stage.play(self.sound_rate) if self.heard == OWN else self._elsewhere(self.heard, 1.0)

    def _elsewhere(self, name: str, loudness: float) -> Samples:
        rng = self._dice.draw(f"{name} elsewhere")
        return ELSEWHERE[name](rng, self.seconds, self.sound_rate, loudness)


def make_scene(
    name: str,
    seed: int = 0,
    seconds: float = 20.0,
    width: int = 640,
    height: int = 480,
    frame_rate: float = 30.0,
    sound_rate: int = 48000,
    sound_late: float = 0.0,
    **others: Any,
) -> Scene:
    """The scene of that name; the same name and seed give the same pixels and samples every time.

    `others` are the later settings of a Scene by name. Raises OptionError for an unknown name and for a
    setting out of its range.
    """
    return Scene(name, seed, seconds, width, height, frame_rate, sound_rate, sound_late, **others)
