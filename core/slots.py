"""Motion frame by frame -> slot by slot, smoothed; each slot waits for its sound."""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .history import Row, Rows, SlotFilter, SlotGrid
from .motion import DESCRIPTORS

MOTION_NOISE = 0.2  # picture widths/s², 0.1 px/frame²: what the logarithm of motion takes for nothing


@dataclass(frozen=True, slots=True)
class Slot:
    """The motion of slot `number`, which lies at number / rate s: the acceleration `level` (rows,) in picture
    widths/s² as it was measured, and the smoothed `curves` (rows, descriptors); NaN where unknown."""

    number: int
    level: Row
    curves: Row


class Slots:
    """A queue of the slots whose motion is known."""

    def __init__(self, rows: int, rate: float, compressed: bool) -> None:
        """At `rate` slots a second; `compressed`: amounts of motion as logarithms."""
        self._compressed = compressed
        self._grid = SlotGrid(rows, rate, (DESCRIPTORS,))
        self._filter = SlotFilter(rows, rate, (DESCRIPTORS,))
        self._queue: deque[Slot] = deque()
        self._levels: deque[Row] = deque()  # of the slots that are being smoothed

    @property
    def pending(self) -> bool:
        """Whether there is motion that waits for its sound."""
        return bool(self._queue)

    @property
    def next(self) -> int:
        """The slot that is taken next. Raises IndexError when none is `pending`."""
        return self._queue[0].number

    def take(self) -> Slot:
        """The next slot. Raises IndexError when none is `pending`."""
        return self._queue.popleft()

    def add(self, time: float, descriptors: NDArray[np.float32]) -> None:
        """Take the motion (rows, descriptors) of a frame at `time` s."""
        for number, values in self._grid.add(time, descriptors):
            self._push(number, values)

    def flush(self) -> None:
        """No more frames come: bring out the slots that wait for their neighbours."""
        for number, values in self._grid.run_on(self._filter.reach):
            self._push(number, values)

    def _push(self, number: int, values: Row) -> None:
        curves = values.copy()
        if self._compressed:
            curves[:, 0] = np.log(values[:, 0] + np.float32(MOTION_NOISE))
            curves[:, -1] = np.log(values[:, -1])
        self._levels.append(values[:, 0].copy())
        if len(self._levels) > self._filter.reach + 1:
            self._levels.popleft()
        self._queue.append(Slot(number - self._filter.reach, self._levels[0], self._filter.push(curves)))

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._grid.clear(rows)
        self._filter.clear(rows)
        for values in self._waiting():
            values[rows] = np.nan

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children move as their parents did."""
        self._grid.copy(parents, children)
        self._filter.copy(parents, children)
        for values in self._waiting():
            values[children] = values[parents]

    def _waiting(self) -> list[Row]:
        return [*self._levels, *(values for slot in self._queue for values in (slot.level, slot.curves))]
