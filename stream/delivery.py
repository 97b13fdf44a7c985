"""Delivery: items into the localizer, its answers and everything that happens into the sinks, all counted."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Protocol

from ..core.look import Look
from ..core.values import Sighting, SoundBlock, VideoFrame
from .sink import Absence, End, Header, Notice, Sink
from .summary import Ending, Tally

TELL_AGAIN = 10.0  # s of the medium between two notices about drops
SILENT = 0.9  # s without an answer after which it is told what is missing


class Analysis(Protocol):
    """What a session asks of a Localizer."""

    @property
    def delay(self) -> float:
        """How far an answer trails its frame, declared, in s."""

    @property
    def width(self) -> int:
        """The analysis width in force, px."""

    def resize(self, width: int) -> None:
        """Take another analysis width from the next frame on."""

    def look(self, frame: VideoFrame) -> Look:
        """What the next frame is beside the one before; may run ahead, in a thread of its own."""

    def push_look(self, look: Look) -> list[Sighting]:
        """The answers that the frame releases."""

    def push_sound(self, block: SoundBlock) -> list[Sighting]:
        """The answers that the sound releases."""

    def finish(self) -> list[Sighting]:
        """The answers that are left."""


class Delivery:
    """What lies between a source and the sinks. `late` gives how many s an answer for a frame of that time
    comes after the frame was due, or None where nothing is due; `renew` makes a localizer for pictures of
    another size."""

    def __init__(
        self,
        localizer: Analysis,
        sinks: Sequence[Sink],
        tally: Tally,
        late: Callable[[float], float | None] = lambda time: None,
        renew: Callable[[], Analysis] | None = None,
    ) -> None:
        self.localizer = localizer
        self.tally = tally
        self._sinks = sinks
        self._late = late
        self._renew = renew
        self._size: tuple[int, int] | None = None
        self._width: int | None = None  # px, if it was changed
        self._next_sample: int | None = None
        self._drops_told_at = float("-inf")
        self._answered_at = float("-inf")  # s of the session
        self._nothing_until = float("-inf")  # up to here it was told that there is no picture

    def start(self, header: Header) -> None:
        """Start every sink."""
        for sink in self._sinks:
            sink.start(header)

    def take(self, item: VideoFrame | Look | SoundBlock) -> None:
        """Analyse the next item, also a frame that was looked at already, and hand on what it answers."""
        if isinstance(item, SoundBlock):
            self._take_sound(item)
        elif isinstance(item, VideoFrame):
            self._hold_size(item)
            self._take_look(self.localizer.look(item))
        else:
            self._take_look(item)

    def resize(self, width: int) -> None:
        """Analyse at another width from the next frame on."""
        self._width = width
        self.localizer.resize(width)

    def finish(self) -> None:
        """Hand on the answers that are left."""
        self._deliver(self.localizer.finish())

    def tell(self, notice: Notice) -> None:
        """Tell every sink what happened."""
        self.tally.notices.append(notice)
        for sink in self._sinks:
            sink.notice(notice)

    def miss(self, absence: Absence) -> None:
        """Tell every sink what is missing, unless answers still come; frames seen before are not answered."""
        if absence.reason == "lost_video":
            self._nothing_until = absence.time
        elif absence.time - self._answered_at < SILENT:
            return
        self.tally.add_absence(absence)
        for sink in self._sinks:
            sink.absent(absence)

    def tell_drops(self, pause: float = TELL_AGAIN) -> None:
        """Tell of drops that are not told yet, unless that was done less than `pause` s of the medium ago."""
        time = self.tally.latest
        self.tally.answers_dropped = sum(getattr(sink, "dropped", 0) for sink in self._sinks)
        if time < self._drops_told_at + pause:
            return
        for kind, text in self.tally.take_drops():
            self._drops_told_at = time
            self.tell(Notice(time, kind, text))

    def close(self, reason: Ending, faults: Mapping[str, int]) -> None:
        """Close every sink, whatever the others do; raises what the last failing one raised."""
        end = End(reason, self.tally.counts(faults))
        with ExitStack() as stack:
            for sink in reversed(self._sinks):
                stack.callback(sink.close, end)

    def _take_look(self, look: Look) -> None:
        self.tally.add_frame(look.frame)
        self._deliver(self.localizer.push_look(look))

    def _hold_size(self, frame: VideoFrame) -> None:
        """Begin anew when the pictures have changed their size, if that is allowed."""
        height, width = frame.pixels.shape[:2]
        if self._size not in (None, (width, height)) and self._renew is not None:
            self.finish()
            self.localizer = self._renew()
            if self._width is not None:
                self.localizer.resize(self._width)
            text = f"the picture is {width}x{height} px from here on; everything is followed anew"
            self.tell(Notice(frame.time, "picture_size", text))
        self._size = (width, height)

    def _take_sound(self, block: SoundBlock) -> None:
        # a block that fell out of a ring leaves a gap that the source did not know of
        if self._next_sample not in (None, block.first) and not block.lost:
            block = replace(block, lost=True)
        self._next_sample = block.first + block.samples.size
        self.tally.add_sound(block)
        for sink in self._sinks:
            sink.take_sound(block)
        self._deliver(self.localizer.push_sound(block))

    def _deliver(self, sightings: Sequence[Sighting]) -> None:
        for sighting in sightings:
            time = sighting.frame.time
            if time <= self._nothing_until:
                continue
            late = self._late(time)
            self._answered_at = time + (late or 0.0)
            self.tally.add_sighting(sighting, late)
            for sink in self._sinks:
                sink.take(sighting)
