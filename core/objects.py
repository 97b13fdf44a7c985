"""Tracks that move together -> objects with ids of their own.

A region of 12 px is not what a person calls a thing. Tracks belong to one object where they lie side by side
and have the same velocity over time, and so do groups of tracks; groups also where they speed up and slow
down together, as the parts of a limb do. (Equal Winner-Take-All codes of their accelerations are not enough:
the floor under a bouncing ball is shaken by its shadow at the same instants, measured on the demo's scene.)

Places belong to the tracks that lie on them and move as they do: a mean over both knows more than one over
tracks. Where no track could follow, places form objects of their own. In 36 composites of two real clips the
right part and box win in 0.84 and 0.71 of moments, and in 0.82 and 0.64 without places; of what sounds 0.43
and 0.35 are named. As rivals of the tracks' objects places do as well there, but rendered speech from
off-screen is named in 0.12 of moments instead of 0.00.

The object that fits a source best overlaps it by 0.70 (IoU) over 34 rendered scenes, 10 % of it are foreign;
by 0.68 without what is in step, by 0.64 with the root of the speeds' ratio, at which 17 % are foreign.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .grouping import grow_groups, mean_paths, touching, within
from .history import Rows
from .together import coherence, in_step

NEAR = 1.8  # cells between centres of neighbours
TOGETHER = 0.5  # mean coherence of a track with the members so far, and
ALIKE = 0.5  # of a group with the groups so far,
IN_STEP = 0.6  # where it is enough that both are as much in step
ATTACHED = 0.6  # coherence from which a place belongs to an object, and
ON = 0.6  # how near it lies to a track of it then, of the reach
LONG = 10  # rankings, some 3 s: a row that has had its object for longer has it no more firmly
NOBODY = -1


@dataclass(frozen=True, slots=True)
class Moving:
    """Things that move: their velocities over time, the `paths` (n, k), `centres` (n, 2) px, `areas` (n,)."""

    paths: NDArray[np.float32]
    centres: NDArray[np.float32]
    areas: NDArray[np.int32]


class Numbers:
    """Counts for an Objects and for whatever is copied from it: no two of them give one number twice."""

    def __init__(self) -> None:
        self._next = 0

    def take(self) -> int:
        """The next one."""
        self._next += 1
        return self._next - 1

    def __deepcopy__(self, memo: object) -> "Numbers":
        return self


class Objects:
    """Keeps `of_row` int64 (rows,): the object of each row, NOBODY where it belongs to none. What is within
    `reach` px lies side by side."""

    def __init__(self, rows: int, cell: float, places: int = 0) -> None:
        """`cell` is the regions' side in px; the last `places` of the `rows` are places."""
        self._tracks = rows - places
        self.of_row = np.full(rows, NOBODY, np.int64)
        self._kept = np.zeros(rows, np.int64)  # for how many rankings each row has had its object, up to LONG
        self.reach = NEAR * cell  # px between centres of neighbours
        self._numbers = Numbers()

    def regroup(
        self,
        chosen: NDArray[np.int64],
        paths: NDArray[np.float32],
        centres: NDArray[np.float32],
        areas: NDArray[np.int32],
    ) -> None:
        """Group the `chosen` rows (n,) anew; `paths` (n, k) their velocities over time, `centres` (n, 2) px
        and `areas` (n,). Places belong to the tracks that they move with, the others form groups of their
        own. A group keeps the id that most of its area has had, the longer the more: what met a thing for a
        moment leaves it again without its id."""
        moving = Moving(paths, centres, areas)
        is_place = chosen >= self._tracks
        of_tracks = self._unite(moving, np.flatnonzero(~is_place))
        unions, free = self._attach(moving, of_tracks, np.flatnonzero(is_place))
        unions += self._unite(moving, free)
        # tracks tell which object it is: all places together weigh less than a pixel of one
        pixel = LONG * (self.of_row.size - self._tracks) + 1
        weights = np.where(is_place, 1, areas.astype(np.int64) * pixel) * self._kept[chosen]
        names = self._names(unions, self.of_row[chosen], weights)
        before = self.of_row.copy()
        self.of_row[:] = NOBODY
        for union, name in zip(unions, names, strict=True):
            self.of_row[chosen[union]] = name
        self._kept = np.where(self.of_row == before, np.minimum(self._kept + 1, LONG), 1)

    def _unite(self, moving: Moving, items: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Groups of the `items` (n,), the fastest first, and then of the groups."""
        if not items.size:
            return []
        paths, centres, areas = moving.paths[items], moving.centres[items], moving.areas[items]
        near = within(centres, centres, self.reach)
        groups = grow_groups(paths, coherence(paths, paths), near, TOGETHER)
        means = mean_paths(paths, areas, groups)
        beside = touching(groups, near)
        alike = np.maximum(coherence(means, means), in_step(means) + (ALIKE - IN_STEP))
        grown = grow_groups(means, alike, beside, ALIKE)
        return [items[np.concatenate([groups[k] for k in union])] for union in grown]

    def _attach(
        self, moving: Moving, unions: list[NDArray[np.int64]], places: NDArray[np.int64]
    ) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
        """Add to each of the `unions` the `places` (n,) that lie on it and move as it does; returns the
        unions and the places that are left."""
        if not unions or not places.size:
            return unions, places
        means = mean_paths(moving.paths, moving.areas, unions).astype(np.float32)
        tracks, starts = np.concatenate(unions), np.cumsum([0, *(union.size for union in unions[:-1])])
        near = within(moving.centres[tracks], moving.centres[places], ON * self.reach)
        on = np.logical_or.reduceat(near, starts, axis=0)
        alike = np.where(on, coherence(means, moving.paths[places]), 0)
        best = np.where(alike.max(axis=0) >= ATTACHED, alike.argmax(axis=0), NOBODY)
        grown = [np.concatenate([union, places[best == k]]) for k, union in enumerate(unions)]
        return grown, places[best == NOBODY]

    def _names(
        self, unions: list[NDArray[np.int64]], before: NDArray[np.int64], weights: NDArray[np.int64]
    ) -> list[int]:
        """An id for each union: the largest common `weights` (n,) with the objects `before` (n,) choose
        first."""
        items, of_union = np.concatenate(unions), np.repeat(np.arange(len(unions)), [u.size for u in unions])
        named = before[items] != NOBODY
        pairs = np.stack([of_union, before[items]])[:, named]
        (ks, olds), inverse = np.unique(pairs, axis=1, return_inverse=True)
        shared = np.bincount(inverse.ravel(), weights[items][named], ks.size).astype(np.int64)
        common = zip(shared.tolist(), (-olds).tolist(), ks.tolist(), strict=True)
        names: dict[int, int] = {}
        for _, minus_name, k in sorted(common, reverse=True):
            if k not in names and -minus_name not in names.values():
                names[k] = -minus_name
        for k in range(len(unions)):
            if k not in names:
                names[k] = self._numbers.take()
        return [names[k] for k in range(len(unions))]

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children belong where their parents do."""
        for table in (self.of_row, self._kept):
            table[children] = table[parents]

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self.of_row[rows] = NOBODY
