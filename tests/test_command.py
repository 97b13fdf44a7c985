"""The whole command over small media: every form it must read, and everything that comes damaged.

Most runs share this process, for most of a run of a second of film is its start; test_cli.py has whole ones.
"""

import io
import json
import os
import resource
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from jsonschema import Draft202012Validator
from soundspot.core.rehearsal import warm_up
from soundspot.stream import events as event_module
from soundspot.tools.main import main

PATIENCE = 240.0  # s for one run on a busy machine
SIZE = (96, 72)
SCHEMA = json.loads(Path(event_module.__file__).with_name("event.schema.json").read_text())
VALIDATOR = Draft202012Validator(SCHEMA)
FRAGMENTS = {"movflags": "frag_keyframe+delay_moov+default_base_moof", "frag_duration": "500000"}


@dataclass(frozen=True)
class Run:
    """How a run of the command ended, and what it left."""

    code: int
    stderr: str
    events: list
    video: Path

    @property
    def sightings(self):
        return [event for event in self.events if event["type"] == "sighting"]

    @property
    def reasons(self):
        return [sighting["reason"] for sighting in self.sightings]

    @property
    def kinds(self):
        return {event["kind"] for event in self.events if event["type"] == "notice"}


def command(*words, **settings):
    line = [sys.executable, "-m", "soundspot.tools.main", "run", *map(str, words)]
    return subprocess.run(line, capture_output=True, text=True, timeout=PATIENCE, check=False, **settings)


def carry_out(folder, name, path, words):
    """Run with an event file and an overlay of that name."""
    events, video = folder / f"{name}.jsonl", folder / f"{name}.out.mp4"
    words = ["run", path, "--events", events, "--video", video, "--quiet", *words]
    complaint = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(complaint):
        code = main([str(word) for word in words])
    return Run(code, complaint.getvalue(), events_of(events), video)


def events_of(path):
    """The events of a file, each held against the schema; none where there is no file."""
    text = path.read_text() if path.exists() else ""
    assert text == "" or text.endswith("\n")
    events = [json.loads(line) for line in text.splitlines()]
    for event in events:
        VALIDATOR.validate(event)
    return events


def refused(run):
    """The one line of a refusal, which answers nothing."""
    assert run.code == 2, run.stderr
    assert run.stderr.count("\n") == 1 and run.stderr.startswith("soundspot: ")
    assert not run.sightings and not run.video.exists()
    return run.stderr


NAN = np.full(48000, np.nan, np.float32)
MJPEG = {"video": "mjpeg", "pixels": "yuvj420p"}
JUMP = [k / 30 + (3.0 if k >= 30 else 0.0) for k in range(60)]  # s
CLOCK_SET = [k / 30 + (90_000.0 if k >= 30 else 0.0) for k in range(60)]
UNEVEN = list(np.cumsum(np.random.default_rng(0).uniform(0.01, 0.09, 40)))
CUT = {"cut_ts": ("a.ts", {}), "cut_mp4": ("a.mp4", {"options": FRAGMENTS}), "cut_mkv": ("a.mkv", {})}


def cases_of(clips):
    """By name: the file, what the maker is told, and the options of the command."""
    return {
        "odd": ("a.mkv", {"size": (97, 73), "pixels": "yuv444p"}, []),
        "gray": ("a.mkv", {"pixels": "gray"}, []),
        "ten_bit": ("a.mkv", {"pixels": "yuv420p10le"}, []),
        "one_frame": ("a.mp4", {"seconds": 1 / 30}, []),
        "nan": ("a.mkv", {"audio": "pcm_f32le", "samples": "flt", "sound": NAN}, []),
        "zero": ("a.mp4", {"sound": np.zeros(48000)}, []),
        "black": ("a.mp4", {"seconds": 3.5, "draw": clips.flat(0)}, []),
        "white": ("a.mp4", {"seconds": 3.5, "draw": clips.flat(255)}, []),
        "frozen": ("a.mp4", {"seconds": 3.5, "draw": clips.shots, "still": True}, []),
        "shorter": ("a.mp4", {"seconds": 4.0, "sound": clips.bangs(1.0)}, []),
        "longer": ("a.mp4", {"sound": clips.bangs(4.0)}, []),
        "jump": ("a.mkv", {"times": JUMP}, []),
        "clock_set": ("a.mkv", {"times": CLOCK_SET}, []),
        "cuts": ("a.mp4", {"seconds": 6.0, "draw": clips.shots}, ["--sensitivity", "0.1"]),
        "doubled": ("a.mkv", {"seconds": 3.5, "doubled": True, **MJPEG}, []),
        "uneven": ("a.mkv", {"times": UNEVEN, "sound": clips.bangs(2.0)}, []),
        "surround": ("a.mkv", {"layout": "5.1"}, ["--channel", "5"]),
        "turned": ("a.mp4", {"rotation": 90}, []),
        "oblong": ("a.mp4", {"aspect": Fraction(4, 3)}, []),
        "part": ("a.mp4", {"seconds": 2.0}, ["--start", "0.5", "--end", "1.5"]),
        "paper": ("a.mp4", {"seconds": 3.5}, ["--preset", "paper", "--heatmap"]),
        "masks": (
            "a.mp4",
            {"seconds": 5.0},
            ["--masks", "--max-sources", "3", "--sensitivity", "0.5", "--heatmap"],
        ),
        "ignored": ("a.mp4", {"seconds": 3.5}, ["--ignore", "0,0,96,71"]),
        "realtime": ("a.mp4", {}, ["--realtime"]),
        "no_sound": ("a.mp4", {"sound": None}, []),
        "no_picture": ("a.mp4", {"rate": 0}, []),
        "speck": ("a.mkv", {"size": (2, 2), "pixels": "yuvj444p", "video": "mjpeg"}, []),
        "thread": ("a.mkv", {"size": (1, 1000), "pixels": "yuvj444p", "video": "mjpeg"}, []),
        "too_late": ("a.mp4", {}, ["--start", "0.999"]),
        "no_channel": ("a.mp4", {}, ["--channel", "1"]),
        "no_display": ("a.mp4", {}, ["--show"]),
    }


@pytest.fixture(scope="module")
def runs(clips, tmp_path_factory):
    """Every case, carried out where there is no display."""
    folder = tmp_path_factory.mktemp("command")
    cut = {name: (file, {"seconds": 2.0, **settings}, []) for name, (file, settings) in CUT.items()}
    done = {}
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("DISPLAY", "WAYLAND_DISPLAY"):
            patch.delenv(variable, raising=False)
        for name, (file, settings, words) in {**cases_of(clips), **cut}.items():
            path = clips.write_moving(folder / f"{name}.{file}", **settings)
            if name in cut:
                path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6) | 1])
            done[name] = carry_out(folder, name, path, words)
    return done


REFUSED = {
    "no_sound": "has no sound",
    "no_picture": "has sound but no picture",
    "speck": "picture=2x2 px: want at least 32 px",
    "thread": "picture=1x1000 px: want at least 32 px",
    "too_late": "start=0.999 s: no picture comes after it",
    "no_channel": "channel=1: the sound has 1 channel; want 0",
    "no_display": "show=on: there is no display",
}


def pictures(path):
    """Size and times of a film's pictures, up to where it breaks off."""
    times = []
    with av.open(str(path)) as film, suppress(av.FFmpegError):
        stream = film.streams.video[0]
        size = stream.width, stream.height
        for frame in film.decode(stream):
            times.append(frame.time)
    return size, times


def test_what_can_be_read_gives_one_sighting_a_frame_and_a_playable_overlay(runs):
    for name in set(runs) - set(REFUSED) - set(CUT) - {"realtime"}:
        run = runs[name]
        assert (name, run.code, run.stderr) == (name, 0, "")
        assert (run.events[0]["type"], run.events[-1]["reason"]) == ("header", "end")
        times = [sighting["t"] for sighting in run.sightings]
        assert all(later > earlier for earlier, later in pairwise(times))
        counts = run.events[-1]["counts"]
        assert counts["frames"] == counts["sightings"] == len(times) == len(pictures(run.video)[1])


@pytest.mark.parametrize(
    ("name", "frames", "end"), [("odd", 30, 1.0), ("turned", 30, 1.0), ("cuts", 180, 6.0)]
)
def test_the_last_sighting_lies_within_a_frame_of_the_end(runs, name, frames, end):
    assert len(runs[name].sightings) == frames
    assert runs[name].sightings[-1]["t"] == pytest.approx(end - 1 / 30, abs=0.001)


@pytest.mark.parametrize(
    ("name", "size"), [("odd", (98, 74)), ("turned", (72, 96)), ("oblong", (128, 72)), ("ten_bit", SIZE)]
)
def test_pictures_come_as_displayed_with_even_sides(runs, name, size):
    assert pictures(runs[name].video)[0] == size


@pytest.mark.parametrize(
    ("name", "reason"),
    [(name, "silence") for name in ("nan", "zero")]
    + [(name, "no_motion") for name in ("black", "white", "frozen", "ignored")]
    + [("shorter", "lost_sound")],
)
def test_nobody_and_why(runs, name, reason):
    last = runs[name].sightings[-1]
    assert (last["state"], last["reason"]) == ("nobody", reason)
    assert not any(sighting["sources"] for sighting in runs[name].sightings)


def test_sound_that_is_no_number_is_told(runs):
    assert runs["nan"].kinds == {"bad_sound"}


def test_one_frame_gets_one_answer(runs):
    assert len(runs["one_frame"].sightings) == 1


def test_sound_that_goes_on_after_the_picture_gives_no_sighting(runs):
    assert runs["longer"].sightings[-1]["t"] < 1.0


def test_a_gap_in_the_time_stamps_is_kept(runs):
    assert runs["jump"].sightings[-1]["t"] == pytest.approx(JUMP[-1], abs=0.01)


def test_a_clock_that_was_set_ahead_is_joined(runs):
    """Nobody waits through a day in which there is nothing."""
    assert runs["clock_set"].sightings[-1]["t"] < 3.0
    assert "time_jump" in runs["clock_set"].kinds


def test_a_cut_with_every_bang_is_no_finding(runs):
    assert not any(sighting["sources"] for sighting in runs["cuts"].sightings)


def test_a_picture_shown_twice_hides_no_motion(runs):
    assert "no_motion" not in runs["doubled"].reasons


def test_start_and_end_do_not_shift_the_times(runs):
    times = [sighting["t"] for sighting in runs["part"].sightings]
    assert (times[0], times[-1]) == (pytest.approx(0.5, abs=0.001), pytest.approx(1.5 - 1 / 30, abs=0.001))
    assert pictures(runs["part"].video)[1][0] == pytest.approx(0.5, abs=0.01)


def test_masks_fit_the_picture(runs):
    found = [source for sighting in runs["masks"].sightings for source in sighting["sources"]]
    assert found
    assert all(source["mask"]["size"] == [SIZE[1], SIZE[0]] for source in found)
    assert max(len(sighting["sources"]) for sighting in runs["masks"].sightings) <= 3


def test_in_real_time_every_frame_is_counted(runs):
    run = runs["realtime"]
    counts = run.events[-1]["counts"]
    assert (run.code, counts["frames"]) == (0, 30)
    assert counts["analysed"] == len(run.sightings) == len(pictures(run.video)[1]) == 30 - counts["skipped"]


@pytest.mark.parametrize("name", CUT)
def test_a_cut_file_is_done_as_far_as_it_goes(runs, name):
    run = runs[name]
    assert run.code == 3 and run.stderr.count("\n") == 1 and "breaks off at" in run.stderr
    assert (run.events[-1]["type"], run.events[-1]["reason"]) == ("end", "lost")
    assert "source_lost" in run.kinds
    assert 10 < len(run.sightings) == len(pictures(run.video)[1]) < 60
    assert all(event["t"] > 0 for event in run.events if event["type"] == "notice")


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_in_one_line(runs, name):
    assert REFUSED[name] in refused(runs[name])


def limit_files():
    """No file of the process may grow beyond 30 kB: what a full disk is to a writer."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))


def test_kernels_that_cannot_be_kept_are_refused_in_one_line(clips, tmp_path):
    path, around = clips.write_moving(tmp_path / "a.mp4"), {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    done = command(path, "--events", "-", "--quiet", preexec_fn=limit_files, env=around)
    assert done.returncode == 2 and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith(f"soundspot: compiled kernels in {tmp_path}"), done.stderr
    assert "File too large; want 5 MB" in done.stderr


def test_a_film_that_may_not_grow_stays_playable_as_its_part(clips, tmp_path):
    warm_up()  # a cold cache would meet the limit first
    path = clips.write_moving(tmp_path / "a.mp4", seconds=5.0, draw=lambda time: clips.noise(int(time * 30)))
    done = command(path, "--video", tmp_path / "out.mp4", "--quiet", preexec_fn=limit_files)
    assert done.returncode == 2, done.stderr
    assert done.stderr.count("\n") == 1 and "stays playable as" in done.stderr
    assert not (tmp_path / "out.mp4").exists()
    assert pictures(tmp_path / "out.mp4.part")[1]


@pytest.mark.skipif(os.name == "nt", reason="needs a shell")
def test_events_go_into_a_pipe_that_ends_early(clips, tmp_path):
    path = clips.write_moving(tmp_path / "a.mp4")
    line = f"{sys.executable} -m soundspot.tools.main run {path} --events - --quiet | head -n 3"
    done = subprocess.run(line, shell=True, capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert [json.loads(text)["type"] for text in done.stdout.splitlines()] == ["header", *2 * ["sighting"]]
    assert "Traceback" not in done.stderr
