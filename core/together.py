"""Velocities of tracks and places over time -> which of them move together."""

import numpy as np
from numpy.typing import NDArray

from .history import Rows


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


def coherence(some: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.floating]:
    """How much things with velocities `some` (n, k) move together with `others` (m, k), (n, m): the cosine
    over time, times the ratio of their speeds, which keeps what a moving thing drags along, or seems to, out
    of it."""
    speeds, other_speeds = (
        np.sqrt(np.maximum(np.einsum("nk,nk->n", paths, paths), np.float32(1e-12)))
        for paths in (some, others)
    )
    cosines = some @ others.T / np.multiply.outer(speeds, other_speeds)
    return np.asarray(cosines * slower_share(speeds, other_speeds))


def in_step(paths: NDArray[np.floating]) -> NDArray[np.floating]:
    """How much things with velocities `paths` (n, 2 * frames), across and down in turn, speed up and slow
    down together, (n, n), whichever way they go: the correlation of their speeds, times the ratio of these.
    The parts of a limb go different ways, but at the same moments."""
    speeds = np.hypot(paths[:, ::2], paths[:, 1::2])
    away = speeds - speeds.mean(axis=1, keepdims=True)
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    sizes = np.maximum(np.linalg.norm(speeds, axis=1), 1e-6)
    return np.asarray(away @ away.T * slower_share(sizes, sizes))


def slower_share(speeds: NDArray[np.floating], others: NDArray[np.floating]) -> NDArray[np.floating]:
    """What the slower one is of the faster one, of each of the `speeds` (n,) and each of the `others` (m,),
    (n, m)."""
    return np.asarray(np.minimum.outer(speeds, others) / np.maximum.outer(speeds, others))
