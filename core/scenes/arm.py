"""An arm of two parts whose hand is put to a place, as in violin, guitar and keyboard."""

from dataclasses import dataclass
from math import atan2, cos, hypot, sin

import numpy as np

from .paint import Board, Colour, Layer, box, ellipse, grain, tinted
from .stage import Patch, Sprite, View

Place = tuple[float, float]

THICK = 0.085  # units, of the forearm
HAND = 0.115  # units, from the wrist to the finger tips


@dataclass(frozen=True, slots=True)
class Arm:
    """Upper arm and forearm with its hand, both drawn level and anchored at their upper joint; `upper` and
    `lower` are their lengths in px, the lower one to the middle of the hand."""

    view: View
    sleeve: Sprite
    forearm: Sprite
    upper: float
    lower: float

    def patches(self, shoulder: Place, hand: Place, bent: int, sounding: int = 0) -> list[Patch]:
        """The arm from `shoulder` to `hand` (px), its elbow to the right of that line for `bent` 1, to its
        left for -1, as the arm sees it; `sounding` numbers all of it, as it moves with the hand."""
        elbow = self._elbow(shoulder, hand, bent)
        upper_turn = atan2(elbow[1] - shoulder[1], elbow[0] - shoulder[0])
        lower_turn = atan2(hand[1] - elbow[1], hand[0] - elbow[0])
        return [
            self.sleeve.at(self.view, *shoulder, upper_turn, sounding=sounding),
            self.forearm.at(self.view, *elbow, lower_turn, sounding=sounding),
        ]

    def _elbow(self, shoulder: Place, hand: Place, bent: int) -> Place:
        """By the law of cosines; an arm that is too short or too long is stretched straight or folded."""
        across, down = hand[0] - shoulder[0], hand[1] - shoulder[1]
        away = max(1e-6, hypot(across, down))
        along = (self.upper**2 - self.lower**2 + away**2) / (2 * away)
        along = min(max(along, -self.upper), self.upper)
        aside = bent * (self.upper**2 - along**2) ** 0.5
        across, down = across / away, down / away
        return shoulder[0] + along * across - aside * down, shoulder[1] + along * down + aside * across


def arm(view: View, rng: np.random.Generator, skin: Colour, cloth: Colour, upper: float, lower: float) -> Arm:
    """An arm with rolled-up sleeves, its lengths in units."""
    unit = view.unit
    sleeve, forearm = _sleeve(rng, unit, cloth, upper), _forearm(rng, unit, skin, cloth, lower)
    return Arm(view, sleeve, forearm, upper * unit, lower * unit)


def _sleeve(rng: np.random.Generator, unit: float, cloth: Colour, length: float) -> Sprite:
    thick = 1.25 * THICK * unit
    board = Board(thick, length * unit + thick)
    height, width = board.height, board.width
    weave = tinted(cloth, grain(rng, height, width, 0.05 * unit, 5), 0.35)
    board.paint(box(height, width, 0, 0, width - 1, height - 1, thick / 2), weave)
    board.shade(_round(height, width))
    return board.sprite(thick / 2, height / 2)


def _forearm(rng: np.random.Generator, unit: float, skin: Colour, cloth: Colour, length: float) -> Sprite:
    """A cuff, the bare forearm that grows thinner, and a hand with bent fingers."""
    thick, reach = THICK * unit, length * unit
    board = Board(1.5 * thick, reach + 0.8 * HAND * unit + thick / 2)
    height, width, middle = board.height, board.width, board.height / 2
    flesh = tinted(skin, grain(rng, height, width, 0.03 * unit, 5), 0.13)
    wrist = thick / 2 + reach - 0.4 * HAND * unit
    board.paint(box(height, width, 0, middle - thick / 2, wrist, middle + thick / 2, thick / 2), flesh)
    hand = HAND * unit
    board.paint(ellipse(height, width, wrist + 0.30 * hand, middle, 0.45 * hand, 0.40 * hand), flesh)
    for finger in range(4):
        x, turn = wrist + 0.62 * hand, (finger - 1.5) * 0.35
        tip = (x + 0.28 * hand * cos(turn), middle + 0.55 * hand * sin(turn))
        board.paint(
            ellipse(height, width, *tip, 0.26 * hand, 0.085 * hand), (0.92 - 0.08 * (finger % 2)) * flesh
        )
    cuff = tinted(cloth, grain(rng, height, width, 0.04 * unit, 5), 0.35)
    board.paint(
        box(height, width, 0, middle - 0.58 * thick, 0.45 * reach, middle + 0.58 * thick, thick / 3), cuff
    )
    board.shade(_round(height, width))
    return board.sprite(thick / 2, middle)


def _round(height: int, width: int) -> Layer:
    """Light from above on something round that lies level, float32 (h, w)."""
    across = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    return np.asarray(
        1.04 - 0.30 * np.maximum(0, across) ** 2 - 0.1 * across + np.zeros((1, width)), np.float32
    )
