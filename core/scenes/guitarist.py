"""A guitarist seen from the front: head and shoulders, a guitar, an arm that holds it and one that strums."""

from dataclasses import dataclass
from math import pi, sin

import numpy as np

from .arm import arm
from .noises import track
from .paint import Board, box, ellipse, grain, places, tinted
from .people import SHIRTS, SKINS, Person, Pose
from .rhythm import Dice, Path, Times, irregular
from .stage import Patch, Samples, Sprite, View
from .strings import strummed

SHORTEST, LONGEST = 0.30, 0.95  # s between two strums
DOWN, BACK = 0.12, 0.16  # s of the stroke across the strings, and of the way back
STROKE = 0.032  # units, from the strings' middle to the end of a stroke
LEVEL = 0.19  # units of the sound hole above the picture's lower edge


@dataclass(frozen=True, slots=True)
class Strums:
    """When the hand is in the middle of the strings, and how hard it strums (0.4 … 1)."""

    times: Times
    strengths: Times

    def hand(self) -> Path:
        """How far the hand is below the strings' middle, in strokes: down across them, back, and a rest."""
        after = np.append(self.strengths[1:], self.strengths[-1])
        knots = np.array([self.times - DOWN / 2, self.times + DOWN / 2, self.times + DOWN / 2 + BACK])
        return Path(knots.T.ravel(), np.array([-self.strengths, self.strengths, -after]).T.ravel())


class Guitarist:
    """Somebody who sits in the middle of the picture and plays; `x` is where, px."""

    def __init__(self, view: View, dice: Dice, seconds: float, x: float) -> None:
        self._view, self._dice, self._seconds, self._x = view, dice, seconds, x
        look = int(dice.draw("looks").integers(3))
        self._person = Person(view, dice.draw("guitarist"), look)
        self._guitar = _guitar(view, dice.draw("guitar"))
        skin, cloth = SKINS[look], SHIRTS[look]
        self._strumming = arm(view, dice.draw("right arm"), skin, cloth, 0.22, 0.30)
        self._holding = arm(view, dice.draw("left arm"), skin, cloth, 0.20, 0.24)
        self.strums = draw_strums(dice, seconds)
        self._hand = self.strums.hand()

    def patches(self, time: float, pose: Pose, sounding: int) -> list[Patch]:
        """Head and shoulders as posed, guitar and arms; `sounding` numbers the strumming arm."""
        view, unit = self._view, self._view.unit
        x, level = pose.x, view.height - LEVEL * unit
        down = STROKE * float(self._hand.at(time))
        hand = (x - (0.06 + 0.25 * down) * unit, level + down * unit)
        fret = (x + (0.33 + 0.012 * sin(2 * pi * time / 2.7)) * unit, level - 0.10 * unit)
        return [
            *self._person.patches(pose, 0),
            *self._holding.patches((x + 0.24 * unit, view.height - 0.30 * unit), fret, 1),
            self._guitar.at(view, x, level, -0.22),
            *self._strumming.patches((x - 0.25 * unit, view.height - 0.31 * unit), hand, 1, sounding),
        ]

    def play(self, rate: int) -> Samples:
        """A chord at each strum that rings until the next."""
        rng, times = self._dice.draw("sound"), self.strums.times
        lengths = np.diff(times, append=times[-1] + LONGEST)
        sounds = (
            strummed(rng, rate, 0.6 * float(strength), min(1.2, float(length)))
            for strength, length in zip(self.strums.strengths, lengths, strict=True)
        )
        return track(self._seconds, rate, zip((times - DOWN / 4).tolist(), sounds, strict=True))


def draw_strums(dice: Dice, seconds: float) -> Strums:
    """Strums of an uneven rhythm, now and then with a rest."""
    times = irregular(dice.draw("strums"), seconds, SHORTEST, LONGEST)
    rests = np.where(dice.draw("rests").random(times.size) < 0.08, 0.6, 0.0)
    return Strums(times + np.cumsum(rests), dice.draw("strengths").uniform(0.5, 1.0, times.size))


def _guitar(view: View, rng: np.random.Generator) -> Sprite:
    """Its body at the left and its neck to the right, level; the anchor is the sound hole."""
    unit = view.unit
    board = Board(0.36 * unit, 0.92 * unit)
    height, width, middle = board.height, board.width, board.height / 2
    xs, _ = places(height, width)
    wood = tinted((0.26, 0.48, 0.76), grain(rng, height, width, 0.05 * unit, 5, along=7.0), 0.28)
    for x, across, down in ((0.15, 0.15, 0.165), (0.33, 0.12, 0.125)):
        board.paint(ellipse(height, width, x * unit, middle, across * unit, down * unit), 0.45 * wood)
        board.paint(
            ellipse(height, width, x * unit, middle, (across - 0.01) * unit, (down - 0.01) * unit), wood
        )
    board.paint(ellipse(height, width, 0.29 * unit, middle, 0.055 * unit, 0.055 * unit), (0.06, 0.07, 0.10))
    neck = tinted((0.14, 0.20, 0.30), grain(rng, height, width, 0.03 * unit, 4, along=6.0), 0.3)
    board.paint(
        box(height, width, 0.36 * unit, middle - 0.024 * unit, 0.84 * unit, middle + 0.024 * unit), neck
    )
    frets = (np.abs((xs / (0.035 * unit)) % 1 - 0.5) < 0.06) & (xs > 0.36 * unit) & (xs < 0.84 * unit)
    lines = box(height, width, 0.36 * unit, middle - 0.024 * unit, 0.84 * unit, middle + 0.024 * unit) * frets
    board.paint(np.asarray(lines, np.float32), (0.7, 0.72, 0.75))
    head = box(
        height, width, 0.82 * unit, middle - 0.035 * unit, 0.91 * unit, middle + 0.035 * unit, 0.01 * unit
    )
    board.paint(head, 0.8 * neck)
    bridge = box(height, width, 0.12 * unit, middle - 0.05 * unit, 0.145 * unit, middle + 0.05 * unit)
    board.paint(bridge, (0.10, 0.14, 0.22))
    for string in (-0.015, -0.005, 0.005, 0.015):
        y = middle + string * unit
        board.paint(
            box(height, width, 0.13 * unit, y - 0.0012 * unit, 0.86 * unit, y + 0.0012 * unit),
            (0.85, 0.88, 0.9),
        )
    return board.sprite(0.29 * unit, middle)
