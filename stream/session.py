"""A session: a source's items go through the localizer, its answers into the sinks."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from ..core.errors import SinkError, SourceLost
from ..core.look import Look
from ..core.values import Sighting, SoundBlock, VideoFrame
from .ahead import Looked, read_ahead
from .clock import Clock, SystemClock
from .crew import Crew
from .queued import QueuedSink
from .replay import Replay
from .ring import Ring
from .sink import End, Header, Notice, Sink
from .source import Source
from .summary import Ending, Summary, Tally

SOUND_KEPT = 2.0  # s of sound that may wait for the analysis; later than that it counts as lost there
WAIT = 0.1  # s of one wait for a frame, between two looks at the stop event
TELL_AGAIN = 10.0  # s of the medium between two notices about drops


class Analysis(Protocol):
    """What a session asks of a Localizer."""

    @property
    def delay(self) -> float:
        """How far an answer trails its frame, declared, in s."""

    def look(self, frame: VideoFrame) -> Look:
        """What the next frame is beside the one before; may run ahead, in a thread of its own."""

    def push_look(self, look: Look) -> list[Sighting]:
        """The answers that the frame releases."""

    def push_sound(self, block: SoundBlock) -> list[Sighting]:
        """The answers that the sound releases."""

    def finish(self) -> list[Sighting]:
        """The answers that are left."""


class Session:
    """Reads a source to its end, or until `stop` is set.

    By default as fast as it can: nothing dropped, the same answers each time. With `realtime` the source is
    replayed at its own pace: the analysis takes all waiting sound and the newest frame, every sink has a
    thread of its own, and what is dropped is counted and told. `progress` is called with the time in s of
    each frame taken; `options` are for the sinks' header. The caller closes the source.
    """

    def __init__(
        self,
        source: Source,
        localizer: Analysis,
        sinks: Sequence[Sink],
        *,
        realtime: bool = False,
        stop: threading.Event | None = None,
        progress: Callable[[float], None] | None = None,
        clock: Clock | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._source = source
        self._localizer = localizer
        self._sinks = sinks
        self._realtime = realtime
        self._stop = stop or threading.Event()
        self._progress = progress
        self._clock = clock or SystemClock()
        self._options = options or {}
        self._tally = Tally(self._clock.now())
        self._error: SourceLost | None = None
        self._replay: Replay | None = None
        self._next_sample: int | None = None
        self._drops_told_at = float("-inf")

    def run(self) -> Summary:
        """Run, once. Every started sink is closed with the reason, however it ends.

        A source that breaks off is an ending like another: all that was readable is answered, and the
        error stands in the summary. Raises SinkError for a sink that fails.
        """
        self._tally = Tally(self._clock.now())
        reason = self._run_live() if self._realtime else self._run_plain()
        rate = self._source.description.frame_rate
        return self._tally.summary(self._clock.now(), rate, reason, self._error)

    def _run_plain(self) -> Ending:
        return self._answer(self._read_plain, datetime.now(UTC))

    def _run_live(self) -> Ending:
        frames: Ring[VideoFrame] = Ring(1)
        sounds: Ring[SoundBlock] = Ring(SOUND_KEPT, lambda block: block.samples.size / block.rate)
        with Crew() as crew:
            self._sinks = [QueuedSink(sink, crew, self._stop) for sink in self._sinks]
            replay = self._replay = Replay(self._source, self._clock)
            replay.feed(crew, frames, sounds)
            started = datetime.now(UTC) + timedelta(seconds=replay.due(0.0) - self._clock.now())
            return self._answer(lambda: self._read_live(replay, frames, sounds), started)

    def _answer(self, read: Callable[[], Ending], started: datetime) -> Ending:
        """What lies between the start and the close of the sinks."""
        try:
            self._start(started)
            reason = self._read(read)
            self._deliver(self._localizer.finish())
            self._tell_faults()
            self._tell_drops(0.0)
        except BaseException as error:
            # Ctrl-C and its like are no error; a sink that fails again on closing adds nothing
            with suppress(SinkError):
                self._close("error" if isinstance(error, Exception) else "interrupted")
            raise
        self._close(reason)
        return reason

    def _start(self, started: datetime) -> None:
        source = self._source.description
        header = Header(
            source.uri,
            source.width,
            source.height,
            source.frame_rate,
            source.sound_rate,
            started.isoformat(timespec="milliseconds"),
            self._localizer.delay,
            self._options,
        )
        for sink in self._sinks:
            sink.start(header)

    def _read(self, read: Callable[[], Ending]) -> Ending:
        try:
            return read()
        except SourceLost as error:
            self._error = error
            self._tell(Notice(self._tally.latest, "source_lost", str(error)))
            return "lost"

    def _read_plain(self) -> Ending:
        with closing(read_ahead(self._source, self._localizer.look)) as items:
            for item in items:
                if self._stop.is_set():
                    return "interrupted"
                self._take_read(item)
        return "end"

    def _take_read(self, item: Looked) -> None:
        if isinstance(item, SourceLost):
            raise item
        if isinstance(item, Notice):
            self._tell(item)
        elif isinstance(item, SoundBlock):
            self._take_sound(item)
        else:
            self._take_look(item)

    def _read_live(self, replay: Replay, frames: Ring[VideoFrame], sounds: Ring[SoundBlock]) -> Ending:
        while not (frames.ended and sounds.ended):
            if self._stop.is_set():
                return "interrupted"
            newest = frames.take(WAIT)
            for block in sounds.take(WAIT if frames.ended else 0):
                self._take(block)
            for frame in newest:
                self._take(frame)
            self._tally.skipped, self._tally.sound_dropped = frames.dropped, sounds.dropped
            self._tell_drops(TELL_AGAIN)
        if replay.lost is not None:
            raise replay.lost
        return "end"

    def _take(self, item: VideoFrame | SoundBlock) -> None:
        if isinstance(item, SoundBlock):
            self._take_sound(item)
        else:
            self._take_look(self._localizer.look(item))
        self._tell_faults()

    def _take_look(self, look: Look) -> None:
        self._tally.add_frame(look.frame)
        self._deliver(self._localizer.push_look(look))
        if self._progress is not None:
            self._progress(look.frame.time)

    def _take_sound(self, block: SoundBlock) -> None:
        # a block that fell out of the ring leaves a gap that the source did not know of
        if self._next_sample not in (None, block.first) and not block.lost:
            block = replace(block, lost=True)
        self._next_sample = block.first + block.samples.size
        for sink in self._sinks:
            sink.take_sound(block)
        self._deliver(self._localizer.push_sound(block))

    def _deliver(self, sightings: Sequence[Sighting]) -> None:
        for sighting in sightings:
            late = None if self._replay is None else self._clock.now() - self._replay.due(sighting.frame.time)
            self._tally.add_sighting(sighting, late)
            for sink in self._sinks:
                sink.take(sighting)

    def _tell(self, notice: Notice) -> None:
        self._tally.notices.append(notice)
        for sink in self._sinks:
            sink.notice(notice)

    def _tell_faults(self) -> None:
        for notice in self._source.faults.take_notices():
            self._tell(notice)

    def _tell_drops(self, pause: float) -> None:
        """Tell of drops that are not told yet, unless that was done less than `pause` s of the medium ago."""
        time = self._tally.latest
        self._tally.answers_dropped = sum(getattr(sink, "dropped", 0) for sink in self._sinks)
        if time < self._drops_told_at + pause:
            return
        for kind, text in self._tally.take_drops():
            self._drops_told_at = time
            self._tell(Notice(time, kind, text))

    def _close(self, reason: Ending) -> None:
        """Close every sink, whatever the others do; raises what the last failing one raised."""
        end = End(reason, self._tally.counts(self._source.faults.counts))
        with ExitStack() as stack:
            for sink in reversed(self._sinks):
                stack.callback(sink.close, end)
