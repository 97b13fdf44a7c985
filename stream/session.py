"""A session: a source's items go through the localizer, its answers into the sinks."""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from ..core.errors import SinkError, SourceLost
from ..core.look import Look
from ..core.values import SoundBlock, VideoFrame
from .ahead import read_ahead
from .clock import Clock, SystemClock
from .crew import Crew
from .delivery import Analysis, Delivery
from .pace import Pace
from .queued import QueuedSink
from .replay import Replay
from .ring import Ring
from .sink import Absence, Header, Notice, Sink
from .source import Description, Source
from .summary import Ending, Summary, Tally
from .vitals import ClockState, Pulse, Vitals

SOUND_KEPT = 2.0  # s of sound that may wait for the analysis; later than that it counts as lost there
# That may wait for the analysis: with one, every ranking that took longer than two pictures lost one (19 of
# 1800 in a minute, 640x480 on 2 cores); with more, answers would come late.
PICTURES_KEPT = 2
WAIT = 0.1  # s of one wait for a frame, between two looks at the stop event


@runtime_checkable
class Feeder(Protocol):
    """What brings items in real time: a LiveSource, or the Replay of another source."""

    lost: SourceLost | None

    def due(self, time: float) -> float:
        """The moment of the clock that is `time` s of the session."""

    def feed(self, crew: Crew, frames: Ring[VideoFrame], sounds: Ring[SoundBlock]) -> None:
        """Start the threads that fill the rings, and close them at the end."""

    def news(self) -> list[Notice | Absence]:
        """What happened since it was last asked."""

    def clocks(self) -> ClockState | None:
        """How its devices' clocks stand."""


class Session:
    """Reads a source to its end, or until `stop` is set.

    By default as fast as it can: nothing dropped, the same answers each time. A live source, or any one with
    `realtime`, goes at its own pace: the analysis takes all waiting sound and the newest frames, every sink
    has a thread of its own, and what is dropped is counted and told.

    `progress` is called with the time in s of each frame taken, `watch` every second with the Vitals of a
    session in real time; `options` are for the sinks' header; `renew` makes a localizer for pictures of
    another size, without it they are refused. The caller closes the source.
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
        renew: Callable[[], Analysis] | None = None,
        watch: Callable[[Vitals], None] | None = None,
    ) -> None:
        self._source = source
        self._localizer = localizer
        self._sinks = sinks
        self._realtime = realtime
        self._stop = stop or threading.Event()
        self._progress = progress
        self._clock = clock or SystemClock()
        self._options = options or {}
        self._renew = renew
        self._watch = watch
        self._tally = Tally(self._clock.now())
        self._error: SourceLost | None = None

    def run(self) -> Summary:
        """Run, once. Every started sink is closed with the reason, however it ends.

        A source that breaks off is an ending like another: all that was readable is answered, and the
        error stands in the summary. Raises SinkError for a sink that fails.
        """
        self._tally = Tally(self._clock.now())
        live = isinstance(self._source, Feeder)
        reason = self._run_live() if live or self._realtime else self._run_plain()
        rate = self._source.description.frame_rate
        return self._tally.summary(self._clock.now(), rate, reason, self._error)

    def _run_plain(self) -> Ending:
        delivery = Delivery(self._localizer, self._sinks, self._tally)
        return self._answer(delivery, lambda: self._read_plain(delivery), datetime.now(UTC))

    def _run_live(self) -> Ending:
        frames: Ring[VideoFrame] = Ring(PICTURES_KEPT)
        sounds: Ring[SoundBlock] = Ring(SOUND_KEPT, lambda block: block.samples.size / block.rate)
        with Crew() as crew:
            sinks = [QueuedSink(sink, crew, self._stop) for sink in self._sinks]
            source = self._source
            feeder = source if isinstance(source, Feeder) else Replay(source, self._clock)
            feeder.feed(crew, frames, sounds)
            started = datetime.now(UTC) + timedelta(seconds=feeder.due(0.0) - self._clock.now())
            delivery = Delivery(
                self._localizer,
                sinks,
                self._tally,
                lambda time: self._clock.now() - feeder.due(time),
                self._renew,
            )
            del self._localizer  # it may be renewed, and then must not stay in memory
            return self._answer(delivery, lambda: self._read_live(delivery, feeder, frames, sounds), started)

    def _answer(self, delivery: Delivery, read: Callable[[], Ending], started: datetime) -> Ending:
        """What lies between the start and the close of the sinks."""
        faults = self._source.faults
        try:
            delivery.start(self._header(started, delivery.localizer.delay))
            reason = self._read(delivery, read)
            delivery.finish()
            self._tell_faults(delivery)
            delivery.tell_drops(0.0)
        except BaseException as error:
            # Ctrl-C and its like are no error; a sink that fails again on closing adds nothing
            with suppress(SinkError):
                delivery.close("error" if isinstance(error, Exception) else "interrupted", faults.counts)
            raise
        delivery.close(reason, faults.counts)
        return reason

    def _header(self, started: datetime, delay: float) -> Header:
        source = self._source.description
        return Header(
            source.uri,
            source.width,
            source.height,
            source.frame_rate,
            source.sound_rate,
            started.isoformat(timespec="milliseconds"),
            delay,
            self._options,
        )

    def _read(self, delivery: Delivery, read: Callable[[], Ending]) -> Ending:
        try:
            return read()
        except SourceLost as error:
            self._error = error
            delivery.tell(Notice(self._tally.latest, "source_lost", str(error)))
            return "lost"

    def _read_plain(self, delivery: Delivery) -> Ending:
        with closing(read_ahead(self._source, delivery.localizer.look)) as items:
            for item in items:
                if self._stop.is_set():
                    return "interrupted"
                if isinstance(item, SourceLost):
                    raise item
                if isinstance(item, Notice):
                    delivery.tell(item)
                else:
                    self._take(delivery, item)
        return "end"

    def _read_live(
        self, delivery: Delivery, feeder: Feeder, frames: Ring[VideoFrame], sounds: Ring[SoundBlock]
    ) -> Ending:
        begun = feeder.due(0.0)
        pulse = Pulse(self._tally, lambda: self._clock.now() - begun, feeder.clocks, self._watch)
        pace = Pace(useful_width(self._source.description, delivery.localizer.width), self._clock.now())
        while not (frames.ended and sounds.ended):
            if self._stop.is_set():
                return "interrupted"
            waiting = frames.take(WAIT)
            woken = self._clock.now()
            for block in sounds.take(WAIT if frames.ended else 0):
                self._take(delivery, block)
            self._tally.overrun, self._tally.sound_dropped = frames.dropped, sounds.dropped
            for frame in waiting:
                self._take_if_wanted(delivery, frame, pace)
            self._tell_faults(delivery)
            delivery.tell_drops()
            for news in [*feeder.news(), *pulse.beat()]:
                delivery.miss(news) if isinstance(news, Absence) else delivery.tell(news)
            pace.work(self._clock.now() - woken)
            self._keep_pace(delivery, pace)
        if feeder.lost is not None:
            raise feeder.lost
        return "end"

    def _take_if_wanted(self, delivery: Delivery, frame: VideoFrame, pace: Pace) -> None:
        if pace.wants(self._tally.frames):
            self._take(delivery, frame)
        else:
            self._tally.left_out += 1

    def _keep_pace(self, delivery: Delivery, pace: Pace) -> None:
        """Analyse less, or more again, when it is time to."""
        tally = self._tally
        told = pace.look(self._clock.now(), tally.frames, tally.analysed)
        tally.width, tally.every = pace.width, pace.every
        if told is not None:
            delivery.resize(pace.width)
            delivery.tell(Notice(tally.latest, "pace", told))

    def _take(self, delivery: Delivery, item: VideoFrame | Look | SoundBlock) -> None:
        delivery.take(item)
        if self._progress is not None and not isinstance(item, SoundBlock):
            self._progress(item.frame.time if isinstance(item, Look) else item.time)

    def _tell_faults(self, delivery: Delivery) -> None:
        for notice in self._source.faults.take_notices():
            delivery.tell(notice)


def useful_width(source: Description, width: int) -> int:
    """An analysis width of `width` px, or that at which the source's pictures are looked at whole."""
    return min(width, round((source.width * source.height * 4 / 3) ** 0.5)) if source.width else width
