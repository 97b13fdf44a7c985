"""How much every track and place accelerates of late -> which are scored, and how much each counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .history import Row, Rows

LEVEL_SECONDS = 2.0  # time constant over which a row's motion is averaged
NOISE_SHARE = 20  # percentile of the rows' motion that is taken for the picture's noise
STILL = 0.02  # picture widths/s² above the noise: less is no motion
MOTION_WEIGHT = 0.05  # picture widths/s² above the noise at which a motion weighs half


@dataclass(frozen=True, slots=True)
class Active:
    """What is to be scored: the `rows` (n,) in order, their `weights` 0 … 1 and their mean motion, the
    `levels` in picture widths/s²; `still`: nothing in the picture moves."""

    rows: NDArray[np.int64]
    weights: NDArray[np.float32]
    levels: NDArray[np.float32]
    still: bool


class Activity:
    """The running mean of every row's acceleration."""

    def __init__(self, rows: int, rate: float, places: int = 0) -> None:
        """At `rate` slots a second; the last `places` of the `rows` are places, the others tracks."""
        self._tracks = rows - places
        self._levels = np.zeros(rows, np.float32)
        self._follow = np.float32(1 / (LEVEL_SECONDS * rate))

    def follow(self, motion: Row) -> None:
        """Take the next slot's acceleration (rows,), NaN where unknown."""
        known = np.isfinite(motion)
        self._levels[known] += self._follow * (motion[known] - self._levels[known])

    def choose(
        self, present: NDArray[np.bool_], believed: Row | float, most: int, order: Row | None = None
    ) -> Active:
        """At most so many tracks and so many places, of the `present` rows (rows,), that move above the
        picture's noise: those with the most motion, as far as it is `believed`, or else the first in `order`
        (rows,)."""
        levels = self._levels * believed
        known = present & (levels > 0)
        noise = np.percentile(levels[known], NOISE_SHARE) if known.any() else 0.0
        above = np.where(known, levels - noise, 0)
        strongest = first_of_both(above if order is None else order, self._tracks, most)
        rows = np.sort(strongest[above[strongest] > STILL])
        weights = (above[rows] / (above[rows] + MOTION_WEIGHT)).astype(np.float32)
        return Active(rows, weights, levels[rows], not bool((above > STILL).any()))

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children move as their parents did."""
        self._levels[children] = self._levels[parents]

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._levels[rows] = 0


def first_of_both(values: NDArray[np.floating], tracks: int, most: int) -> NDArray[np.int64]:
    """The rows of at most so many tracks and so many places, those with the largest `values` (rows,) first;
    the first `tracks` rows are tracks, the others places."""
    parts = values[:tracks], values[tracks:]
    of_tracks, of_places = (np.argsort(-part, kind="stable")[:most] for part in parts)
    return np.concatenate([of_tracks, tracks + of_places])
