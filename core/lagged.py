"""The sound's curves at every lag, and their codes."""

import numpy as np
from numpy.typing import NDArray

from .history import Row
from .trend import Trend
from .wta import Planes, SlidingCodes


class LaggedSound:
    """At lags of -reach … reach slots, the lag > 0: the sound comes after the picture. The newest slot of the
    window is that of a motion `reach` slots ago, so that all lags are known of it."""

    def __init__(
        self, order: NDArray[np.int32], slots: int, reach: int, curves: int, rate: float, trend: float
    ) -> None:
        """`order`: the permutations; the window has so many `slots`, the sound so many `curves`; the `trend`
        is taken off before coding, its time constant in s, 0 for none."""
        self._slots, self._curves = slots, curves
        self._trend = Trend(curves, rate, trend)
        self._codes = SlidingCodes(order, slots, (2 * reach + 1) * curves)
        self._newest = np.full((2, 2 * reach + 1, curves), np.nan, np.float32)  # as it is, without trend
        self._late = np.arange(2 * reach, -1, -1)  # slots by which the sound at each lag trails what is heard
        self._place = 0

    @property
    def newest(self) -> NDArray[np.float32]:
        """The curves at each lag of the newest slot, (lags, curves)."""
        newest: NDArray[np.float32] = self._newest[0]
        return newest

    def write(self, place: int, sound: Row, floor: Row) -> Row:
        """What is heard next comes to this place in the window; `floor` (curves,) is the difference below
        which two values are tied. Returns it without its trend."""
        steady = self._trend.take_off(sound)
        self._newest[:, :-1] = self._newest[:, 1:]
        self._newest[:, -1] = sound, steady
        self._codes.write(place, self._newest[1].ravel(), np.tile(floor, len(self._late)))
        self._place = place
        return steady

    def planes(self) -> Planes:
        """The codes in bits, (lags * curves, 1 + depth, words)."""
        return self._codes.planes()

    def forget_before(self, heard: int) -> NDArray[np.bool_]:
        """Let all be unknown but what was `heard` last, so many slots; returns where in the window it is,
        bool (slots, lags)."""
        self._newest[:, self._late >= heard] = np.nan
        ages = (self._place - np.arange(self._slots)) % self._slots
        unknown = np.add.outer(ages, self._late) >= heard
        self._codes.forget(np.repeat(unknown, self._curves, axis=1))
        return unknown
