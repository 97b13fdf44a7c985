"""Find what sounds in a video, a stream or before a camera: overlay video, event lines, masks, or words."""

import argparse
import sys
from contextlib import closing
from dataclasses import asdict, dataclass

from ..core.errors import OptionError
from ..core.localizer import Localizer
from ..core.options import Options, option
from ..stream.event_file import EventSink
from ..stream.recorder import RecorderSink
from ..stream.rotation import Rotation
from ..stream.session import Session
from ..stream.sink import Sink
from ..stream.source import SourceOptions, is_live, open_source
from ..stream.window import WindowSink
from .cli import add_options, read_options
from .files import keep_apart
from .lines import LineSink
from .progress import Progress, compile_kernels, summary_to_line
from .status import Status
from .stopping import Stop, stop_on_signals


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run leaves and shows."""

    events: str | None = option(None, "write one JSON line a frame to FILE, - for the standard output")
    events_on_change: bool = option(False, "write an event line only when the decision changes")
    rotate: str | None = option(
        None, "put the event file aside when it reaches a size (500k, 10M, 1G), or each day", form="SIZE/day"
    )
    stats: str | None = option(
        None, "live, or with --realtime: put the state of things into FILE every second, as JSON"
    )
    video: str | None = option(None, "write the overlay video with its sound to FILE (.mp4, .mov or .mkv)")
    masks: bool = option(False, "put the masks of what sounds into the event lines")
    realtime: bool = option(False, "run at the medium's own pace, as if live; what is too slow is skipped")
    show: bool = option(False, "show the overlay in a window, where there is a display; it lists its keys")
    quiet: bool = option(False, "no progress and no summary on the standard error")

    def __post_init__(self) -> None:
        about_events = {
            "rotate": self.rotate,
            "events_on_change": "on" if self.events_on_change else None,
            "masks": "on" if self.masks else None,
        }
        given = [f"{name}={value}" for name, value in about_events.items() if value is not None]
        if self.events is None and given:
            raise OptionError(f"{given[0]}: there is no event file; want --events FILE with it")
        if self.rotate is not None:
            Rotation(self.rotate)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SOURCE and one flag for each field of the three groups of options."""
    parser.add_argument(
        "source",
        metavar="SOURCE",
        help="a video file with sound, a URL, camera, camera:N, demo, or scene:NAME",
    )
    add_options(parser, Outputs, "what comes out")
    add_options(parser, SourceOptions, "what of the source is used")
    add_options(parser, Options, "how it is looked at")


def run(args: argparse.Namespace) -> int:
    """Run the source through the localizer into the sinks; the exit code. Raises SoundspotError."""
    outputs, options = read_options(args, Outputs), read_options(args, Options)
    keep_apart(args.source, {name: getattr(outputs, name) for name in ("events", "stats", "video")})
    settings, live = read_options(args, SourceOptions), is_live(args.source)
    if outputs.stats is not None and not (live or outputs.realtime):
        raise OptionError(f"stats={outputs.stats}: {args.source} is not live; want --realtime with it")
    if live:
        # before the source is opened: nothing may wait for what is open
        compile_kernels(options, outputs.quiet)
    with closing(open_source(args.source, settings)) as source:
        compile_kernels(options, outputs.quiet)
        progress = Progress(source.description, outputs.quiet or live)
        with (
            stop_on_signals() as stop,
            progress,
            closing(Status(outputs.stats, live and not outputs.quiet)) as status,
        ):
            session = Session(
                source,
                Localizer(options),
                [*open_sinks(outputs, stop, status.shown or progress.shown), progress],
                realtime=outputs.realtime,
                stop=stop,
                options=asdict(options),
                renew=lambda: Localizer(options),
                watch=status,
            )
            summary = session.run()
    if not outputs.quiet:
        print(summary_to_line(summary, progress.found), file=sys.stderr)
    if summary.error is not None:
        raise summary.error
    return stop.exit_code


def open_sinks(outputs: Outputs, stop: Stop, redrawn: bool) -> list[Sink]:
    """The sinks that were asked for; without any, a line when the decision changes, over the status line or
    the bar, which is `redrawn`."""
    sinks: list[Sink] = []
    if outputs.events is not None:
        sinks.append(EventSink(outputs.events, outputs.masks, outputs.events_on_change, outputs.rotate))
    if outputs.video is not None:
        sinks.append(RecorderSink(outputs.video))
    if outputs.show:
        sinks.append(WindowSink(stop))
    return sinks or [LineSink(redrawn)]
