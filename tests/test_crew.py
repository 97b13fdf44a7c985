"""Threads end with their block, and an error in one of them reaches the block's owner."""

import threading

import pytest
from soundspot.stream.clock import ManualClock, SystemClock
from soundspot.stream.crew import Crew
from soundspot.stream.ring import Ring

LONG = 30.0  # s


def fail():
    raise OSError("no such device")


def test_leaving_ends_and_joins_every_thread():
    before = threading.active_count()
    ended = []
    with Crew() as crew:
        for name in ("one", "two"):
            crew.start(name, lambda: ended.append(crew.stop.wait(LONG)))
        own = [thread for thread in threading.enumerate() if thread.name in ("one", "two")]
        assert len(own) == 2 and not any(thread.daemon for thread in own)
    assert ended == [True, True]
    assert threading.active_count() == before


def test_who_feeds_a_ring_closes_it():
    ring = Ring(5)
    with Crew() as crew:
        crew.start("feeder", lambda: ring.put(1), ring)
        items = []
        while not ring.ended:
            items += ring.take(LONG)
    assert items == [1]


def test_the_first_error_is_raised_with_its_threads_name_and_stops_the_others():
    rings = [Ring(1), Ring(1)]
    with pytest.raises(OSError, match="no such device") as caught, Crew() as crew:
        crew.start("patient", lambda: crew.stop.wait(LONG), rings[0])
        crew.start("microphone", fail, rings[1])
        crew.stop.wait(LONG)
    assert caught.value.__notes__ == ["in thread 'microphone'"]
    for ring in rings:
        with pytest.raises(OSError, match="no such device"):
            ring.take(LONG)


def test_an_error_that_came_through_a_ring_is_told_once():
    ring = Ring(1)
    with pytest.raises(OSError, match="no such device") as caught, Crew() as crew:
        crew.start("camera", fail, ring)
        ring.take(LONG)
    assert caught.value.__notes__ == ["in thread 'camera'"]


def test_the_blocks_own_error_comes_first():
    with pytest.raises(KeyError), Crew() as crew:
        crew.start("camera", fail)
        crew.stop.wait(LONG)
        raise KeyError


def test_the_system_clock_waits_and_is_woken():
    clock, stop = SystemClock(), threading.Event()
    moment = clock.now() + 0.02
    assert clock.wait_until(moment, stop)
    assert clock.now() >= moment
    stop.set()
    assert not clock.wait_until(clock.now() + LONG, stop)


def test_a_manual_clock_waits_until_it_is_moved():
    clock, stop = ManualClock(5.0), threading.Event()
    with Crew() as crew:
        woken = []
        crew.start("sleeper", lambda: woken.append(clock.wait_until(7.0, stop)))
        clock.advance(1.0)
        assert not woken
        clock.advance(1.0)
    assert woken == [True] and clock.now() == 7.0
    stop.set()
    assert not clock.wait_until(9.0, stop)
