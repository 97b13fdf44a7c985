"""One textured thing that drifts slowly, under a steady sound that has nothing to do with it."""

from collections.abc import Sequence

import numpy as np

from .noises import hum
from .paint import Board, Layer, ellipse, grain, places, tinted
from .rhythm import Dice
from .rooms import living_room
from .stage import Patch, Samples, Sprite, Stage, View

SPEED = (
    0.3 * 30 / 320
)  # picture widths a second: 0.3 px a frame in a picture 320 px wide at 30 frames a second
RADIUS = 0.15  # units


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the drifting thing, though it does not sound; it moves 0.3 px a frame in a picture 320 px wide
    at 30 frames a second (0.6 px at 640) and turns back near the picture's edge."""
    drawn = _tortoise(view, dice.draw("thing"))
    edge = 1.4 * RADIUS * view.unit / view.width
    start = dice.draw("place").uniform(edge, edge + 0.08)

    def patches(time: float) -> Sequence[Patch]:
        x = _back_and_forth(start + SPEED * time, edge, 1 - edge) * view.width
        return [drawn.at(view, x, 0.70 * view.height, sounding=True)]

    def play(rate: int) -> Samples:
        return hum(dice.draw("sound"), seconds, rate, 110.0, 0.15)

    return Stage(living_room(view, dice.draw("room")), patches, play)


def _back_and_forth(way: float, low: float, high: float) -> float:
    """A place between low and high after a way that is folded at both ends."""
    span = high - low
    folded = (way - low) % (2 * span)
    return low + min(folded, 2 * span - folded)


def _tortoise(view: View, rng: np.random.Generator) -> Sprite:
    """A tortoise: a spotted shell domed by its shading, a head at the right, and its feet."""
    radius = RADIUS * view.unit
    board = Board(1.5 * radius, 2.7 * radius)
    height, width = board.height, board.width
    x, y = 1.05 * radius, 0.8 * radius
    xs, ys = places(height, width)
    spots: Layer = np.asarray(np.tanh(6 * grain(rng, height, width, 0.4 * radius, 2)), np.float32)
    shell = tinted((0.28, 0.55, 0.45), spots + 0.6 * grain(rng, height, width, 0.15 * radius, 4), 0.3)
    scales = tinted((0.25, 0.45, 0.42), grain(rng, height, width, 0.12 * radius, 3), 0.4)
    for foot in (0.45, 1.55):
        board.paint(ellipse(height, width, foot * radius, 1.28 * radius, 0.17 * radius, 0.2 * radius), scales)
    board.paint(ellipse(height, width, 2.2 * radius, 0.85 * radius, 0.36 * radius, 0.27 * radius), scales)
    board.paint(
        ellipse(height, width, 2.36 * radius, 0.76 * radius, 0.05 * radius, 0.05 * radius), (0.1, 0.1, 0.1)
    )
    board.paint(ellipse(height, width, x, y, radius, 0.62 * radius), shell)
    dome = np.hypot((xs - x) / radius + 0.25, (ys - y) / (0.62 * radius) + 0.35)
    board.shade(np.asarray(1.15 - 0.25 * dome**2, np.float32).clip(0.4, 1.2))
    return board.sprite(x, y)
