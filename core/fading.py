"""Tables that remember, one row for a track or a place."""

import numpy as np
from numpy.typing import NDArray

from .history import Rows

FORGOTTEN = np.float32(1e-6)  # weight: what counts less is gone, lest sums and weights fade to one figure


class Fading:
    """The mean (rows, *shape) of what was added to each row, the older the less it counts."""

    def __init__(self, rows: int, *shape: int) -> None:
        self._sums = np.zeros((rows, *shape), np.float32)
        self._weights = np.zeros((rows, *(1 for _ in shape)), np.float32)

    def fade(self, keep: float) -> None:
        """Let everything so far count `keep` times as much, 0 … 1."""
        self._sums *= np.float32(keep)
        self._weights *= np.float32(keep)
        self.clear(np.flatnonzero((self.weight > 0) & (self.weight < FORGOTTEN)))

    def add(self, rows: NDArray[np.int64], values: NDArray[np.float32], weight: float) -> None:
        """Add `values` (n, *shape) to the `rows` (n,)."""
        self._sums[rows] += np.float32(weight) * values
        self._weights[rows] += np.float32(weight)

    @property
    def weight(self) -> NDArray[np.float32]:
        """How much counts in each row, (rows,)."""
        return self._weights.reshape(len(self._weights))

    @property
    def mean(self) -> NDArray[np.float32]:
        """(rows, *shape); NaN where nothing was added."""
        known = self._weights > 0
        return np.asarray(self._sums / np.where(known, self._weights, np.nan), np.float32)

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children remember what their parents do."""
        self._sums[children] = self._sums[parents]
        self._weights[children] = self._weights[parents]

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._sums[rows] = 0
        self._weights[rows] = 0
