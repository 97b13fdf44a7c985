"""From the command to its first answer: cold, with every kernel to compile, and warm."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Timer

from ...core.errors import SoundspotError
from .context import Bench, Data

SIZE = (640, 480)
PATIENCE = 300.0  # s
FIRST = '"type": "sighting"'
COLD, WARM = "cold", "warm"


def measure_start(bench: Bench, data: Data) -> None:
    """Fill `data` with s from the start of the process to its first answer line."""
    path = bench.file(*SIZE)
    with tempfile.TemporaryDirectory(dir=bench.folder) as cache:
        for kind in (COLD, WARM):
            if kind in bench.effort.starts:
                bench.step(f"start: {kind}")
                # warm without a cold start before it: the user's own cache, which this process has filled
                fresh = {"NUMBA_CACHE_DIR": cache} if COLD in bench.effort.starts else {}
                with bench.reference.around() as noise:
                    data[kind] = first_answer(bench, path, {**os.environ, **fresh})
                data[f"{kind}, slowness"] = noise.wall


def first_answer(bench: Bench, path: Path, environment: dict[str, str]) -> float:
    """Seconds to the first answer line of `soundspot run PATH --events -`. Raises SoundspotError without."""
    words = ["run", str(path), "--events", "-", "--quiet"]
    line = [sys.executable, "-m", "soundspot.tools.main", *words]
    begun = time.perf_counter()
    process = subprocess.Popen(line, stdout=subprocess.PIPE, env=environment, text=True)
    timer = Timer(PATIENCE, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        for text in process.stdout:
            if FIRST in text:
                return time.perf_counter() - begun
    finally:
        timer.cancel()
        process.kill()
        process.communicate()
    bench.check()
    raise SoundspotError(f"source={path}: no answer within {PATIENCE:g} s; try `soundspot run {path}`")
