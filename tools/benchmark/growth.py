"""How the cost grows: with the analysis width, with the number of tracks, the window and the permutations."""

import time
from dataclasses import replace

import cv2
import numpy as np

from ...core.evidence import Correlator
from ...core.options import Options
from ...core.recipe import LIVE
from .context import Bench, Data
from .stages import stage_costs
from .stopwatch import MILLI

SIZE = (640, 480)
RATE = 30.0
TRACKS, WINDOW, PERMUTATIONS = 400, 4.0, LIVE.permutations[0]


def measure_growth(bench: Bench, data: Data) -> None:
    """Fill `data` with CPU in ms: a frame for each width, a slot of the evidence for the rest."""
    cv2.setNumThreads(1)
    widths = data.setdefault("width", {})
    for width in bench.effort.widths:
        bench.step(f"growth: width {width}")
        widths[str(width)] = width_cost(bench, width)
    bench.step("growth: tracks, window, permutations")
    effort = bench.effort
    data["tracks"] = {str(count): evidence_cost(bench, tracks=count) for count in effort.tracks}
    data["window"] = {f"{length:g}": evidence_cost(bench, window=length) for length in effort.windows}
    data["permutations"] = {
        str(count): evidence_cost(bench, permutations=count) for count in effort.permutations
    }


def width_cost(bench: Bench, width: int) -> Data:
    """The whole, one thread, at this analysis width, and its stages."""
    with bench.reference.around() as noise:
        costs = stage_costs(bench, bench.settled_source(*SIZE), replace(Options(), width=width))
    stages = {stage: float(values.mean()) / noise.cpu for stage, values in costs.items()}
    return {"cpu": sum(stages.values()), "stages": stages}


def evidence_cost(
    bench: Bench, tracks: int = TRACKS, window: float = WINDOW, permutations: int = PERMUTATIONS
) -> Data:
    """The correlator alone, settled, in ms a slot: its codes, and its score at every ranking."""
    bench.check()
    curves, rng = len(LIVE.curves), np.random.default_rng(0)
    correlator = Correlator(
        tracks,
        curves,
        RATE,
        descriptors=LIVE.descriptors,
        window=window,
        permutations=(permutations, LIVE.permutations[1]),
        max_lag=Options().max_lag,
        memory=LIVE.memory,
        trend=LIVE.trend,
        draws=LIVE.draws,
        seed=0,
    )
    chosen = np.arange(min(tracks, 2 * LIVE.most_tracks))  # as many places as tracks
    weights = np.ones(chosen.size, np.float32)
    floors, sound_floors = np.zeros(LIVE.descriptors, np.float32), np.zeros(curves, np.float32)
    settled = round(2.5 * RATE)  # from 2 s on there is other sound to compare with
    took = {"codes": 0.0, "score": 0.0}
    with bench.reference.around() as noise:
        for slot in range(settled + bench.effort.slots):
            motion = rng.random((tracks, LIVE.descriptors), np.float32)
            sound = rng.random(curves, np.float32)
            begun = time.process_time()
            correlator.write(slot, motion, floors, sound, sound_floors)
            written = time.process_time()
            if slot % LIVE.hop == 0:
                correlator.score(LIVE.hop / RATE, chosen, weights)
            if slot >= settled:
                took["codes"] += written - begun
                took["score"] += time.process_time() - written
    costs = {name: value * MILLI / bench.effort.slots / noise.cpu for name, value in took.items()}
    return {"cpu": sum(costs.values()), **costs}
