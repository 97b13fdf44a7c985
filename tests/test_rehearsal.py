"""After the rehearsal nothing is left to compile: a live source would not wait for it."""

import subprocess
import sys

import pytest

KERNELS = """
from soundspot.core.kernels import boundaries, flow, mean_shift, regions, track, wta
from soundspot.core.options import Options
from soundspot.core.rehearsal import warm_up
warm_up(Options(preset="{preset}"))
for module in (boundaries, flow, mean_shift, regions, track, wta):
    for name, value in vars(module).items():
        if getattr(value, "signatures", None):
            print(name)
"""
ALWAYS = {"join_gradient", "drop_refuted", "take_off", "weigh_points", "fit_similarity", "measure_motion"}
LIVE = {"carry_labels", "refine_boundaries", "label_halves", "find_pixels", "most_alike", "look_up"}
PAPER = {"climb", "link_pixels", "merge_small", "sum_regions"}


@pytest.mark.parametrize(("preset", "wanted"), [("live", ALWAYS | LIVE), ("paper", ALWAYS | PAPER)])
def test_the_rehearsal_calls_every_kernel(preset, wanted):
    """In a process of its own, where no other test has called them."""
    line = [sys.executable, "-c", KERNELS.format(preset=preset)]
    ran = subprocess.run(line, capture_output=True, text=True, check=True, timeout=300)
    assert wanted <= set(ran.stdout.split())
