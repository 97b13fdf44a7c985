"""Cost along a stream: whether the tenth minute costs what the first one did, in time and in memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from ...core.localizer import Localizer
from ...core.options import Options
from ...core.values import VideoFrame
from ...stream.vitals import memory_used
from ..evaluation.pool import run_jobs
from .again import Again
from .context import Bench, Data
from .reference import Reference
from .stopwatch import MILLI

SIZE = (640, 480)
STEP = 1 / 30  # s between two frames


@dataclass(frozen=True, slots=True)
class AlongJob:
    """A stream of `seconds`, as fast as it goes, in a process of its own, measured in so many `pieces`. It is
    decoded beforehand: what should stay flat is the analysis."""

    path: Path
    lap: float
    seconds: float
    pieces: int

    @property
    def cost(self) -> float:
        """Seconds of the medium."""
        return self.seconds

    def work(self, stopped: Callable[[], bool]) -> list[Data]:
        """A row for each piece: until which s, CPU in ms a frame, the machine's slowness, memory in MB."""
        cv2.setNumThreads(1)
        reference, localizer = Reference(), Localizer(Options())
        rows: list[Data] = []
        begun, frames, kernel = time.process_time(), 0, reference.run()[0]
        for item in Again(self.path, self.lap, self.seconds, held=True).items():
            if stopped():
                return rows
            localizer.push(item)
            if not isinstance(item, VideoFrame):
                continue
            frames += 1
            if item.time + STEP >= (len(rows) + 1) * self.seconds / self.pieces - STEP / 2:
                cost = (time.process_time() - begun) * MILLI / frames
                before, kernel = kernel, reference.run()[0]
                rows.append(
                    {
                        "until": item.time,
                        "cpu": cost,
                        "kernel": (before + kernel) / 2,
                        "memory": memory_used(),
                    }
                )
                begun, frames = time.process_time(), 0
        return rows


def measure_along(bench: Bench, data: Data) -> None:
    """Fill `data` with the pieces, and how much the last one differs from the first."""
    path = bench.file(*SIZE)
    effort = bench.effort
    bench.step(f"along: {effort.stream_seconds:g} s of a stream")
    job = AlongJob(path, effort.file_seconds, effort.stream_seconds, effort.stream_pieces)
    for rows in run_jobs([job], 1, bench.stop, "along", quiet=True):
        data["pieces"] = rows
    bench.check()
    first, last = data["pieces"][0], data["pieces"][-1]
    data["cost of the last beside the first"] = last["cpu"] / last["kernel"] * first["kernel"] / first["cpu"]
    if first["memory"] is not None:
        data["memory grown"] = last["memory"] - first["memory"]
