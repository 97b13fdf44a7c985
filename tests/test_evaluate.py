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
from soundspot.core.errors import OptionError, SinkError
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene
from soundspot.tools.evaluate import parts_of
from soundspot.tools.evaluation.composites import KINDS, Draw
from soundspot.tools.evaluation.figures import curves_figure
from soundspot.tools.evaluation.publish import finite, make_folder
from soundspot.tools.evaluation.rivals import RivalJob, cache_folder, read_kept
from soundspot.tools.evaluation.settings import EvaluateOptions, Study
from soundspot.tools.evaluation.surface import THRESHOLDS, Curves
from soundspot.tools.evaluation.tables import table
from soundspot.tools.evaluation.trials import CompositeJob
from soundspot.tools.main import main
from soundspot.tools.stopping import Stop

PATIENCE = 240.0  # s for a run on a busy machine


def command(*words, **settings):
    line = [sys.executable, "-m", "soundspot.tools.main", "evaluate", *map(str, words)]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **settings)


def finished(*words):
    process = command(*words)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, err
    return out


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


def test_a_job_that_is_refused_is_left_out_and_the_others_are_done(clip_folder, tmp_path):
    study = Study(EvaluateOptions(quiet=True, jobs=2), Options(), Stop())
    scene = make_scene("basketball", seconds=1.0, width=96, height=72, frame_rate=12)
    gone = (clip_folder / "a.mp4", clip_folder / "gone.mp4")
    refused = CompositeJob(Draw("two", "a", ("a", "gone"), "a"), gone, gone[0], Options(), 5.0, 1.0)
    results = study.run([refused, RivalJob("centre", "basketball", scene, tmp_path)], "both")
    assert [result.name for result in results] == ["basketball"]
    assert len(study.left_out) == 1 and "gone.mp4" in study.left_out[0]


# ------------------------------------------------------------------------- the command


def test_composites_and_clips_of_any_folder(clip_folder, tmp_path):
    words = ["--pairs", "1", "--seconds", "5", "--only", "a", "--jobs", "2", "--out", tmp_path / "out"]
    out = finished("composites", clip_folder, *words)
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


def test_clips_are_judged_by_the_truth_beside_them(clip_folder):
    out = finished("clips", clip_folder, "--jobs", "1")
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


def test_baselines_are_left_out_on_demand(tmp_path):
    finished("scenes", "--only", "basketball", "--seconds", "5", "--no-baselines", "--out", tmp_path)
    whole = json.loads((tmp_path / "report.json").read_text())["scenes"]["whole"]
    assert list(whole["basketball"]) == ["soundspot"]


@pytest.mark.parametrize(
    ("number", "group", "code"),
    # as the terminal does with Ctrl-C, and `timeout` with a group: the signal reaches every process
    [(signal.SIGINT, True, 130), (signal.SIGTERM, False, 143), (signal.SIGTERM, True, 143)],
)
def test_what_was_done_is_told_when_the_user_ends_it(tmp_path, number, group, code):
    process = command("scenes", "--jobs", "1", "--seconds", "60", "--out", tmp_path, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while len(children(process.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1.0)
    os.killpg(process.pid, number) if group else process.send_signal(number)
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
