"""Measure by how much a camera's sound comes after its picture, from flashes with clicks."""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from statistics import median
from threading import Event

import numpy as np

from ..core.errors import SinkError, SourceError
from ..core.options import check_options, option
from ..core.values import SoundBlock, VideoFrame
from ..stream.crew import Crew
from ..stream.flash import FEWEST, Offset, Watch, match
from ..stream.ring import Ring
from ..stream.session import Feeder
from ..stream.source import Source, SourceOptions, open_source, redact
from .cli import add_options, read_options
from .stopping import stop_on_signals

FLASHER = [sys.executable, "-P", "-m", "soundspot.stream.flasher"]
TAIL = 1.0  # s of looking on after the last flash
WAIT = 0.1  # s of one wait for a frame, between two looks at the stop event
KEPT = 30  # frames, or blocks of sound, that may wait to be looked at: a second of them
SCREEN = 0.02  # s from the window to the light: a frame of a 60 Hz screen, and its pixels' turning
SCREEN_DOUBT = 0.015  # s
CLOSING = 2.0  # s that the flasher may take to end
INSTEAD = "let another device flash and click before the camera, and use --watch"


@dataclass(frozen=True, slots=True)
class CalibrateOptions:
    """How it is measured."""

    seconds: float = option(20.0, "how long to look", unit="s", low=5.0, high=120.0)
    watch: bool = option(False, "show and play nothing: something else flashes and clicks")

    def __post_init__(self) -> None:
        check_options(self)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SOURCE and the flags."""
    parser.add_argument(
        "source", metavar="SOURCE", help="camera, a URL, or a recording of flashes with clicks"
    )
    add_options(parser, CalibrateOptions, "how it is measured")
    # an offset that is already taken off would hide
    add_options(parser, SourceOptions, "what of the source is used", without=("av_offset",))
    parser.set_defaults(av_offset=SourceOptions().av_offset)


def run(args: argparse.Namespace) -> int:
    """Look, listen, measure, tell; the exit code. Raises SoundspotError."""
    options, wanted = read_options(args, CalibrateOptions), read_options(args, SourceOptions)
    with closing(open_source(args.source, wanted)) as source, stop_on_signals() as stop:
        watch, emitted = Watch(), None
        if not isinstance(source, Feeder):
            look_through(source, watch, stop, options.seconds)
        elif options.watch:
            end = time.monotonic() + options.seconds
            look(source, watch, stop, lambda: time.monotonic() < end)
        else:
            emitted = look_at_own(source, watch, stop, options.seconds)
    if stop.is_set():
        return stop.exit_code
    for line in told(measure(watch, redact(args.source)), emitted):
        print(line)
    return 0


def look_through(source: Source, watch: Watch, stop: Event, seconds: float) -> None:
    """Keep what the first so many seconds of a recording hold."""
    begin: float | None = None
    for item in source.items():
        begin = item.time if begin is None else begin
        if stop.is_set() or item.time > begin + seconds:
            return
        watch.take(item)


def look(source: Feeder, watch: Watch, stop: Event, going: Callable[[], bool]) -> None:
    """Keep what comes while it is `going`. Raises SourceLost when the source gives up."""
    frames: Ring[VideoFrame] = Ring(KEPT)
    sounds: Ring[SoundBlock] = Ring(100 * KEPT)
    with Crew() as crew:
        source.feed(crew, frames, sounds)
        while going() and not stop.is_set() and not frames.ended:
            for frame in frames.take(WAIT):
                watch.take(frame)
            for block in sounds.take(0):
                watch.take(block)
            source.news()
    if source.lost is not None:
        raise source.lost


def look_at_own(source: Feeder, watch: Watch, stop: Event, seconds: float) -> float:
    """Show flashes, play clicks, and keep what comes; by how many s the clicks were after the flashes."""
    with flasher(seconds) as process:
        ended: list[float] = []

        def going() -> bool:
            if not ended and process.poll() is not None:
                ended.append(time.monotonic())
            return not ended or time.monotonic() < ended[0] + TAIL * (process.returncode == 0)

        look(source, watch, stop, going)
        if stop.is_set():
            return 0.0
        assert process.stdout is not None
        lines = [json.loads(line) for line in process.stdout]
    why = next((line["refused"] for line in lines if "refused" in line), None)
    if why is not None:
        raise SinkError(f"calibrate: {why}; {INSTEAD}")
    if not lines:
        raise SinkError(f"calibrate: nothing was shown or played; leave the window open, or {INSTEAD}")
    return float(median(line["played"] - line["shown"] for line in lines)) - SCREEN


@contextmanager
def flasher(seconds: float) -> Iterator["subprocess.Popen[str]"]:
    """The program that flashes and clicks, ended with the block."""
    # a group of its own, for Ctrl-C is meant for us
    process = subprocess.Popen(
        [*FLASHER, str(seconds)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(CLOSING)
            except subprocess.TimeoutExpired:
                process.kill()


def measure(watch: Watch, name: str) -> Offset:
    """The offset of what was seen and heard. Raises SourceError when there is not enough of either."""
    flashes, clicks = watch.flashes(), watch.clicks()
    if len(flashes) < FEWEST:
        raise SourceError(
            f"source={name}: {len(flashes)} flashes seen; want {FEWEST} at least: point the camera at the "
            "flashing screen, and darken the room"
        )
    if len(clicks) < FEWEST:
        raise SourceError(
            f"source={name}: {len(clicks)} clicks heard; want {FEWEST} at least: turn the loudspeaker up, "
            "and keep quiet"
        )
    offset = match(flashes, clicks, watch.frame_step())
    if offset is None:
        raise SourceError(
            f"source={name}: {len(flashes)} flashes seen and {len(clicks)} clicks heard, but they do not go "
            "together; keep still and quiet, and try again"
        )
    return offset


def told(offset: Offset, emitted: float | None) -> Iterator[str]:
    """The result in lines; our own clicks came `emitted` s after our flashes, None for those of others."""
    seconds = offset.seconds - (emitted or 0.0)
    uncertainty = float(np.hypot(offset.uncertainty, 0.0 if emitted is None else SCREEN_DOUBT))
    way = "after" if seconds >= 0 else "before"
    yield f"{offset.pairs} flashes with their clicks: the sound comes {abs(seconds):.3f} s {way} the picture,"
    yield f"give or take {uncertainty:.3f} s"
    if abs(seconds) <= uncertainty:
        yield "that may be nothing: no --av-offset is needed"
    else:
        yield f"use --av-offset {seconds:.3f}"
