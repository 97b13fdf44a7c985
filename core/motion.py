"""Labels and flow -> the motion of each track (paper 4.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .flow import Flow, Picture
from .history import Rows
from .kernels.track import measure_motion

GRADIENT_NOISE = 12.0  # Sobel response of grey levels below which a pixel shows no motion of its own
DESCRIPTORS = 5  # of a region: how much it accelerates; acceleration, then velocity, across and down
LEAST_TEXTURE = 8  # textured pixels below which a region's motion is unknown


def textured_pixels(picture: Picture) -> NDArray[np.bool_]:
    """Where a picture (h, w) has structure that shows motion.

    Flat neighbours of a moving thing inherit its flow and score as high as the thing itself
    (measured beforehand), so they are left out.
    """
    return picture.gradient > GRADIENT_NOISE


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion of every row: `descriptors` (rows, 5), the mean magnitude of acceleration, which is the paper's
    m_i, its mean across and down, in picture widths/s², and the mean velocity across and down in picture
    widths/s, all over trusted pixels; NaN where those are too few. `velocity` (rows, 2) picture widths/s of
    all pixels, 0 where a row has none."""

    descriptors: NDArray[np.float32]
    velocity: NDArray[np.float32]


def region_motion(labels: NDArray[np.int32], flow: Flow, trusted: NDArray[np.bool_], rows: int) -> Motion:
    """Mean descriptors over each region's trusted pixels, mean velocity over all its pixels."""
    sums, counts = np.zeros((rows, DESCRIPTORS), np.float32), np.zeros(rows, np.int32)
    speeds, areas = np.zeros((rows, 2), np.float32), np.zeros(rows, np.int32)
    measure_motion(labels, flow.forward, flow.backward, flow.weights, trusted, sums, counts, speeds, areas)
    width = np.float32(labels.shape[1])
    known = (counts >= LEAST_TEXTURE)[:, None]
    return Motion(
        np.where(known, sums / np.maximum(counts, 1)[:, None] / width, np.nan).astype(np.float32),
        (speeds / np.maximum(areas, 1)[:, None] / width).astype(np.float32),
    )


def unknown_motion(rows: int) -> Motion:
    """Where nothing could be measured."""
    return Motion(np.full((rows, DESCRIPTORS), np.nan, np.float32), np.zeros((rows, 2), np.float32))


class Velocities:
    """The newest `count` velocities of every row, to see which rows move together."""

    def __init__(self, rows: int, count: int) -> None:
        self._ring = np.zeros((rows, count, 2), np.float32)
        self._next = 0

    def add(self, velocity: NDArray[np.float32]) -> None:
        """Velocity (rows, 2) of the next frame."""
        self._ring[:, self._next] = velocity
        self._next = (self._next + 1) % self._ring.shape[1]

    def energy(self) -> NDArray[np.float32]:
        """Mean square speed (rows,) in (picture widths/s)²."""
        squares = np.einsum("rtc,rtc->r", self._ring, self._ring)
        return np.asarray(squares / self._ring.shape[1], np.float32)

    def paths(self, chosen: NDArray[np.int64]) -> NDArray[np.float32]:
        """The `chosen` rows' velocities one after another, (n, 2 * count)."""
        return self._ring[chosen].reshape(chosen.size, -1)

    def newest(self, chosen: NDArray[np.int64], count: int) -> NDArray[np.float32]:
        """The `chosen` rows' last `count` velocities one after another, (n, 2 * count)."""
        places = np.arange(self._next - count, self._next) % self._ring.shape[1]
        return self._ring[chosen][:, places].reshape(chosen.size, 2 * count)

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._ring[rows] = 0

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let rows continue as others do."""
        self._ring[children] = self._ring[parents]


def coherence(paths: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much things with velocities `paths` (n, k) move together, (n, n): the cosine over time, times the
    root of the ratio of their speeds, which keeps a thing that turns about a hinge in one piece and the
    little that it drags along out of it."""
    products = paths @ paths.T
    speeds = np.sqrt(np.maximum(np.diag(products), np.float32(1e-12)))
    slower, faster = np.minimum.outer(speeds, speeds), np.maximum.outer(speeds, speeds)
    return np.asarray(products / (slower * faster) * np.sqrt(slower / faster), np.float32)
