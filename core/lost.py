"""Tracks that vanished and may come back: known again by place and looks, as the paper matches (4.2)."""

import numpy as np
from numpy.typing import NDArray

from .halves import Halves
from .kernels.halves import match_halves

LOST_SECONDS = 3.0  # how long a vanished track can be found again
SAME_LOOKS = 0.8  # cosine of the LUV histograms


class LostTracks:
    """Rows of tracks that have no region now."""

    def __init__(self, rows: int, radius: float) -> None:
        """`radius` px is how far from its last place a track can be found."""
        self._radius = radius
        self._since = np.full(rows, np.nan)  # s, NaN for a track that is not lost
        self._centres = np.zeros((rows, 2))
        self._looks = np.zeros((rows, 125), np.float32)

    def resize(self, factor: float) -> None:
        """From here on places are told in pictures this many times as fine."""
        self._radius *= factor
        self._centres *= factor

    @property
    def present(self) -> NDArray[np.bool_]:
        """Which rows are not lost, (rows,)."""
        return np.asarray(np.isnan(self._since), np.bool_)

    def clear(self) -> None:
        """Nothing is lost."""
        self._since[:] = np.nan

    def lose(
        self, rows: NDArray[np.int64], time: float, centres: NDArray[np.float32], looks: NDArray[np.float32]
    ) -> None:
        """The regions of `rows` (n,) vanish at `time` s: their `centres` (n, 2) px, `looks` (n, 125)."""
        self._since[rows], self._centres[rows], self._looks[rows] = time, centres, looks

    def forget(self, time: float) -> list[int]:
        """The rows that were lost for too long; they are free again."""
        rows = np.flatnonzero(time - self._since > LOST_SECONDS)
        self._since[rows] = np.nan
        return [int(row) for row in rows]

    def find(self, halves: Halves) -> NDArray[np.int64]:
        """Which half of each of n regions is a lost track near it, by looks: the track's row or -1, (n, 2).
        It is more like that than like the whole region, and no longer lost."""
        found = np.full(halves.looks.shape[:2], -1, np.int64)
        match_halves(
            ~self.present,
            self._centres,
            self._radius,
            self._looks,
            halves.centres,
            halves.looks,
            SAME_LOOKS,
            found,
        )
        self._since[found[found >= 0]] = np.nan
        return found
