"""When things happen: irregular times, and the dice that a scene draws them with."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Dice:
    """A generator for each purpose, so that a longer scene or a larger picture keeps the rest as it was."""

    scene: str
    seed: int

    def draw(self, purpose: str) -> np.random.Generator:
        """The generator for a purpose, always from its start."""
        return np.random.default_rng([self.seed, crc32(f"{self.scene}/{purpose}".encode())])


def irregular(rng: np.random.Generator, seconds: float, shortest: float, longest: float) -> Times:
    """Times that begin before 0 and end after `seconds`, with gaps drawn between the two lengths, s."""
    times = [-rng.uniform(0.0, shortest)]
    while times[-1] <= seconds + longest:
        times.append(times[-1] + rng.uniform(shortest, longest))
    return np.array(times)


@dataclass(frozen=True, slots=True)
class Path:
    """A way through `values` at `times` (s, growing) that starts and ends gently at each of them."""

    times: Times
    values: Times

    def at(self, time: float | Times) -> Times:
        """The value at a time, or at each of many."""
        last = np.clip(np.searchsorted(self.times, time, "right") - 1, 0, self.times.size - 2)
        share = np.clip((time - self.times[last]) / (self.times[last + 1] - self.times[last]), 0, 1)
        eased = share * share * (3 - 2 * share)
        return np.asarray(self.values[last] + eased * (self.values[last + 1] - self.values[last]))


@dataclass(frozen=True, slots=True)
class Swing:
    """A to and fro that never repeats, about -1 … 1: three swings of unlike periods, s."""

    periods: Times
    phases: Times

    def at(self, time: float) -> float:
        """Where it is at that time."""
        return float(SWING_SHARES @ np.sin(2 * np.pi * time / self.periods + self.phases))


SWING_SHARES = np.array([0.55, 0.30, 0.15])


def swing(rng: np.random.Generator, period: float) -> Swing:
    """A swing of about that period, s."""
    return Swing(
        period * np.array([1.0, 1.37, 0.73]) * rng.uniform(0.92, 1.08, 3), rng.uniform(0, 2 * np.pi, 3)
    )


PACES = ("even", "wandering")
WANDER = (
    0.16,
    2.9,
)  # s that the frames run ahead or behind at most, in waves of so many s: rates within ±35 %
JITTER = 0.15  # of a frame's length, either way


def frame_times(pace: str, seconds: float, rate: float, dice: Dice) -> Times:
    """float64 (n,): when the frames are taken, s: `k / rate`, or wandering about it as a phone's do."""
    even = np.arange(max(1, round(seconds * rate))) / rate
    if pace == "even":
        return even
    rng = dice.draw("pace")
    wave = 2 * np.pi * even / WANDER[1] + rng.uniform(0, 2 * np.pi)
    ahead = WANDER[0] * np.sin(wave) + rng.uniform(-JITTER, JITTER, even.size) / rate
    times = even + ahead - ahead[0]
    return np.asarray(times[times < seconds], np.float64)
