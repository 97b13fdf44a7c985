"""The event stream: every line holds the schema and is whole, whatever ends the program."""

import json
import math
import mmap
import os
import signal
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pycocotools import mask as coco
from soundspot.core.errors import SinkError
from soundspot.core.values import Candidate, Sighting, VideoFrame
from soundspot.stream.event_file import EventSink
from soundspot.stream.events import event_to_line, header_to_event, sighting_to_event
from soundspot.stream.runlength import mask_to_coco, mask_to_runs
from soundspot.stream.sink import End, Header, Notice

SCHEMA = json.loads(files("soundspot.stream").joinpath("event.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
HEADER = Header(
    "film.mp4", 64, 48, 30.0, 48_000, "2000-01-01T00:00:00Z", 0.15, {"window": 6.0, "ignore": ((1, 2, 3, 4),)}
)
PIXELS = np.zeros((48, 64, 3), np.uint8)
REASONS = ["silence", "no_motion", "no_match", "ambiguous", "lost_video", "lost_sound"]

QUIET_COCO = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)  # its own, with numpy 2

probabilities = st.floats(0, 1)
candidates = st.builds(
    lambda name, score, p, box, centre, area: Candidate(
        name, np.float32(score), np.float64(p), box, centre, np.int64(area)
    ),
    st.integers(0, 2**40),
    st.floats(-1, 1, width=32),
    probabilities,
    st.tuples(*[st.integers(-9, 5000)] * 4),
    st.tuples(*[st.floats(-9, 5000, width=32).map(np.float32)] * 2),
    st.integers(0, 10**7),
)


@st.composite
def sightings(draw):
    state = draw(st.sampled_from(["warming_up", "found", "nobody"]))
    sounders = tuple(draw(st.lists(candidates, min_size=1, max_size=3))) if state == "found" else ()
    masks = tuple(np.random.default_rng(i).random((48, 64)) > 0.5 for i in range(len(sounders)))
    return Sighting(
        VideoFrame(PIXELS, draw(st.floats(0, 1e6)), draw(st.integers(0, 10**9))),
        state,
        draw(st.sampled_from(REASONS)) if state == "nobody" else None,
        draw(st.none() | probabilities | st.just(math.nan)),
        sounders[0] if sounders else draw(st.none() | candidates),
        sounders,
        masks,
        None,
        draw(st.floats(-1, 1)),
        draw(st.floats(0, 9)),
    )


def found(time=0.0, index=0):
    mask = np.zeros((48, 64), bool)
    mask[10:20, 30:50] = True
    sounder = Candidate(12, 0.61234567, 0.0099, (30, 10, 50, 20), (39.5, 14.5), 200)
    return Sighting(
        VideoFrame(PIXELS, time, index),
        "found",
        None,
        0.0099,
        sounder,
        (sounder,),
        (mask,),
        None,
        1 / 30,
        0.15,
    )


def strict(line):
    """The line's object; NaN and the infinities are no JSON."""

    def refuse(word):
        raise ValueError(word)

    return json.loads(line, parse_constant=refuse)


def lines_of(path):
    content = path.read_bytes()
    assert content.endswith(b"\n")
    return [strict(line) for line in content.splitlines()]


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


@given(sightings(), st.booleans())
def test_every_sighting_holds_the_schema(sighting, masks):
    line = event_to_line(sighting_to_event(sighting, masks))
    assert line.count(b"\n") == 1
    event = strict(line)
    VALIDATOR.validate(event)
    assert event["t"] == pytest.approx(sighting.frame.time, abs=1e-6)
    assert [("mask" in source) for source in event["sources"]] == [masks] * len(sighting.sounders)


@pytest.mark.parametrize(
    "field", ["v", "t", "frame", "state", "reason", "p", "best", "sources", "lag", "delay"]
)
def test_the_schema_misses_a_field_that_is_missing(field):
    event = sighting_to_event(found())
    del event[field]
    assert not VALIDATOR.is_valid(event)


@pytest.mark.parametrize(
    "change", [{"state": "maybe"}, {"reason": "bored"}, {"p": 2.0}, {"sources": []}, {"v": 2}]
)
def test_the_schema_refuses_what_is_no_answer(change):
    assert VALIDATOR.is_valid(sighting_to_event(found()))
    assert not VALIDATOR.is_valid(sighting_to_event(found()) | change)


@given(
    st.dictionaries(st.text(), st.none() | st.booleans() | st.floats() | st.text() | st.tuples(st.integers()))
)
def test_any_options_make_a_header(options):
    header = Header("a\nb", 64, 48, math.nan, 0, "2000-01-01T00:00:00Z", 0.15, options)
    line = event_to_line(header_to_event(header))
    assert line.count(b"\n") == 1
    VALIDATOR.validate(strict(line))


masks = st.tuples(
    st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32), st.sampled_from([0, 0.02, 0.5, 0.98, 1])
)


@QUIET_COCO
@given(masks)
def test_masks_are_coded_as_pycocotools_codes_them(form):
    height, width, seed, share = form
    mask = np.random.default_rng(seed).random((height, width)) < share
    ours = mask_to_coco(mask)
    theirs = coco.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert ours == {"size": [height, width], "counts": theirs["counts"].decode()}
    assert np.array_equal(coco.decode(ours), mask)
    assert mask_to_runs(mask).sum() == mask.size


@QUIET_COCO
def test_a_large_mask_is_coded_exactly():
    y, x = np.mgrid[:1080, :1920]
    for mask in (np.hypot(x - 900, y - 500) < 400, x >= 0, x > 1918, (x // 7 + y // 5) % 2 == 0):
        assert np.array_equal(coco.decode(mask_to_coco(mask)), mask)


def test_a_session_is_header_sightings_notices_and_end(tmp_path):
    path = tmp_path / "events.jsonl"
    sink = EventSink(str(path), masks=True)
    sink.start(HEADER)
    sink.take(found(3.233333, 97))
    sink.notice(Notice(4.0, "drops", "3 frames skipped — too slow"))
    sink.close(End("end", {"frames": 98}))
    sink.close(End("end", {"frames": 98}))
    events = lines_of(path)
    for event in events:
        VALIDATOR.validate(event)
    assert [event["type"] for event in events] == ["header", "sighting", "notice", "end"]
    assert events[0]["options"] == {"window": 6.0, "ignore": [[1, 2, 3, 4]]}
    assert (events[1]["t"], events[1]["frame"], events[1]["sources"][0]["score"]) == (3.233333, 97, 0.6123)
    assert coco.area(events[1]["sources"][0]["mask"]) == 200
    assert events[3]["counts"] == {"frames": 98}


def test_every_line_is_there_at_once(tmp_path):
    path = tmp_path / "events.jsonl"
    sink = EventSink(str(path))
    sink.start(HEADER)
    for count in range(3):
        assert len(lines_of(path)) == count + 1
        sink.take(found(count))
    sink.close(End("end"))


@pytest.mark.parametrize("place", ["missing/events.jsonl", "/dev/null/events.jsonl", "."])
def test_a_place_that_cannot_be_written_is_told_in_one_line(tmp_path, place):
    sink = EventSink(str(tmp_path / place))
    with pytest.raises(SinkError, match=r"^events=[^\n]*; want [^\n]*$"):
        sink.start(HEADER)
    sink.take(found())
    sink.close(End("error"))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_told_in_one_line():
    sink = EventSink("/dev/full")
    with pytest.raises(SinkError, match=r"^events=/dev/full: No space left on device; want [^\n]*$"):
        sink.start(HEADER)
    sink.close(End("error"))


def test_standard_output_gets_the_same_lines(capfd, tmp_path):
    for target in ("-", str(tmp_path / "events.jsonl")):
        sink = EventSink(target)
        sink.start(HEADER)
        sink.take(found())
        sink.close(End("end"))
    assert capfd.readouterr().out.encode() == (tmp_path / "events.jsonl").read_bytes()
    print("still open")


ENDLESS = """
import resource, sys
import numpy as np
from soundspot.core.errors import SinkError
from soundspot.core.values import Candidate, Sighting, VideoFrame
from soundspot.stream.event_file import EventSink
from soundspot.stream.sink import End, Header

target, limit = sys.argv[1], int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
pixels = np.zeros((480, 640, 3), np.uint8)
mask = np.random.default_rng(1).random((480, 640)) > 0.9
one = Candidate(1, 0.5, 0.01, (0, 0, 640, 480), (320.0, 240.0), 30000)
sink = EventSink(target, masks=True)
sink.start(Header("test", 640, 480, 30.0, 0, "2000-01-01T00:00:00Z", 0.0))
try:
    i = 0
    while True:
        sink.take(Sighting(VideoFrame(pixels, i / 30, i), "found", None, 0.01, one, (one,), (mask,)))
        i += 1
except SinkError as error:
    print(error, file=sys.stderr, flush=True)
    sink.close(End("error"))
except KeyboardInterrupt:
    sink.close(End("interrupted"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file size on Windows")
def test_a_file_that_cannot_grow_keeps_whole_lines(tmp_path):
    path = tmp_path / "events.jsonl"
    command = [sys.executable, "-c", ENDLESS, str(path), "300000"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert (
        done.stderr
        == f"events={path}: File too large; want a file in a folder that can be written and has room\n"
    )
    assert len(lines_of(path)) > 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_whatever_ends_the_program_leaves_whole_lines(tmp_path, ending):
    path = tmp_path / "events.jsonl"
    with subprocess.Popen([sys.executable, "-c", ENDLESS, str(path), "0"]) as process:
        while not path.exists() or path.stat().st_size < 1_000_000:
            assert process.poll() is None
        process.send_signal(ending)
    if ending == signal.SIGKILL:  # Linux gives a write up between two pages of memory
        content = path.read_bytes()
        whole = content[: content.rindex(b"\n") + 1]
        assert len(whole) == len(content) or len(content) % mmap.PAGESIZE == 0
        path.write_bytes(whole)
    events = lines_of(path)
    assert [event["frame"] for event in events if event["type"] == "sighting"] == list(
        range(len(events) - 2 + (ending == signal.SIGKILL))
    )
    assert (events[-1]["type"] == "end") == (ending == signal.SIGINT)


def test_a_reader_that_goes_away_is_told_in_one_line():
    command = [sys.executable, "-c", ENDLESS, "-", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        first = strict(process.stdout.readline())
        process.stdout.close()
        told = process.stderr.read().decode()
    assert first["type"] == "header"
    assert told == "events=-: whoever read the events has gone away; the rest was not written\n"
    assert process.returncode == 0
