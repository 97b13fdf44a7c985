"""The demo: a ball that bounces in an irregular rhythm among silent things that move more than it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from .noises import struck, track
from .paint import Board, Layer, ellipse, grain, places
from .props import curtain, fan, passer_by, together
from .rhythm import Dice, Times, irregular
from .rooms import living_room
from .stage import Patch, Samples, Sprite, Stage, View

RADIUS = 0.125  # units: the ball covers about 4 % of the picture
GROUND = 0.93  # where the ball lands, of the picture's height
PULL = 1.7  # gravity, units/s²
SHORTEST, LONGEST = 0.34, 0.95  # s between two bounces


@dataclass(frozen=True, slots=True)
class Bounces:
    """A ball thrown from bounce to bounce: `times` of the bounces, and where each one happens (0 … 1)."""

    times: Times
    places: Times

    def at(self, time: float) -> tuple[float, float]:
        """Place along the way (0 … 1) and height above the ground (units): free fall between bounces."""
        last = int(np.clip(np.searchsorted(self.times, time, "right") - 1, 0, self.times.size - 2))
        start, end = self.times[last : last + 2]
        share = (time - start) / (end - start)
        place = self.places[last] + share * (self.places[last + 1] - self.places[last])
        return float(place), float(PULL / 2 * (time - start) * (end - time))

    def squash(self, time: float) -> float:
        """How far the ball is pressed flat: 0.16 at a bounce, gone 60 ms from it."""
        return 0.16 * max(0.0, 1 - float(np.abs(self.times - time).min()) / 0.06)

    def speeds(self) -> Times:
        """Speed of each impact, 0 … 1, from the fall before it; the first has none."""
        return np.concatenate([[0.0], np.diff(self.times) / LONGEST])


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the ball without its shadow; it sounds at its bounces, the louder the harder it lands."""
    bounces = _bounces(dice, seconds)
    around = together(
        curtain(view, dice.draw("curtain"), 0.0),
        fan(view, dice.draw("fan"), view.width - 0.2 * view.unit, 0.47 * view.height, 0.17 * view.unit),
        passer_by(view, dice.draw("passer-by"), 0.85 * view.height, 0.68 * view.unit),
    )
    skin, light, shadow = _skin(view, dice.draw("ball")), _light(view), ball_shadow(view)
    left, right = 0.5 * view.width - 0.15 * view.unit, 0.5 * view.width + 0.15 * view.unit

    def ball(time: float) -> list[Patch]:
        place, high = bounces.at(time)
        flat = bounces.squash(time)
        x = left + place * (right - left)
        y = GROUND * view.height - (RADIUS * (1 - flat) + high) * view.unit
        stretch, smaller = (1 + flat / 2, 1 - flat), 1 / (1 + 1.5 * high)
        return [
            shadow.at(view, x, GROUND * view.height, 0.0, (smaller, smaller)),
            skin.at(view, x, y, (x - left) / (RADIUS * view.unit), stretch, True),
            light.at(view, x, y, 0.0, stretch, True),
        ]

    def patches(time: float) -> Sequence[Patch]:
        return [*around(time), *ball(time)]

    def play(rate: int) -> Samples:
        rng = dice.draw("sound")
        blows = (_bounce_sound(rng, rate, float(speed)) for speed in bounces.speeds()[1:])
        return track(seconds, rate, zip(bounces.times[1:].tolist(), blows, strict=True))

    return Stage(living_room(view, dice.draw("room")), patches, play)


def _bounces(dice: Dice, seconds: float) -> Bounces:
    times = irregular(dice.draw("rhythm"), seconds, SHORTEST, LONGEST)
    return Bounces(times, dice.draw("places").uniform(0.0, 1.0, times.size))


def _bounce_sound(rng: np.random.Generator, rate: int, speed: float) -> Samples:
    return struck(rng, rate, 0.75 * speed**1.3, (95.0, 170.0, 310.0, 620.0), 0.045)


def _skin(view: View, rng: np.random.Generator) -> Sprite:
    """A worn beach ball: six panels, a cap where they meet, and scratches."""
    radius = RADIUS * view.unit
    board = Board(2 * radius + 2, 2 * radius + 2)
    size, middle = board.height, (board.height - 1) / 2
    xs, ys = places(size, size)
    away = np.hypot(xs - middle, ys - middle) / radius
    turned = np.arctan2(ys - middle, xs - middle) + 0.6 * away
    colours = np.array([(0.16, 0.26, 0.90), (0.80, 0.90, 0.95), (0.10, 0.62, 0.95)], np.float32)
    panels = colours[np.floor(turned / (2 * np.pi) * 6).astype(int) % 3]
    seams = np.clip(np.abs(np.sin(3 * turned)) * away * radius / 3, 0.35, 1)
    worn = 1 + 0.22 * grain(rng, size, size, 0.35 * radius, 5)
    board.paint(ellipse(size, size, middle, middle, radius, radius), panels * (worn * seams)[..., None])
    board.paint(ellipse(size, size, middle, middle, 0.17 * radius, 0.17 * radius), (0.85, 0.92, 0.95))
    return board.sprite(middle, middle)


def _light(view: View) -> Sprite:
    """What does not turn with the ball: the dark side and the gleam of the lamp."""
    radius = RADIUS * view.unit
    board = Board(2 * radius + 2, 2 * radius + 2)
    size, middle = board.height, (board.height - 1) / 2
    xs, ys = places(size, size)
    from_lamp = np.hypot(xs - middle + 0.35 * radius, ys - middle + 0.45 * radius) / radius
    round_edge = ellipse(size, size, middle, middle, radius, radius)
    board.paint(np.asarray(round_edge * np.clip(0.2 * from_lamp**2, 0, 0.48), np.float32), (0.05, 0.03, 0.02))
    gleam: Layer = np.asarray(np.exp(-((from_lamp / 0.28) ** 2)), np.float32)
    board.paint(gleam, (1.0, 1.0, 1.0), 0.45)
    return board.sprite(middle, middle)


def ball_shadow(view: View) -> Sprite:
    """The soft shadow on the floor; the anchor is its middle."""
    radius = RADIUS * view.unit
    board = Board(0.8 * radius, 2.6 * radius)
    x, y = board.width / 2, board.height / 2
    xs, ys = places(board.height, board.width)
    fade = np.exp(-2.5 * ((xs - x) ** 2 / x**2 + (ys - y) ** 2 / y**2)) - exp(-2.5)
    board.paint(np.clip(fade, 0, 1).astype(np.float32), (0.05, 0.05, 0.05), 0.45)
    return board.sprite(x, y)
