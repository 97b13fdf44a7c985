"""What a curve does beside its slow course.

Two things that both swell or fade for a second agree in almost every pair of moments and have but that one
thing in common; other sound, cut from short pieces, never does the same. Without the trend the null is fair.

The mean is one of the past, since the future is not known. So what follows something loud and short leans the
other way and comes back with the time constant: silence lies below the sound's floor only some time later.
"""

import numpy as np

from .history import Row, Rows


class Trend:
    """The running mean of every row, taken off its newest value."""

    def __init__(self, rows: int, rate: float, seconds: float, several: tuple[int, ...] = ()) -> None:
        """`seconds` is the time constant; with 0 nothing is taken off. `rate` values a second."""
        self._mean = np.full((rows, *several), np.nan, np.float32)
        self._follow = np.float32(1 - np.exp(-1 / (rate * seconds))) if seconds else np.float32(0)

    def take_off(self, values: Row) -> Row:
        """The next values (rows, …) without their trend; NaN, unknown, stays so and changes nothing."""
        if not self._follow:
            return values
        mean = np.where(np.isfinite(self._mean), self._mean, values)
        change = self._follow * (values - mean)
        self._mean = np.where(np.isfinite(change), mean + change, mean)
        return np.asarray(values - self._mean, np.float32)

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let rows continue as others do."""
        self._mean[children] = self._mean[parents]

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._mean[rows] = np.nan
