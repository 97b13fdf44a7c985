"""Backgrounds: a living room and a workshop, with textured parts and flat ones."""

import cv2
import numpy as np

from .paint import Colour, Layer, box, cover, grain, picture, places, tinted
from .stage import Pixels, View

WALLS: tuple[Colour, ...] = ((0.62, 0.70, 0.72), (0.70, 0.66, 0.58), (0.60, 0.70, 0.64), (0.66, 0.66, 0.76))

FLOOR = 0.72  # where the wall meets the floor, of the picture's height


def living_room(view: View, rng: np.random.Generator) -> Pixels:
    """A papered wall with a flat whiteboard and a picture on it, above a wooden floor."""
    height, width, unit = view.height, view.width, view.unit
    room = _wallpaper(view, rng, WALLS[rng.integers(len(WALLS))])
    room[round(FLOOR * height) :] = planks(view, rng)[round(FLOOR * height) :]
    middle = width * rng.uniform(0.36, 0.42)
    hang(room, (middle, 0.10 * height, middle + 0.38 * unit, 0.34 * height), (0.86, 0.88, 0.88), 0.0, rng)
    left = width * rng.uniform(0.72, 0.76)
    hang(room, (left, 0.08 * height, left + 0.24 * unit, 0.28 * height), (0.45, 0.42, 0.30), 0.7, rng)
    skirting = box(height, width, -9, (FLOOR - 0.035) * height, width + 9, FLOOR * height)
    cover(room, skirting, (0.82, 0.85, 0.86))
    return picture(room * lamp_light(view))


def workshop(view: View, rng: np.random.Generator, bench: float) -> Pixels:
    """A brick wall with a flat board for tools, above a workbench whose top lies at `bench` of the height."""
    height, width, unit = view.height, view.width, view.unit
    room = bricks(view, rng)
    hang(
        room,
        (0.28 * width, 0.06 * height, 0.28 * width + 0.5 * unit, 0.30 * height),
        (0.42, 0.52, 0.46),
        0.0,
        rng,
    )
    top = round(bench * height)
    wood = tinted((0.28, 0.44, 0.60), grain(rng, height, width, 0.06 * unit, 5, along=9.0), 0.35)
    room[top:] = wood[top:]
    room[round(min(1.0, bench + 0.11) * height) :] *= 0.55
    cover(room, box(height, width, -9, top, width + 9, top + 0.012 * unit), (0.48, 0.62, 0.76), 0.7)
    return picture(room * lamp_light(view))


def hang(
    room: Layer,
    edges: tuple[float, float, float, float],
    colour: Colour,
    depth: float,
    rng: np.random.Generator,
) -> None:
    """A framed board on the wall: flat where `depth` is 0, else painted with noise of that contrast."""
    height, width = room.shape[:2]
    rim = 0.018 * height
    left, top, right, bottom = edges
    cover(
        room, box(height, width, left + rim, top + rim, right + rim, bottom + rim, rim), (0.1, 0.1, 0.1), 0.25
    )
    cover(room, box(height, width, *edges, rim / 3), (0.20, 0.30, 0.40))
    inner = box(height, width, left + rim, top + rim, right - rim, bottom - rim)
    cover(room, inner, tinted(colour, grain(rng, height, width, 0.08 * height), depth))


def _wallpaper(view: View, rng: np.random.Generator, colour: Colour) -> Layer:
    """Vertical stripes with a faint grain."""
    xs, _ = places(view.height, view.width)
    stripes = np.tanh(4 * np.sin(xs * 2 * np.pi / (0.11 * view.unit)))
    noise = grain(rng, view.height, view.width, 0.05 * view.unit, 5)
    return tinted(colour, noise + 0.5 * stripes, 0.07)


def bricks(view: View, rng: np.random.Generator) -> Layer:
    """Courses of bricks, each course shifted by half a brick, with mortar between them."""
    xs, ys = places(view.height, view.width)
    tall, long = 0.075 * view.unit, 0.19 * view.unit
    course = np.floor(ys / tall)
    along = xs / long + 0.5 * (course % 2)
    edge = np.minimum(
        tall / 2 - np.abs((ys / tall) % 1 - 0.5) * tall, long / 2 - np.abs(along % 1 - 0.5) * long
    )
    mortar = np.clip(1.5 - edge / (0.006 * view.unit), 0, 1)[..., None].astype(np.float32)
    tones = rng.uniform(0.8, 1.15, (64, 64))[course.astype(int) % 64, np.floor(along).astype(int) % 64]
    noise = grain(rng, view.height, view.width, 0.04 * view.unit, 5)
    clay = tinted((0.30, 0.38, 0.56), noise, 0.22) * tones[..., None].astype(np.float32)
    return np.asarray(clay * (1 - mortar) + mortar * tinted((0.55, 0.58, 0.60), noise, 0.12), np.float32)


def planks(view: View, rng: np.random.Generator) -> Layer:
    """A wooden floor seen in perspective, filling the whole picture; the room shows its lower part."""
    size = 512
    wood = tinted((0.26, 0.40, 0.56), grain(rng, size, size, 40, 5).T, 0.16)
    wood *= tinted((1.0, 1.0, 1.0), grain(rng, size, size, 24, 4, along=8.0).swapaxes(0, 1), 0.18)
    boards = np.repeat(rng.uniform(0.85, 1.1, 16).astype(np.float32), size // 16)
    wood *= boards[None, :, None]
    wood[:, :: size // 16] *= 0.45
    height, width = view.height, view.width
    near = np.array([[0, 0], [size, 0], [size, size], [0, size]], np.float32)
    top, bottom = FLOOR * height, 1.02 * height
    far = np.array(
        [[-0.1 * width, top], [1.1 * width, top], [1.9 * width, bottom], [-0.9 * width, bottom]], np.float32
    )
    turned = cv2.warpPerspective(
        wood, cv2.getPerspectiveTransform(near, far), (width, height), borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(turned, np.float32)


def lamp_light(view: View) -> Layer:
    """float32 (h, w, 1): brighter above the middle, darker in the corners."""
    xs, ys = places(view.height, view.width)
    away = np.hypot((xs / view.width - 0.5) * 1.1, ys / view.height - 0.35)
    return np.asarray(1.08 - 0.42 * away**2, np.float32)[..., None]
