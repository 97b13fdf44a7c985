"""A violinist seen from the front, whose bow goes up and down in strokes of unequal length."""

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from .arm import arm
from .paint import Board, box, ellipse, grain, tinted
from .people import SHIRTS, SKINS, Person, Pose, blinking
from .props import Mover
from .rhythm import Dice, Path, Times, irregular, swing
from .stage import Patch, Samples, Sprite, View
from .strings import SCALE, bowed

SHORTEST, LONGEST = 0.30, 0.95  # s of a bow stroke
DRAWN = (0.05, 0.15)  # units that the bow is drawn in a stroke
RESTING = 0.12  # share of the strokes in which the bow rests on the string
FASTEST = 0.40  # units a second, the bow speed that sounds loudest
LENGTH = 0.58  # units, of the bow
TURN = -50 / 180 * pi  # radians, of the bow from level


@dataclass(frozen=True, slots=True)
class Bowing:
    """How the bow goes: how much of it (units) lies beyond the string, and the note of each stroke, Hz."""

    drawn: Path
    notes: Times

    def play(self, rng: np.random.Generator, seconds: float, rate: int) -> Samples:
        """The note of each stroke, as loud as the bow is fast."""
        times = np.arange(round(seconds * rate)) / rate
        speeds = np.abs(np.gradient(self.drawn.at(times)) * rate) / FASTEST
        stroke = np.clip(np.searchsorted(self.drawn.times, times, "right") - 1, 0, self.notes.size - 1)
        return bowed(rng, np.minimum(1.0, speeds), self.notes[stroke], rate)


def draw_bowing(dice: Dice, seconds: float) -> Bowing:
    """Strokes up and down in turn, of unequal length and speed, some left out."""
    times, rng = irregular(dice.draw("strokes"), seconds, SHORTEST, LONGEST), dice.draw("bowing")
    values, notes, side = [0.0], [], 1.0
    for _ in times[1:]:
        resting = rng.random() < RESTING
        wanted = side * rng.uniform(*DRAWN) / 2
        values.append(values[-1] if resting else wanted)
        side = side if resting else -side
        notes.append(SCALE[int(rng.integers(len(SCALE)))])
    return Bowing(Path(times, np.array(values)), np.array(notes))


def violinist(view: View, dice: Dice, seconds: float, bowing: Bowing) -> Mover:
    """Somebody in the middle of the picture who plays; bow, right hand and arm are source 1."""
    unit, look = view.unit, int(dice.draw("looks").integers(3))
    person, violin = Person(view, dice.draw("violinist"), look), _violin(view, dice.draw("violin"))
    right = arm(view, dice.draw("right arm"), SKINS[look], SHIRTS[look], 0.24, 0.32)
    left = arm(view, dice.draw("left arm"), SKINS[look], SHIRTS[look], 0.22, 0.26)
    stick = _bow(view, dice.draw("bow"))
    x = 0.5 * view.width + dice.draw("place").uniform(-0.12, 0.02) * unit
    sideways, tilting = swing(dice.draw("sway"), 2.9), swing(dice.draw("tilt"), 2.1)
    blinks = irregular(dice.draw("blinks"), seconds, 1.5, 5.0)

    def patches(time: float) -> list[Patch]:
        sway = 0.012 * unit * sideways.at(time)
        level = view.height - 0.60 * unit
        pose = Pose(x + sway, level, 0.10 + 0.03 * tilting.at(time), 0.3, 0.0, blinking(blinks, time))
        string = (x + sway + 0.13 * unit, level + 0.285 * unit)
        turn = TURN + 0.03 * tilting.at(time)
        frog = (0.20 - float(bowing.drawn.at(time))) * unit
        hand = (string[0] - frog * cos(turn), string[1] - frog * sin(turn))
        neck = (x + sway + 0.40 * unit, level + 0.30 * unit)
        return [
            *person.patches(pose, 0),
            *left.patches((x + 0.24 * unit, level + 0.34 * unit), neck, 1),
            violin.at(view, x + sway + 0.04 * unit, level + 0.235 * unit, 0.16),
            stick.at(view, *hand, turn, sounding=1),
            *right.patches((x - 0.24 * unit, level + 0.34 * unit), hand, 1, 1),
        ]

    return patches


def _bow(view: View, rng: np.random.Generator) -> Sprite:
    """Stick and hair, level, the frog at the left; the anchor is where the hand holds it."""
    unit = view.unit
    board = Board(0.045 * unit, (LENGTH + 0.04) * unit)
    height, width = board.height, board.width
    wood = tinted((0.16, 0.26, 0.46), grain(rng, height, width, 0.03 * unit, 4, along=6.0), 0.3)
    board.paint(box(height, width, 0, 0.006 * unit, width - 2, 0.017 * unit, 2), wood)
    board.paint(box(height, width, 0.03 * unit, 0.030 * unit, width - 3, 0.036 * unit), (0.88, 0.92, 0.95))
    frog = box(height, width, 0.03 * unit, 0.012 * unit, 0.07 * unit, 0.040 * unit, 2)
    board.paint(frog, (0.10, 0.10, 0.12))
    board.paint(box(height, width, width - 0.02 * unit, 0.006 * unit, width - 2, 0.036 * unit, 2), wood)
    return board.sprite(0.04 * unit, 0.02 * unit)


def _violin(view: View, rng: np.random.Generator) -> Sprite:
    """Level, its neck to the right; the anchor is the chin rest at the left end."""
    unit = view.unit
    board = Board(0.20 * unit, 0.60 * unit)
    height, width, middle = board.height, board.width, board.height / 2
    wood = tinted((0.14, 0.30, 0.62), grain(rng, height, width, 0.04 * unit, 5, along=7.0), 0.30)
    for x, across, down in ((0.09, 0.085, 0.092), (0.25, 0.075, 0.078), (0.17, 0.06, 0.058)):
        board.paint(ellipse(height, width, x * unit, middle, across * unit, down * unit), 0.5 * wood)
        board.paint(
            ellipse(height, width, x * unit, middle, (across - 0.006) * unit, (down - 0.006) * unit), wood
        )
    black = (0.07, 0.07, 0.09)
    board.paint(
        box(height, width, 0.20 * unit, middle - 0.015 * unit, 0.52 * unit, middle + 0.015 * unit), black
    )
    board.paint(
        box(height, width, 0.02 * unit, middle - 0.018 * unit, 0.09 * unit, middle + 0.018 * unit, 2), black
    )
    board.paint(ellipse(height, width, 0.55 * unit, middle, 0.03 * unit, 0.022 * unit), 0.7 * wood)
    bridge = box(height, width, 0.135 * unit, middle - 0.03 * unit, 0.147 * unit, middle + 0.03 * unit)
    board.paint(bridge, (0.50, 0.66, 0.80))
    return board.sprite(0.03 * unit, middle)
