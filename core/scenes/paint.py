"""Textures and shapes from which backgrounds and sprites are painted, in float32 0 … 1, BGR.

A shape is its opacity, float32 (h, w), smooth over the one pixel of its edge.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .stage import Pixels, Sprite

Layer = NDArray[np.float32]
Colour = tuple[float, float, float]  # blue, green, red, 0 … 1
Ball = tuple[float, float, float]  # x, y, radius, px


def grain(
    rng: np.random.Generator, height: int, width: int, cell: float, octaves: int = 4, along: float = 1.0
) -> Layer:
    """Noise on several scales, about -1 … 1: lumps of `cell` px and their halves, quarters, …; `along`
    draws them out sideways, as in wood."""
    noise = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        size = max(1.5, cell / 2**octave)
        rows, columns = round(height / size) + 3, round(width / (size * along)) + 3
        lumps = rng.uniform(-1.0, 1.0, (rows, columns)).astype(np.float32)
        noise += cv2.resize(lumps, (width, height), interpolation=cv2.INTER_CUBIC) * 0.7**octave
    return noise / 1.6


def tinted(colour: Colour, noise: Layer, depth: float) -> Layer:
    """float32 (h, w, 3): the colour, brightened and darkened by the noise."""
    return np.asarray(np.asarray(colour) * (1 + depth * noise[..., None]), np.float32)


def places(height: int, width: int) -> tuple[Layer, Layer]:
    """x and y of every pixel, float32 (1, w) and (h, 1)."""
    return np.arange(width, dtype=np.float32)[None, :], np.arange(height, dtype=np.float32)[:, None]


def ellipse(height: int, width: int, x: float, y: float, across: float, down: float) -> Layer:
    """A filled ellipse about x, y with the half axes `across` and `down`, px."""
    xs, ys = places(height, width)
    away = np.hypot((xs - x) / across, (ys - y) / down)
    return np.asarray(np.clip((1 - away) * min(across, down) + 0.5, 0, 1), np.float32)


def box(
    height: int, width: int, left: float, top: float, right: float, bottom: float, corner: float = 0.0
) -> Layer:
    """A filled rectangle with round corners of the radius `corner`, px."""
    xs, ys = places(height, width)
    beyond_x = np.abs(xs - (left + right) / 2) - ((right - left) / 2 - corner)
    beyond_y = np.abs(ys - (top + bottom) / 2) - ((bottom - top) / 2 - corner)
    outside = np.hypot(np.maximum(beyond_x, 0), np.maximum(beyond_y, 0))
    inside = np.minimum(np.maximum(beyond_x, beyond_y), 0)
    return np.asarray(np.clip(0.5 - (outside + inside - corner), 0, 1), np.float32)


def limb(height: int, width: int, near: Ball, far: Ball) -> Layer:
    """What lies between and in two balls (x, y, radius; px): a leg, a neck, a tail."""
    xs, ys = places(height, width)
    across, down = far[0] - near[0], far[1] - near[1]
    share = np.clip(((xs - near[0]) * across + (ys - near[1]) * down) / (across**2 + down**2), 0, 1)
    away = np.hypot(xs - near[0] - share * across, ys - near[1] - share * down)
    return np.asarray(np.clip(near[2] + share * (far[2] - near[2]) - away + 0.5, 0, 1), np.float32)


def cover(layer: Layer, shape: Layer, colour: Layer | tuple[float, ...], opacity: float = 1.0) -> None:
    """Paint a shape with a colour, or with a texture as large as the layer, over what is there, in place."""
    share = shape[..., None] * opacity
    layer *= 1 - share
    layer += share * np.asarray(colour, np.float32)


class Board:
    """A transparent board of float32 (h, w, 4) on which shapes are painted one over the other."""

    def __init__(self, height: float, width: float) -> None:
        self.height, self.width = max(4, round(height)), max(4, round(width))
        self._layer = np.zeros((self.height, self.width, 4), np.float32)

    def paint(self, shape: Layer, colour: Layer | Colour, opacity: float = 1.0) -> None:
        """Paint a shape with a colour, or with a texture as large as the board."""
        cover(self._layer[..., :3], shape, colour, opacity)
        cover(self._layer[..., 3:], shape, (1.0,), opacity)

    def shade(self, light: Layer) -> None:
        """Multiply the colours by the light, float32 (h, w), 1 where it leaves them as they are."""
        self._layer[..., :3] *= light[..., None]

    def sprite(self, x: float, y: float) -> Sprite:
        """What was painted, with its anchor at x, y; a rim of two clear pixels keeps its edges smooth."""
        layer = self._layer
        layer[..., :3] = np.clip(layer[..., :3], 0, layer[..., 3:])
        rimmed = np.pad(np.rint(layer * 255).astype(np.uint8), ((2, 2), (2, 2), (0, 0)))
        return Sprite(rimmed, (x + 2, y + 2))


def picture(layer: Layer) -> Pixels:
    """float 0 … 1 to uint8."""
    return np.rint(np.clip(layer, 0, 1) * 255).astype(np.uint8)
