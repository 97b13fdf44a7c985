"""A sink behind a queue: one that may drop loses the newest, any other makes its feeder wait."""

import threading

from soundspot.core.values import Sighting
from soundspot.stream import queued
from soundspot.stream.crew import Crew
from soundspot.stream.queued import QueuedSink
from soundspot.stream.sink import End

LONG = 30.0  # s: a wait that must be ended by something else


def slow_sink(doubles, monkeypatch, backlog, **attributes):
    """A sink that stays at its first answer until `go` is set, behind a queue of so many pictures."""
    monkeypatch.setattr(queued, "BACKLOG", backlog * 32 * 32 * 3)
    go = threading.Event()
    sink = doubles.Memory(work=lambda: go.wait(LONG))
    for name, value in attributes.items():
        setattr(sink, name, value)
    return sink, go


def sightings(doubles, count):
    return [Sighting(doubles.frame(k), "nobody", None, None, None) for k in range(count)]


def test_a_slow_sink_that_may_drop_loses_the_newest_and_counts_them(doubles, monkeypatch):
    sink, go = slow_sink(doubles, monkeypatch, backlog=4, may_drop=True)
    with Crew() as crew:
        slow = QueuedSink(sink, crew, threading.Event())
        slow.start(doubles.HEADER)
        for sighting in sightings(doubles, 50):
            slow.take(sighting)
        dropped = slow.dropped
        go.set()
        slow.close(End("end"))
    doubles.check_order(sink)
    assert dropped == 50 - len(sink.all("sighting")) >= 50 - 10


def test_a_slow_sink_that_may_not_drop_gets_all_and_its_feeder_waits(doubles, monkeypatch):
    sink, go = slow_sink(doubles, monkeypatch, backlog=4)
    fed = []
    with Crew() as crew:
        slow = QueuedSink(sink, crew, threading.Event())
        slow.start(doubles.HEADER)

        def feed():
            for sighting in sightings(doubles, 50):
                slow.take(sighting)
                fed.append(sighting)

        with Crew() as feeders:
            feeders.start("feeder", feed)
            while not sink.all("sighting"):
                pass
            assert len(fed) < 10
            go.set()
        slow.close(End("end"))
    doubles.check_order(sink)
    assert len(sink.all("sighting")) == len(fed) == 50 and slow.dropped == 0


def test_a_sink_that_hangs_does_not_hold_a_session_that_is_to_stop(doubles, monkeypatch):
    sink, go = slow_sink(doubles, monkeypatch, backlog=4)
    stop = threading.Event()
    stop.set()
    with Crew() as crew:
        slow = QueuedSink(sink, crew, stop)
        slow.start(doubles.HEADER)
        for sighting in sightings(doubles, 500):
            slow.take(sighting)
        slow.close(End("interrupted"))
        slow.close(End("end"))
        go.set()
    doubles.check_order(sink)
    assert sink.all("close") == [End("interrupted")]
