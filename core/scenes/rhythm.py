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
