"""Measure how often soundspot is right: on rendered scenes, on real clips, on composites of them."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from ..core.errors import OptionError
from ..core.options import Options
from .cli import add_options, read_options
from .evaluation.measure_clips import measure_clips
from .evaluation.measure_composites import measure_composites
from .evaluation.measure_scenes import measure_scenes
from .evaluation.publish import make_folder, publish, report_text
from .evaluation.settings import EvaluateOptions, Section, Study
from .progress import compile_kernels
from .stopping import stop_on_signals

OF_CLIPS: dict[str, Callable[[Study, Path], Section]] = {
    "composites": measure_composites,
    "clips": measure_clips,
}
SCENES, ALL = "scenes", "all"
WHATS = (SCENES, *OF_CLIPS, ALL)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """WHAT, DIR and one flag for each field of the two groups of options."""
    parser.add_argument(
        "what",
        metavar="WHAT",
        nargs="?",
        default=ALL,
        help=f"one of {', '.join(WHATS)} (default {ALL}: without DIR that is the scenes)",
    )
    parser.add_argument("folder", metavar="DIR", nargs="?", help="a folder of clips with sound")
    add_options(parser, EvaluateOptions, "what is measured")
    add_options(parser, Options, "how it is looked at")


def run(args: argparse.Namespace) -> int:
    """Measure, print the report, leave it in a folder if told; the exit code. Raises SoundspotError."""
    settings, options = read_options(args, EvaluateOptions), read_options(args, Options)
    parts = parts_of(args.what, args.folder)
    if settings.only is not None and len(parts) > 1:
        raise OptionError(f"only={settings.only}: want it with one of {', '.join(parts)}, not with all")
    if settings.out is not None:
        make_folder(Path(settings.out))  # now, and not after an hour of work
    compile_kernels(options, settings.quiet)
    with stop_on_signals() as stop:
        study = Study(settings, options, stop)
        sections = {name: measure(study, name, args.folder) for name in parts if not stop.is_set()}
    seeds = "1 seed" if settings.seeds == 1 else f"{settings.seeds} seeds"
    told = f"soundspot {version('soundspot')}: evaluate {' '.join(parts)}, {seeds}."
    if settings.quick:
        told += " Quick: shorter and smaller scenes, on which less is found than the targets ask for."
    if stop.is_set():
        told += " Ended early: only what was done by then."
    told += "".join(f"\n\nLeft out: {line}" for line in dict.fromkeys(study.left_out))
    print(report_text(sections, told, pictured=settings.out is not None), end="")
    if settings.out is not None:
        publish(Path(settings.out), sections, told, {**asdict(settings), **asdict(options)})
    return stop.exit_code


def parts_of(what: str, folder: str | None) -> list[str]:
    """The parts that are asked for; all without a folder of clips is the scenes. Raises OptionError."""
    if what not in WHATS:
        raise OptionError(f"what={what}: want one of {', '.join(WHATS)}")
    if what == ALL:
        return [SCENES] if folder is None else [*OF_CLIPS, SCENES]
    if what in OF_CLIPS and folder is None:
        raise OptionError(f"folder=none: want a folder of clips, as in `soundspot evaluate {what} DIR`")
    return [what]


def measure(study: Study, part: str, folder: str | None) -> Section:
    """One part of the report."""
    return measure_scenes(study) if part == SCENES else OF_CLIPS[part](study, Path(folder or "."))
