"""Beside others: the paper's recipe from OpenCV's parts, and our implementation of [13], at 640x480."""

import time
from itertools import islice
from typing import Any

import cv2
import numpy as np

from ...core.errors import OptionError
from ...core.options import Options
from ...core.values import SoundBlock, VideoFrame
from ..baselines import load_baseline
from .context import Bench, Data
from .paper_parts import PaperParts
from .stages import each_frame, stage_costs
from .stopwatch import MILLI, median_p95

SIZE = (640, 480)
THIRTEEN = "Izadinia et al. 2013"
AS_WIDE = f"{THIRTEEN}, at our width"  # by itself it looks at a quarter of our pixels
RATE = 30.0
COMPILED_BY = 3  # frames: after the second every kernel of the recipe has run


def measure_rivals(bench: Bench, data: Data) -> None:
    """Fill `data` with CPU in ms a frame of each, in one thread, and how many times ours."""
    cv2.setNumThreads(1)
    with bench.reference.around() as noise:
        bench.step("rivals: ours")
        ours = stage_costs(bench, bench.settled_source(*SIZE), Options())
    mean = float(sum(costs.mean() for costs in ours.values())) / noise.cpu
    data["ours"] = {"cpu": mean, "times ours": 1.0}
    bench.step("rivals: the paper's recipe from OpenCV's parts")
    # its kernels are those of preset `paper`, which nothing has compiled yet: 3 s, once
    each_frame(bench, bench.source(*SIZE, seconds=COMPILED_BY / RATE), PaperParts().push)
    with bench.reference.around() as noise:
        parts = PaperParts()
        source = bench.source(*SIZE, seconds=bench.effort.paper_frames / RATE)
        # the first frame has no flow yet
        paper = median_p95(each_frame(bench, source, parts.push)["cpu"][1:])["mean"] / noise.cpu
    data["paper's recipe"] = {"cpu": paper, "times ours": paper / mean, "steps": parts.costs()}
    try:
        thirteen: Any = load_baseline(THIRTEEN)
    except OptionError as missing:
        data["left out"] = str(missing)
        return
    for name, width in ((THIRTEEN, thirteen.WIDTH), (AS_WIDE, Options().width)):
        with bench.reference.around() as noise:
            bench.step(f"rivals: {name}")
            cost = thirteen_cost(bench, thirteen, width)
        data[name] = {"cpu": cost / noise.cpu, "times ours": cost / noise.cpu / mean}


def thirteen_cost(bench: Bench, thirteen: Any, width: int) -> float:
    """CPU of [13] in ms a frame at an analysis width in px, decoding included."""
    frames_wanted = bench.effort.thirteen_frames
    begun = time.process_time()
    items = list(islice(bench.source(*SIZE, seconds=frames_wanted / RATE).items(), 100 * frames_wanted))
    frames = [item for item in items if isinstance(item, VideoFrame)]
    blocks = [item for item in items if isinstance(item, SoundBlock)]
    sound = SoundBlock(np.concatenate([block.samples for block in blocks]), 0, blocks[0].rate, blocks[0].time)
    thirteen.locate(frames, sound, width)
    return (time.process_time() - begun) * MILLI / len(frames)
