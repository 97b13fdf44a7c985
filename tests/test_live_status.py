"""What a live session leaves and shows over weeks: event files in turn, vitals, the status line."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from soundspot.core.errors import OptionError, SinkError
from soundspot.core.values import SoundBlock
from soundspot.stream.event_file import EventSink
from soundspot.stream.rotation import Rotation, put_aside
from soundspot.stream.sink import Absence, End, Notice, unmarked
from soundspot.stream.summary import Tally
from soundspot.stream.vitals import ClockState, Pulse, vitals_to_line
from soundspot.tools.status import Status, vitals_to_json, vitals_to_status

# ---------------------------------------------------------------- event files


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


def test_a_new_file_tells_how_things_stand_though_nothing_has_changed(tmp_path, doubles):
    path = tmp_path / "e.jsonl"
    sink = EventSink(str(path), on_change=True, rotate="10k")
    sink.start(doubles.HEADER)
    for k in range(300):
        sink.notice(Notice(float(k), "alive", "x" * 50))
        sink.absent(Absence(float(k), "lost_video"))
    sink.close(End("end"))
    kinds = [
        [json.loads(line)["type"] for line in file.read_text().splitlines()]
        for file in tmp_path.glob("e*.jsonl")
    ]
    assert len(kinds) > 2
    assert [some.count("sighting") for some in kinds] == [1] * len(kinds)


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
