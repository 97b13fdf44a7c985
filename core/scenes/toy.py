"""A wind-up toy: a bear on a wheeled board that claps its cymbals."""

from dataclasses import dataclass

import numpy as np

from .hammer import HIGHEST, Blows, draw_blows
from .noises import struck, track
from .paint import Board, box, ellipse, grain, places, tinted
from .rhythm import Dice
from .stage import Patch, Samples, Sprite, View

SHUT = 0.42  # radians that the arms point inwards when the cymbals meet
WIDER = 1.3  # radians that the arms open for each that a hammer would rise


@dataclass(frozen=True, slots=True)
class Toy:
    """The bear, ready to be placed; `blows` tell when the cymbals meet and how far they open before."""

    view: View
    body: Sprite
    arm: Sprite
    blows: Blows

    def patches(self, x: float, ground: float, time: float, sounding: int) -> list[Patch]:
        """Bear, arms and cymbals, all of it the source `sounding`; its wheels on the ground at x (px)."""
        view, unit = self.view, self.view.unit
        turn, shoulder = WIDER * self.blows.angle(time) - SHUT, ground - 0.245 * unit
        return [
            self.body.at(view, x, ground, 0.0, (1.0, 1.0), sounding),
            self.arm.at(view, x - 0.085 * unit, shoulder, turn, (1.0, 1.0), sounding),
            self.arm.at(view, x + 0.085 * unit, shoulder, turn, (-1.0, 1.0), sounding),
        ]

    def play(self, rng: np.random.Generator, seconds: float, rate: int) -> Samples:
        """A clash at each meeting, the louder the wider the arms were open."""
        times = self.blows.times[1:]
        sounds = (
            struck(
                rng, rate, 0.6 * (float(lift) / HIGHEST) ** 1.2, (2310.0, 3170.0, 4730.0, 6850.0), 0.09, 1.2
            )
            for lift in self.blows.lifts
        )
        return track(seconds, rate, zip(times.tolist(), sounds, strict=True))


def toy(view: View, dice: Dice, seconds: float) -> Toy:
    """A bear whose looks and rhythm are drawn by the dice."""
    rng = dice.draw("toy")
    return Toy(view, _body(view, rng), _arm(view, rng), draw_blows(dice, seconds))


def _body(view: View, rng: np.random.Generator) -> Sprite:
    """Head, belly and legs of plush on a red board with wheels; the anchor is on the ground."""
    unit = view.unit
    board = Board(0.46 * unit, 0.34 * unit)
    height, width, middle = board.height, board.width, board.width / 2
    xs, ys = places(height, width)
    brown = ((0.20, 0.36, 0.58), (0.34, 0.52, 0.68), (0.30, 0.32, 0.36))[int(rng.integers(3))]
    plush = tinted(brown, grain(rng, height, width, 0.03 * unit, 5), 0.35)
    for side in (-1, 1):
        board.paint(
            ellipse(height, width, middle + side * 0.075 * unit, 0.045 * unit, 0.036 * unit, 0.036 * unit),
            0.8 * plush,
        )
        board.paint(
            ellipse(height, width, middle + side * 0.07 * unit, 0.385 * unit, 0.05 * unit, 0.04 * unit),
            0.85 * plush,
        )
    board.paint(ellipse(height, width, middle, 0.285 * unit, 0.115 * unit, 0.12 * unit), plush)
    light = tinted((0.55, 0.70, 0.82), grain(rng, height, width, 0.03 * unit, 4), 0.25)
    board.paint(ellipse(height, width, middle, 0.30 * unit, 0.07 * unit, 0.075 * unit), light)
    board.paint(ellipse(height, width, middle, 0.11 * unit, 0.095 * unit, 0.085 * unit), 1.05 * plush)
    board.paint(ellipse(height, width, middle, 0.14 * unit, 0.042 * unit, 0.033 * unit), light)
    board.paint(ellipse(height, width, middle, 0.127 * unit, 0.014 * unit, 0.010 * unit), (0.06, 0.06, 0.07))
    for side in (-1, 1):
        eye = ellipse(height, width, middle + side * 0.036 * unit, 0.093 * unit, 0.010 * unit, 0.012 * unit)
        board.paint(eye, (0.05, 0.05, 0.06))
    board.paint(
        box(height, width, 0.02 * unit, 0.415 * unit, 0.32 * unit, 0.44 * unit, 3), (0.22, 0.22, 0.72)
    )
    for side in (-1, 1):
        wheel = ellipse(height, width, middle + side * 0.11 * unit, 0.435 * unit, 0.024 * unit, 0.024 * unit)
        board.paint(wheel, (0.14, 0.14, 0.16))
    board.shade(np.asarray(1.08 - 0.9 * np.maximum(0, (xs - middle) / unit) + 0 * ys, np.float32))
    return board.sprite(middle, 0.46 * unit)


def _arm(view: View, rng: np.random.Generator) -> Sprite:
    """An arm that hangs down, with a brass cymbal seen almost from its edge; the anchor is the shoulder."""
    unit = view.unit
    board = Board(0.26 * unit, 0.10 * unit)
    height, width, middle = board.height, board.width, board.width / 2
    fur = tinted((0.24, 0.38, 0.56), grain(rng, height, width, 0.03 * unit, 4), 0.3)
    sleeve = box(height, width, middle - 0.028 * unit, 0, middle + 0.028 * unit, 0.16 * unit, 0.028 * unit)
    board.paint(sleeve, fur)
    brass = tinted((0.28, 0.68, 0.86), grain(rng, height, width, 0.04 * unit, 5), 0.30)
    board.paint(
        ellipse(height, width, middle + 0.006 * unit, 0.155 * unit, 0.038 * unit, 0.095 * unit), 0.6 * brass
    )
    board.paint(ellipse(height, width, middle, 0.155 * unit, 0.034 * unit, 0.090 * unit), brass)
    return board.sprite(middle, 0.028 * unit)
