"""Regions over time -> tracks: many small regions carried by the flow, born, split, found again, begun anew,
retired.

The paper segments every frame anew and matches the regions (4.2); on real clips such tracks lived 20 to 130
of 325 frames, while labels carried by flow lived through 85 to 100 % of a clip (measured beforehand). So the
live tracker carries. A region holds one row of every table; a row's history belongs to it.
"""

import numpy as np
from numpy.typing import NDArray

from .carried import CarriedLabels
from .flow import Flow
from .impostors import Impostors
from .kernels.track import UNLABELLED
from .lost import LostTracks
from .regions import Changes

CELL = 12.0  # px at width 320: 8 to 16 px discriminate best (measured beforehand)
REFINE_PASSES = 3
FILL_PASSES = 40  # at most, until newly seen pixels have found a neighbour
SPLIT_AREA, DEAD_AREA = 2.4, 0.2  # of a cell's area
SPLITS_A_FRAME = 12
SEARCH_RADIUS = 55.0  # px at width 320 (paper, Table 1)


class Tracker:
    """Tells which row, whose track, owns each pixel of the newest picture.

    `ids` int64 (rows,) are unique in a shot, -1 where a row is free.
    """

    def __init__(self, height: int, width: int, scale: float) -> None:
        """A tracker for pictures of `height` x `width` px, `scale` times as fine as one of width 320."""
        self.cell = CELL * scale
        cells = max(1, round(height / self.cell)) * max(1, round(width / self.cell))
        self.rows = 2 * cells + 16
        self.ids = np.full(self.rows, -1, np.int64)
        self._next_id = 0
        self._carried = CarriedLabels(height, width, self.rows, self.cell)
        self._lost = LostTracks(self.rows, SEARCH_RADIUS * scale)
        self._impostors = Impostors(self.rows)

    @property
    def labels(self) -> NDArray[np.int32]:
        """The row that owns each pixel, (h, w)."""
        return self._carried.labels

    @property
    def areas(self) -> NDArray[np.int32]:
        """Of the rows' regions, (rows,) px²."""
        return self._carried.areas

    @property
    def centres(self) -> NDArray[np.float32]:
        """Of the rows' regions, (rows, 2) px."""
        return self._carried.centres

    def resize(self, height: int, width: int, factor: float) -> None:
        """From the next picture on they are `height` x `width` px, `factor` times as fine as the last ones;
        every track goes on."""
        self.cell *= factor
        self._carried.resize(height, width, self.cell)
        self._lost.resize(factor)

    def start(self, luv: NDArray[np.float32]) -> Changes:
        """Forget everything and lay a grid of cells over the picture, drawn to its colours."""
        changes = Changes(cleared=list(range(self.rows)))
        self.ids[:] = -1
        self._lost.clear()
        self._impostors.clear(slice(None))
        self._carried.clear()
        self._lay_cells(changes)
        self._carried.measure(luv)
        for _ in range(2 * REFINE_PASSES):
            self._carried.refine(luv, 1, 1)
            self._carried.measure(luv)
        return changes

    def resume(self, luv: NDArray[np.float32], time: float) -> Changes:
        """Go on in the picture `luv` (h, w, 3) at `time` s with the labels of one some time ago: what has
        another colour begins anew, and borders are drawn to the colours."""
        changes = Changes()
        self._carried.stay(luv)
        self._settle_in(luv, time, changes)
        return changes

    def settle(self, luv: NDArray[np.float32], flow: Flow) -> Changes:
        """The labels of a picture are final as soon as they are carried there."""
        return Changes()

    def advance(
        self,
        luv: NDArray[np.float32],
        backward: NDArray[np.float32],
        forward: NDArray[np.float32],
        time: float,
    ) -> Changes:
        """Carry the labels to the picture `luv` (h, w, 3) at `time` s, `backward` to the last picture and
        `forward` from there in px (h, w, 2)."""
        changes = Changes()
        self._carried.carry(luv, backward, forward)
        self._settle_in(luv, time, changes)
        return changes

    def _settle_in(self, luv: NDArray[np.float32], time: float, changes: Changes) -> None:
        """Make regions fit the picture that they were carried to."""
        self._disown(time, changes)
        self._retire(luv, time, changes)
        if self._carried.refine(luv, REFINE_PASSES, REFINE_PASSES + FILL_PASSES):
            self._lay_cells(changes)
            self._carried.measure(luv)
        self._carried.place()
        self._split(luv, changes)

    def _lay_cells(self, changes: Changes) -> None:
        """Give every unlabelled pixel to a new cell of a regular grid."""
        rows, columns = np.nonzero(self.labels == UNLABELLED)
        if not rows.size:
            return
        across = int(self.labels.shape[1] / self.cell) + 1
        cells = (rows / self.cell).astype(np.int64) * across + (columns / self.cell).astype(np.int64)
        for cell in np.unique(cells):
            row = self._new_row(changes)
            if row is None:
                return
            chosen = cells == cell
            self.labels[rows[chosen], columns[chosen]] = row

    def _new_row(self, changes: Changes) -> int | None:
        free = np.flatnonzero(self.ids < 0)
        if not free.size:
            return None
        row = int(free[0])
        self._impostors.clear(row)
        self._begin(row, changes)
        return row

    def _begin(self, row: int, changes: Changes) -> None:
        """Let a row hold a new track."""
        self.ids[row] = self._next_id
        self._next_id += 1
        changes.cleared.append(row)

    def _disown(self, time: float, changes: Changes) -> None:
        """What took the place of something else begins anew; a scrap goes to its neighbours at once, lest an
        empty history be found again."""
        found = self._impostors.find(self._carried.colours, self.areas > 0, time)
        small = self.areas[found] < DEAD_AREA * self.cell**2
        self._carried.unlabel(found[small])
        for row in found[small].tolist():
            self._free(row, changes)
        for row in found[~small].tolist():
            self._begin(row, changes)

    def _retire(self, luv: NDArray[np.float32], time: float, changes: Changes) -> None:
        """Regions that shrank to nothing are lost; tracks lost for long are forgotten."""
        small = (self.ids >= 0) & self._lost.present & (self.areas < DEAD_AREA * self.cell**2)
        for row in np.flatnonzero(small & (self.areas == 0)).tolist():
            self._free(row, changes)
        rows = np.flatnonzero(small & (self.areas > 0))
        if rows.size:
            looks = self._carried.unlabel(rows).looks(luv, rows.size)
            self._lost.lose(rows, time, self.centres[rows], looks)
        for row in self._lost.forget(time):
            self._free(row, changes)

    def _free(self, row: int, changes: Changes) -> None:
        self.ids[row] = -1
        changes.cleared.append(row)

    def _split(self, luv: NDArray[np.float32], changes: Changes) -> None:
        """Halve the regions that grew too large: the child copies its parent's history, or is a lost track
        found again."""
        large = np.flatnonzero(self.areas > SPLIT_AREA * self.cell**2)
        parents = large[np.argsort(-self.areas[large], kind="stable")][:SPLITS_A_FRAME]
        if not parents.size:
            return
        halves = self._carried.halve(luv, parents)
        found = self._lost.find(halves)
        owners = np.where(found >= 0, found, parents[:, None])
        for k in np.flatnonzero((found < 0).all(axis=1)):
            row = self._new_row(changes)
            if row is None:
                break
            owners[k, 1] = row
            changes.copied.append((int(parents[k]), row))
            self._impostors.copy(parents[k], row)
        self._carried.hand_over(parents, halves, owners)
