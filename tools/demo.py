"""Render a scene, find its ball as if live, and leave overlay, events and report in a new folder."""

import argparse
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from ..core.errors import SinkError
from ..core.localizer import Localizer
from ..core.options import Options, check_options, option
from ..core.scenes import make_scene
from ..stream.event_file import EventSink
from ..stream.recorder import RecorderSink
from ..stream.session import Session
from ..stream.sink import Sink
from ..stream.source import SourceOptions, open_source
from ..stream.summary import Summary
from .cli import add_options, read_options
from .judge import SETTLED, Judge
from .progress import Progress, compile_kernels
from .report import write_report
from .scene import write_scene
from .stopping import Stop, stop_on_signals

SCENE = "ball"
FILM = "scene.mp4"
BUSY = 0.1  # of the pictures: with more of them skipped, what was found says little about the method


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What the demo renders. Raises OptionError for a value out of its range."""

    seconds: float = option(20.0, "length of the scene", unit="s", low=6.0, high=600.0)
    seed: int = option(0, "varies textures, places and rhythm of the scene", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check_options(self)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The demo's few flags."""
    add_options(parser, DemoOptions, "the scene")


def run(args: argparse.Namespace) -> int:
    """Render, find, judge, tell; the exit code. Raises SoundspotError."""
    options = read_options(args, DemoOptions)
    folder = new_folder(datetime.now())
    film = folder / FILM
    print(f"rendering {options.seconds:g} s of a ball that bounces among silent moving things", flush=True)
    try:
        write_scene(make_scene(SCENE, seed=options.seed, seconds=options.seconds), film, quiet=False)
    except BaseException:
        with suppress(OSError):
            folder.rmdir()  # it is empty
        raise
    compile_kernels(Options())
    print("finding it as if live", flush=True)
    judge, localizer = Judge(film.with_suffix(".npz")), Localizer(Options(), trace=True)
    with stop_on_signals() as stop:
        summary = watch(film, localizer, judge, stop)
    if not stop.is_set():
        tell(folder, localizer, judge, summary)
    print(f"left in {folder}: {', '.join(sorted(path.name for path in folder.iterdir()))}")
    return stop.exit_code


def new_folder(now: datetime) -> Path:
    """A folder that no earlier demo has used. Raises SinkError where none can be made."""
    folder = Path(f"soundspot-demo-{now:%Y%m%d-%H%M%S}")
    try:
        folder.mkdir()
    except OSError as error:
        raise SinkError(
            f"folder={folder.absolute()}: {error.strerror}; run it where you may write"
        ) from error
    return folder


def watch(film: Path, localizer: Localizer, judge: Judge, stop: Stop) -> Summary:
    """Run the film through the live way; overlay and events go beside it."""
    source = open_source(str(film), SourceOptions())
    with Progress(source.description) as progress:
        sinks: list[Sink] = [
            EventSink(str(film.with_name("events.jsonl"))),
            RecorderSink(str(film.with_name("overlay.mp4"))),
            judge,
            progress,
        ]
        session = Session(source, localizer, sinks, realtime=True, stop=stop, options=asdict(Options()))
        try:
            return session.run()
        finally:
            source.close()


def tell(folder: Path, localizer: Localizer, judge: Judge, summary: Summary) -> None:
    """Write the report and print the closing table."""
    answers = [(verdict.time, verdict.right) for verdict in judge.verdicts]
    title = "soundspot demo: a bouncing ball"
    if localizer.trace is not None:
        write_report(str(folder / "report.png"), localizer.trace, Options().sensitivity, answers, title)
    print("\n" + table(judge, summary, localizer.delay) + "\n" + advice(summary, folder / FILM))


def table(judge: Judge, summary: Summary, delay: float) -> str:
    """How it went, a line each."""
    after = next((f"{verdict.time:.1f} s" for verdict in judge.verdicts if verdict.right), "not at all")
    p50, p95 = summary.delay_p50 or 0.0, summary.delay_p95 or 0.0
    lines = {
        "found after": after,
        "frames right": f"{100 * judge.share_right:.1f} % after the first {SETTLED:g} s",
        "overlap (IoU)": f"{judge.mean_overlap:.2f} on average of these",
        "delay": f"{delay:.2f} s declared; measured {p50:.2f} s (median), {p95:.2f} s (95 %)",
        "frames skipped": f"{summary.skipped} of {summary.frames}",
    }
    return "\n".join(f"{name:<16}{value}" for name, value in lines.items())


def advice(summary: Summary, film: Path) -> str:
    """What to do when the machine was too busy for a fair trial; nothing otherwise."""
    if summary.skipped <= BUSY * summary.frames:
        return ""
    return f"this machine was too busy to see every picture; `soundspot run {film}` takes its time\n"
