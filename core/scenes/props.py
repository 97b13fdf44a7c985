"""Silent things that move, for scenes to put around the thing that sounds."""

from collections.abc import Callable, Sequence
from math import pi, sin

import cv2
import numpy as np

from .paint import Board, Colour, box, ellipse, grain, places, tinted
from .stage import Patch, Pixels, Sprite, View
from .walker import Walker

Mover = Callable[[float], Sequence[Patch]]

CLOTHS: tuple[Colour, ...] = ((0.30, 0.26, 0.66), (0.52, 0.40, 0.26), (0.40, 0.52, 0.30), (0.26, 0.50, 0.66))


def curtain(view: View, rng: np.random.Generator, left: float) -> Mover:
    """A curtain of 0.3 units from `left` px on, that sways in a draught: two slow swings of unlike periods
    and ripples that run along it, all growing towards the hem."""
    unit = view.unit
    across, down, spare = round(0.30 * unit), round(0.69 * view.height), round(0.12 * unit)
    board = Board(down, across)
    xs, ys = places(down, across)
    folds = 0.80 + 0.2 * np.sin(xs * 2 * np.pi * 6 / across + 1.5 * np.sin(ys / down * 2))
    pattern = grain(rng, down, across, 0.07 * unit, 5) + 0.8 * np.sin(ys * 2 * np.pi / (0.09 * unit))
    board.paint(
        box(down, across, 1, -9, across - 2, down - 2, 4),
        tinted(CLOTHS[rng.integers(len(CLOTHS))], pattern, 0.28),
    )
    board.shade(np.asarray(folds, np.float32))
    cloth = board.sprite(0, 0).pixels
    wide_x, wide_y = places(down + 4, across + 2 * spare)
    hang = (wide_y / down) ** 1.3
    rod, phases = _rod(unit), rng.uniform(0, 2 * pi, 3)

    def patches(time: float) -> list[Patch]:
        swing = 0.6 * sin(2 * pi * time / 1.13 + phases[0]) + 0.4 * sin(2 * pi * time / 1.87 + phases[1])
        ripple = 0.16 * np.sin(wide_x * 18 / across - 2 * pi * time / 0.9 + phases[2])
        map_x = np.asarray(wide_x - spare - 0.95 * spare * hang * (swing + ripple), np.float32)
        map_y = np.broadcast_to(wide_y, map_x.shape)
        bent = cv2.remap(cloth, map_x, np.ascontiguousarray(map_y), cv2.INTER_LINEAR)
        hung = _clipped(view, bent.astype(np.uint8, copy=False), round(left) - spare, round(0.02 * unit))
        return [hung, rod.at(view, left + across / 2, 0.025 * unit)]

    return patches


def _rod(unit: float) -> Sprite:
    board = Board(0.035 * unit, 0.36 * unit)
    pole = box(board.height, board.width, 0.01 * unit, 0.008 * unit, 0.35 * unit, 0.027 * unit, 0.009 * unit)
    board.paint(pole, (0.30, 0.38, 0.48))
    return board.sprite(board.width / 2, board.height / 2)


def _clipped(view: View, pixels: Pixels, x: int, y: int) -> Patch:
    """The part of a patch that lies in the picture."""
    part = pixels[max(0, -y) : view.height - y, max(0, -x) : view.width - x]
    return Patch(part, max(0, x), max(0, y))


def fan(view: View, rng: np.random.Generator, x: float, y: float, radius: float) -> Mover:
    """A standing fan of four blades about x, y (px); its speed wavers slowly about 0.85 turns a second."""
    blades, stand, guard = _blades(rng, radius), _stand(view.height - y, radius), _guard(radius)
    phase = rng.uniform(0, 2 * pi)

    def patches(time: float) -> list[Patch]:
        turned = 2 * pi * 0.85 * time + 0.5 * sin(2 * pi * time / 3.7 + phase)
        return [stand.at(view, x, y), blades.at(view, x, y, turned), guard.at(view, x, y)]

    return patches


def _blades(rng: np.random.Generator, radius: float) -> Sprite:
    board = Board(2 * radius, 2 * radius)
    size, middle = board.height, board.height / 2
    xs, ys = places(size, size)
    away, angle = np.hypot(xs - middle, ys - middle), np.arctan2(ys - middle, xs - middle)
    curl = np.cos(4 * (angle - 0.5 * away / radius)) - 0.05
    blades = np.clip(curl * away * 0.25 + 0.5, 0, 1) * np.clip(radius * 0.95 - away, 0, 1)
    board.paint(blades, tinted((0.70, 0.55, 0.25), grain(rng, size, size, 0.3 * radius, 4), 0.5))
    board.shade(np.asarray(0.85 + 0.3 * curl * (away < radius), np.float32))
    board.paint(ellipse(size, size, middle, middle, 0.17 * radius, 0.17 * radius), (0.3, 0.3, 0.3))
    return board.sprite(middle, middle)


def _stand(reach: float, radius: float) -> Sprite:
    board = Board(reach * 0.86, 1.2 * radius)
    middle = board.width / 2
    pole = box(board.height, board.width, middle - 0.07 * radius, 0, middle + 0.07 * radius, board.height)
    board.paint(pole, (0.35, 0.35, 0.36))
    foot = ellipse(
        board.height, board.width, middle, board.height - 0.14 * radius, 0.5 * radius, 0.12 * radius
    )
    board.paint(foot, (0.28, 0.28, 0.30))
    return board.sprite(middle, 0)


def _guard(radius: float) -> Sprite:
    board = Board(2.1 * radius, 2.1 * radius)
    size, middle = board.height, board.height / 2
    ring = ellipse(size, size, middle, middle, radius, radius)
    board.paint(ring - ellipse(size, size, middle, middle, 0.95 * radius, 0.95 * radius), (0.75, 0.75, 0.75))
    board.paint(ellipse(size, size, middle, middle, 0.10 * radius, 0.10 * radius), (0.8, 0.8, 0.8))
    return board.sprite(middle, middle)


def passer_by(view: View, rng: np.random.Generator, feet: float, tall: float) -> Mover:
    """Somebody of `tall` px who walks back and forth in the middle of the picture, soles at `feet` px, and
    turns after an irregular 1 to 3 s; the steps bob the body."""
    somebody = Walker(view, rng, tall)
    phases = rng.uniform(0, 2 * pi, 2)
    middle, reach = 0.5 * view.width, 0.33 * view.width

    def place(time: float) -> float:
        return middle + reach * sin(
            2 * pi * time / 3.7 + 0.8 * sin(2 * pi * time / 7.1 + phases[0]) + phases[1]
        )

    def patches(time: float) -> list[Patch]:
        x = place(time)
        return somebody.patches(x, feet, 1.0 if place(time + 0.01) > x else -1.0)

    return patches


def pendulum(view: View, rng: np.random.Generator, x: float, y: float, length: float) -> Mover:
    """A pendulum hung at x, y (px): a rod of `length` px and a heavy bob, to and fro in 1.25 s."""
    board = Board(1.25 * length, 0.62 * length)
    height, width, middle = board.height, board.width, board.width / 2
    board.paint(
        box(height, width, middle - 0.025 * length, 0, middle + 0.025 * length, length), (0.22, 0.26, 0.30)
    )
    brass = tinted((0.25, 0.62, 0.80), grain(rng, height, width, 0.12 * length, 5), 0.4)
    board.paint(ellipse(height, width, middle, length, 0.20 * length, 0.20 * length), brass)
    board.paint(ellipse(height, width, middle, length, 0.10 * length, 0.10 * length), 0.55 * brass)
    swinging, phase = board.sprite(middle, 0.02 * length), rng.uniform(0, 2 * pi)

    def patches(time: float) -> list[Patch]:
        return [swinging.at(view, x, y, 0.46 * sin(2 * pi * time / 1.25 + phase))]

    return patches


def together(*movers: Mover) -> Mover:
    """Several movers as one, the farthest first."""
    return lambda time: [patch for mover in movers for patch in mover(time)]
