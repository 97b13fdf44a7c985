"""Find what sounds in a video: overlay video, event lines, masks, or a line when the decision changes."""

import argparse
import sys
from contextlib import closing
from dataclasses import asdict, dataclass

from ..core.localizer import Localizer
from ..core.options import Options, option
from ..stream.events import EventSink
from ..stream.recorder import RecorderSink
from ..stream.session import Session
from ..stream.sink import Sink
from ..stream.source import SourceOptions, is_live, open_source
from ..stream.window import WindowSink
from .cli import add_options, read_options
from .lines import LineSink
from .progress import Progress, compile_kernels, summary_to_line
from .stopping import Stop, stop_on_signals


@dataclass(frozen=True, slots=True)
class Outputs:
    """What a run leaves and shows."""

    events: str | None = option(None, "write one JSON line a frame to FILE, - for the standard output")
    video: str | None = option(None, "write the overlay video with its sound to FILE (.mp4, .mov or .mkv)")
    masks: bool = option(False, "put the masks of what sounds into the event lines")
    realtime: bool = option(False, "run at the medium's own pace, as if live; what is too slow is skipped")
    show: bool = option(False, "show the overlay in a window, where there is a display; it lists its keys")
    quiet: bool = option(False, "no progress and no summary on the standard error")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """SOURCE and one flag for each field of the three groups of options."""
    parser.add_argument("source", metavar="SOURCE", help="a video file with sound, demo, or scene:NAME")
    add_options(parser, Outputs, "what comes out")
    add_options(parser, SourceOptions, "what of the source is used")
    add_options(parser, Options, "how it is looked at")


def run(args: argparse.Namespace) -> int:
    """Run the source through the localizer into the sinks; the exit code. Raises SoundspotError."""
    outputs, options = read_options(args, Outputs), read_options(args, Options)
    settings = read_options(args, SourceOptions)
    if is_live(args.source):
        # nothing waits for a device that is open
        compile_kernels(options, outputs.quiet)
    with closing(open_source(args.source, settings)) as source:
        compile_kernels(options, outputs.quiet)
        progress = Progress(source.description, outputs.quiet)
        with stop_on_signals() as stop, progress:
            session = Session(
                source,
                Localizer(options),
                [*open_sinks(outputs, stop), progress],
                realtime=outputs.realtime,
                stop=stop,
                options=asdict(options),
                renew=lambda: Localizer(options),
            )
            summary = session.run()
    if not outputs.quiet:
        print(summary_to_line(summary, progress.found), file=sys.stderr)
    if summary.error is not None:
        raise summary.error
    return stop.exit_code


def open_sinks(outputs: Outputs, stop: Stop) -> list[Sink]:
    """The sinks that were asked for; without any, a line when the decision changes."""
    sinks: list[Sink] = []
    if outputs.events is not None:
        sinks.append(EventSink(outputs.events, masks=outputs.masks))
    if outputs.video is not None:
        sinks.append(RecorderSink(outputs.video))
    if outputs.show:
        sinks.append(WindowSink(stop))
    return sinks or [LineSink()]
