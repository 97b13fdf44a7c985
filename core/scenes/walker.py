"""Somebody seen from the side who walks, strolls through the picture, or rides a scooter."""

from math import sin

import numpy as np

from .paint import Board, Colour, box, ellipse, grain, places, tinted
from .stage import Patch, Sprite, View

SKIN: Colour = (0.50, 0.62, 0.80)
BLUE: Colour = (0.55, 0.38, 0.22)
SHADED: Colour = (0.44, 0.30, 0.17)  # the sleeve of the blue shirt
TROUSERS: Colour = (0.34, 0.24, 0.20)
STRIDE = 0.62  # of the body's height: two steps


class Walker:
    """Somebody of `tall` px; shirt, sleeve and trousers in these colours."""

    def __init__(
        self,
        view: View,
        rng: np.random.Generator,
        tall: float,
        colours: tuple[Colour, Colour, Colour] = (BLUE, SHADED, TROUSERS),
    ) -> None:
        self._view, self.tall = view, tall
        shirt, sleeve, trousers = colours
        self._body, self._arm, self._leg = (
            _body(rng, tall, shirt),
            _arm(rng, tall, sleeve),
            _leg(rng, tall, trousers),
        )

    def patches(self, x: float, feet: float, facing: float, walking: bool = True) -> list[Patch]:
        """Walking at x, soles at `feet` (px), to the right for `facing` 1; the place tells the step. Else
        standing upright with an arm stretched forward."""
        view, tall, stretch = self._view, self.tall, (facing, 1.0)
        stride = sin(2 * np.pi * x / (STRIDE * tall)) if walking else 0.0
        hip = feet - 0.44 * tall - (0.012 * tall * (1 - abs(stride)) if walking else 0.0)
        swung = 0.45 * stride + 0.05 if walking else -1.1
        return [
            self._leg.at(view, x, hip, -0.42 * stride, stretch),
            self._leg.at(view, x, hip, 0.42 * stride, stretch),
            self._body.at(view, x, hip, 0.03, stretch),
            self._arm.at(view, x + 0.01 * tall * facing, hip - 0.345 * tall, swung, stretch),
        ]


def _body(rng: np.random.Generator, tall: float, shirt: Colour) -> Sprite:
    """Head, hair, a checked shirt and an arm, seen from the side; the anchor is the hip."""
    board = Board(0.60 * tall, 0.30 * tall)
    height, width, middle = board.height, board.width, board.width / 2
    xs, ys = places(height, width)
    checks = np.tanh(3 * np.sin(xs * 55 / tall)) + np.tanh(3 * np.sin(ys * 55 / tall))
    cloth = tinted(shirt, grain(rng, height, width, 0.05 * tall) + 0.7 * checks, 0.28)
    neck = box(height, width, middle - 0.03 * tall, 0.1 * tall, middle + 0.03 * tall, 0.2 * tall)
    board.paint(neck, (0.42, 0.52, 0.70))
    torso = box(
        height, width, middle - 0.085 * tall, 0.15 * tall, middle + 0.085 * tall, 0.60 * tall, 0.05 * tall
    )
    board.paint(torso, cloth)
    face = tinted(SKIN, grain(rng, height, width, 0.04 * tall), 0.08)
    board.paint(ellipse(height, width, middle + 0.066 * tall, 0.095 * tall, 0.013 * tall, 0.011 * tall), face)
    hair = tinted((0.12, 0.16, 0.24), grain(rng, height, width, 0.02 * tall), 0.5)
    board.paint(ellipse(height, width, middle - 0.008 * tall, 0.072 * tall, 0.066 * tall, 0.07 * tall), hair)
    board.paint(ellipse(height, width, middle + 0.014 * tall, 0.09 * tall, 0.052 * tall, 0.066 * tall), face)
    board.paint(
        ellipse(height, width, middle + 0.042 * tall, 0.082 * tall, 0.007 * tall, 0.008 * tall),
        (0.1, 0.1, 0.1),
    )
    return board.sprite(middle, 0.56 * tall)


def _arm(rng: np.random.Generator, tall: float, shirt: Colour) -> Sprite:
    """A sleeve and a hand; the anchor is the shoulder."""
    board = Board(0.36 * tall, 0.10 * tall)
    height, width, middle = board.height, board.width, board.width / 2
    hand = ellipse(height, width, middle, 0.32 * tall, 0.026 * tall, 0.034 * tall)
    board.paint(hand, tinted(SKIN, grain(rng, height, width, 0.04 * tall), 0.08))
    sleeve = tinted(shirt, grain(rng, height, width, 0.05 * tall), 0.35)
    board.paint(
        box(height, width, middle - 0.034 * tall, 0, middle + 0.034 * tall, 0.31 * tall, 0.03 * tall), sleeve
    )
    return board.sprite(middle, 0.03 * tall)


def _leg(rng: np.random.Generator, tall: float, cloth: Colour) -> Sprite:
    board = Board(0.48 * tall, 0.22 * tall)
    height, width = board.height, board.width
    left = 0.07 * tall
    trousers = tinted(cloth, grain(rng, height, width, 0.04 * tall), 0.35)
    board.paint(box(height, width, left, 0, left + 0.1 * tall, 0.44 * tall, 0.03 * tall), trousers)
    shoe = box(height, width, left, 0.41 * tall, left + 0.13 * tall, 0.455 * tall, 0.02 * tall)
    board.paint(shoe, (0.12, 0.12, 0.14))
    return board.sprite(left + 0.05 * tall, 0.02 * tall)
