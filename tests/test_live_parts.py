"""The parts of a live source alone: watchdog, retries, reader, dating."""

import threading
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from soundspot.core.errors import SourceLost
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.stream.clock import ManualClock
from soundspot.stream.dating import FOLLOW, SETTLING, Dating
from soundspot.stream.feed import Picture, Piece
from soundspot.stream.reader import Reader
from soundspot.stream.retry import Retry
from soundspot.stream.ring import Ring
from soundspot.stream.sink import Absence, Notice
from soundspot.stream.source import Faults, SourceOptions
from soundspot.stream.watchdog import Watchdog
from soundspot.stream.waveform import Waveform

# ---------------------------------------------------------------- watchdog


def watch(watchdog, times):
    """All news, asked every tenth of a second."""
    return [news for time in times for news in watchdog.news(time)]


def test_a_silent_track_is_told_once_and_what_is_missing_every_second():
    watchdog = Watchdog(("picture", "sound"), 0.0)
    news = []
    for k in range(101):
        watchdog.seen("picture", k / 10)
        news += watchdog.news(k / 10)
    [loss] = [item for item in news if isinstance(item, Notice)]
    assert loss.kind == "lost_sound" and 2.0 < loss.time < 2.2
    missing = [item.time for item in news if isinstance(item, Absence)]
    assert len(missing) == 8 and all(1.0 <= b - a < 1.2 for a, b in pairwise(missing))
    assert {item.reason for item in news if isinstance(item, Absence)} == {"lost_sound"}
    watchdog.seen("sound", 10.2)
    [back] = watchdog.news(10.2)
    assert back.kind == "source_back" and "sound back after 10.2 s" in back.text


def test_tracks_that_go_together_are_told_of_together():
    watchdog = Watchdog(("picture", "sound"), 0.0)
    watchdog.seen("picture", 1.2)
    watchdog.seen("sound", 1.0)
    notices = [item for item in watch(watchdog, np.arange(1, 6, 0.1)) if isinstance(item, Notice)]
    assert [notice.kind for notice in notices] == ["source_lost"]


def test_what_is_known_to_be_gone_is_told_at_once_with_the_reason():
    watchdog = Watchdog(("picture", "sound"), 0.0)
    watchdog.gone(("sound",), "unplugged")
    notice, absence = watchdog.news(0.1)
    assert notice.kind == "lost_sound" and "unplugged" in notice.text
    assert absence.reason == "lost_sound"
    assert watchdog.lost_for("sound", 3.0) == pytest.approx(3.0) and not watchdog.lost_for("picture", 3.0)


# ---------------------------------------------------------------- retries


def test_it_is_tried_every_second_then_less_often_for_ever():
    retry, now, moments = Retry(100.0), 100.0, []
    for _ in range(20):
        now += retry.pause(now)
        moments.append(now - 100.0)
    assert moments[:10] == [float(k) for k in range(1, 11)]
    assert [b - a for a, b in pairwise(moments[9:])] == [2, 4, 8, 15, 15, 15, 15, 15, 15, 15]


class Hanging:
    """A feed of which nothing, or only pictures, come, on a clock that goes on with every look at it."""

    name, provides = "hanging", frozenset({"picture", "sound"})

    def __init__(self, clock, stop, pictures):
        self.clock, self.stop, self.pictures, self.opened = clock, stop, pictures, []

    def open(self, stop):
        self.opened.append(self.clock.now())
        self.stop.set()

    def arrivals(self, stop):
        while True:
            self.clock.advance(0.1)
            now, pixels = self.clock.now(), np.zeros((32, 32, 3), np.uint8)
            yield Picture(pixels, now, now) if self.pictures else None

    def close(self):
        pass


@pytest.mark.parametrize(("pictures", "least", "most"), [(False, 3.0, 3.5), (True, 15.0, 17.0)])
def test_a_connection_that_brings_not_what_it_should_is_given_up_for_a_new_one(pictures, least, most):
    clock, stop = ManualClock(100.0), threading.Event()
    feed, watchdog = Hanging(clock, stop, pictures), Watchdog(("picture", "sound"), 0.0)
    dating = Dating(Faults(), 8000, 100.0)
    reader = Reader(feed, dating, watchdog, clock, 100.0, SourceOptions())
    told, asked = [], feed.arrivals

    def arrivals(stop):
        for arrival in asked(stop):
            told.extend(watchdog.news(clock.now() - 100.0))
            yield arrival

    feed.arrivals = arrivals
    reader.run(Ring(1), Ring(1), stop)
    [opened] = feed.opened
    assert least < opened - 100.0 < most
    assert told


class Waiting:
    """A stop event that makes a clock go on instead of waiting, and notes how long."""

    def __init__(self, clock, most):
        self.clock, self.most, self.pauses = clock, most, []

    def wait(self, pause):
        self.pauses.append(pause)
        self.clock.advance(pause)
        return self.is_set()

    def is_set(self):
        return len(self.pauses) >= self.most


class Flapping(Hanging):
    """A feed that can always be opened and breaks off at once."""

    def open(self, stop):
        pass

    def arrivals(self, stop):
        yield None
        raise SourceLost("the server ended the stream")


def test_what_breaks_off_again_and_again_is_tried_less_and_less_often():
    clock = ManualClock(100.0)
    stop = Waiting(clock, 16)
    reader = Reader(
        Flapping(clock, stop, False),
        Dating(Faults(), 8000, 100.0),
        Watchdog(("picture", "sound"), 0.0),
        clock,
        100.0,
        SourceOptions(),
    )
    reader.run(Ring(1), Ring(1), stop)
    assert stop.pauses[0] < 0.5 and stop.pauses[1:11] == [1.0] * 10
    assert stop.pauses[11:] == [2.0, 4.0, 8.0, 15.0, 15.0]


# ---------------------------------------------------------------- dating


def pictures_and_sound(seconds, clock=lambda time: time, late=lambda time: 0.02):
    """Arrivals of 30 pictures and 50 pieces a second, stamped by a device's clock."""
    pixels = np.zeros((32, 32, 3), np.uint8)
    arrivals = [
        Picture(pixels.copy(), clock(k / 30), 100 + k / 30 + late(k / 30)) for k in range(round(seconds * 30))
    ]
    arrivals += [
        Piece(np.zeros(160, np.float32), clock(k / 50), 100 + (k + 1) / 50 + late(k / 50))
        for k in range(round(seconds * 50))
    ]
    # a network may hold up what comes, but keeps its order
    arrivals.sort(key=lambda arrival: arrival.stamp)
    moments = np.maximum.accumulate([arrival.arrived for arrival in arrivals])
    return [
        replace(arrival, arrived=float(moment)) for arrival, moment in zip(arrivals, moments, strict=True)
    ]


def dated(arrivals, **settings):
    """(frames, blocks, faults) of a session that begins at 100 s of the monotonic clock."""
    faults = Faults()
    dating = Dating(faults, 8000, 100.0, **settings)
    dating.restart(100.0, has_picture=True)
    items = [item for arrival in arrivals for item in dating.items(arrival)]
    return (
        [item for item in items if isinstance(item, VideoFrame)],
        [item for item in items if isinstance(item, SoundBlock)],
        faults,
    )


def test_times_follow_the_device_and_not_the_jitter_of_the_network():
    draws = np.random.default_rng(1)
    arrivals = pictures_and_sound(10.0, late=lambda time: 0.02 + 0.1 * draws.random() ** 2)
    frames, blocks, faults = dated(arrivals)
    assert frames[0].time >= SETTLING - 0.1
    steps = np.diff([frame.time for frame in frames[30:]])
    assert np.abs(steps - 1 / 30).max() < 0.01
    # at first it may learn that even the earliest arrival was late
    assert all(block.first == before.first + 160 for before, block in pairwise(blocks[100:]))
    assert not faults.counts["sound_gap"]


def test_a_network_that_is_slow_for_a_while_loses_nothing():
    draws = np.random.default_rng(2)

    def late(time):
        return 0.02 + 0.02 * draws.random() + (0.3 if time % 20 > 14 else 0.0)

    _, blocks, faults = dated(pictures_and_sound(60.0, late=late), counted=False)
    assert not faults.counts["sound_gap"] and not faults.counts["time_jump"]
    assert not any(block.lost for block in blocks[200:])


def test_stamps_that_begin_anew_go_on_where_they_were():
    before, after = pictures_and_sound(4.0), pictures_and_sound(4.0)
    later = [replace(arrival, arrived=arrival.arrived + 4.0) for arrival in after]
    arrivals = before + later
    frames, blocks, faults = dated(arrivals)
    times = [frame.time for frame in frames]
    assert times == sorted(set(times)) and times[-1] == pytest.approx(8.0, abs=0.1)
    assert blocks[-1].time == pytest.approx(8.0, abs=0.1)
    assert faults.counts["time_jump"] == 1


@pytest.mark.parametrize("jump", [1000.0, -1000.0])
@pytest.mark.parametrize("first", [Picture, Piece])
def test_stamps_may_jump_whichever_track_shows_it_first(jump, first):
    """Sound on the other clock is left out until the picture tells of it, and nothing else suffers."""
    moment = {Picture: 4.05, Piece: 4.05}
    moment[first] = 3.95
    arrivals = [
        replace(arrival, stamp=arrival.stamp + jump * (arrival.arrived - 100 > moment[type(arrival)]))
        for arrival in pictures_and_sound(8.0)
    ]
    frames, blocks, faults = dated(arrivals, counted=False)
    for items in (frames, blocks):
        times = [item.time for item in items]
        assert times == sorted(set(times)) and np.diff(times).max() < 0.2
        assert times[-1] == pytest.approx(8.0, abs=0.1)
    assert faults.counts["time_jump"] == 1 and not faults.counts["repeated_frame"]


def test_the_offset_is_taken_off_the_sound():
    plain, moved = (dated(pictures_and_sound(2.0), av_offset=offset)[1] for offset in (0.0, 0.2))
    assert moved[-1].time == pytest.approx(plain[-1].time - 0.2, abs=1e-3)


def test_a_lost_packet_is_a_gap_however_short_where_its_sender_tells():
    for lost, first in ((True, 160), (False, 80)):
        waveform = Waveform(8000, None, Faults(), FOLLOW)
        assert len(list(waveform.lay(np.zeros(80, np.float32), 0.0))) == 1
        [block] = waveform.lay(np.zeros(80, np.float32), 0.02, lost)
        assert (block.first, block.lost) == (first, lost)
