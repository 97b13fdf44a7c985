"""People seen from the front: shoulders, and a head with eyes, a jaw and a mouth that open and move."""

from dataclasses import dataclass
from math import cos, sin

import numpy as np

from .paint import Board, Colour, Layer, box, ellipse, grain, places, tinted
from .rhythm import Times
from .stage import Patch, Sprite, View

SKINS: tuple[Colour, ...] = ((0.55, 0.66, 0.84), (0.38, 0.50, 0.70), (0.24, 0.34, 0.52))
HAIRS: tuple[Colour, ...] = ((0.10, 0.14, 0.22), (0.20, 0.36, 0.55), (0.08, 0.08, 0.09))
SHIRTS: tuple[Colour, ...] = ((0.45, 0.30, 0.25), (0.28, 0.42, 0.30), (0.30, 0.28, 0.58))

ACROSS, DOWN = 0.145, 0.19  # half axes of the face, units
LEAN = 0.1  # how far the shoulders stay behind when the head tilts, units a radian
MIDDLE = 0.27  # of the head, below the upper edge of its board, units


@dataclass(frozen=True, slots=True)
class Pose:
    """How a head is held: its middle (px), its tilt (radians), its nod, mouth and eyes (0 … 1)."""

    x: float
    y: float
    tilt: float = 0.0
    nod: float = 0.0
    mouth: float = 0.0
    eyes: float = 1.0


def blinking(blinks: Times, time: float) -> float:
    """How far the eyes are open: 1, and shut for a moment at each blink."""
    return float(min(1.0, np.abs(blinks - time).min() / 0.1))


class Person:
    """Somebody whose looks are drawn by `rng`; `look` picks skin, hair and shirt, `size` 1 is near."""

    def __init__(self, view: View, rng: np.random.Generator, look: int, size: float = 1.0) -> None:
        self._view = view
        self._unit = unit = size * view.unit
        skin, hair, shirt = SKINS[look % 3], HAIRS[look % 3], SHIRTS[look % 3]
        self._bust = _bust(rng, unit, shirt, skin)
        flesh = tinted(skin, grain(rng, round(0.5 * unit), round(0.4 * unit), 0.05 * unit, 5), 0.11)
        self._jaw, self._face = _jaw(unit, flesh), _face(rng, unit, flesh, hair)
        self._eye, self._mouth = _eye(unit), _mouth(unit)

    def patches(self, pose: Pose, sounding: int) -> list[Patch]:
        """Shoulders and head from back to front; `sounding` numbers the whole head, not the shoulders."""
        view, unit = self._view, self._unit
        bust = self._bust.at(view, pose.x - LEAN * unit * pose.tilt, view.height + 1)
        drop = 0.034 * pose.mouth
        low = 0.018 * pose.nod  # a nodding face looks down: what is in it slides lower
        parts = [
            (self._jaw, 0.0, drop, (1.0, 1.0 - 0.03 * pose.nod)),
            (self._face, 0.0, 0.0, (1.0, 1.0 - 0.03 * pose.nod)),
            (self._eye, -0.055, -0.02 + low, (1.0, max(0.08, pose.eyes))),
            (self._eye, 0.055, -0.02 + low, (1.0, max(0.08, pose.eyes))),
            (self._mouth, 0.0, 0.105 + drop / 2 + low, (1.0 - 0.2 * pose.mouth, 0.16 + 0.84 * pose.mouth)),
        ]
        return [bust, *(self._part(pose, *part, sounding) for part in parts)]

    def _part(
        self,
        pose: Pose,
        part: Sprite,
        right: float,
        down: float,
        stretch: tuple[float, float],
        sounding: int,
    ) -> Patch:
        """A part of the head at its place (units from the head's middle), tilted with the head."""
        unit = self._unit
        x = pose.x + unit * (right * cos(pose.tilt) - down * sin(pose.tilt))
        y = pose.y + unit * (right * sin(pose.tilt) + down * cos(pose.tilt) + 0.03 * pose.nod)
        return part.at(self._view, x, y, pose.tilt, stretch, sounding)


def _bust(rng: np.random.Generator, unit: float, colour: Colour, skin: Colour) -> Sprite:
    """Neck and shoulders; the anchor is the middle of the lower edge."""
    board = Board(0.50 * unit, 0.60 * unit)
    height, width, middle = board.height, board.width, board.width / 2
    xs, ys = places(height, width)
    knit: Layer = np.asarray(np.sin(ys * 2 * np.pi / (0.045 * unit)) + 0 * xs, np.float32)
    shirt = tinted(colour, grain(rng, height, width, 0.06 * unit, 5) + 0.7 * knit, 0.25)
    board.paint(box(height, width, 0.0, 0.13 * unit, 0.60 * unit, 0.90 * unit, 0.14 * unit), shirt)
    board.paint(ellipse(height, width, middle, 0.13 * unit, 0.10 * unit, 0.05 * unit), 0.7 * shirt)
    neck = tinted(skin, grain(rng, height, width, 0.05 * unit), 0.1) * 0.8
    board.paint(
        box(height, width, middle - 0.065 * unit, 0, middle + 0.065 * unit, 0.15 * unit, 0.05 * unit), neck
    )
    return board.sprite(middle, height)


def _jaw(unit: float, flesh: Layer) -> Sprite:
    """The lower face, that sinks behind the upper one when the mouth opens; anchored as the face is."""
    board = Board(*flesh.shape[:2])
    height, width, x, y = board.height, board.width, board.width / 2, MIDDLE * unit
    xs, ys = places(height, width)
    below = np.clip((ys - y) / (0.03 * unit), 0, 1)
    board.paint(ellipse(height, width, x, y, ACROSS * unit, DOWN * unit) * below, flesh)
    chin = np.exp(-(((xs - x) / (0.04 * unit)) ** 2) - ((ys - y - 0.155 * unit) / (0.012 * unit)) ** 2)
    board.shade(np.asarray(_relief(unit, xs - x, ys - y) * (1 - 0.12 * chin), np.float32))
    return board.sprite(x, y)


def _relief(unit: float, right: Layer, down: Layer) -> Layer:
    """The light on a head, lit from the upper left."""
    return np.asarray(
        1.06 - 3.0 * (right / unit + 0.04) ** 2 - 2.2 * np.maximum(down / unit, 0) ** 2, np.float32
    )


def _face(rng: np.random.Generator, unit: float, flesh: Layer, hair: Colour) -> Sprite:
    """Hair, ears, the face down to the upper lip, brows and nose; the anchor is the head's middle."""
    board = Board(*flesh.shape[:2])
    height, width, x, y = board.height, board.width, board.width / 2, MIDDLE * unit
    xs, ys = places(height, width)
    locks = tinted(hair, grain(rng, width, height, 0.05 * unit, 4, along=0.3).T, 0.4)
    above_mouth = np.clip((0.11 * unit - (ys - y)) / (0.04 * unit), 0, 1)  # below it the jaw shows
    board.paint(ellipse(height, width, x, y - 0.055 * unit, 0.165 * unit, 0.175 * unit) * above_mouth, locks)
    for side in (-1, 1):
        ear = ellipse(height, width, x + side * ACROSS * unit, y + 0.01 * unit, 0.022 * unit, 0.042 * unit)
        board.paint(ear, 0.85 * flesh)
    board.paint(ellipse(height, width, x, y, ACROSS * unit, DOWN * unit) * above_mouth, flesh)
    fringe = ellipse(height, width, x, y - 0.16 * unit, 0.15 * unit, 0.075 * unit)
    board.paint(fringe, locks)
    for side in (-1, 1):
        left = x + side * 0.055 * unit - 0.032 * unit
        brow = box(height, width, left, y - 0.062 * unit, left + 0.064 * unit, y - 0.048 * unit, 0.006 * unit)
        board.paint(brow, locks)
    board.paint(ellipse(height, width, x, y + 0.045 * unit, 0.024 * unit, 0.02 * unit), 0.82 * flesh)
    board.paint(
        ellipse(height, width, x - 0.004 * unit, y + 0.02 * unit, 0.011 * unit, 0.04 * unit), 1.08 * flesh
    )
    board.shade(_relief(unit, xs - x, ys - y))
    return board.sprite(x, y)


def _eye(unit: float) -> Sprite:
    board = Board(0.04 * unit, 0.06 * unit)
    height, width, x, y = board.height, board.width, board.width / 2, board.height / 2
    board.paint(ellipse(height, width, x, y, 0.028 * unit, 0.015 * unit), (0.92, 0.94, 0.95))
    board.paint(ellipse(height, width, x, y, 0.0135 * unit, 0.0145 * unit), (0.28, 0.26, 0.20))
    board.paint(ellipse(height, width, x, y, 0.007 * unit, 0.007 * unit), (0.05, 0.05, 0.05))
    return board.sprite(x, y)


def _mouth(unit: float) -> Sprite:
    """Wide open: lips around a dark hole with teeth in it; shut by pressing it flat."""
    board = Board(0.10 * unit, 0.13 * unit)
    height, width, x, y = board.height, board.width, board.width / 2, board.height / 2
    board.paint(ellipse(height, width, x, y, 0.056 * unit, 0.042 * unit), (0.36, 0.36, 0.70))
    board.paint(ellipse(height, width, x, y, 0.046 * unit, 0.030 * unit), (0.10, 0.06, 0.20))
    teeth = box(
        height, width, x - 0.03 * unit, y - 0.027 * unit, x + 0.03 * unit, y - 0.013 * unit, 0.005 * unit
    )
    board.paint(teeth, (0.88, 0.92, 0.93))
    return board.sprite(x, y)
