"""Our own tracks' histories, ranked by any score: what core/ledger.py does around Winner-Take-All codes."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ...core.evidence import Scores
from ...core.history import Row, SlotFilter, SlotGrid
from ...core.ledger import (
    EARLY,
    MOST_GROUPED,
    MOTION_NOISE,
    MOTION_WEIGHT,
    NOISE_SHARE,
    STILL,
    STILL_SPEED,
    TOGETHER_SECONDS,
)
from ...core.motion import Velocities
from ...core.objects import Objects
from ...core.rank import Ranked, rank_objects
from ...core.recipe import LIVE
from ...core.track import Changes, Regions
from ...core.vision import Seen

RATE = 30.0  # slots a second


class Scorer(Protocol):
    """Scores rows (tracks) by their motion in the window that ends at a slot, and remembers."""

    def score(
        self, slot: int, motion: NDArray[np.float32], chosen: NDArray[np.int64], weights: Row
    ) -> NDArray[np.float32]:
        """Scores (rows,), NaN where unknown, of the `motion` (rows, slots); the `chosen` ones are new."""
        ...

    def clear(self, row: int) -> None:
        """Forget a row."""
        ...

    def copy(self, parent: int, child: int) -> None:
        """Let one row continue as another one does."""
        ...


class Rows:
    """Takes what the frames showed in order; `best` is the object that is ranked first, None at first."""

    def __init__(self, rows: int, cell: float, window: float, scorer: Scorer) -> None:
        """`rows` of tracks whose regions are `cell` px wide; `window` s of history are scored."""
        self._motion = np.full((rows, round(window * RATE)), np.nan, np.float32)
        self._level = np.zeros(rows, np.float32)  # running mean of the motion
        self._follow = np.float32(2 / (window * RATE))
        self._grid, self._filter = SlotGrid(rows, RATE), SlotFilter(rows, RATE)
        self._velocities = Velocities(rows, round(TOGETHER_SECONDS * RATE))
        self._objects, self._scorer = Objects(rows, cell), scorer
        self._tables = (self._grid, self._filter, self._velocities, self._objects, scorer)
        self._first: int | None = None  # slot since which the shot is known
        self.best: Ranked | None = None

    def add(self, seen: Seen) -> None:
        """Take the next frame."""
        self._apply(seen.before)
        if seen.motion is not None:
            self._velocities.add(seen.motion.velocity)
            for slot, values in self._grid.add(seen.frame.time, seen.motion.acceleration):
                self._push(slot, values, seen.regions)
        self._apply(seen.after)
        if seen.cut:
            self._first, self.best = None, None

    def _push(self, slot: int, values: Row, regions: Regions) -> None:
        known = np.isfinite(values)
        self._level[known] += self._follow * (values[known] - self._level[known])
        self._motion[:, :-1] = self._motion[:, 1:]
        self._motion[:, -1] = self._filter.push(np.log(values + np.float32(MOTION_NOISE)))
        self._first = slot if self._first is None else self._first
        if slot % LIVE.hop == 0:
            ranking = self._rank(slot - self._filter.reach, regions)
            late = slot - self._first >= EARLY * RATE
            self.best = ranking[0] if ranking and late else None

    def _rank(self, slot: int, regions: Regions) -> list[Ranked]:
        """Score the tracks that move, group them, and rank the groups."""
        present = (regions.ids >= 0) & (regions.areas > 0)
        known = present & (self._level > 0)
        noise = np.percentile(self._level[known], NOISE_SHARE) if known.any() else 0.0
        above = np.where(known, self._level - noise, 0)
        strongest = np.argsort(-above, kind="stable")[: LIVE.most_tracks]
        chosen = np.sort(strongest[above[strongest] > STILL])
        weights = (above[chosen] / (above[chosen] + MOTION_WEIGHT)).astype(np.float32)
        real = self._scorer.score(slot, self._motion, chosen, weights)
        self._group(chosen, present, regions)
        amounts = (regions.areas * np.sqrt(self._velocities.energy())).astype(np.float32)
        scores = Scores(real, np.zeros((real.size, 0), np.float32), 1.0)
        of_row, level = self._objects.of_row, self._level[chosen]
        return rank_objects(scores, chosen, of_row, weights, level, amounts, plain=False)

    def _group(self, chosen: NDArray[np.int64], present: NDArray[np.bool_], regions: Regions) -> None:
        energy = np.where(present, self._velocities.energy(), 0)
        moving = np.argsort(-energy, kind="stable")[:MOST_GROUPED]
        moving = np.union1d(moving[energy[moving] > STILL_SPEED**2], chosen)
        if moving.size:
            paths, areas = self._velocities.paths(moving), regions.areas[moving]
            self._objects.regroup(moving, paths, regions.centres[moving], areas)

    def _apply(self, changes: Changes) -> None:
        """Let rows be forgotten and children inherit."""
        for row in changes.cleared:
            for table in self._tables:
                table.clear(row)
            self._motion[row], self._level[row] = np.nan, 0.0
        for parent, child in changes.copied:
            for table in self._tables:
                table.copy(parent, child)
            self._motion[child], self._level[child] = self._motion[parent], self._level[parent]
