"""Wooden Horse: a hand plays a keyboard, and a wooden horse rocks in front of it without a sound."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .arm import arm
from .horse import rocking_horse
from .noises import track
from .paint import Board, box, grain, places, tinted
from .people import SHIRTS, SKINS
from .props import curtain
from .rhythm import Dice, Path, Times, irregular
from .rooms import living_room
from .stage import Patch, Samples, Sprite, Stage, View

SHORTEST, LONGEST = 0.28, 0.95  # s between two chords
PRESS, RAISE = 0.09, 0.13  # s that the hand falls on the keys, and rises from them
LIFTS = (0.03, 0.06)  # units
KEYS = 0.55  # of the picture's height: where the fingers meet the keys
STEPS = 0.05  # units that the hand goes sideways from chord to chord, at most
CHORDS = ((262.0, 330.0, 392.0), (220.0, 262.0, 330.0), (294.0, 349.0, 440.0), (247.0, 294.0, 392.0))


@dataclass(frozen=True, slots=True)
class Chords:
    """When the hand strikes, from how high (units), and how far to the right (units)."""

    times: Times
    lifts: Times
    places: Times

    def height(self) -> Path:
        """Units above the keys if they were not there: fastest where they are, then up again and waiting."""
        before, after, lifts = self.times[:-1], self.times[1:], self.lifts[1:]
        rise = np.minimum(RAISE, after - before - 2 * PRESS - 0.01)
        knots = [before + PRESS, before + PRESS + 0.001, before + PRESS + 0.001 + rise, after - PRESS]
        values = [-self.lifts[:-1], np.zeros(rise.size), lifts, lifts]
        return Path(np.array(knots).T.ravel(), np.array(values).T.ravel())

    def sideways(self) -> Path:
        """Units to the right; it goes there while it is up."""
        knots = np.array([self.times[:-1] + PRESS, self.times[1:] - PRESS / 2])
        return Path(knots.T.ravel(), np.array([self.places[:-1], self.places[1:]]).T.ravel())


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the hand and its arm, as far as the horse does not hide them; they sound at each chord."""
    chords = _chords(dice, seconds)
    unit, keys = view.unit, (KEYS + dice.draw("table").uniform(-0.04, 0.04)) * view.height
    middle = 0.5 * view.width + dice.draw("place").uniform(-0.05, 0.05) * unit
    look = int(dice.draw("looks").integers(3))
    playing = arm(view, dice.draw("arm"), SKINS[look], SHIRTS[look], 0.30, 0.44)
    keyboard = _keyboard(view, dice.draw("keyboard"))
    horse = rocking_horse(view, dice.draw("horse"), middle - 0.30 * unit, 0.97 * view.height)
    draught = curtain(view, dice.draw("curtain"), middle - 0.667 * unit)
    height, sideways = chords.height(), chords.sideways()

    def patches(time: float) -> Sequence[Patch]:
        hand = (
            middle + (0.16 + float(sideways.at(time))) * unit,
            keys - (0.02 + max(0.0, float(height.at(time)))) * unit,  # the keys stop it dead
        )
        return [
            *draught(time),
            keyboard.at(view, middle + 0.10 * unit, keys),
            *playing.patches((middle + 0.86 * unit, keys - 0.08 * unit), hand, -1, 1),
            *horse(time),
        ]

    def play(rate: int) -> Samples:
        rng = dice.draw("sound")
        lengths = np.diff(chords.times)
        notes = (_chord(rng, rate, *pair) for pair in zip(chords.lifts[:-1], lengths, strict=True))
        return track(seconds, rate, zip(chords.times[:-1].tolist(), notes, strict=True))

    return Stage(living_room(view, dice.draw("room")), patches, play)


def _chords(dice: Dice, seconds: float) -> Chords:
    times = irregular(dice.draw("rhythm"), seconds, SHORTEST, LONGEST)
    lifts = dice.draw("lifts").uniform(*LIFTS, times.size)
    return Chords(times, lifts, dice.draw("places").uniform(-STEPS, STEPS, times.size))


def _chord(rng: np.random.Generator, rate: int, lift: float, length: float) -> Samples:
    """A chord of an electric piano, the louder the higher the hand fell from, released before the next."""
    times = np.arange(round(length * rate)) / rate
    sound = np.zeros(times.size)
    for pitch in CHORDS[int(rng.integers(len(CHORDS)))]:
        for harmonic, share in ((1, 1.0), (2, 0.35), (4, 0.2)):
            sound += share * np.sin(2 * np.pi * harmonic * pitch * times) * np.exp(-times * (1.5 + harmonic))
    sound += 0.25 * rng.standard_normal(times.size) * np.exp(-times / 0.005)  # the keys meet the bed
    fade = np.minimum(1, times / 0.004) * np.clip((length - times) / 0.06, 0, 1)
    return np.asarray(0.18 * (lift / LIFTS[1]) ** 0.7 * fade * sound, np.float32)


def _keyboard(view: View, rng: np.random.Generator) -> Sprite:
    """A keyboard on a table, seen from behind its front; the anchor is in the middle of its keys."""
    unit = view.unit
    board = Board(0.62 * unit, 1.05 * unit)
    height, width = board.height, board.width
    wood = tinted((0.22, 0.36, 0.52), grain(rng, height, width, 0.06 * unit, 5, along=7.0), 0.3)
    board.paint(box(height, width, 0, 0.16 * unit, width, 0.21 * unit), 1.15 * wood)
    for left in (0.05, 0.92):
        board.paint(
            box(height, width, left * unit, 0.20 * unit, (left + 0.07) * unit, height + 9), 0.8 * wood
        )
    case = tinted((0.17, 0.16, 0.16), grain(rng, height, width, 0.04 * unit, 4), 0.25)
    board.paint(box(height, width, 0.03 * unit, 0.0, 1.02 * unit, 0.165 * unit, 0.015 * unit), case)
    left, right, top, bottom = 0.07 * unit, 0.98 * unit, 0.055 * unit, 0.145 * unit
    board.paint(box(height, width, left, top, right, bottom), (0.88, 0.92, 0.93))
    xs, ys = places(height, width)
    key = (xs - left) / (right - left) * 26  # of 26 white keys, where each pixel is
    keys = box(height, width, left, top, right, bottom)
    gaps = keys * (np.abs((key + 0.5) % 1 - 0.5) < 0.06)
    board.paint(np.asarray(gaps, np.float32), (0.35, 0.35, 0.36))
    between = np.rint(key)  # black keys stand between two white ones, but not everywhere
    black = (
        (np.abs(key - between) < 0.28) & (between % 7 != 0) & (between % 7 != 3) & (ys < top + 0.055 * unit)
    )
    board.paint(np.asarray(keys * black, np.float32), (0.08, 0.08, 0.09))
    knobs = ((xs - 0.12 * unit) % (0.05 * unit) < 0.03 * unit) & (xs > 0.12 * unit) & (xs < 0.52 * unit)
    row = box(height, width, 0.12 * unit, 0.018 * unit, 0.52 * unit, 0.036 * unit)
    board.paint(np.asarray(row * knobs, np.float32), (0.35, 0.45, 0.75))
    return board.sprite(width / 2, 0.10 * unit)
