"""More backgrounds: a gym, a concert stage, a street, a campus."""

import cv2
import numpy as np

from .paint import Layer, box, cover, ellipse, grain, picture, places, tinted
from .rooms import FLOOR, bricks, hang, lamp_light, planks
from .stage import Pixels, View

PAVEMENT = 0.74  # where the houses meet the pavement, of the picture's height


def gym(view: View, rng: np.random.Generator) -> Pixels:
    """Painted bricks with a coloured band and a board, above a wooden floor with a line on it."""
    height, width, unit = view.height, view.width, view.unit
    room = 0.45 * bricks(view, rng) + 0.36
    low, high = 0.46 * height, 0.54 * height
    cover(
        room,
        box(height, width, -9, low, width + 9, high),
        np.asarray(rng.uniform(0.2, 0.7, 3), np.float32),
        0.6,
    )
    left = width * rng.uniform(0.30, 0.42)
    hang(room, (left, 0.07 * height, left + 0.4 * unit, 0.33 * height), (0.85, 0.87, 0.88), 0.0, rng)
    floor = planks(view, rng) * np.array([0.9, 1.1, 1.2], np.float32)
    room[round(FLOOR * height) :] = floor[round(FLOOR * height) :]
    line = box(height, width, -9, 0.80 * height, width + 9, 0.815 * height)
    cover(room, line, (0.85, 0.88, 0.90), 0.8)
    return picture(room * lamp_light(view))


def concert_stage(view: View, rng: np.random.Generator) -> Pixels:
    """Heavy drapery in folds, lit in the middle, above dark boards."""
    height, width, unit = view.height, view.width, view.unit
    xs, ys = places(height, width)
    wave = np.cumsum(grain(rng, 1, width, 0.2 * unit, 3)[0])
    folds = np.sin(2 * np.pi * xs / (0.11 * unit) + 0.03 * wave[None, :] + 0.3 * np.sin(ys / (0.3 * unit)))
    red = ((0.16, 0.12, 0.42), (0.40, 0.20, 0.16), (0.20, 0.30, 0.18))[int(rng.integers(3))]
    room = tinted(
        red, np.asarray(0.8 * folds + 0.4 * grain(rng, height, width, 0.05 * unit, 5), np.float32), 0.42
    )
    room[round(0.86 * height) :] = 0.6 * planks(view, rng)[round(0.86 * height) :]
    spot = np.exp(-(((xs / width - 0.5) / 0.36) ** 2) - ((ys / height - 0.5) / 0.55) ** 2)
    return picture(np.asarray(room * (0.55 + 0.85 * spot[..., None]), np.float32))


def street(view: View, rng: np.random.Generator) -> Pixels:
    """House fronts with windows and a shop sign above a paved ground."""
    height, width, unit = view.height, view.width, view.unit
    fronts = bricks(view, rng)
    ground = round(PAVEMENT * height)
    for left in np.arange(-0.1, width / unit, 0.46):
        wall = (left + rng.uniform(0, 0.05)) * unit
        hang(fronts, (wall, 0.10 * height, wall + 0.24 * unit, 0.42 * height), (0.50, 0.44, 0.36), 0.5, rng)
    sign = box(height, width, 0.08 * width, 0.46 * height, 0.92 * width, 0.54 * height, 0.01 * unit)
    paint = tinted((0.30, 0.42, 0.28), grain(rng, height, width, 0.05 * unit, 5, along=4.0), 0.4)
    cover(fronts, sign, paint)
    fronts[ground:] = _slabs(view, rng)[ground:]
    cover(fronts, box(height, width, -9, ground, width + 9, ground + 0.015 * unit), (0.62, 0.66, 0.68))
    return picture(fronts * 1.05)


def campus(view: View, rng: np.random.Generator) -> Pixels:
    """Trees and a building behind a lawn, somewhat out of focus as behind reporters."""
    height, width, unit = view.height, view.width, view.unit
    room = tinted((0.86, 0.78, 0.66), grain(rng, height, width, 0.3 * unit, 3), 0.08)
    house = tinted((0.55, 0.62, 0.70), grain(rng, height, width, 0.05 * unit, 5), 0.2)
    left = width * rng.uniform(0.05, 0.3)
    cover(room, box(height, width, left, 0.18 * height, left + 0.7 * unit, 0.75 * height), house)
    for row in range(3):
        for column in range(5):
            x, y = left + (0.06 + 0.13 * column) * unit, (0.23 + 0.14 * row) * height
            cover(room, box(height, width, x, y, x + 0.07 * unit, y + 0.08 * height), (0.30, 0.26, 0.22))
    for _ in range(7):
        x, y, size = rng.uniform(0, width), rng.uniform(0.25, 0.5) * height, rng.uniform(0.10, 0.2) * unit
        leaves = tinted((0.16, 0.42, 0.26), grain(rng, height, width, 0.05 * unit, 5), 0.55)
        cover(
            room, box(height, width, x - 0.012 * unit, y, x + 0.012 * unit, 0.75 * height), (0.16, 0.22, 0.30)
        )
        cover(room, ellipse(height, width, x, y, size, 0.9 * size), leaves)
    lawn = tinted((0.24, 0.52, 0.36), grain(rng, height, width, 0.03 * unit, 5, along=3.0), 0.35)
    room[round(0.72 * height) :] = lawn[round(0.72 * height) :]
    return cv2.GaussianBlur(picture(room), (0, 0), 0.003 * unit + 0.1).astype(np.uint8, copy=False)


def _slabs(view: View, rng: np.random.Generator) -> Layer:
    """Grey paving slabs, larger the nearer they are."""
    xs, ys = places(view.height, view.width)
    deep = np.maximum(0.02, (ys - (PAVEMENT - 0.06) * view.height) / view.height)
    across, along = (xs - view.width / 2) / (deep * view.unit * 0.9), 0.35 / deep
    joints = np.maximum(np.cos(2 * np.pi * across) ** 24, np.cos(np.pi * along) ** 24 + 0 * xs)
    stone = tinted((0.52, 0.54, 0.55), grain(rng, view.height, view.width, 0.04 * view.unit, 5), 0.16)
    return np.asarray(stone * (1 - 0.4 * joints[..., None]), np.float32)
