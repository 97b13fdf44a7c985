"""Basketball: a ball that bounces through the whole room, below a cushion that swings and moves more."""

from collections.abc import Sequence

import numpy as np

from .backdrops import gym
from .ball import GROUND, LONGEST, SHORTEST, Bounces, ball_shadow
from .cushion import cushion
from .noises import struck, track
from .paint import Board, ellipse, grain, places, tinted
from .rhythm import Dice, irregular
from .stage import Patch, Samples, Sprite, Stage, View

RADIUS = 0.125  # units: the ball covers about 4 % of the picture
STEP = 0.35  # of its range, that the ball goes to a side in one bounce at most


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the ball without its shadow; it sounds at its bounces, the louder the harder it lands."""
    ball = Basketball(view, dice, seconds, (0.15 * view.unit, view.width - 0.15 * view.unit))
    hung = cushion(
        view,
        dice.draw("cushion"),
        (0.5 + dice.draw("nail").uniform(-0.12, 0.12)) * view.width,
        0.30 * view.unit,
    )

    def patches(time: float) -> Sequence[Patch]:
        return [*hung(time), *ball.patches(time, 1)]

    return Stage(gym(view, dice.draw("room")), patches, ball.play)


class Basketball:
    """A ball that bounces on the floor between the places `left` and `right` (px) of its middle."""

    def __init__(self, view: View, dice: Dice, seconds: float, edges: tuple[float, float]) -> None:
        self._view, self._dice, self._seconds, self._edges = view, dice, seconds, edges
        times = irregular(dice.draw("rhythm"), seconds, SHORTEST, LONGEST)
        self.bounces = Bounces(times, _walk(dice.draw("places"), times.size))
        self._skin, self._shadow = _skin(view, dice.draw("ball")), ball_shadow(view)

    def patches(self, time: float, sounding: int) -> list[Patch]:
        """The ball over its shadow; it rolls in the direction in which it flies."""
        view, (left, right) = self._view, self._edges
        place, high = self.bounces.at(time)
        flat = self.bounces.squash(time)
        x = left + place * (right - left)
        y = GROUND * view.height - (RADIUS * (1 - flat) + high) * view.unit
        smaller = 1 / (1 + 1.5 * high)
        turned = 0.6 * (x - left) / (RADIUS * view.unit)
        return [
            self._shadow.at(view, x, GROUND * view.height, 0.0, (smaller, smaller)),
            self._skin.at(view, x, y, turned, (1 + flat / 2, 1 - flat), sounding),
        ]

    def play(self, rate: int) -> Samples:
        """A thud at each bounce."""
        rng = self._dice.draw("sound")
        blows = (
            struck(rng, rate, 0.75 * speed**1.3, (82.0, 160.0, 285.0, 540.0), 0.05)
            for speed in self._speeds()
        )
        return track(self._seconds, rate, zip(self.bounces.times[1:].tolist(), blows, strict=True))

    def _speeds(self) -> list[float]:
        return [float(speed) for speed in self.bounces.speeds()[1:]]


def _walk(rng: np.random.Generator, count: int) -> np.ndarray:
    """Places 0 … 1, each at most STEP from the one before."""
    places_ = [rng.uniform(0.2, 0.8)]
    while len(places_) < count:
        here = places_[-1]
        places_.append(rng.uniform(max(0.0, here - STEP), min(1.0, here + STEP)))
    return np.array(places_)


def _skin(view: View, rng: np.random.Generator) -> Sprite:
    """Orange with pebbles, its black seams two straight and two bent, lit from the upper left."""
    radius = RADIUS * view.unit
    board = Board(2 * radius + 2, 2 * radius + 2)
    size, middle = board.height, (board.height - 1) / 2
    xs, ys = places(size, size)
    right, down = (xs - middle) / radius, (ys - middle) / radius
    noise = grain(rng, size, size, 0.3 * radius, 5) + 0.5 * grain(rng, size, size, 0.08 * radius, 2)
    board.paint(ellipse(size, size, middle, middle, radius, radius), tinted((0.16, 0.42, 0.86), noise, 0.30))
    away = np.hypot(right, down)
    for line in (
        right + 0 * down,
        down + 0 * right,
        np.hypot(right - 1.25, down) - 0.85,
        np.hypot(right + 1.25, down) - 0.85,
    ):
        seam = np.clip(1.5 - np.abs(line) * radius / (0.035 * radius), 0, 1) * (away < 0.98)
        board.paint(np.asarray(seam, np.float32), (0.08, 0.08, 0.10), 0.9)
    board.shade(np.asarray(1.08 - 0.35 * away**2, np.float32))
    return board.sprite(middle, middle)
