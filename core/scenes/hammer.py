"""A hammer that strikes in an irregular rhythm, beside a pendulum that swings without a sound."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sin

import numpy as np

from .noises import struck, track
from .paint import Board, box, grain, tinted
from .props import pendulum
from .rhythm import Dice, Times, irregular
from .rooms import workshop
from .stage import Patch, Samples, Sprite, Stage, View

BENCH = 0.80  # top of the workbench, of the picture's height
FALL = 0.18  # s from the top of a swing to the blow
HOP = 0.10  # s of the small rebound after a blow
HIGHEST = 0.75  # radians, of the highest swing
SHORTEST, LONGEST = 0.45, 1.30  # s between two blows


@dataclass(frozen=True, slots=True)
class Blows:
    """When the hammer strikes, and how far it is lifted (radians) before each next blow."""

    times: Times
    lifts: Times

    def angle(self, time: float) -> float:
        """Radians above the anvil: a hop, a smooth lift, then an ever faster fall that stops dead."""
        last = int(np.clip(np.searchsorted(self.times, time, "right") - 1, 0, self.times.size - 2))
        since, left = time - float(self.times[last]), float(self.times[last + 1]) - time
        lift = float(self.lifts[last])
        if left < FALL:
            return lift * (1 - (1 - left / FALL) ** 2)
        if since < HOP:
            return 0.06 * sin(pi * since / HOP)
        share = (since - HOP) / (since + left - HOP - FALL)
        return lift * share * share * (3 - 2 * share)


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: head and handle of the hammer, which sounds at its blows; it is worked by a post, not an arm."""
    blows = draw_blows(dice, seconds)
    unit, bench = view.unit, BENCH * view.height
    middle = 0.5 * view.width
    swinging = pendulum(view, dice.draw("pendulum"), middle + 0.34 * unit, 0.02 * view.height, 0.52 * unit)
    hammer, post, anvil = _hammer(view, dice.draw("hammer")), _post(view, dice.draw("post")), _anvil(view)
    pivot_x, pivot_y = middle - 0.53 * unit, bench - 0.25 * unit

    def patches(time: float) -> Sequence[Patch]:
        return [
            *swinging(time),
            anvil.at(view, middle - 0.07 * unit, bench),
            hammer.at(view, pivot_x, pivot_y, -blows.angle(time), sounding=True),
            post.at(view, pivot_x, bench),
        ]

    def play(rate: int) -> Samples:
        rng = dice.draw("sound")
        sounds = (_blow_sound(rng, rate, float(lift)) for lift in blows.lifts)
        return track(seconds, rate, zip(blows.times[1:].tolist(), sounds, strict=True))

    return Stage(workshop(view, dice.draw("room"), BENCH), patches, play)


def draw_blows(dice: Dice, seconds: float) -> Blows:
    """An uneven rhythm; more time before a blow lets the hammer rise higher."""
    times = irregular(dice.draw("rhythm"), seconds, SHORTEST, LONGEST)
    # More time, more lift; the rest is chance.
    share = 0.6 * (np.diff(times) - SHORTEST) / (LONGEST - SHORTEST)
    share += 0.4 * dice.draw("lifts").uniform(0, 1, share.size)
    return Blows(times, HIGHEST * (0.45 + 0.55 * share))


def _blow_sound(rng: np.random.Generator, rate: int, lift: float) -> Samples:
    return struck(rng, rate, 0.8 * (lift / HIGHEST) ** 1.2, (620.0, 1480.0, 2760.0, 4300.0), 0.07, 0.8)


def _hammer(view: View, rng: np.random.Generator) -> Sprite:
    """Seen from the side, its handle level and its head at the right; the anchor is the handle's left end."""
    unit = view.unit
    board = Board(0.26 * unit, 0.58 * unit)
    height, width = board.height, board.width
    wood = tinted((0.32, 0.55, 0.76), grain(rng, height, width, 0.03 * unit, 4, along=6.0), 0.35)
    handle = box(height, width, 0.01 * unit, 0.095 * unit, 0.50 * unit, 0.155 * unit, 0.02 * unit)
    board.paint(handle, wood)
    steel = tinted((0.50, 0.46, 0.44), grain(rng, height, width, 0.06 * unit, 5), 0.4)
    board.paint(box(height, width, 0.40 * unit, 0.02 * unit, 0.53 * unit, 0.23 * unit, 0.02 * unit), steel)
    board.paint(
        box(height, width, 0.385 * unit, 0.20 * unit, 0.545 * unit, 0.25 * unit, 0.015 * unit), 0.8 * steel
    )
    return board.sprite(0.03 * unit, 0.125 * unit)


def _post(view: View, rng: np.random.Generator) -> Sprite:
    """The post that holds the hammer, with an iron bolt; it stands on the bench."""
    unit = view.unit
    board = Board(0.32 * unit, 0.12 * unit)
    height, width = board.height, board.width
    wood = tinted((0.22, 0.34, 0.46), grain(rng, width, height, 0.03 * unit, 4, along=5.0).T, 0.4)
    board.paint(box(height, width, 0.02 * unit, 0, 0.10 * unit, 0.32 * unit, 0.01 * unit), wood)
    board.paint(
        box(height, width, 0.04 * unit, 0.05 * unit, 0.08 * unit, 0.09 * unit, 0.02 * unit), (0.2, 0.2, 0.2)
    )
    return board.sprite(0.06 * unit, 0.32 * unit)


def _anvil(view: View) -> Sprite:
    """A flat dark block on the bench, its top where the hammer's head lands."""
    unit = view.unit
    board = Board(0.13 * unit, 0.30 * unit)
    height, width = board.height, board.width
    board.paint(
        box(height, width, 0.05 * unit, 0.03 * unit, 0.25 * unit, 0.13 * unit, 0.01 * unit), (0.24, 0.22, 0.2)
    )
    board.paint(box(height, width, 0.0, 0.0, 0.30 * unit, 0.045 * unit, 0.01 * unit), (0.34, 0.31, 0.29))
    return board.sprite(0.15 * unit, 0.125 * unit)
