"""The whole, and stage by stage: one thread that reads, looks and answers, each method timed from outside."""

import time
from collections.abc import Callable
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core import look
from ...core.camera import Camera
from ...core.evidence import Correlator
from ...core.flow import FlowEstimator
from ...core.ledger import Ledger
from ...core.localizer import Localizer
from ...core.look import Looker
from ...core.options import Options
from ...core.sound import SoundCurves
from ...core.track import Tracker
from ...core.values import VideoFrame
from ...core.vision import Vision
from ...stream.session import Session
from .again import Again
from .context import Bench
from .stopwatch import MILLI, Methods, Stopwatch

Costs = NDArray[np.float64]

DECODE, OTHER = "decode", "other"
STAGES: dict[str, Methods] = {
    DECODE: (),
    "resize, colours": ((Looker, "push"),),
    "flow": ((FlowEstimator, "both_ways"),),
    "camera": ((Camera, "motion"),),
    "what ways explain": ((look, "way_between"),),
    "tracker": ((Tracker, "start"), (Tracker, "settle"), (Tracker, "advance")),
    "motion of tracks": ((Vision, "push"),),
    "sound curves": ((SoundCurves, "push"), (SoundCurves, "take")),
    "codes": ((Correlator, "write"),),
    "score": ((Correlator, "score"),),
    "objects, ranking": ((Ledger, "add"), (Ledger, "fill")),
    "mask, answer": ((Localizer, "_answer"),),
    OTHER: ((Localizer, "push_look"), (Localizer, "push_sound"), (Localizer, "look")),
}


def stage_costs(bench: Bench, source: Again, options: Options) -> dict[str, Costs]:
    """CPU in ms of every stage, (frames,), of one thread; the first `settle` s are left out."""
    localizer = Localizer(options)
    cv2.setNumThreads(1)
    with Stopwatch(STAGES, DECODE) as watch:
        following = watch.timed(DECODE, source.items().__next__)
        while len(watch.frames) < bench.effort.frames:
            bench.check()
            item = following()
            if isinstance(item, VideoFrame):
                localizer.push_look(localizer.look(item))
                watch.next_frame()
                if item.time < bench.effort.settle:
                    watch.forget()
            else:
                localizer.push_sound(item)
        return watch.costs()


def session_costs(bench: Bench, source: Again, options: Options) -> dict[str, Costs]:
    """ms of each frame, (frames,), by the wall and by CPU, of a session that runs as fast as it can, in its
    three threads; the first `settle` s are left out."""
    wall: list[float] = []
    cpu: list[float] = []

    def note(moment: float) -> None:
        if moment >= bench.effort.settle:
            wall.append(time.perf_counter())
            cpu.append(time.process_time())

    Session(source, Localizer(options), [], progress=note, stop=bench.stop).run()
    bench.check()
    return {"wall": steps(wall), "cpu": steps(cpu)}


def steps(moments: list[float]) -> Costs:
    """ms between each and the next."""
    return np.array([later - earlier for earlier, later in pairwise(moments)]) * MILLI


def each_frame(bench: Bench, source: Again, work: Callable[[VideoFrame], object]) -> dict[str, Costs]:
    """ms of each frame, (frames,), by the wall and by CPU: its decoding and the `work` on it."""
    wall, cpu = [time.perf_counter()], [time.process_time()]
    for item in source.items():
        if isinstance(item, VideoFrame):
            bench.check()
            work(item)
            wall.append(time.perf_counter())
            cpu.append(time.process_time())
    return {"wall": steps(wall), "cpu": steps(cpu)}
