"""A session brings every answer to every sink, and ends in order whatever happens."""

import threading

import pytest
from soundspot.core.errors import SinkError, SourceLost
from soundspot.core.values import SoundBlock
from soundspot.stream.clock import ManualClock
from soundspot.stream.crew import Crew
from soundspot.stream.replay import by_completion
from soundspot.stream.session import Session
from soundspot.stream.sink import End


def full_disk():
    raise SinkError("events=x: no room")


def run(doubles, items, localizer=None, sinks=None, error=None, before=lambda item: None, **settings):
    sinks = [doubles.Memory()] if sinks is None else sinks
    session = Session(
        doubles.FakeSource(items, error, before), localizer or doubles.FakeLocalizer(), sinks, **settings
    )
    return session.run(), sinks[0]


def test_every_item_is_delivered_and_every_answer_too(doubles):
    items, localizer, told = doubles.media(2), doubles.FakeLocalizer(found_at=0.5), []
    summary, sink = run(doubles, items, localizer, progress=told.append, options={"window": 6.0})
    doubles.check_order(sink)
    assert localizer.frames + localizer.blocks == sorted(items, key=lambda item: isinstance(item, SoundBlock))
    assert [sighting.frame.index for sighting in sink.all("sighting")] == list(range(60))
    assert sink.all("sound") == localizer.blocks
    assert (summary.frames, summary.analysed, summary.skipped, summary.sightings) == (60, 60, 0, 60)
    assert summary.reason == "end" and summary.error is None and summary.delay_p50 is None
    assert summary.found_after == pytest.approx(0.5)
    assert summary.media_seconds == pytest.approx(2.0)
    assert told == [item.time for item in localizer.frames]
    [header], [end] = sink.all("start"), sink.all("close")
    assert header.options == {"window": 6.0} and header.delay == 0.1 and header.sound_rate == doubles.RATE
    assert end == End("end", {"frames": 60, "analysed": 60, "skipped": 0, "sightings": 60})


@pytest.mark.parametrize("realtime", [False, True])
def test_a_source_that_breaks_off_is_answered_to_the_break(doubles, realtime):
    summary, sink = run(doubles, doubles.media(0.5), error=SourceLost("source=x: gone"), realtime=realtime)
    doubles.check_order(sink)
    assert summary.reason == "lost" and str(summary.error) == "source=x: gone"
    assert sink.all("close")[0].reason == "lost"
    assert sink.all("notice")[-1].text == "source=x: gone"
    assert len(sink.all("sighting")) == summary.analysed > 0
    assert sum(item.samples.size for item in sink.all("sound")) == 4000


@pytest.mark.parametrize("realtime", [False, True])
def test_stop_ends_an_endless_session_with_everything_closed(doubles, realtime):
    stop, sinks = threading.Event(), [doubles.Memory(), doubles.Memory()]
    endless = (item for _ in iter(int, 1) for item in doubles.media(1.0))

    def progress(time):
        if time > 0.2:
            stop.set()

    summary, _ = run(doubles, endless, sinks=sinks, realtime=realtime, stop=stop, progress=progress)
    for sink in sinks:
        doubles.check_order(sink)
        assert sink.all("close")[0].reason == "interrupted"
        assert len(sink.all("sighting")) == summary.analysed
    assert summary.reason == "interrupted"


@pytest.mark.parametrize("realtime", [False, True])
def test_a_stop_is_seen_while_nothing_comes(doubles, realtime):
    stop = threading.Event()
    stop.set()
    summary, sink = run(doubles, doubles.media(0.2), stop=stop, realtime=realtime, clock=ManualClock())
    doubles.check_order(sink)
    assert summary.reason == "interrupted" and summary.frames == 0


@pytest.mark.parametrize("realtime", [False, True])
def test_a_sink_that_fails_ends_the_session_and_the_others_are_closed(doubles, realtime):
    sinks = [doubles.Memory(), doubles.Memory(work=full_disk), doubles.Memory()]
    before = threading.active_count()
    with pytest.raises(SinkError, match="events=x: no room"):
        run(doubles, doubles.media(3.0), sinks=sinks, realtime=realtime)
    assert threading.active_count() == before
    for sink in sinks:
        assert [end.reason for end in sink.all("close")] == ["error"]
    assert len(sinks[1].all("sighting")) == 1
    assert len(sinks[0].all("sighting")) < 90


@pytest.mark.parametrize("realtime", [False, True])
def test_a_sink_that_cannot_start_is_told_and_all_are_closed(doubles, realtime):
    class Unwritable(doubles.Memory):
        def start(self, header):
            raise SinkError("video=/x: cannot be written")

    sinks = [doubles.Memory(), Unwritable(), doubles.Memory()]
    with pytest.raises(SinkError, match="cannot be written"):
        run(doubles, doubles.media(3.0), sinks=sinks, realtime=realtime)
    assert all([end.reason for end in sink.all("close")] == ["error"] for sink in sinks)


def test_a_sink_that_fails_to_close_keeps_no_other_from_closing(doubles):
    class Unclosable(doubles.Memory):
        def close(self, end):
            raise SinkError("video=x: no room for the index")

    sinks = [doubles.Memory(), Unclosable(), doubles.Memory()]
    with pytest.raises(SinkError, match="no room for the index"):
        run(doubles, doubles.media(0.2), sinks=sinks)
    assert sinks[0].all("close") and sinks[2].all("close")


@pytest.mark.parametrize("realtime", [False, True])
@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_whatever_the_analysis_throws_the_sinks_are_closed(doubles, realtime, error):
    def work(item):
        if item.index == 3:
            raise error

    sink = doubles.Memory()
    with pytest.raises(error):
        run(doubles, doubles.media(1.0), doubles.FakeLocalizer(work=work), [sink], realtime=realtime)
    doubles.check_order(sink)
    assert sink.all("close")[0].reason == ("interrupted" if error is KeyboardInterrupt else "error")


def test_in_real_time_a_slow_analysis_skips_frames_hears_everything_and_says_so(doubles):
    clock, done = ManualClock(), threading.Event()
    localizer = doubles.FakeLocalizer(work=lambda item: clock.advance(0.1))  # as long as three frames

    def tick():
        while not done.wait(0.002):
            clock.advance(1 / 300)

    with Crew() as crew:
        crew.start("time", tick)
        try:
            summary, sink = run(doubles, doubles.media(1.5), localizer, realtime=True, clock=clock)
        finally:
            done.set()
    doubles.check_order(sink)
    assert summary.frames == 45 and summary.skipped >= 28
    assert summary.analysed == len(localizer.frames) == len(sink.all("sighting")) == 45 - summary.skipped
    assert sum(item.samples.size for item in localizer.blocks) == 1.5 * doubles.RATE
    told = [notice.text for notice in sink.all("notice") if notice.kind == "dropped_frames"]
    assert told[-1] == f"frames skipped: {summary.skipped}; the analysis is slower than the picture"
    assert sink.all("close")[0].counts["skipped"] == summary.skipped
    assert summary.delay_p95 >= summary.delay_p50 >= 0.1


def test_in_real_time_every_frame_is_counted_and_its_delay_measured(doubles):
    summary, sink = run(doubles, doubles.media(0.5), realtime=True)
    doubles.check_order(sink)
    assert summary.frames == summary.analysed + summary.skipped == 15
    assert summary.delay_p50 is not None


def test_a_gap_that_the_source_did_not_know_of_is_marked(doubles):
    items = [doubles.frame(0), doubles.block(0), doubles.block(1), doubles.block(3), doubles.block(4)]
    localizer = doubles.FakeLocalizer()
    run(doubles, items, localizer)
    assert [item.lost for item in localizer.blocks] == [False, False, True, False]


def test_faults_of_the_source_are_told_once_and_counted(doubles):
    source = doubles.FakeSource(
        doubles.media(0.5), before=lambda item: source.faults.add("bad_data", item.time, "a bad packet")
    )
    sink = doubles.Memory()
    summary = Session(source, doubles.FakeLocalizer(), [sink]).run()
    assert [notice.text for notice in summary.notices] == ["a bad packet"]
    assert sink.all("notice") == list(summary.notices)
    assert sink.all("close")[0].counts["bad_data"] == 25


def test_nothing_at_all_is_an_end_too(doubles):
    for realtime in (False, True):
        summary, sink = run(doubles, [], realtime=realtime)
        doubles.check_order(sink)
        assert (summary.frames, summary.media_seconds, summary.found_after) == (0, 0.0, None)


def test_replay_gives_each_item_when_it_is_whole_and_the_break_last(doubles):
    def broken():
        yield from doubles.media(0.2)
        raise SourceLost("gone")

    given = []
    with pytest.raises(SourceLost):
        given += [given.append(item) for item in by_completion(broken())]
    assert len(given) == len(doubles.media(0.2))
    moments = [moment for moment, _ in given]
    assert moments == sorted(moments)
    for moment, item in given:
        assert moment == pytest.approx(item.time + (0.05 if isinstance(item, SoundBlock) else 0.0))
