"""Samples at uneven times -> slots of a fixed time grid, smoothed.

Slot s lies at s / rate seconds. On a fixed grid the window in seconds and the lag hold when a frame rate
changes, and a shift by a lag is a shift by slots.
"""

import math

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float32]
Rows = int | NDArray[np.int64]  # the number of one row, or of several

SMOOTHING = 0.05  # s, sigma of the Gaussian that the paper leaves open; cut at 2 sigma
GAP_STEPS, GAP_SECONDS = 3.0, 0.15  # a step longer than both is a gap: its slots are unknown
LONGEST_JUMP = 10.0  # s of slots that a jump of the clock is filled up with at most


class SlotGrid:
    """Interpolates samples of one or `several` values a row to slots; a gap's slots are NaN."""

    def __init__(self, rows: int, rate: float, several: tuple[int, ...] = ()) -> None:
        self._rate = rate
        self._step = 1 / 30  # running estimate of the steps between samples, s
        self._time: float | None = None
        self._newest = np.full((rows, *several), np.nan, np.float32)
        self.next_slot: int | None = None

    def add(self, time: float, values: Row) -> list[tuple[int, Row]]:
        """Values (rows, …) known for `time` s -> (slot, values) of every slot since the last sample."""
        if self._time is None or self.next_slot is None:
            self.next_slot = math.ceil(time * self._rate - 1e-9)
            self._time = time
        step = time - self._time
        gap = step > GAP_SECONDS and step > GAP_STEPS * self._step
        if step > 0:  # gaps count too, within limits: a rate that fell for good is no gap
            self._step += 0.1 * (min(step, GAP_STEPS * self._step) - self._step)
        last = math.floor(time * self._rate + 1e-9)
        first = max(self.next_slot, last - int(LONGEST_JUMP * self._rate))
        slots = [(slot, self._at(slot / self._rate, time, values, gap)) for slot in range(first, last + 1)]
        self.next_slot = last + 1
        self._time, self._newest = time, values.copy()
        return slots

    def run_on(self, count: int) -> list[tuple[int, Row]]:
        """The next `count` slots, which no sample will reach: unknown."""
        if self.next_slot is None:
            return []
        first, self.next_slot = self.next_slot, self.next_slot + count
        return [(slot, np.full_like(self._newest, np.nan)) for slot in range(first, first + count)]

    def clear(self, rows: Rows) -> None:
        """Forget rows' last samples."""
        self._newest[rows] = np.nan

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let rows continue as others do."""
        self._newest[children] = self._newest[parents]

    def _at(self, instant: float, time: float, values: Row, gap: bool) -> Row:
        assert self._time is not None
        if gap and instant < time - 1e-9:
            return np.full_like(values, np.nan)
        share = np.float32(1.0 if time == self._time else (instant - self._time) / (time - self._time))
        if share >= 1:
            return values.copy()
        return self._newest + share * (values - self._newest)


class SlotFilter:
    """Gaussian smoothing over neighbouring slots, for `rows` of one or `several` curves at once.

    Both sides of a correlation go through the same filter. NaN is "unknown":
    smoothing leaves it out, and an unknown slot stays unknown.
    """

    def __init__(self, rows: int, rate: float, several: tuple[int, ...] = ()) -> None:
        self.reach = math.ceil(2 * SMOOTHING * rate - 1e-9)
        offsets = np.arange(-self.reach, self.reach + 1) / rate
        weights = np.exp(-0.5 * (offsets / SMOOTHING) ** 2).astype(np.float32)
        self._recent = np.zeros((2 * self.reach + 1, rows, *several), np.float32)  # 0 where unknown
        self._known = np.zeros_like(self._recent)  # 1 where known
        self._weights = weights.reshape(-1, *[1] * (self._recent.ndim - 1))

    def push(self, values: Row) -> Row:
        """Raw values of the next slot (rows, …) -> finished values of the slot `reach` earlier."""
        known = np.isfinite(values)
        for ring, newest in ((self._recent, np.where(known, values, 0)), (self._known, known)):
            ring[:-1] = ring[1:]
            ring[-1] = newest
        total, weight = ((ring * self._weights).sum(axis=0) for ring in (self._recent, self._known))
        mean = total / np.maximum(weight, 1e-9)
        return np.asarray(np.where(self._known[self.reach] > 0, mean, np.nan), np.float32)

    def clear(self, rows: Rows) -> None:
        """Forget rows' curves."""
        self._recent[:, rows] = 0
        self._known[:, rows] = 0

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let curves continue as others do."""
        self._recent[:, children] = self._recent[:, parents]
        self._known[:, children] = self._known[:, parents]
