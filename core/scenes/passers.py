"""People who pass by: on foot and on scooters, from either side, at irregular times."""

from dataclasses import dataclass

import numpy as np

from .paint import Board, Colour, box, ellipse, grain, tinted
from .props import Mover
from .rhythm import Times
from .stage import Patch, Sprite, View
from .walker import TROUSERS, Walker

SHIRTS: tuple[Colour, ...] = ((0.30, 0.26, 0.66), (0.52, 0.40, 0.26), (0.36, 0.56, 0.34), (0.26, 0.60, 0.76))
AFOOT = (0.42, 0.62)  # units a second
RIDING = (0.85, 1.25)
MARGIN = 0.35  # units beside the picture, where those start who come in


@dataclass(frozen=True, slots=True)
class Crossings:
    """When each crossing starts (s), how fast it is (px a second), and whether it goes to the right (1) or to
    the left (-1); all take a way of so many px, that begins and ends `margin` px beside the picture."""

    starts: Times
    speeds: Times
    facings: Times
    way: float
    margin: float

    def at(self, time: float) -> tuple[int, float, float] | None:
        """The number of the crossing, x of who crosses (px), and the facing; None between two."""
        last = int(np.searchsorted(self.starts, time, "right")) - 1
        gone = float((time - self.starts[last]) * self.speeds[last])
        if last < 0 or gone >= self.way:
            return None
        facing = float(self.facings[last])
        return last, (gone if facing > 0 else self.way - gone) - self.margin, facing


def strollers(
    view: View, rng: np.random.Generator, feet: float, tall: float, gap: float, seconds: float
) -> Mover:
    """One after the other walks through the picture, soles at `feet`, `tall` px high, about `gap` s (twice
    that at most) after the one before has left; four persons, again and again."""
    people = [Walker(view, rng, tall * rng.uniform(0.92, 1.05), _clothes(shirt)) for shirt in SHIRTS]
    order, crossings = rng.permutation(len(people)), _crossings(view, rng, AFOOT, gap, seconds)

    def patches(time: float) -> list[Patch]:
        if (crossing := crossings.at(time)) is None:
            return []
        number, x, facing = crossing
        return people[int(order[number % len(people)])].patches(x, feet, facing)

    return patches


def riders(
    view: View, rng: np.random.Generator, feet: float, tall: float, gap: float, seconds: float
) -> Mover:
    """As strollers, but they ride a scooter without a motor."""
    people = [Walker(view, rng, tall, _clothes(shirt)) for shirt in SHIRTS[:2]]
    scooter, wheel = _scooter(view, rng, tall), _wheel(0.07 * tall)
    crossings = _crossings(view, rng, RIDING, gap, seconds)

    def patches(time: float) -> list[Patch]:
        if (crossing := crossings.at(time)) is None:
            return []
        number, x, facing = crossing
        turned = x / (0.07 * tall)
        return [
            *people[number % len(people)].patches(x, feet - 0.09 * tall, facing, walking=False),
            scooter.at(view, x, feet, 0.0, (facing, 1.0)),
            *(wheel.at(view, x + side * tall, feet - 0.07 * tall, turned) for side in (-0.24, 0.24)),
        ]

    return patches


def _clothes(shirt: Colour) -> tuple[Colour, Colour, Colour]:
    return shirt, (0.8 * shirt[0], 0.8 * shirt[1], 0.8 * shirt[2]), TROUSERS


def _crossings(
    view: View, rng: np.random.Generator, speeds: tuple[float, float], gap: float, seconds: float
) -> Crossings:
    way, rows = view.width + 2 * MARGIN * view.unit, []
    time = -rng.uniform(0.0, way / view.unit / speeds[0])
    while time <= seconds:
        speed = rng.uniform(*speeds) * view.unit
        rows.append((time, speed, rng.choice((-1.0, 1.0))))
        time += way / speed + gap * rng.uniform(0.0, 2.0)
    starts, drawn, facings = np.array(rows).T
    return Crossings(starts, drawn, facings, way, MARGIN * view.unit)


def _scooter(view: View, rng: np.random.Generator, tall: float) -> Sprite:
    """A board, and a bar with its handle in front at the right; the anchor is on the ground."""
    board = Board(0.62 * tall, 0.66 * tall)
    height, width, middle = board.height, board.width, board.width / 2
    steel = tinted((0.25, 0.30, 0.62), grain(rng, height, width, 0.03 * tall), 0.25)
    deck = height - 0.10 * tall
    board.paint(
        box(height, width, middle - 0.24 * tall, deck, middle + 0.24 * tall, deck + 0.03 * tall, 2), steel
    )
    board.paint(box(height, width, middle + 0.22 * tall, 0.02 * tall, middle + 0.245 * tall, deck, 2), steel)
    grip = box(height, width, middle + 0.15 * tall, 0.01 * tall, middle + 0.26 * tall, 0.035 * tall, 2)
    board.paint(grip, (0.12, 0.12, 0.13))
    return board.sprite(middle, height)


def _wheel(radius: float) -> Sprite:
    board = Board(2 * radius + 2, 2 * radius + 2)
    size, middle = board.height, board.height / 2
    board.paint(ellipse(size, size, middle, middle, radius, radius), (0.12, 0.12, 0.13))
    board.paint(ellipse(size, size, middle, middle, 0.7 * radius, 0.7 * radius), (0.7, 0.72, 0.74))
    spoke = box(
        size, size, middle - 0.1 * radius, middle - 0.7 * radius, middle + 0.1 * radius, middle + 0.7 * radius
    )
    board.paint(spoke, (0.2, 0.2, 0.2))
    return board.sprite(middle, middle)
