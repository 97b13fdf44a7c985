"""A session brings every answer to every sink, and ends in order whatever happens."""

import threading

import numpy as np
import pytest
from soundspot.core.errors import SinkError, SourceLost
from soundspot.core.values import Sighting, SoundBlock, VideoFrame
from soundspot.stream import queued
from soundspot.stream.clock import ManualClock
from soundspot.stream.crew import Crew
from soundspot.stream.queued import QueuedSink
from soundspot.stream.replay import by_completion
from soundspot.stream.session import Session
from soundspot.stream.sink import End, Header
from soundspot.stream.source import Description, Faults

RATE = 8000
LONG = 30.0  # s: a wait that must be ended by something else
HEADER = Header("test", 32, 32, 30.0, RATE, "2000-01-01T00:00:00+00:00", 0.1)


def frame(index):
    return VideoFrame(np.zeros((32, 32, 3), np.uint8), index / 30, index)


def block(number, size=400):
    return SoundBlock(np.zeros(size, np.float32), number * size, RATE, number * size / RATE)


def media(seconds):
    """Frames at 30 1/s and blocks of 50 ms, in order."""
    items = [frame(k) for k in range(round(seconds * 30))] + [block(k) for k in range(round(seconds * 20))]
    return sorted(items, key=lambda item: item.time)


class FakeSource:
    """Gives the items; `error` comes after them, `before` is called with each."""

    def __init__(self, items, error=None, before=lambda item: None):
        self.description = Description("test", 32, 32, 30.0, RATE, None)
        self.faults = Faults()
        self._given = (items, error, before)

    def items(self):
        items, error, before = self._given
        for item in items:
            before(item)
            yield item
        if error is not None:
            raise error

    def close(self):
        pass


class FakeLocalizer:
    """Answers each frame two frames later, from `found_at` s on with a finding; `work` is called before."""

    delay = 0.1

    def __init__(self, found_at=float("inf"), work=lambda item: None):
        self.found_at, self.work = found_at, work
        self.held, self.blocks, self.frames = [], [], []

    def push_frame(self, item):
        self.work(item)
        self.frames.append(item)
        state = "found" if item.time >= self.found_at else "nobody"
        self.held.append(Sighting(item, state, None, 0.01, None))
        return [self.held.pop(0)] if len(self.held) > 2 else []

    def push_sound(self, item):
        self.blocks.append(item)
        return []

    def finish(self):
        return [self.held.pop(0) for _ in list(self.held)]


class Memory:
    """Keeps the calls in their order, and the threads that they came from."""

    def __init__(self, work=lambda: None):
        self.calls, self.threads, self.work = [], set(), work

    def start(self, header):
        self._keep("start", header)

    def take_sound(self, item):
        self._keep("sound", item)

    def take(self, sighting):
        self._keep("sighting", sighting)
        self.work()

    def notice(self, notice):
        self._keep("notice", notice)

    def close(self, end):
        self._keep("close", end)

    def _keep(self, name, value):
        self.calls.append((name, value))
        self.threads.add(threading.get_ident())

    def all(self, name):
        return [value for kind, value in self.calls if kind == name]


def full_disk():
    raise SinkError("events=x: no room")


def run(items, localizer=None, sinks=None, error=None, before=lambda item: None, **settings):
    sinks = [Memory()] if sinks is None else sinks
    session = Session(FakeSource(items, error, before), localizer or FakeLocalizer(), sinks, **settings)
    return session.run(), sinks[0]


def check_order(sink):
    """start first, close last, each once, from one thread; times of sightings increase."""
    names = [name for name, _ in sink.calls]
    assert names[0] == "start" and names[-1] == "close"
    assert names.count("start") == names.count("close") == 1
    assert len(sink.threads) == 1
    times = [sighting.frame.time for sighting in sink.all("sighting")]
    assert times == sorted(set(times))


def test_every_item_is_delivered_and_every_answer_too():
    items, localizer, told = media(2), FakeLocalizer(found_at=0.5), []
    summary, sink = run(items, localizer, progress=told.append, options={"window": 6.0})
    check_order(sink)
    assert localizer.frames + localizer.blocks == sorted(items, key=lambda item: isinstance(item, SoundBlock))
    assert [sighting.frame.index for sighting in sink.all("sighting")] == list(range(60))
    assert sink.all("sound") == localizer.blocks
    assert (summary.frames, summary.analysed, summary.skipped, summary.sightings) == (60, 60, 0, 60)
    assert summary.reason == "end" and summary.error is None and summary.delay_p50 is None
    assert summary.found_after == pytest.approx(0.5)
    assert summary.media_seconds == pytest.approx(2.0)
    assert told == [item.time for item in localizer.frames]
    [header], [end] = sink.all("start"), sink.all("close")
    assert header.options == {"window": 6.0} and header.delay == 0.1 and header.sound_rate == RATE
    assert end == End("end", {"frames": 60, "analysed": 60, "skipped": 0, "sightings": 60})


@pytest.mark.parametrize("realtime", [False, True])
def test_a_source_that_breaks_off_is_answered_to_the_break(realtime):
    summary, sink = run(media(0.5), error=SourceLost("source=x: gone"), realtime=realtime)
    check_order(sink)
    assert summary.reason == "lost" and str(summary.error) == "source=x: gone"
    assert sink.all("close")[0].reason == "lost"
    assert sink.all("notice")[-1].text == "source=x: gone"
    assert len(sink.all("sighting")) == summary.analysed > 0
    assert sum(item.samples.size for item in sink.all("sound")) == 4000


@pytest.mark.parametrize("realtime", [False, True])
def test_stop_ends_an_endless_session_with_everything_closed(realtime):
    stop, sinks = threading.Event(), [Memory(), Memory()]
    endless = (item for _ in iter(int, 1) for item in media(1.0))

    def progress(time):
        if time > 0.2:
            stop.set()

    summary, _ = run(endless, sinks=sinks, realtime=realtime, stop=stop, progress=progress)
    for sink in sinks:
        check_order(sink)
        assert sink.all("close")[0].reason == "interrupted"
        assert len(sink.all("sighting")) == summary.analysed
    assert summary.reason == "interrupted"


@pytest.mark.parametrize("realtime", [False, True])
def test_a_stop_is_seen_while_nothing_comes(realtime):
    stop = threading.Event()
    stop.set()
    summary, sink = run(media(0.2), stop=stop, realtime=realtime, clock=ManualClock())
    check_order(sink)
    assert summary.reason == "interrupted" and summary.frames == 0


@pytest.mark.parametrize("realtime", [False, True])
def test_a_sink_that_fails_ends_the_session_and_the_others_are_closed(realtime):
    sinks = [Memory(), Memory(work=full_disk), Memory()]
    before = threading.active_count()
    with pytest.raises(SinkError, match="events=x: no room"):
        run(media(3.0), sinks=sinks, realtime=realtime)
    assert threading.active_count() == before
    for sink in sinks:
        assert [end.reason for end in sink.all("close")] == ["error"]
    assert len(sinks[1].all("sighting")) == 1
    assert len(sinks[0].all("sighting")) < 90


@pytest.mark.parametrize("realtime", [False, True])
def test_a_sink_that_cannot_start_is_told_and_all_are_closed(realtime):
    class Unwritable(Memory):
        def start(self, header):
            raise SinkError("video=/x: cannot be written")

    sinks = [Memory(), Unwritable(), Memory()]
    with pytest.raises(SinkError, match="cannot be written"):
        run(media(3.0), sinks=sinks, realtime=realtime)
    assert all([end.reason for end in sink.all("close")] == ["error"] for sink in sinks)


def test_a_sink_that_fails_to_close_keeps_no_other_from_closing():
    class Unclosable(Memory):
        def close(self, end):
            raise SinkError("video=x: no room for the index")

    sinks = [Memory(), Unclosable(), Memory()]
    with pytest.raises(SinkError, match="no room for the index"):
        run(media(0.2), sinks=sinks)
    assert sinks[0].all("close") and sinks[2].all("close")


@pytest.mark.parametrize("realtime", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_whatever_the_analysis_throws_the_sinks_are_closed(realtime, error):
    def work(item):
        if item.index == 3:
            raise error

    sink = Memory()
    with pytest.raises(error):
        run(media(1.0), FakeLocalizer(work=work), [sink], realtime=realtime)
    check_order(sink)
    assert sink.all("close")[0].reason == ("interrupted" if error is KeyboardInterrupt else "error")


def test_in_real_time_a_slow_analysis_skips_frames_hears_everything_and_says_so():
    clock, done = ManualClock(), threading.Event()
    localizer = FakeLocalizer(work=lambda item: clock.advance(0.1))  # as long as three frames

    def tick():
        while not done.wait(0.002):
            clock.advance(1 / 300)

    with Crew() as crew:
        crew.start("time", tick)
        try:
            summary, sink = run(media(1.5), localizer, realtime=True, clock=clock)
        finally:
            done.set()
    check_order(sink)
    assert summary.frames == 45 and summary.skipped >= 28
    assert summary.analysed == len(localizer.frames) == len(sink.all("sighting")) == 45 - summary.skipped
    assert sum(item.samples.size for item in localizer.blocks) == 1.5 * RATE
    assert any(notice.kind == "dropped_frames" for notice in sink.all("notice"))
    assert sink.all("close")[0].counts["skipped"] == summary.skipped
    assert summary.delay_p95 >= summary.delay_p50 >= 0.1


def test_in_real_time_every_frame_is_counted_and_its_delay_measured():
    summary, sink = run(media(0.5), realtime=True)
    check_order(sink)
    assert summary.frames == summary.analysed + summary.skipped == 15
    assert summary.delay_p50 is not None


def test_a_gap_that_the_source_did_not_know_of_is_marked():
    items = [frame(0), block(0), block(1), block(3), block(4)]
    localizer = FakeLocalizer()
    run(items, localizer)
    assert [item.lost for item in localizer.blocks] == [False, False, True, False]


def test_faults_of_the_source_are_told_once_and_counted():
    source = FakeSource(
        media(0.5), before=lambda item: source.faults.add("bad_data", item.time, "a bad packet")
    )
    sink = Memory()
    summary = Session(source, FakeLocalizer(), [sink]).run()
    assert [notice.text for notice in summary.notices] == ["a bad packet"]
    assert sink.all("notice") == list(summary.notices)
    assert sink.all("close")[0].counts["bad_data"] == 25


def test_nothing_at_all_is_an_end_too():
    for realtime in (False, True):
        summary, sink = run([], realtime=realtime)
        check_order(sink)
        assert (summary.frames, summary.media_seconds, summary.found_after) == (0, 0.0, None)


def test_replay_gives_each_item_when_it_is_whole_and_the_break_last():
    def broken():
        yield from media(0.2)
        raise SourceLost("gone")

    given = []
    with pytest.raises(SourceLost):
        given += [given.append(item) for item in by_completion(broken())]
    assert len(given) == len(media(0.2))
    moments = [moment for moment, _ in given]
    assert moments == sorted(moments)
    for moment, item in given:
        assert moment == pytest.approx(item.time + (0.05 if isinstance(item, SoundBlock) else 0.0))


def slow_sink(monkeypatch, backlog, **attributes):
    """A sink that stays at its first answer until `go` is set, behind a queue of so many pictures."""
    monkeypatch.setattr(queued, "BACKLOG", backlog * 32 * 32 * 3)
    go = threading.Event()
    sink = Memory(work=lambda: go.wait(LONG))
    for name, value in attributes.items():
        setattr(sink, name, value)
    return sink, go


def sightings(count):
    return [Sighting(frame(k), "nobody", None, None, None) for k in range(count)]


def test_a_slow_sink_that_may_drop_loses_the_newest_and_counts_them(monkeypatch):
    sink, go = slow_sink(monkeypatch, backlog=4, may_drop=True)
    with Crew() as crew:
        slow = QueuedSink(sink, crew, threading.Event())
        slow.start(HEADER)
        for sighting in sightings(50):
            slow.take(sighting)
        dropped = slow.dropped
        go.set()
        slow.close(End("end"))
    check_order(sink)
    assert dropped == 50 - len(sink.all("sighting")) >= 50 - 10


def test_a_slow_sink_that_may_not_drop_gets_all_and_its_feeder_waits(monkeypatch):
    sink, go = slow_sink(monkeypatch, backlog=4)
    fed = []
    with Crew() as crew:
        slow = QueuedSink(sink, crew, threading.Event())
        slow.start(HEADER)

        def feed():
            for sighting in sightings(50):
                slow.take(sighting)
                fed.append(sighting)

        with Crew() as feeders:
            feeders.start("feeder", feed)
            while not sink.all("sighting"):
                pass
            assert len(fed) < 10
            go.set()
        slow.close(End("end"))
    check_order(sink)
    assert len(sink.all("sighting")) == len(fed) == 50 and slow.dropped == 0


def test_a_sink_that_hangs_does_not_hold_a_session_that_is_to_stop(monkeypatch):
    sink, go = slow_sink(monkeypatch, backlog=4)
    stop = threading.Event()
    stop.set()
    with Crew() as crew:
        slow = QueuedSink(sink, crew, stop)
        slow.start(HEADER)
        for sighting in sightings(500):
            slow.take(sighting)
        slow.close(End("interrupted"))
        slow.close(End("end"))
        go.set()
    check_order(sink)
    assert sink.all("close") == [End("interrupted")]
