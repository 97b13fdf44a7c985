"""A wooden rocking horse."""

import numpy as np

from .paint import Ball, Board, Colour, Layer, ellipse, grain, limb, places, tinted
from .props import Mover
from .rhythm import swing
from .stage import Patch, Sprite, View

PERIOD = 1.1  # s, about
TILT = 0.38  # radians, of a strong swing
COATS: tuple[Colour, ...] = ((0.60, 0.76, 0.86), (0.26, 0.42, 0.66), (0.74, 0.78, 0.80))
DARK: Colour = (0.10, 0.16, 0.26)
BLACK: Colour = (0.05, 0.05, 0.06)


def rocking_horse(view: View, rng: np.random.Generator, x: float, ground: float) -> Mover:
    """A horse that rocks on the floor about x, ground (px), by angles that never repeat."""
    horse, rocking = _horse(view, rng), swing(rng, PERIOD)
    radius = 0.80 * view.unit  # of the rockers' arc: they roll, so the horse goes forth and back as well

    def patches(time: float) -> list[Patch]:
        tilt = TILT * rocking.at(time)
        return [horse.at(view, x + 0.25 * radius * tilt, ground, tilt)]

    return patches


def _horse(view: View, rng: np.random.Generator) -> Sprite:
    """Seen from the side, its head at the right; the anchor is where the rockers touch the floor."""
    unit = view.unit
    board = Board(0.70 * unit, 0.66 * unit)
    height, width, middle = board.height, board.width, 0.33 * unit
    xs, ys = places(height, width)
    coat = COATS[int(rng.integers(len(COATS)))]
    spots = np.tanh(5 * (grain(rng, height, width, 0.09 * unit, 2) - 0.25))
    hide = tinted(coat, 0.8 * spots + 0.5 * grain(rng, height, width, 0.03 * unit, 4, along=4.0), 0.28)
    red = tinted((0.20, 0.22, 0.66), grain(rng, height, width, 0.05 * unit, 5), 0.3)
    ring = 0.5 + 0.018 * unit - np.abs(np.hypot(xs - middle, ys + 0.12 * unit) - 0.79 * unit)
    board.paint(np.asarray(np.clip(ring, 0, 1), np.float32), red)

    def paint_limb(near: Ball, far: Ball, colour: Layer | Colour) -> None:
        """From ball to ball, told in units."""
        scaled = [(x * unit, y * unit, radius * unit) for x, y, radius in (near, far)]
        board.paint(limb(height, width, *scaled), colour)

    paint_limb((0.13, 0.64, 0.028), (0.20, 0.42, 0.042), 0.85 * hide)
    paint_limb((0.50, 0.64, 0.028), (0.44, 0.42, 0.042), 0.85 * hide)
    paint_limb((0.11, 0.34, 0.020), (0.06, 0.54, 0.026), DARK)
    board.paint(ellipse(height, width, middle, 0.38 * unit, 0.22 * unit, 0.105 * unit), hide)
    paint_limb((0.39, 0.36, 0.045), (0.46, 0.10, 0.040), DARK)
    paint_limb((0.44, 0.36, 0.080), (0.51, 0.14, 0.058), hide)
    paint_limb((0.51, 0.12, 0.054), (0.61, 0.20, 0.036), hide)
    paint_limb((0.49, 0.09, 0.018), (0.48, 0.03, 0.008), hide)
    board.paint(ellipse(height, width, 0.535 * unit, 0.115 * unit, 0.012 * unit, 0.013 * unit), BLACK)
    board.paint(ellipse(height, width, 0.615 * unit, 0.20 * unit, 0.006 * unit, 0.008 * unit), BLACK)
    board.paint(ellipse(height, width, 0.30 * unit, 0.29 * unit, 0.10 * unit, 0.045 * unit), red)
    paint_limb((0.30, 0.30, 0.014), (0.295, 0.475, 0.014), 0.7 * red)
    paint_limb((0.565, 0.10, 0.008), (0.56, 0.21, 0.008), 0.7 * red)
    board.shade(np.asarray(1.1 - 0.4 * np.maximum(0, ys / unit - 0.36) + 0 * xs, np.float32))
    return board.sprite(middle, 0.67 * unit)
