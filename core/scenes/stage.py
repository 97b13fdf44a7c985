"""What a scene is made of: a background, sprites laid on it from back to front, and a sound.

Places are in picture pixels, y down; angles in radians, growing clockwise as seen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, sin

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Samples = NDArray[np.float32]

NOISE_PLANES = 4
NOISE_SPREAD = 1.5  # grey levels, about that of a webcam in daylight
NOISE_SHIFT = 64  # px by which a plane may be moved, so that few planes make many frames


@dataclass(frozen=True, slots=True)
class View:
    """The picture that a scene is built for, in px; sizes of things are told in `unit`s."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        """The height of the largest 4:3 picture that fits, so that things keep their shape in any view."""
        return min(float(self.height), 0.75 * self.width)


@dataclass(frozen=True, slots=True)
class Patch:
    """A sprite as it lies in one picture: uint8 (h, w, 4), colours already multiplied by their opacity,
    its upper left corner at `x`, `y`; `sounding` numbers the source that it belongs to, from 1, and is 0 for
    what makes no sound."""

    pixels: Pixels
    x: int
    y: int
    sounding: int = 0


@dataclass(frozen=True, slots=True)
class Sprite:
    """A thing to be laid on the picture: uint8 (h, w, 4), colours multiplied by their opacity, and the point
    of it that is placed and that it turns about."""

    pixels: Pixels
    anchor: tuple[float, float]

    def at(
        self,
        view: View,
        x: float,
        y: float,
        turn: float = 0.0,
        stretch: tuple[float, float] = (1.0, 1.0),
        sounding: int = 0,
    ) -> Patch:
        """The sprite with its anchor at x, y (fractions of a pixel count), turned, then stretched."""
        matrix = np.array(stretch)[:, None] * np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]])
        corner = np.array([x, y]) - matrix @ np.array(self.anchor)
        height, width = self.pixels.shape[:2]
        outline = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ matrix.T + corner
        left, top = (max(0, floor(edge) - 1) for edge in outline.min(axis=0))
        right = min(view.width, ceil(outline[:, 0].max()) + 1)
        bottom = min(view.height, ceil(outline[:, 1].max()) + 1)
        if right <= left or bottom <= top:
            return Patch(np.zeros((0, 0, 4), np.uint8), 0, 0, sounding)
        affine = np.column_stack([matrix, corner - (left, top)])
        pixels = cv2.warpAffine(self.pixels, affine, (right - left, bottom - top), flags=cv2.INTER_LINEAR)
        return Patch(pixels.astype(np.uint8, copy=False), left, top, sounding)


@dataclass(frozen=True, slots=True)
class Stage:
    """One scene, ready to be played.

    `patches(time)` gives what stands before the background at that time, the farthest first;
    `play(rate)` renders the whole sound, float32 (n,), without the room's hiss; a mirrored stage is seen
    with left and right exchanged.
    """

    background: Pixels
    patches: Callable[[float], Sequence[Patch]]
    play: Callable[[int], Samples]
    mirrored: bool = False

    def picture(self, time: float) -> Pixels:
        """uint8 (h, w, 3) BGR, before the sensor's noise."""
        picture = self.background.copy()
        for patch in self.patches(time):
            lay(picture, patch)
        return cv2.flip(picture, 1).astype(np.uint8, copy=False) if self.mirrored else picture

    def sources(self, time: float) -> NDArray[np.uint8]:
        """uint8 (h, w): the number of the source that is seen in each pixel, 0 where it is none; what stands
        before a source hides it."""
        numbers = np.zeros(self.background.shape[:2], np.uint8)
        for patch in self.patches(time):
            height, width = patch.pixels.shape[:2]
            under = numbers[patch.y : patch.y + height, patch.x : patch.x + width]
            under[patch.pixels[..., 3] >= 128] = patch.sounding
        return np.ascontiguousarray(numbers[:, ::-1]) if self.mirrored else numbers

    def truth(self, time: float) -> NDArray[np.bool_]:
        """bool (h, w): where any source is seen."""
        return self.sources(time) > 0


def lay(picture: Pixels, patch: Patch) -> None:
    """Lay a patch over the picture, in place."""
    height, width = patch.pixels.shape[:2]
    if not height:
        return
    under = picture[patch.y : patch.y + height, patch.x : patch.x + width]
    opacity = cv2.extractChannel(patch.pixels, 3)
    kept = cv2.cvtColor(cv2.bitwise_not(opacity), cv2.COLOR_GRAY2BGR)
    colours = cv2.cvtColor(patch.pixels, cv2.COLOR_BGRA2BGR)
    under[:] = cv2.add(colours, cv2.multiply(under, kept, scale=1 / 255))


class Sensor:
    """The camera's noise: a few planes drawn once, each frame taking one of them at a place of its own."""

    def __init__(self, view: View, rng: np.random.Generator) -> None:
        shape = (NOISE_PLANES, view.height + NOISE_SHIFT, view.width + NOISE_SHIFT, 3)
        noise = np.rint(rng.standard_normal(shape, np.float32) * NOISE_SPREAD).astype(np.int16)
        self._brighter = np.maximum(noise, 0).astype(np.uint8)
        self._darker = np.maximum(-noise, 0).astype(np.uint8)
        self._seed = int(rng.integers(2**31))

    def expose(self, picture: Pixels, index: int) -> Pixels:
        """The picture with the noise of frame `index`."""
        plane, x, y = np.random.default_rng([self._seed, index]).integers((NOISE_PLANES, *2 * (NOISE_SHIFT,)))
        height, width = picture.shape[:2]
        part = (plane, slice(y, y + height), slice(x, x + width))
        noisy = cv2.subtract(cv2.add(picture, self._brighter[part]), self._darker[part])
        return noisy.astype(np.uint8, copy=False)
