"""The reference kernel: a fixed piece of work, run between all measurements, by which the machine's noise is
divided out. Ratios of two costs hold better than the costs themselves."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import cv2
import numpy as np

SIDE = 1024  # px
ROUNDS = 3  # of which the fastest counts
MILLI = 1e3


@dataclass(slots=True)
class Noise:
    """Filled in when the block ends: `slowness` of the machine meanwhile, 1 at the bench's fastest moment by
    then; of the CPU alone, and by the `wall`, other programs' share in it."""

    cpu: float = 1.0
    wall: float = 1.0


class Reference:
    """Pixels filtered and numbers sorted, as the stages do; ms by CPU and by the wall of every run."""

    def __init__(self) -> None:
        rng = np.random.default_rng(0)
        self._picture = rng.random((SIDE, SIDE), np.float32)
        self.cpu: list[float] = []
        self.wall: list[float] = []
        self.run()

    def run(self) -> tuple[float, float]:
        """The kernel's ms now, by CPU and by the wall."""
        rounds = [(self._time(time.thread_time), self._time(time.perf_counter)) for _ in range(ROUNDS)]
        cpu, wall = (min(values) for values in zip(*rounds, strict=True))
        self.cpu.append(cpu)
        self.wall.append(wall)
        return cpu, wall

    def _time(self, clock: Callable[[], float]) -> float:
        begun = clock()
        blurred = cv2.GaussianBlur(self._picture, (9, 9), 0)
        np.sort(np.sqrt(blurred[::4]), axis=1)
        return (clock() - begun) * MILLI

    @contextmanager
    def around(self) -> Iterator[Noise]:
        """Run before and after the block, and tell how slow the machine was."""
        noise = Noise()
        before = self.run()
        try:
            yield noise
        finally:
            after = self.run()
            noise.cpu = (before[0] + after[0]) / 2 / min(self.cpu)
            noise.wall = (before[1] + after[1]) / 2 / min(self.wall)

    def spread(self) -> dict[str, float]:
        """What the bench tells of it: how often it was run, its median in ms, and how much slower its slowest
        twentieth was than its fastest, by CPU and by the wall."""
        cpu, wall = np.array(self.cpu), np.array(self.wall)
        return {
            "runs": float(cpu.size),
            "median_ms": float(np.median(cpu)),
            "spread_cpu": float(np.percentile(cpu, 95) / cpu.min()),
            "spread_wall": float(np.percentile(wall, 95) / wall.min()),
        }
