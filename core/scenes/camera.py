"""The camera as a modifier of any scene: it pans between stops, shakes in a hand, or cuts to another shot.

The stage is painted on a canvas; the camera looks at a part of it, and truth is seen the same way.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, pi, sin

import cv2
import numpy as np
from numpy.typing import NDArray

from .rhythm import Dice, Times
from .stage import Pixels, View

CAMERAS = ("still", "pan", "shake")

REACH = 0.2  # of the picture's width, that a pan goes to either side
PAN_SPEEDS = (0.28, 0.9375)  # peak, picture widths/s: 6 to 20 px a frame at width 640, 30 frames a second
RESTS = (0.4, 2.5)  # s between two pans
SHAKE_ZOOM = 1.12  # so that the shaking hand never shows what lies beside the canvas
CLOSER = 1.25  # how much larger the second shot shows things


@dataclass(frozen=True, slots=True)
class Look:
    """Where the camera looks: off the canvas's middle by `x`, `y` px, turned by radians, enlarged by `zoom`,
    left and right exchanged when `flipped`."""

    x: float = 0.0
    y: float = 0.0
    turn: float = 0.0
    zoom: float = 1.0
    flipped: bool = False


@dataclass(frozen=True, slots=True)
class Camera:
    """Sees a picture as large as `view` of a `canvas`; `look` tells where it looks at a time, None that it
    sees the canvas as it is."""

    view: View
    canvas: View
    look: Callable[[float], Look] | None = None

    def see(self, canvas: Pixels, time: float) -> Pixels:
        """uint8 (h, w, …) of the picture from uint8 of the canvas, between pixels interpolated."""
        if self.look is None:
            return canvas
        size = (self.view.width, self.view.height)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        matrix = self._matrix(self.look(time))
        seen = cv2.warpAffine(canvas, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return seen.astype(np.uint8, copy=False)

    def see_sources(self, numbers: NDArray[np.uint8], time: float) -> NDArray[np.uint8]:
        """The numbers of the sources as seen: a pixel belongs to the source that fills half of it."""
        if self.look is None:
            return numbers
        seen = np.zeros((self.view.height, self.view.width), np.uint8)
        for number in range(1, int(numbers.max()) + 1):
            share = self.see(np.where(numbers == number, 255, 0).astype(np.uint8), time)
            seen[share >= 128] = number
        return seen

    def _matrix(self, look: Look) -> NDArray[np.float64]:
        """float64 (2, 3), from places in the picture to places on the canvas."""
        across = -1.0 if look.flipped else 1.0
        turned = np.array([[cos(look.turn), -sin(look.turn)], [sin(look.turn), cos(look.turn)]])
        linear = turned * np.array([across, 1.0]) / look.zoom
        middle = np.array([self.view.width - 1, self.view.height - 1]) / 2
        aim = np.array([self.canvas.width - 1, self.canvas.height - 1]) / 2 + (look.x, look.y)
        return np.column_stack([linear, aim - linear @ middle])


def camera(kind: str, cut: float, view: View, dice: Dice, seconds: float) -> Camera:
    """The camera of that kind that cuts between two shots every `cut` s (never, when 0)."""
    canvas, look = view, None
    if kind == "pan":
        canvas = View(round((1 + 2 * REACH) * view.width), view.height)
        look = _panning(dice, view, seconds)
    elif kind == "shake":
        look = _shaking(dice, view)
    return Camera(view, canvas, _cutting(look or (lambda _time: Look()), cut) if cut else look)


def _panning(dice: Dice, view: View, seconds: float) -> Callable[[float], Look]:
    """From stop to stop at irregular times, each pan starting and ending gently."""
    starts, lengths, stops = _pans(dice.draw("pan"), seconds)

    def look(time: float) -> Look:
        last = max(0, int(np.searchsorted(starts, time, "right")) - 1)
        share = float(np.clip((time - starts[last]) / lengths[last], 0, 1))
        eased = share * share * (3 - 2 * share)
        return Look(x=float(stops[last] + eased * (stops[last + 1] - stops[last])) * view.width)

    return look


def _pans(rng: np.random.Generator, seconds: float) -> tuple[Times, Times, Times]:
    """When each pan starts, how long it takes (s), and the stops before and after (picture widths)."""
    stops, starts, lengths, time = [0.0], [], [], 0.0
    while time <= seconds:
        here = stops[-1]
        stops.append(-np.sign(here or rng.uniform(-1, 1)) * rng.uniform(0.25, 1.0) * REACH)
        starts.append(time + rng.uniform(*RESTS))
        lengths.append(1.5 * abs(stops[-1] - here) / rng.uniform(*PAN_SPEEDS))  # 1.5: peak to mean speed
        time = starts[-1] + lengths[-1]
    return np.array(starts), np.array(lengths), np.array(stops)


def _shaking(dice: Dice, view: View) -> Callable[[float], Look]:
    """A hand's slow sway (0.4 to 1.1 Hz) and its tremor (4 to 8 Hz)."""
    rng = dice.draw("shake")
    slow, fast = rng.uniform(0.4, 1.1, (3, 3)), rng.uniform(4.0, 8.0, (3, 2))
    phases = rng.uniform(0, 2 * pi, (3, 5))

    def look(time: float) -> Look:
        swings = np.sin(2 * pi * np.column_stack([slow, fast]) * time + phases)
        x, y, turn = swings @ (0.010, 0.008, 0.006, 0.002, 0.002)
        return Look(float(x) * view.width, float(y) * view.width, 0.5 * float(turn), SHAKE_ZOOM)

    return look


def _cutting(look: Callable[[float], Look], cut: float) -> Callable[[float], Look]:
    """Every other shot is closer and has left and right exchanged."""

    def shot(time: float) -> Look:
        seen = look(time)
        second = int(time / cut) % 2 == 1
        return replace(seen, zoom=seen.zoom * CLOSER, flipped=True) if second else seen

    return shot
