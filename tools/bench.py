"""Measure what a stream costs on this machine: by stages and live, beside the floor and beside others."""

import argparse
import json
import platform
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cv2
from tqdm import tqdm

from ..core.errors import OptionError, SinkError
from ..core.options import Options, option
from .benchmark.along import measure_along
from .benchmark.context import Bench, Data, Ended
from .benchmark.cost import measure_cost
from .benchmark.effort import LONG, QUICK, USUAL, Effort
from .benchmark.growth import measure_growth
from .benchmark.live import measure_four, measure_live
from .benchmark.plot import make_folder, write_pictures
from .benchmark.rivals import measure_rivals
from .benchmark.start import measure_start
from .benchmark.targets import target_rows
from .benchmark.text import report_text
from .benchmark.wta import measure_wta
from .cli import add_options, read_options
from .evaluation.pool import core_count
from .evaluation.publish import finite
from .evaluation.settings import words
from .progress import compile_kernels
from .stopping import stop_on_signals

SECTIONS: dict[str, Callable[[Bench, Data], None]] = {
    "cost": measure_cost,
    "rivals": measure_rivals,
    "wta": measure_wta,
    "growth": measure_growth,
    "along": measure_along,
    "live": measure_live,
    "four": measure_four,
    "start": measure_start,
}


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Raises OptionError for a section that is not there, and for quick and long at once."""

    only: str | None = option(None, f"only these parts: {', '.join(SECTIONS)}; commas between", form="NAME")
    quick: bool = option(False, "less of everything: under a minute on 2 cores")
    long: bool = option(False, "10 minutes of the live stream and along one, where it is 1 and 2 else")
    json: str | None = option(None, "leave all figures in FILE")
    plot: str | None = option(None, "leave pictures in this folder", form="FOLDER")
    quiet: bool = option(False, "no progress on the standard error")

    def __post_init__(self) -> None:
        for name in words(self.only):
            if name not in SECTIONS:
                raise OptionError(f"only={name}: want one of {', '.join(SECTIONS)}")
        if self.quick and self.long:
            raise OptionError("quick=on, long=on: want one of the two")

    @property
    def effort(self) -> Effort:
        """How much is measured."""
        return QUICK if self.quick else LONG if self.long else USUAL

    @property
    def sections(self) -> list[str]:
        """What is measured, in its order."""
        return [name for name in SECTIONS if not self.only or name in words(self.only)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """One flag for each field."""
    add_options(parser, BenchOptions, "what is measured")


def run(args: argparse.Namespace) -> int:
    """Measure, print the tables, leave figures and pictures if told; the exit code. Raises SoundspotError."""
    settings = read_options(args, BenchOptions)
    prepare_outputs(settings)
    compile_kernels(Options(), settings.quiet)
    with stop_on_signals() as stop, tempfile.TemporaryDirectory(prefix="soundspot-bench-") as folder:
        bench = Bench(settings.effort, Path(folder), stop)
        sections = measure(bench, settings.sections, settings.quiet)
    machine, noise = machine_facts(), bench.reference.spread()
    print(report_text(sections, machine, noise), end="")
    if stop.is_set():
        print("\nEnded early: only what was done by then.")
    if settings.json is not None:
        write_json(Path(settings.json), sections, machine, noise, settings)
    if settings.plot is not None:
        write_pictures(Path(settings.plot), sections)
    return stop.exit_code


def prepare_outputs(settings: BenchOptions) -> None:
    """See that what is to be written can be: now, and not after minutes of work. Raises SinkError."""
    if settings.plot is not None:
        make_folder(Path(settings.plot))
    if settings.json is not None:
        try:
            Path(settings.json).touch()
        except OSError as error:
            raise refused(settings.json, error) from error


def measure(bench: Bench, names: list[str], quiet: bool) -> dict[str, Data]:
    """The named sections' figures by name; after the user's wish to end, what was done by then."""
    sections: dict[str, Data] = {}
    with tqdm(total=len(names), bar_format="{desc} [{elapsed}]", disable=True if quiet else None) as bar:
        for done, name in enumerate(names):
            bench.tell = partial(tell, bar, f"{done + 1}/{len(names)}")
            sections[name] = {}
            try:
                SECTIONS[name](bench, sections[name])
            except Ended:
                break
    return {name: data for name, data in sections.items() if data}


def tell(bar: Any, where: str, text: str) -> None:
    """Show what is measured now."""
    bar.set_description(f"{where} {text}")


def machine_facts() -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "soundspot": version("soundspot"),
        "name": processor_name(),
        "cores": core_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "opencv": cv2.__version__,
        "numba": version("numba"),
        "numpy": version("numpy"),
    }


def processor_name() -> str:
    """What the system calls its processor, or at least its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith(("model name", "Model"))]
    return names[0] if names else platform.processor() or platform.machine()


def write_json(
    path: Path,
    sections: dict[str, Data],
    machine: dict[str, Any],
    noise: dict[str, float],
    settings: BenchOptions,
) -> None:
    """All figures in one object. Raises SinkError."""
    told = {
        "machine": machine,
        "reference": noise,
        "settings": asdict(settings),
        "targets": [asdict(row) for row in target_rows(sections)],
        "sections": sections,
    }
    try:
        path.write_text(json.dumps(finite(told), indent=1, allow_nan=False) + "\n", "utf-8")
    except OSError as error:
        raise refused(str(path), error) from error


def refused(path: str, error: OSError) -> SinkError:
    """The one line that says what the world refused."""
    return SinkError(f"json={path}: {error.strerror}; want a file in a folder that can be written")
