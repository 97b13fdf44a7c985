"""In real time, one stream and four: delay beyond the declared one, frames skipped, share of core, memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np

from ...core.localizer import Localizer
from ...core.options import Options
from ...core.values import Sighting, SoundBlock
from ...stream.clock import SystemClock
from ...stream.session import Session
from ...stream.sink import Absence, End, Header, Notice
from ...stream.vitals import Vitals
from ..evaluation.pool import run_jobs
from .again import Again, Paced
from .context import Bench, Data

SIZE = (640, 480)
FOUR, FOUR_RATE = 4, 15.0
GATHER = 6.0  # s until which all processes of several are ready, kernels read from numba's cache
MINUTE = 60.0
PERCENTILES = {"p50": 50, "p95": 95, "p99": 99}


class DelaySink:
    """Notes by how much each answer comes later than declared, s, and how often less was analysed."""

    def __init__(self, paced: Paced, clock: SystemClock) -> None:
        self._paced, self._clock = paced, clock
        self.beyond: list[float] = []
        self.steps = 0

    def start(self, header: Header) -> None:
        """There is nothing to open."""

    def take_sound(self, block: SoundBlock) -> None:
        """Sound is not answered."""

    def take(self, sighting: Sighting) -> None:
        """The answer is out."""
        due = self._paced.due(sighting.frame.time) + sighting.delay
        self.beyond.append(self._clock.now() - due)

    def absent(self, absence: Absence) -> None:
        """No answer to a frame."""

    def notice(self, notice: Notice) -> None:
        """The steps that a machine takes which is too slow."""
        self.steps += notice.kind == "pace"

    def close(self, end: End) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, slots=True)
class LiveJob:
    """A stream of `seconds` at its own pace in a process of its own, not before the `moment` of the machine's
    monotonic clock."""

    path: Path
    lap: float
    seconds: float
    moment: float = 0.0

    @property
    def cost(self) -> float:
        """Seconds it takes."""
        return self.seconds

    def work(self, stopped: Callable[[], bool]) -> Data:
        """Delays beyond the declared one in ms, frames in all and skipped, steps to another pace, share of a
        core, memory in MB."""
        clock, stop = SystemClock(), Event()
        localizer = Localizer(Options())
        paced = Paced(Again(self.path, self.lap, self.seconds), clock)
        sink, memory = DelaySink(paced, clock), list[tuple[float, float | None]]()

        def watch(vitals: Vitals) -> None:
            memory.append((vitals.time, vitals.memory))
            if stopped():
                stop.set()

        clock.wait_until(self.moment, stop)
        wall, cpu = time.perf_counter(), time.process_time()
        summary = Session(paced, localizer, [sink], stop=stop, clock=clock, watch=watch).run()
        share = (time.process_time() - cpu) / (time.perf_counter() - wall)
        beyond = np.array(sink.beyond or [np.nan]) * 1e3
        return {
            **{name: float(np.percentile(beyond, q)) for name, q in PERCENTILES.items()},
            "declared": localizer.delay * 1e3,
            "frames": summary.frames,
            "skipped": summary.skipped,
            "steps": sink.steps,
            "share": share,
            "memory after a minute": next((used for at, used in memory if at >= MINUTE - 1), None),
            "memory at the end": memory[-1][1] if memory else None,
        }


def measure_live(bench: Bench, data: Data) -> None:
    """Fill `data` with one stream at 640x480 and 30 frames a second."""
    path, seconds = bench.file(*SIZE), bench.effort.live_seconds
    bench.step(f"live: {seconds:g} s in real time")
    job = LiveJob(path, bench.effort.file_seconds, seconds)
    with bench.reference.around() as noise:
        for figures in run_jobs([job], 1, bench.stop, "live", quiet=True):
            data |= figures
    bench.check()
    data["seconds"] = seconds
    data["slowness"] = noise.wall


def measure_four(bench: Bench, data: Data) -> None:
    """Fill `data` with four streams at once at 640x480 and 15 frames a second."""
    path, seconds = bench.file(*SIZE, rate=FOUR_RATE), min(bench.effort.live_seconds, MINUTE)
    bench.step(f"four: {seconds:g} s in real time")
    job = LiveJob(path, bench.effort.file_seconds, seconds, time.monotonic() + GATHER)
    with bench.reference.around() as noise:
        streams = run_jobs([job] * FOUR, FOUR, bench.stop, "four", quiet=True)
    bench.check()
    data["streams"] = streams
    data["skipped"] = sum(each["skipped"] for each in streams) / sum(each["frames"] for each in streams)
    data["steps"] = sum(each["steps"] for each in streams)
    data["share"] = sum(each["share"] for each in streams)
    data["seconds"] = seconds
    data["slowness"] = noise.wall
