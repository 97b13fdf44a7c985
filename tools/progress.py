"""What a person sees while a session runs: the first compile announced, a bar, a summary at the end."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from types import TracebackType

from tqdm import tqdm

from ..core.errors import SinkError
from ..core.options import Options
from ..core.rehearsal import cache_folder, is_cold, rehearse_answers, rehearse_looks, warm_up
from ..core.values import Sighting, SoundBlock
from ..stream.sink import Absence, End, Header, Notice
from ..stream.source import Description
from ..stream.summary import Summary

PATIENCE = 3.0  # s; kernels from numba's cache are rehearsed in 1 s, on a busy machine in 2.4 (measured)
HELP = 20.0  # s, that a helper is waited for once this process has done its half
BAR = "{percentage:3.0f}% |{bar}| {n:.1f}/{total:.1f} s, {rate_noinv_fmt} [{elapsed}<{remaining}]"
OPEN_BAR = "{n:.1f} s, {rate_noinv_fmt} [{elapsed}]"
COMPILING = "compiling the kernels, once: 5 to 30 s"
COMPILING_ALWAYS = (
    "compiling the kernels, as at each start: 5 to 30 s; to keep them, name a folder that can be written in "
    "NUMBA_CACHE_DIR"
)


def compile_kernels(options: Options, quiet: bool = False) -> None:
    """Have the kernels ready before anything waits for them; says so when it takes long. Raises SinkError
    where numba has a folder to keep them in that cannot be read, or has no room; without a folder they are
    compiled at each start."""
    folder = cache_folder()
    try:
        with announced(COMPILING if folder else COMPILING_ALWAYS, quiet):
            if is_cold():
                with helper():
                    rehearse_answers(options)
            warm_up(options)
    except OSError as error:
        want = "want 5 MB that can be read and written there, or another folder, by NUMBA_CACHE_DIR"
        where = f" in {folder}" if folder else ""
        raise SinkError(f"compiled kernels{where}: {error.strerror or error}; {want}") from error


@contextmanager
def helper() -> Iterator[None]:
    """A process compiles one half of the kernels while the block compiles the other; if it fails, or cannot
    be started, they are compiled here later."""
    line = [
        sys.executable,
        "-P",
        "-c",
        f"from {rehearse_looks.__module__} import rehearse_looks as run; run()",
    ]
    silence = subprocess.DEVNULL
    try:
        process = subprocess.Popen(line, stdin=silence, stdout=silence, stderr=silence)
    except (OSError, TypeError):  # TypeError: an embedded Python does not know its own program
        yield
        return
    with process:
        try:
            yield
            process.wait(HELP)
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()


@contextmanager
def announced(text: str, quiet: bool = False) -> Iterator[None]:
    """Print the text to the standard error if the block takes longer than PATIENCE."""
    timer = Timer(PATIENCE, print, [f"soundspot: {text}"], {"file": sys.stderr, "flush": True})
    if not quiet:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


class Progress:
    """A sink and a `with` block: a bar with the speed on a terminal, none in a pipe; counts the finds."""

    def __init__(self, description: Description, quiet: bool = False) -> None:
        total = description.duration
        self.bar = tqdm(
            total=total,
            unit=" s of film",
            bar_format=OPEN_BAR if total is None else BAR,
            disable=True if quiet else None,  # None: where the standard error is no terminal
        )
        self.reached: float | None = None
        self.found = 0

    @property
    def shown(self) -> bool:
        """Whether the bar is drawn."""
        return not self.bar.disable

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.bar.close()

    def start(self, header: Header) -> None:
        """Count the speed from here."""
        self.bar.unpause()

    def take_sound(self, block: SoundBlock) -> None:
        """Progress is told by pictures."""

    def take(self, sighting: Sighting) -> None:
        """Move the bar to the sighting's frame."""
        moment = sighting.frame.time
        self.bar.update(0.0 if self.reached is None else moment - self.reached)
        self.reached = moment
        self.found += sighting.state == "found"

    def absent(self, absence: Absence) -> None:
        """Progress is told by pictures."""

    def notice(self, notice: Notice) -> None:
        """Notices go to the other sinks."""

    def close(self, end: End) -> None:
        """Leave the bar as it stands."""
        self.bar.close()


def summary_to_line(summary: Summary, found: int) -> str:
    """`found after 3.2 s, in 84 % of 600 frames; 20.0 s in 6.1 s, 3.3 x real time`."""
    words = "nobody found in"
    if summary.found_after is not None:
        words = f"found after {summary.found_after:.1f} s, in {found / summary.sightings:.0%} of"
    speed = summary.media_seconds / max(summary.wall_seconds, 1e-3)
    took = f"{summary.media_seconds:.1f} s in {summary.wall_seconds:.1f} s, {speed:.1f} x real time"
    skipped = f", {summary.skipped} skipped" if summary.skipped else ""
    return f"{words} {summary.sightings} frames{skipped}; {took}".replace("%", " %")
