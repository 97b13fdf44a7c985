"""How tracks and places correlate with the sound in the present window."""

import numpy as np
from numpy.typing import NDArray

from .history import Row, Rows
from .kernels.agreement import correlate


class Pearson:
    """Slides the histories of all rows and of the sound at every lag, and correlates them when asked."""

    def __init__(self, slots: int, rows: int, descriptors: int, lags: int, curves: int) -> None:
        """Histories of `slots` values: of `descriptors` a row and `curves` a lag."""
        self._motion = np.full((slots, rows, descriptors), np.nan, np.float32)
        self._sound = np.full((slots, lags, curves), np.nan, np.float32)

    def write(self, slot: int, motion: Row, sound: Row) -> None:
        """Overwrite one slot with `motion` (rows, descriptors) and `sound` (lags, curves)."""
        self._motion[slot] = motion
        self._sound[slot] = sound

    def compare(self, rows: NDArray[np.int64], lag: int) -> NDArray[np.float32]:
        """Correlations (n, descriptors, curves), -1 … 1, of the `rows` (n,) with the sound at the `lag`,
        counted from 0."""
        slots, _, descriptors = self._motion.shape
        # a third of the time of [:, rows]
        motion = np.take(self._motion, rows, axis=1).reshape(slots, rows.size * descriptors)
        sound = self._sound[:, lag]
        return correlations(motion, sound).reshape(rows.size, descriptors, sound.shape[1])

    def forget_sound(self, unknown: NDArray[np.bool_]) -> None:
        """Let what is `unknown` (slots, lags) of the sound be so."""
        self._sound[unknown] = np.nan

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children inherit their parents' history."""
        self._motion[:, children] = self._motion[:, parents]

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._motion[:, rows] = np.nan


def correlations(motion: NDArray[np.float32], sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pearson's correlation (n, m) of histories (slots, n) and (slots, m). What is unknown, NaN, counts as
    the mean, so that a history of a few moments agrees little."""
    result = np.empty((motion.shape[1], sound.shape[1]), np.float32)
    correlate(np.ascontiguousarray(motion), np.ascontiguousarray(sound), result)
    return result
