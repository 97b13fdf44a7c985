"""The parts of a live source alone: watchdog, retries, alignment, dating, rotation, status."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.errors import OptionError, SinkError
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.stream.alignment import Alignment
from soundspot.stream.dating import SETTLING, Dating
from soundspot.stream.events import EventSink
from soundspot.stream.feed import Picture, Piece
from soundspot.stream.retry import Retry
from soundspot.stream.rotation import Rotation, put_aside
from soundspot.stream.sink import Absence, End, Notice, unmarked
from soundspot.stream.source import Faults
from soundspot.stream.summary import Tally
from soundspot.stream.vitals import ClockState, Pulse, vitals_to_line
from soundspot.stream.watchdog import Watchdog
from soundspot.tools.status import Status, vitals_to_json, vitals_to_status

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


# ---------------------------------------------------------------- alignment

TRANSIT = {"picture": 0.06, "sound": 0.03}  # s, what is usual on the way


def aligned(seconds, error=0.0, jitter=0.0, told=False, jump=(), seed=0):
    """The shifts over so many seconds of a stream whose sound begins `error` s after its picture, or before
    it, and whose both tracks are stamped from 0 on."""
    draws, alignment, shifts = np.random.default_rng(seed), Alignment(), []
    begins = {"picture": max(-error, 0.0), "sound": max(error, 0.0)}
    for k in range(round(seconds * 50)):
        time = k / 50
        for track, begin in begins.items():
            stamp = time - begin + sum(by for moment, by in jump if time >= moment)
            if time >= begin:
                alignment.add(track, stamp, time + TRANSIT[track] + jitter * draws.random(), told)
        shifts.append(alignment.shift)
    return shifts


@given(st.integers(0, 1000), st.floats(-0.12, 0.12))
def test_sound_that_fits_its_arrival_is_left_alone_however_the_network_jitters(seed, error):
    assert set(aligned(6.0, error, jitter=0.3, seed=seed)) == {0.0}


@given(st.integers(0, 1000), st.one_of(st.floats(0.35, 3.0), st.floats(-3.0, -0.35)))
def test_sound_that_does_not_is_brought_to_it_and_stays_there(seed, error):
    shifts = aligned(8.0, error, jitter=0.1, seed=seed)
    assert shifts[-1] == pytest.approx(error, abs=0.08)
    assert len(set(shifts)) == 2


def test_what_a_sender_report_dates_is_never_altered():
    assert set(aligned(6.0, 0.7, told=True)) == {0.0}


def test_streams_that_begin_at_different_stamps_were_told_their_difference():
    alignment = Alignment()
    for k in range(300):
        alignment.add("picture", k / 50, k / 50 + 1.0, False)  # a slow encoder
        alignment.add("sound", 1.0 + k / 50, 1.0 + k / 50 + 0.03, False)
    assert alignment.shift == 0.0


def test_both_clocks_may_begin_anew():
    assert set(aligned(8.0, jump=[(4.0, -100.0)])) == {0.0}
    assert set(aligned(8.0, jump=[(4.0, 50.0)])) == {0.0}


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


def test_stamps_that_begin_anew_go_on_where_they_were():
    before, after = pictures_and_sound(4.0), pictures_and_sound(4.0)
    later = [replace(arrival, arrived=arrival.arrived + 4.0) for arrival in after]
    arrivals = before + later
    frames, blocks, faults = dated(arrivals)
    times = [frame.time for frame in frames]
    assert times == sorted(set(times)) and times[-1] == pytest.approx(8.0, abs=0.1)
    assert blocks[-1].time == pytest.approx(8.0, abs=0.1)
    assert faults.counts["time_jump"] == 1


def test_the_offset_is_taken_off_the_sound():
    plain, moved = (dated(pictures_and_sound(2.0), av_offset=offset)[1] for offset in (0.0, 0.2))
    assert moved[-1].time == pytest.approx(plain[-1].time - 0.2, abs=1e-3)


# ---------------------------------------------------------------- for weeks


def test_files_are_put_aside_when_they_are_full_and_each_is_whole(tmp_path, doubles):
    path = tmp_path / "e.jsonl"
    path.write_text("from before\n")
    sink = EventSink(str(path), rotate="10k")
    sink.start(doubles.HEADER)
    for k in range(300):
        sink.notice(Notice(float(k), "alive", "x" * 50))
    sink.close(End("end"))
    files = sorted(tmp_path.glob("e*.jsonl"))
    assert len(files) > 3
    kept = [text for text in (file.read_text() for file in files) if text != "from before\n"]
    lines = [[json.loads(line) for line in text.splitlines()] for text in kept]
    assert all(some[0]["type"] == "header" for some in lines)
    assert sum(event["type"] == "notice" for some in lines for event in some) == 300
    assert all(len(text) < 10 * 2**10 + 200 for text in kept)


def test_a_day_is_over_at_midnight():
    rotation, evening = Rotation("day"), datetime(2026, 11, 22, 23, 59, tzinfo=UTC)
    rotation.begin(evening)
    assert not rotation.is_due(10**12, evening)
    assert rotation.is_due(0, evening + timedelta(minutes=2))


def test_no_name_is_used_twice(tmp_path):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    names = set()
    for _ in range(3):
        (tmp_path / "e.jsonl").write_text("")
        names.add(put_aside(tmp_path / "e.jsonl", now))
    assert len(names) == 3 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize("word", ["", "10", "9k", "day2", "1T", "-5M", "1.5M"])
def test_another_word_for_a_rotation_is_refused(word):
    with pytest.raises(OptionError, match="want day, or a size"):
        Rotation(word)


def test_events_on_change_leaves_out_what_says_the_same(tmp_path, doubles):
    path, localizer = tmp_path / "e.jsonl", doubles.FakeLocalizer()
    sink = EventSink(str(path), on_change=True)
    sink.start(doubles.HEADER)
    for k in range(10):
        for sighting in localizer.push_look(localizer.look(doubles.frame(k))):
            sink.take(sighting)
    for k in range(3):
        sink.absent(Absence(1.0 + k, "lost_video"))
    sink.close(End("end"))
    events = [json.loads(line) for line in path.read_text().splitlines()]
    assert [event["type"] for event in events] == ["header", "sighting", "sighting", "end"]
    assert (events[2]["frame"], events[2]["reason"], events[2]["t"]) == (None, "lost_video", 1.0)


# ---------------------------------------------------------------- vitals


def vitals(doubles):
    tally, now, seen = Tally(0.0), [0.0], []
    pulse = Pulse(tally, lambda: now[0], lambda: ClockState(0.02, 0.003, 1e-6, -2e-6), seen.append)
    notices = []
    for k in range(30 * 61):
        now[0] = k / 30
        tally.add_frame(doubles.frame(k))
        tally.add_sound(SoundBlock(np.full(267, 0.1, np.float32), 267 * k, 8000, k / 30))
        notices += pulse.beat()
    return seen, notices


def test_it_says_every_minute_that_it_lives(doubles):
    seen, notices = vitals(doubles)
    assert 58 <= len(seen) <= 61 and seen[-1].frame_rate == pytest.approx(30, abs=0.1)
    assert seen[-1].level == pytest.approx(-20, abs=0.1)
    [notice] = notices
    assert notice.kind == "alive" and "30.0 frames/s" in notice.text and "offset +0.020 s" in notice.text
    assert notice.text in map(vitals_to_line, seen)


def test_the_state_is_one_line_and_one_whole_file(doubles, tmp_path):
    newest = vitals(doubles)[0][-1]
    line = vitals_to_status(newest)
    assert "\n" not in line and "offset +20±3 ms" in line and "drift -3 ppm" in line
    status = Status(str(tmp_path / "s.json"), shown=False)
    status(newest)
    status.close()
    assert json.loads((tmp_path / "s.json").read_text()) == vitals_to_json(newest)
    assert [path.name for path in tmp_path.iterdir()] == ["s.json"]
    with pytest.raises(SinkError, match="want a file in a folder"):
        Status(str(tmp_path / "no" / "s.json"), shown=False)(newest)


def test_a_picture_that_stays_is_shown_without_its_marks(doubles):
    localizer = doubles.FakeLocalizer(found_at=0.0)
    for k in range(3):
        answers = localizer.push_look(localizer.look(doubles.frame(k)))
    blank = unmarked(answers[0], Absence(9.0, "lost_video"))
    assert (blank.state, blank.reason, blank.frame.time, blank.masks) == ("nobody", "lost_video", 9.0, ())
