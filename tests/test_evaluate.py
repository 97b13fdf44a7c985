"""`soundspot evaluate` over small clips and quick scenes: what it prints, what it leaves, how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from soundspot.core.errors import OptionError, SinkError, SourceError
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.tools.baselines.strongest_mover import StrongestMover
from soundspot.tools.evaluate import parts_of
from soundspot.tools.evaluation.clips import Clip, find_clips, read_clip, readable_clips
from soundspot.tools.evaluation.composites import (
    KINDS,
    PART,
    Composite,
    Draw,
    composite_seconds,
    draw_composites,
    inside,
)
from soundspot.tools.evaluation.figures import curves_figure
from soundspot.tools.evaluation.publish import finite, make_folder
from soundspot.tools.evaluation.rivals import RivalJob, cache_folder, read_kept
from soundspot.tools.evaluation.settings import EvaluateOptions, Study
from soundspot.tools.evaluation.surface import THRESHOLDS, Curves
from soundspot.tools.evaluation.tables import table
from soundspot.tools.evaluation.trials import CompositeJob
from soundspot.tools.evaluation.truth import ClipTruth, TrueBox, read_truth
from soundspot.tools.main import main
from soundspot.tools.stopping import Stop

PATIENCE = 240.0  # s for a run on a busy machine
RATE = 8000


def picture(shade):
    return np.full((PART[1], PART[0], 3), shade, np.uint8)


def clip(name="a", seconds=2.0, fps=10, shade=100, truth=None):
    """A clip whose pictures tell their number and whose samples count up."""
    count = round(seconds * fps)
    pictures = [picture(shade + k % 50) for k in range(count)]
    sound = np.arange(round(seconds * RATE), dtype=np.float32) / 1e6
    return Clip(name, pictures, np.arange(count) / fps, sound, RATE, seconds, truth)


def command(*words, **settings):
    line = [sys.executable, "-m", "soundspot.tools.main", "evaluate", *map(str, words)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings)


def finished(*words):
    process = command(*words)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


# ------------------------------------------------------------------------- truth


def box(t0=0.0, t1=2.0, x0=0.0, y0=0.0, x1=0.5, y1=0.5):
    return {"t0": t0, "t1": t1, "x0": x0, "y0": y0, "x1": x1, "y1": y1, "label": "it"}


def test_any_active_box_is_right_and_none_cannot_be_judged():
    truth = ClipTruth((TrueBox(0, 1, 0, 0, 0.5, 1), TrueBox(0, 1, 0.8, 0, 1, 1)))
    assert truth.judge(0.5, (0.2, 0.9)) is truth.judge(0.5, (0.9, 0.1)) is True
    assert truth.judge(0.5, (0.6, 0.5)) is truth.judge(0.5, None) is False
    assert truth.judge(1.5, (0.2, 0.9)) is None


def test_the_truth_beside_a_clip_is_read(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"sources": [box()]}))
    assert read_truth(tmp_path / "a.mp4") == ClipTruth((TrueBox(0, 2, 0, 0, 0.5, 0.5),))
    assert read_truth(tmp_path / "b.mp4") is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"sources": [{"t0": 0}]}', '{"sources": 3}'])
def test_another_form_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(SourceError, match=r"^truth=[^\n]*a\.json: [^\n]*want \{[^\n]*$"):
        read_truth(tmp_path / "a.mp4")


def test_a_box_without_room_is_refused(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps({"sources": [box(x0=0.6)]}))
    with pytest.raises(SourceError, match="without room"):
        read_truth(tmp_path / "a.mp4")


# ------------------------------------------------------------------------- clips


@pytest.fixture(scope="module")
def folder(tmp_path_factory, clips):
    """Four clips with sound, one of them with its truth, and a file that only looks like one."""
    place = tmp_path_factory.mktemp("clips")
    for name in ("a", "b", "c", "d"):
        clips.write_moving(place / f"{name}.mp4", seconds=5.0, still=name != "a")
    (place / "a.json").write_text(json.dumps({"sources": [box(t1=5.0, x1=0.5, y1=1.0)]}))
    (place / "broken.mp4").write_bytes(b"no clip")
    (place / "notes.txt").write_text("no clip either")
    return place


def test_a_clip_is_read_whole_and_scaled(folder):
    read = read_clip(folder / "a.mp4", 3.0, (64, 48))
    assert read.length == pytest.approx(3.0)
    assert read.pictures[0].shape == (48, 64, 3)
    assert read.sound.size == round(read.length * read.rate)
    assert np.abs(read.sound).max() > 0.1
    assert np.diff(read.times) == pytest.approx(1 / 30, abs=0.002)


def test_what_cannot_be_read_is_told_and_left_out(folder):
    media, refusals = readable_clips(folder)
    assert list(media) == ["a", "b", "c", "d"]
    assert media["a"].seconds == pytest.approx(5.0, abs=0.1)
    assert len(refusals) == 1 and "broken.mp4" in refusals[0]


def test_a_folder_without_clips_is_refused(tmp_path):
    with pytest.raises(SourceError, match=r"holds no clip; want"):
        find_clips(tmp_path)
    with pytest.raises(SourceError, match=r"want a folder of clips"):
        find_clips(tmp_path / "nowhere")


# ------------------------------------------------------------------------- composites


def test_the_heard_clip_lies_where_it_is_said_to_lie():
    parts = clip("a", shade=0), clip("b", shade=100), clip("c", shade=150), clip("d", shade=200)
    square = Composite(parts, 2, parts[2], 2.0)
    seen = square.picture(0.0)
    assert seen.shape == (2 * PART[1], 2 * PART[0], 3)
    assert [seen[y, x, 0] for y, x in ((0, 0), (0, -1), (-1, 0), (-1, -1))] == [0, 100, 150, 200]
    assert square.place_in(80, 240 + 60) == (0.25, 0.25)
    assert inside(square.place_in(0, 240)) and not inside(square.place_in(0, 239))
    assert not inside(square.place_in(320, 300))
    pair = Composite(parts[:2], 1, parts[0], 2.0)
    assert pair.picture(0.0).shape == (PART[1], 2 * PART[0], 3)
    assert inside(pair.place_in(320, 0)) and not inside(pair.place_in(319, 0))


def test_a_short_clip_is_looped_with_its_sound_and_a_long_one_ends():
    short, long = clip(seconds=2.0), clip(seconds=9.0)
    assert composite_seconds(short, 10.0) == 10.0
    assert composite_seconds(long, 10.0) == 9.0
    items = list(Composite((short, long), 0, short, 5.0).items())
    frames = [item for item in items if isinstance(item, VideoFrame)]
    sound = np.concatenate([item.samples for item in items if isinstance(item, SoundBlock)])
    assert [frame.time for frame in frames] == pytest.approx(np.arange(50) / 10)
    assert np.array_equal(frames[3].pixels[:, : PART[0]], frames[23].pixels[:, : PART[0]])
    assert not np.array_equal(frames[3].pixels[:, PART[0] :], frames[23].pixels[:, PART[0] :])
    assert sound.size == 5 * RATE
    assert np.array_equal(sound[: 2 * RATE], sound[2 * RATE : 4 * RATE])
    times = [item.time for item in items]
    assert times == sorted(times)


def test_another_clip_is_heard_when_the_sound_is_unrelated():
    shown, other, stranger = clip("a"), clip("b"), clip("c", seconds=3.0)
    loud = Clip("c", stranger.pictures, stranger.times, stranger.sound + 1, RATE, 3.0, None)
    composite = Composite((shown, other), 0, loud, 4.0)
    blocks = [item.samples for item in composite.items() if isinstance(item, SoundBlock)]
    assert min(block.min() for block in blocks) >= 1


def test_draws_are_the_same_whatever_else_is_asked_for():
    names = [f"clip{k}" for k in range(8)]
    every = draw_composites(names, names, list(KINDS), pairs=3, pick=0)
    some = draw_composites(names, names[2:3], ["unrelated"], pairs=3, pick=0)
    assert some == [draw for draw in every if draw.kind == "unrelated" and draw.seen == names[2]]
    assert every != draw_composites(names, names, list(KINDS), pairs=3, pick=1)


def test_draws_keep_to_their_kind():
    names = [f"clip{k}" for k in range(8)]
    draws = draw_composites(names, names, list(KINDS), pairs=4, pick=0)
    assert len(draws) == 8 * 4 * 3
    for draw in draws:
        assert len(set(draw.parts)) == len(draw.parts) == (4 if draw.kind == "four" else 2)
        assert draw.seen in draw.parts
        assert (draw.heard == draw.seen) == (draw.kind != "unrelated")
        assert draw.kind != "unrelated" or draw.heard not in draw.parts
    two = [draw for draw in draws if draw.kind == "two"]
    assert {draw.parts.index(draw.seen) for draw in two} == {0, 1}
    assert len({draw.parts for draw in two if draw.seen == "clip0"}) == 4


def test_the_motion_rule_points_at_what_moves():
    rule = StrongestMover()
    texture = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8), (0, 0), 1.5
    )
    for k in range(8):
        pixels = texture.copy()
        pixels[150:190, 30:70] = texture[40:80, 100 + 2 * k : 140 + 2 * k]
        place = rule.push(VideoFrame(pixels, k / 25, k))
        if k == 0:
            assert place == (160, 120)
    assert 30 <= place[0] < 70 and 150 <= place[1] < 190


# ------------------------------------------------------------------------- settings and small things


def test_only_what_is_there_can_be_asked_for():
    study = Study(EvaluateOptions(only="b, a"), None, Stop())
    assert study.chosen(["a", "b", "c"]) == ["a", "b"]
    with pytest.raises(OptionError, match=r"^only=b: want one of x, y$"):
        study.chosen(["x", "y"])


@pytest.mark.parametrize("kinds", ["", "three", "two,three"])
def test_unknown_kinds_are_refused(kinds):
    with pytest.raises(OptionError, match=r"^kinds=[^\n]*want some of two,unrelated,four"):
        EvaluateOptions(kinds=kinds)


def test_what_is_measured_follows_from_the_words():
    assert parts_of("all", None) == parts_of("scenes", None) == ["scenes"]
    assert parts_of("all", "clips") == ["composites", "clips", "scenes"]
    assert parts_of("composites", "clips") == ["composites"]
    with pytest.raises(OptionError, match="want a folder of clips"):
        parts_of("clips", None)
    with pytest.raises(OptionError, match=r"^what=everything: want one of"):
        parts_of("everything", None)


def test_json_has_no_number_for_never():
    assert finite({"a": [1.0, float("inf")], "b": (float("nan"), "x")}) == {
        "a": [1.0, None],
        "b": [None, "x"],
    }


def test_a_table_shows_what_is_unknown_as_a_dash():
    lines = table(["", "a"], [["x", 0.126], ["y", None], ["z", float("nan")], ["n", 3]]).splitlines()
    assert lines == ["|  | a |", "|---|---|", "| x | 0.13 |", "| y | – |", "| z | – |", "| n | 3 |"]


def test_a_folder_that_cannot_be_written_is_refused_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SinkError, match=r"^out=[^\n]*; want a folder that can be written$"):
        make_folder(tmp_path / "file")
    assert main(["evaluate", "--quick", "--out", str(tmp_path / "file" / "deeper")]) == 2


def test_curves_become_a_picture():
    curves = Curves(THRESHOLDS, 1 - THRESHOLDS, THRESHOLDS, 1 - THRESHOLDS)
    picture = cv2.imdecode(np.frombuffer(curves_figure({"a": {"ours": curves}}), np.uint8), 1)
    assert picture.shape[1] > picture.shape[0] > 100


def test_the_cache_is_the_users_own_unless_told(monkeypatch, tmp_path):
    assert cache_folder("here") == Path("here")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder(None) == tmp_path / "soundspot" / "evaluate"


def test_a_baselines_result_is_kept_and_read_again(tmp_path):
    scene = make_scene("basketball", seconds=1.0, width=160, height=120, frame_rate=12)
    job = RivalJob("centre", "basketball", scene, tmp_path)
    first = job.work(lambda: False)
    (place,) = tmp_path.glob("*.npz")
    assert read_kept(place) is not None
    changed = place.stat().st_mtime_ns
    again = job.work(lambda: False)
    assert place.stat().st_mtime_ns == changed
    assert np.array_equal(first.curves.recall, again.curves.recall)
    assert first.curves.recall[0] == 1
    assert len(again.samples) == 3
    place.write_bytes(b"damaged")
    assert np.array_equal(job.work(lambda: False).curves.recall, first.curves.recall)


def test_a_job_that_is_refused_is_left_out_and_the_others_are_done(folder, tmp_path):
    study = Study(EvaluateOptions(quiet=True, jobs=2), Options(), Stop())
    scene = make_scene("basketball", seconds=1.0, width=96, height=72, frame_rate=12)
    gone = (folder / "a.mp4", folder / "gone.mp4")
    refused = CompositeJob(Draw("two", "a", ("a", "gone"), "a"), gone, gone[0], Options(), 5.0, 1.0)
    results = study.run([refused, RivalJob("centre", "basketball", scene, tmp_path)], "both")
    assert [result.name for result in results] == ["basketball"]
    assert len(study.left_out) == 1 and "gone.mp4" in study.left_out[0]


# ------------------------------------------------------------------------- the command


def test_composites_and_clips_of_any_folder(folder, tmp_path):
    words = ["--pairs", "1", "--seconds", "5", "--only", "a", "--jobs", "2", "--out", tmp_path / "out"]
    out = finished("composites", folder, *words)
    assert "| a | 1 |" in out
    assert "Left out: source=" in out and "broken.mp4" in out
    assert "### Working point" in out and "chance 0.25" in out
    data = json.loads((tmp_path / "out" / "report.json").read_text())
    assert [trial["kind"] for trial in data["composites"]["trials"]] == list(KINDS)
    (two,) = [trial for trial in data["composites"]["trials"] if trial["kind"] == "two"]
    assert two["moving_part"] > 0.9  # all others stand still
    assert data["composites"]["two"]["all"]["trials"] == 1
    assert data["settings"]["pairs"] == 1
    assert {row["what"].split(",")[0] for row in data["targets"]} >= {
        "composites of two",
        "composites of four",
    }
    assert (tmp_path / "out" / "report.md").read_text() == out


def test_clips_are_judged_by_the_truth_beside_them(folder):
    out = finished("clips", folder, "--jobs", "1")
    (row,) = [line for line in out.splitlines() if line.startswith("| a |")]
    _, moments, _, moving, middle = [cell.strip() for cell in row.split("|")[1:6]]
    assert int(moments) == 20  # ten a second, after 3 s
    assert float(moving) == 1.0
    assert float(middle) == 1.0  # the middle lies on the box's edge
    assert "| b |" not in out


def test_quick_measures_the_papers_situations_and_leaves_the_report(tmp_path):
    out = finished("--quick", "--only", "basketball,offscreen", "--out", tmp_path)
    assert "| basketball |" in out and "| offscreen |" in out
    data = json.loads((tmp_path / "report.json").read_text())
    live = data["scenes"]["live"]
    assert live["offscreen"]["right"] is None
    assert 0 <= live["basketball"]["overlap"] <= 1
    assert len(data["scenes"]["whole"]["basketball"]["soundspot"]["curves"]["recall"]) == 101
    for name in ("scenes-samples.png", "scenes-curves.png"):
        assert cv2.imread(str(tmp_path / name)) is not None
        assert f"]({name})" in out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_done_is_told_when_the_user_ends_it(tmp_path, number, code):
    process = command("scenes", "--jobs", "1", "--seconds", "60", "--out", tmp_path, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while len(children(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.0)
    # as the terminal does: Ctrl-C reaches every process of the group
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    asked = time.monotonic()
    out, err = process.communicate(timeout=PATIENCE)
    assert time.monotonic() - asked < 15
    assert process.returncode == code
    assert "Ended early" in out
    assert "Traceback" not in err
    assert (tmp_path / "report.json").exists()
    # multiprocessing's own tracker sees the end of its parent a moment later
    while children(process.pid) and time.monotonic() < asked + 30:
        time.sleep(0.1)
    assert children(process.pid) == []


def children(pid):
    """The ids of all processes of the process' session."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == pid and fields[0] != "Z":
            found.append(int(place.parent.name))
    return found
