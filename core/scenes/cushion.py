"""A big soft cushion on a cord, a lamp on a cable: silent things that swing and never twice alike."""

from math import pi

import numpy as np

from .paint import Board, box, ellipse, grain, places, tinted
from .props import CLOTHS, Mover
from .rhythm import Swing, swing
from .stage import Patch, Sprite, View


def cushion(view: View, rng: np.random.Generator, x: float, length: float) -> Mover:
    """A cushion that somebody out of the picture swings on a cord from its upper edge at `x` px, `length` px
    long."""
    sprite = _cushion(view, rng, length)
    return _swung(
        view, sprite, x, -0.08 * view.unit, swing(rng, 1.15), 0.62, 0.06 * view.unit, swing(rng, 0.9)
    )


def lamp(view: View, rng: np.random.Generator, x: float, length: float) -> Mover:
    """A lamp on a cable from the upper edge at `x` px, that swings in a draught."""
    sprite = _lamp(view, rng, length)
    return _swung(view, sprite, x, -0.02 * view.height, swing(rng, 1.3), 0.60, 0.0, swing(rng, 1.0))


def _swung(
    view: View, sprite: Sprite, x: float, y: float, sideways: Swing, widest: float, deep: float, down: Swing
) -> Mover:
    """A sprite hung at x, y (px) that swings by `widest` radians and is let down and up by `deep` px."""

    def patches(time: float) -> list[Patch]:
        return [sprite.at(view, x, y + deep * down.at(time), widest * sideways.at(time))]

    return patches


def _cushion(view: View, rng: np.random.Generator, length: float) -> Sprite:
    """Square, with a pattern of checks and piping, on its cord; anchored at the cord's upper end."""
    unit, half = view.unit, 0.17 * view.unit
    board = Board(length + 2 * half, 2 * half + 4)
    height, width, middle = board.height, board.width, board.width / 2
    xs, ys = places(height, width)
    board.paint(
        box(height, width, middle - 0.008 * unit, 0, middle + 0.008 * unit, length), (0.22, 0.26, 0.30)
    )
    checks = np.tanh(4 * np.sin(xs * pi / (0.055 * unit)) * np.sin(ys * pi / (0.055 * unit)))
    cloth = tinted(
        CLOTHS[rng.integers(len(CLOTHS))], checks + 0.5 * grain(rng, height, width, 0.05 * unit, 5), 0.35
    )
    square = box(height, width, 2, length - 0.1 * half, width - 2, height - 3, 0.3 * half)
    board.paint(square, 0.55 * cloth)
    inner = box(
        height, width, 2 + 0.07 * half, length, width - 2 - 0.07 * half, height - 3 - 0.07 * half, 0.3 * half
    )
    board.paint(inner, cloth)
    belly = np.hypot((xs - middle) / half + 0.25, (ys - length - half) / half + 0.3)
    light = np.where(ys < length - 0.1 * half, 1.0, 1.15 - 0.28 * belly**2)
    board.shade(np.asarray(light, np.float32).clip(0.45, 1.2))
    return board.sprite(middle, 0)


def _lamp(view: View, rng: np.random.Generator, length: float) -> Sprite:
    """A shade of woven straw on a cable."""
    unit, radius = view.unit, 0.15 * view.unit
    board = Board(length + 1.2 * radius, 2.1 * radius)
    height, width, middle = board.height, board.width, board.width / 2
    xs, ys = places(height, width)
    board.paint(
        box(height, width, middle - 0.007 * unit, 0, middle + 0.007 * unit, length), (0.15, 0.15, 0.16)
    )
    weave = np.sin(xs * 2 * pi / (0.03 * unit)) * np.sin(ys * 2 * pi / (0.03 * unit))
    straw = tinted((0.35, 0.62, 0.78), weave + grain(rng, height, width, 0.05 * unit, 4), 0.30)
    dome = ellipse(height, width, middle, length + radius, radius, radius) * (ys < length + radius)
    board.paint(np.asarray(dome, np.float32), straw)
    rim = ellipse(height, width, middle, length + radius, radius, 0.13 * radius)
    board.paint(rim, (0.70, 0.88, 0.97))
    board.shade(np.asarray(1.05 - 0.35 * ((xs - middle) / radius) ** 2 + 0 * ys, np.float32).clip(0.4, 1.2))
    return board.sprite(middle, 0)
