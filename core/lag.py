"""The one lag between picture and sound that the best tracks and places agree on over time."""

import numpy as np
from numpy.typing import NDArray

MEMORY = 10.0  # s over which the votes are averaged
VOTERS = 10  # best rows, at each lag


class LagVotes:
    """Lags of -reach … reach slots; lag > 0: the sound comes after the picture."""

    def __init__(self, reach: int) -> None:
        self.reach = reach
        self.place = reach  # of the chosen lag, counted from the smallest; lag 0 before anything is known
        self._votes = np.zeros(2 * reach + 1)

    @property
    def slots(self) -> int:
        """The chosen lag."""
        return self.place - self.reach

    def vote(self, hop: float, scores: NDArray[np.floating], weights: NDArray[np.floating]) -> None:
        """Count the `scores` (n, lags) of rows, NaN where unknown, by their `weights` (n,), `hop` s after
        the last time."""
        weighted = np.nan_to_num(scores) * weights[:, None]
        votes = np.sort(weighted, axis=0)[-VOTERS:].mean(axis=0)
        keep = np.exp(-hop / MEMORY)
        self._votes = keep * self._votes + (1 - keep) * votes
        self.place = int(np.argmax(self._votes))
