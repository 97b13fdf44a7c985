"""Something large that passes in front of any scene now and then and hides what is behind it for a second."""

from collections.abc import Callable, Sequence

import numpy as np

from .paint import Board, box, grain, places, tinted
from .rhythm import Dice
from .stage import Patch, Sprite, View

ACROSS = 0.70  # of the picture's width
SPEED = (
    0.60  # picture widths a second: a point is hidden for 1.2 s, a thing of a tenth of the width for 1.0 s
)
WAY = 1.0 + ACROSS


def passing(view: View, dice: Dice, every: float, seconds: float) -> Callable[[float], Sequence[Patch]]:
    """A tall crate that is pushed through the picture about `every` s (at least 3), from either side."""
    starts = _starts(dice.draw("passing"), every, seconds)
    sides = dice.draw("side of passing").integers(0, 2, starts.size)
    crate = _crate(view, dice.draw("crate"))

    def patches(time: float) -> list[Patch]:
        last = int(np.searchsorted(starts, time, "right")) - 1
        way = (time - starts[last]) * SPEED
        if last < 0 or way > WAY:
            return []
        left = way - ACROSS if sides[last] else 1 - way
        return [crate.at(view, left * view.width, 0.04 * view.height)]

    return patches


def _starts(rng: np.random.Generator, every: float, seconds: float) -> np.ndarray:
    times = [rng.uniform(0.5, 0.9) * every]
    while times[-1] < seconds:
        times.append(times[-1] + max(WAY / SPEED, every * rng.uniform(0.85, 1.15)))
    return np.array(times)


def _crate(view: View, rng: np.random.Generator) -> Sprite:
    """Boards of rough wood with battens across them; the anchor is the upper left corner."""
    board = Board(view.height, ACROSS * view.width)
    height, width, unit = board.height, board.width, view.unit
    xs, ys = places(height, width)
    wood = tinted((0.36, 0.52, 0.66), grain(rng, height, width, 0.08 * unit, 5, along=7.0), 0.35)
    board.paint(box(height, width, -1, 0, width, height + 9), wood)
    gaps = np.clip(1.5 - np.abs((ys / (0.14 * unit)) % 1 - 0.5) * 0.14 * unit / (0.006 * unit), 0, 1)
    board.paint(np.asarray(gaps + 0 * xs, np.float32), (0.10, 0.14, 0.18), 0.8)
    batten = tinted((0.26, 0.40, 0.54), grain(rng, height, width, 0.05 * unit, 5), 0.3)
    for left in (0.03, 0.47, 0.91):
        board.paint(box(height, width, left * width, 0, (left + 0.06) * width, height + 9), batten)
    return board.sprite(0, 0)
