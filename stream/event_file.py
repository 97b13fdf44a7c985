"""The file of events, or the standard output.

A line goes out in one write, so whoever reads along finds whole lines, whatever ends the program: SIGKILL
alone may cut the last one, where a page of memory ends.
"""

import io
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from ..core.errors import OptionError, SinkError
from ..core.values import Sighting, SoundBlock
from .events import (
    Event,
    absence_to_event,
    end_to_event,
    event_to_line,
    header_to_event,
    notice_to_event,
    sighting_to_event,
)
from .rotation import Rotation, put_aside
from .sink import Absence, End, Header, Notice

STANDARD_OUTPUT = "-"


class EventSink:
    """Writes events to a file, or to the standard output when `target` is "-".

    A file that exists is overwritten at `start`; with `rotate` ("day", or a size as "10M") it is put aside
    under a name with the time, then and whenever it is full, and every file begins with the header.
    `on_change` leaves out answers that decide the same as the one before. Raises SinkError for a place that
    cannot be written, OptionError for another word than these.
    """

    def __init__(
        self, target: str, masks: bool = False, on_change: bool = False, rotate: str | None = None
    ) -> None:
        if rotate is not None and target == STANDARD_OUTPUT:
            raise OptionError(f"rotate={rotate}: the standard output is no file; want --events FILE")
        self.target = target
        self.masks = masks
        self.on_change = on_change
        self.rotation = None if rotate is None else Rotation(rotate)
        self.header: Header | None = None
        self.decision: object = None
        self.file: io.FileIO | None = None
        self.whole = 0  # bytes of whole lines written

    def start(self, header: Header) -> None:
        """Open the target and write the header."""
        self.header = header
        self.open_file()

    def open_file(self) -> None:
        """Begin a file, with the header."""
        now = datetime.now(UTC)
        try:
            if self.rotation is not None:
                self.rotation.begin(now)
                if Path(self.target).is_file():
                    put_aside(Path(self.target), now)
            self.file = open_unbuffered(self.target)
        except (OSError, ValueError) as error:
            raise SinkError(self.refusal(error)) from error
        self.whole = 0
        if self.header is not None:
            self.write(header_to_event(self.header))

    def take_sound(self, block: SoundBlock) -> None:
        """Sound is no event."""

    def take(self, sighting: Sighting) -> None:
        """One line for one analysed frame."""
        objects = tuple(sorted(sounder.object for sounder in sighting.sounders))
        if self.is_news((sighting.state, sighting.reason, objects)):
            self.write(sighting_to_event(sighting, self.masks))

    def absent(self, absence: Absence) -> None:
        """One line that says what is missing."""
        if self.is_news(("nobody", absence.reason, ())):
            self.write(absence_to_event(absence))

    def is_news(self, decision: object) -> bool:
        """Whether an answer that decides this is to be written."""
        before, self.decision = self.decision, decision
        return not self.on_change or decision != before

    def notice(self, notice: Notice) -> None:
        """One line for what happened."""
        self.write(notice_to_event(notice))

    def close(self, end: End) -> None:
        """Write the last line, unless a write failed before, and let go of the file."""
        if self.file is None:
            return
        try:
            self.write(end_to_event(end))
        finally:
            self.release()

    def write(self, event: Event) -> None:
        """One whole line, or SinkError and nothing."""
        if self.file is None:
            return
        line = event_to_line(event)
        if self.rotation is not None and self.rotation.is_due(self.whole, datetime.now(UTC)):
            self.release()
            self.open_file()
            if event["type"] == "notice":
                self.decision = None  # so that the new file tells how things stand
        try:
            assert self.file is not None
            self.cut_back(self.file)
            write_all(self.file, line)
        except OSError as error:
            self.release()
            raise SinkError(self.refusal(error)) from error
        self.whole += len(line)

    def release(self) -> None:
        """Let go of the target."""
        file, self.file = self.file, None
        if file is None:
            return
        try:
            self.cut_back(file)
            file.close()
        except OSError as error:
            raise SinkError(self.refusal(error)) from error

    def cut_back(self, file: io.FileIO) -> None:
        """Take away the piece of a line that a full disk or an interrupt left in a file."""
        if self.target != STANDARD_OUTPUT and file.seekable() and file.tell() > self.whole:
            file.truncate(self.whole)
            file.seek(self.whole)

    def refusal(self, error: Exception) -> str:
        """The one line that says what the world refused."""
        if isinstance(error, BrokenPipeError):
            return f"events={self.target}: whoever read the events has gone away; the rest was not written"
        why = getattr(error, "strerror", None) or str(error)
        return f"events={self.target}: {why}; want a file in a folder that can be written and has room"


def open_unbuffered(target: str) -> io.FileIO:
    """A file, or the standard output, in which every write reaches the system at once."""
    if target != STANDARD_OUTPUT:
        return open(target, "wb", buffering=0)
    sys.stdout.flush()
    return open(sys.stdout.fileno(), "wb", buffering=0, closefd=False)


def write_all(file: io.FileIO, line: bytes) -> None:
    """Write a line; the system takes it in one piece unless a disk is full or a signal comes between."""
    rest = memoryview(line)
    while rest:
        rest = rest[os.write(file.fileno(), rest) :]
