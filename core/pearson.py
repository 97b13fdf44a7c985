"""How tracks correlate with the sound, remembered over the windows.

A small motion is half noise. What an object does as a whole is the mean of its tracks, in which the noise of
each is gone, so a track is judged by its object more than by itself: of two clips side by side the best lies
in the right box in 0.65 of moments by the tracks alone, in 0.66, 0.67 and 0.68 where the object counts half,
three quarters and all (54 composites; 12 of 17 clips win, mouths most). But the parts of a limb go different
ways: rendered scenes are right in 0.75, 0.74, 0.74 and 0.73 of frames.
"""

import numpy as np
from numpy.typing import NDArray

from .fading import Fading
from .history import Row, Rows
from .kernels.agreement import correlate
from .objects import NOBODY

OBJECT_SHARE = 0.75  # of what a track's object counts beside the track itself
LEAST_KNOWN = 0.3  # of an object's weight: with less its motion is unknown


class Pearson:
    """Slides the histories of all tracks and of the sound at every lag, and correlates them when asked."""

    def __init__(self, slots: int, rows: int, descriptors: int, lags: int, curves: int) -> None:
        """Histories of `slots` values: of `descriptors` a row and `curves` a lag."""
        self._motion = np.full((slots, rows, descriptors), np.nan, np.float32)
        self._sound = np.full((slots, lags, curves), np.nan, np.float32)
        self._remembered = Fading(rows, descriptors, curves)

    def write(self, slot: int, motion: Row, sound: Row) -> None:
        """Overwrite one slot with `motion` (rows, descriptors) and `sound` (lags, curves)."""
        self._motion[slot] = motion
        self._sound[slot] = sound

    def fade(self, keep: float) -> None:
        """Let everything so far count `keep` times as much, 0 … 1."""
        self._remembered.fade(keep)

    def remember(
        self, rows: NDArray[np.int64], objects: NDArray[np.int64], weights: Row, lag: int, gain: float
    ) -> None:
        """Add, with a weight of `gain`, how the `rows` (n,) and their `objects` (n,), NOBODY where there is
        none, correlate now with the sound at the `lag`, counted from 0; by `weights` (n,) in an object."""
        motion = np.take(self._motion, rows, axis=1)  # a third of the time of [:, rows]
        sound = self._sound[:, lag]
        alone = correlate_all(motion, sound)
        each = np.where(objects == NOBODY, -1 - np.arange(rows.size), objects)  # those of none are alone
        names, of_name = np.unique(each, return_inverse=True)
        whole = correlate_all(mean_histories(motion, of_name, weights, names.size), sound)[of_name]
        self._remembered.add(rows, alone + np.float32(OBJECT_SHARE) * (whole - alone), gain)

    @property
    def mean(self) -> NDArray[np.float32]:
        """Correlations (rows, descriptors, curves), -1 … 1; NaN where none is remembered."""
        return self._remembered.mean

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children inherit their parents' history and what is remembered of them."""
        self._motion[:, children] = self._motion[:, parents]
        self._remembered.copy(parents, children)

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._motion[:, rows] = np.nan
        self._remembered.clear(rows)


def correlations(motion: NDArray[np.float32], sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Pearson's correlation (n, m) of histories (slots, n) and (slots, m). What is unknown, NaN, counts as
    the mean, so that a history of a few moments agrees little."""
    result = np.empty((motion.shape[1], sound.shape[1]), np.float32)
    correlate(np.ascontiguousarray(motion), np.ascontiguousarray(sound), result)
    return result


def correlate_all(motion: NDArray[np.float32], sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of `motion` (slots, n, descriptors) and `sound` (slots, curves): (n, descriptors, curves)."""
    slots, count, descriptors = motion.shape
    agreement = correlations(motion.reshape(slots, count * descriptors), sound)
    return agreement.reshape(count, descriptors, sound.shape[1])


def mean_histories(
    motion: NDArray[np.float32], of_thing: NDArray[np.int64], weights: Row, count: int
) -> NDArray[np.float32]:
    """The mean `motion` (slots, n, descriptors) of each thing, (slots, count, descriptors): `of_thing` (n,)
    says whose each history is, `weights` (n,) what it counts. NaN where too little is known."""
    slots, rows, descriptors = motion.shape
    shares = np.where(of_thing == np.arange(count)[:, None], weights, np.float32(0))
    histories = motion.transpose(1, 0, 2).reshape(rows, slots * descriptors)
    known = np.isfinite(histories)
    totals, sums = shares @ known.astype(np.float32), shares @ np.where(known, histories, np.float32(0))
    enough = totals > LEAST_KNOWN * shares.sum(axis=1, keepdims=True)
    means = np.where(enough, sums / np.where(enough, totals, 1), np.nan).astype(np.float32)
    return np.ascontiguousarray(means.reshape(count, slots, descriptors).transpose(1, 0, 2))
