"""Sliding Winner-Take-All codes beside a numpy batch of the whole window, the result held to be identical."""

import time

import numpy as np

from ...core.wta import SlidingCodes, draw_permutations
from .context import Bench, Data
from .paper_parts import numpy_codes
from .stopwatch import MILLI

TRACKS, SLOTS, COUNT = 400, 120, 2000
ENTRIES = (2, 5)  # ours, and the paper's


def measure_wta(bench: Bench, data: Data) -> None:
    """Fill `data` with ms a slot of both ways, their ratio, and whether the codes are the same."""
    for entries in ENTRIES:
        bench.step(f"wta: {entries} entries")
        with bench.reference.around() as noise:
            data[f"S = {entries}"] = compare(entries, bench.effort.slots, bench.effort.batches)
        data[f"S = {entries}"]["slowness"] = noise.cpu


def compare(entries: int, slots: int, batches: int) -> Data:
    """One number of entries: `slots` slots slid, `batches` batches."""
    rng = np.random.default_rng(0)
    order = draw_permutations(COUNT, entries, SLOTS, rng)
    # no two values of a track are equal: the plain numpy way knows no ties
    values = rng.permuted(np.tile(np.arange(SLOTS + slots, dtype=np.float32), (TRACKS, 1)), axis=1)
    floors = np.zeros(TRACKS, np.float32)
    codes = SlidingCodes(order, SLOTS, TRACKS)
    for slot in range(SLOTS):
        codes.write(slot, values[:, slot], floors)
    begun = time.process_time()
    for slot in range(SLOTS, SLOTS + slots):
        codes.write(slot % SLOTS, values[:, slot], floors)
    sliding = (time.process_time() - begun) * MILLI / slots
    ring = np.ascontiguousarray(codes.values)
    begun = time.process_time()
    for _ in range(batches):
        batch = numpy_codes(ring, order)
    whole = (time.process_time() - begun) * MILLI / batches
    return {
        "sliding": sliding,
        "numpy batch": whole,
        "ratio": whole / sliding,
        "identical": bool(np.array_equal(batch, codes.codes)),
    }
