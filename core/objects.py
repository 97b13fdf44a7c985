"""Tracks that move together -> objects with ids of their own.

A region of 12 px is not what a person calls a thing. Tracks belong to one object where they lie side by side
and their motion rises and falls together, which their Winner-Take-All codes already tell.
"""

import numpy as np
from numpy.typing import NDArray

from .wta import count_matches

MOST_TRACKS = 160  # the strongest movers that are grouped
NEAR = 1.8  # cells between centres of neighbours
TOGETHER = 0.3  # mean agreement with the group, 0 is chance and 1 is equal order
NOBODY = -1


class Objects:
    """Keeps `of_row` int64 (rows,): the object of each track, NOBODY where it belongs to none."""

    def __init__(self, rows: int, cell: float, entries: int) -> None:
        """`cell` is the regions' side in px, `entries` the S of the codes."""
        self.of_row = np.full(rows, NOBODY, np.int64)
        self._reach = NEAR * cell
        self._chance = 1.0 / entries
        self._next = 0

    def regroup(
        self, chosen: NDArray[np.int64], codes: NDArray[np.uint8], centres: NDArray[np.float32],
        strength: NDArray[np.float32], areas: NDArray[np.int32],
    ) -> None:
        """Group the `chosen` rows (n,) anew; `codes` (n, N), `centres` (n, 2) px, `strength` and `areas` (n,).

        A group keeps the id that most of its area had before.
        """
        groups = self._grow(codes, centres, strength)
        before = self.of_row[chosen]
        self.of_row[:] = NOBODY
        taken: set[int] = set()
        for group in sorted(groups, key=lambda members: -int(areas[members].sum())):
            self.of_row[chosen[group]] = self._name(before[group], areas[group], taken)

    def _grow(
        self, codes: NDArray[np.uint8], centres: NDArray[np.float32], strength: NDArray[np.float32]
    ) -> list[NDArray[np.int64]]:
        matches, valid = count_matches(codes, codes)
        agreement = (matches / np.maximum(valid, 1) - self._chance) / (1 - self._chance)
        apart = np.linalg.norm(centres[:, None] - centres[None], axis=2)
        near = apart <= self._reach
        free = np.ones(len(codes), np.bool_)
        groups = []
        for seed in np.argsort(-strength, kind="stable"):
            if free[seed]:
                groups.append(grow_group(int(seed), free, near, agreement))
        return groups

    def _name(self, before: NDArray[np.int64], areas: NDArray[np.int32], taken: set[int]) -> int:
        votes = {int(name): int(areas[before == name].sum()) for name in np.unique(before) if name != NOBODY}
        for name in sorted(votes, key=lambda name: (-votes[name], name)):
            if name not in taken:
                taken.add(name)
                return name
        self._next += 1
        return self._next - 1

    def copy(self, parent: int, child: int) -> None:
        """A child belongs where its parent does."""
        self.of_row[child] = self.of_row[parent]

    def clear(self, row: int) -> None:
        """Forget a track."""
        self.of_row[row] = NOBODY


def grow_group(
    seed: int, free: NDArray[np.bool_], near: NDArray[np.bool_], agreement: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Members (n,) of the group around `seed`: again and again the free neighbour that agrees best with all
    members so far, while it agrees at all. Marks them as no longer free."""
    members = [seed]
    free[seed] = False
    reachable = near[seed].copy()
    total = agreement[seed].copy()
    while True:
        mean = np.where(reachable & free, total / len(members), -np.inf)
        best = int(np.argmax(mean))
        if mean[best] < TOGETHER:
            return np.array(members)
        members.append(best)
        free[best] = False
        reachable |= near[best]
        total += agreement[best]
