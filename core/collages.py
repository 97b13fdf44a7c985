"""Other sound of the same source, cut from what was heard before: what the null is made of."""

import numpy as np
from numpy.typing import NDArray

from .history import Row

REMEMBERED = 100.0  # s of past sound that the collages are cut from
WARM_UP = 2.0  # s of sound before the first collage
# s of a collage in one piece, at least, and as a share of what is remembered, at most. Longer pieces keep
# the rhythm of the source, and less is found: with 0.5 s and 0.25 as much is named to unrelated sound, and
# 0.24 of the rest instead of 0.28 (54 composites and as many of unrelated sound).
SHORTEST_PIECE = 0.3
PIECE_SHARE = 0.1
NEVER_NOW = 0.7  # s: a piece stays this far from the present, which it stands in contrast to


class Collages:
    """Endless other sound: `count` collages of the `curves` heard so far, one slot at a time."""

    def __init__(self, count: int, curves: int, rate: float, rng: np.random.Generator) -> None:
        self._rate, self._rng = rate, rng
        self._past = np.full((int(REMEMBERED * rate), curves), np.nan, np.float32)
        self._heard = 0  # slots so far; slot s is kept at s modulo the length of _past
        self._at = np.zeros(count, np.int64)  # the slot that each collage plays next
        self._left = np.zeros(count, np.int64)  # slots left of each piece

    def hear(self, curves: Row) -> None:
        """Remember what is really heard in the next slot, (curves,)."""
        self._past[self._heard % len(self._past)] = curves
        self._heard += 1

    @property
    def warm(self) -> bool:
        """Whether enough was heard to begin."""
        return self._heard >= WARM_UP * self._rate

    def play(self) -> NDArray[np.float32]:
        """The next slot of every collage, (count, curves)."""
        for collage in np.flatnonzero(self._left <= 0):
            self._cut(int(collage))
        values = self._past[self._at % len(self._past)]
        self._at += 1
        self._left -= 1
        return values

    def _cut(self, collage: int) -> None:
        """Choose the next piece of one collage."""
        oldest = max(0, self._heard - len(self._past))
        length = (
            self._rng.uniform(SHORTEST_PIECE, max(2 * SHORTEST_PIECE, self.seconds * PIECE_SHARE))
            * self._rate
        )
        latest = max(oldest + 1, self._heard - int((NEVER_NOW + SHORTEST_PIECE) * self._rate))
        start = int(self._rng.integers(oldest, latest))
        self._at[collage] = start
        end = self._heard - int(NEVER_NOW * self._rate)
        self._left[collage] = max(1, min(int(length), end - start))

    @property
    def seconds(self) -> float:
        """How much sound is remembered."""
        return min(self._heard, len(self._past)) / self._rate
