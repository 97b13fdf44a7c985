"""The demo leaves what it promises in a new folder, and its judge counts as it says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from soundspot.core.errors import SinkError
from soundspot.core.values import Candidate, Sighting, VideoFrame
from soundspot.stream.summary import Summary
from soundspot.tools import demo
from soundspot.tools.judge import SETTLED, Judge
from soundspot.tools.main import main

PATIENCE = 240.0  # s for a first compile on a busy machine
SECONDS = 6  # of the scene, the shortest


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demo is run."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def done(folder: Path) -> "subprocess.CompletedProcess[str]":
    """The demo, run once in a folder of its own, as a user runs it."""
    words = [sys.executable, "-m", "soundspot.tools.main", "demo", "--seconds", str(SECONDS)]
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    return subprocess.run(
        words,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.fixture(scope="module")
def left(done: "subprocess.CompletedProcess[str]", folder: Path) -> Path:
    """The folder that the demo names."""
    named = re.search(r"^left in (.+?): ", done.stdout, re.MULTILINE)
    assert named is not None, done.stdout + done.stderr
    return folder / named[1]


def test_it_ends_well_without_a_display(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_it_prints_progress_and_a_closing_table(done: "subprocess.CompletedProcess[str]") -> None:
    lines = done.stdout.splitlines()
    assert lines[0].startswith("rendering")
    names = ["found after", "frames right", "overlap (IoU)", "delay", "frames skipped"]
    assert [line[:16].strip() for line in lines if line[:16].strip() in names] == names


def test_the_folder_is_new_and_named_after_the_moment(left: Path) -> None:
    assert re.fullmatch(r"soundspot-demo-\d{8}-\d{6}", left.name)


def test_the_overlay_plays_with_its_sound(left: Path) -> None:
    with av.open(str(left / "overlay.mp4")) as film:
        samples = sum(frame.samples for frame in film.decode(audio=0))
        assert samples / film.streams.audio[0].rate == pytest.approx(SECONDS, abs=0.2)
    with av.open(str(left / "overlay.mp4")) as film:
        times = [frame.time for frame in film.decode(video=0)]
    assert times[-1] == pytest.approx(SECONDS, abs=1.0)


def test_the_events_are_those_of_the_overlay(left: Path) -> None:
    events = [json.loads(line) for line in (left / "events.jsonl").read_text().splitlines()]
    assert [events[0]["type"], events[-1]["type"]] == ["header", "end"]
    with av.open(str(left / "overlay.mp4")) as film:
        frames = sum(1 for _ in film.decode(video=0))
    assert frames == sum(event["type"] == "sighting" for event in events)


def test_the_report_is_a_picture(left: Path) -> None:
    picture = cv2.imread(str(left / "report.png"))
    assert picture is not None and picture.std() > 0


def test_the_scene_and_its_truth_stay_for_another_run(left: Path) -> None:
    assert (left / "scene.mp4").exists()
    with np.load(left / "scene.npz") as truth:
        assert truth["masks"].shape == (30 * SECONDS, 480, 80)


@pytest.mark.parametrize("skipped", [0, 60, 61, 468])
def test_a_machine_that_is_too_busy_is_told_from_a_method_that_fails(skipped: int) -> None:
    summary = Summary(600, 600 - skipped, skipped, 600 - skipped, 20.0, 20.0, None, 0.2, 0.3, "end")
    told = demo.advice(summary, Path("left") / "scene.mp4")
    assert ("soundspot run left/scene.mp4" in told) == (skipped > 60)


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    moment = demo.datetime(2031, 2, 3, 4, 5, 6)
    assert demo.new_folder(moment).name == "soundspot-demo-20310203-040506"
    with pytest.raises(SinkError, match=r"folder=.*20310203-040506: "):
        demo.new_folder(moment)


@pytest.mark.parametrize(("flag", "value"), [("--seconds", "2"), ("--seed", "-1")])
def test_a_value_out_of_its_range_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], flag: str, value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["demo", flag, value]) == 2
    assert f"{flag[2:]}={value}" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- the judge

HEIGHT, WIDTH, FRAMES = 40, 50, 4


def square(x: int) -> NDArray[np.bool_]:
    """20 px on a side, its left edge at x."""
    mask = np.zeros((HEIGHT, WIDTH), np.bool_)
    mask[10:30, x : x + 20] = True
    return mask


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Knows that the square at 10 is true in every frame."""
    np.savez(tmp_path / "truth.npz", masks=np.packbits(np.stack([square(10)] * FRAMES), axis=-1))
    return Judge(tmp_path / "truth.npz")


def answer(index: int, time: float, *masks: NDArray[np.bool_]) -> Sighting:
    frame = VideoFrame(np.zeros((HEIGHT, WIDTH, 3), np.uint8), time, index)
    sounders = tuple(Candidate(k, 0.5, 0.01, (0, 0, 9, 9), (5.0, 5.0), 81) for k in range(len(masks)))
    return Sighting(frame, "found" if masks else "nobody", None, None, None, sounders, masks)


def test_the_judge_measures_precision_and_overlap(judge: Judge) -> None:
    for index, masks in enumerate([[square(10)], [square(20)], [], [square(10), square(20)]]):
        judge.take(answer(index, SETTLED + index, *masks))
    assert [verdict.precision for verdict in judge.verdicts] == pytest.approx([1, 1 / 2, 0, 2 / 3])
    assert [verdict.overlap for verdict in judge.verdicts] == pytest.approx([1, 1 / 3, 0, 2 / 3])
    assert [verdict.right for verdict in judge.verdicts] == [True, False, False, True]
    assert judge.share_right == 0.5
    assert judge.mean_overlap == pytest.approx(0.5)


def test_the_judge_leaves_out_the_first_seconds(judge: Judge) -> None:
    judge.take(answer(0, SETTLED - 0.1))
    assert judge.share_right == 0
    judge.take(answer(1, SETTLED, square(10)))
    assert judge.share_right == 1
