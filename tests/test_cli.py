"""What a user of the command meets: help, one-line refusals, exit codes, whole files after an interrupt."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene
from soundspot.stream.source import SourceOptions
from soundspot.tools.commands import COMMANDS
from soundspot.tools.run import Outputs
from soundspot.tools.scene import write_scene

GROUPS = (Outputs, Options, SourceOptions)
TO_END = 6.0  # s from the signal to the exit: 2 s is the promise, the rest is for a busy machine
PATIENCE = 120.0  # s for a first compile on a busy machine


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "soundspot.tools.main", *map(str, words)]


def soundspot(*words: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*words), cwd=cwd, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of the demo's scene, small."""
    path = tmp_path_factory.mktemp("clip") / "ball.mp4"
    write_scene(make_scene("ball", seconds=3.0, width=160, height=120), path)
    return path


def refusal(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line of a refusal."""
    assert done.returncode == 2, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("soundspot: ")
    assert not done.stdout
    return lines[0]


# ---------------------------------------------------------------- help and refusals


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_subcommand_tells_units_and_defaults(name: str) -> None:
    done = soundspot(name, "--help")
    assert done.returncode == 0
    flags = re.findall(r"^  (?:-h, )?(--[a-z-]+)(.*?)(?=^  -|\Z|^\w)", done.stdout, re.MULTILINE | re.DOTALL)
    assert len(flags) > 3
    assert [flag for flag, told in flags if "default " not in " ".join(told.split())] == ["--help"]


def test_every_option_stands_in_the_help_of_run() -> None:
    text = soundspot("run", "--help").stdout
    for spec in [spec for group in GROUPS for spec in fields(group)]:
        assert "--" + spec.name.replace("_", "-") in text


def test_no_words_give_a_short_help_with_every_subcommand() -> None:
    done = soundspot()
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)
    assert len(done.stdout.splitlines()) < 24


def test_version() -> None:
    assert soundspot("--version").stdout.startswith("soundspot 0.")


def test_an_unknown_subcommand_names_the_known_ones() -> None:
    assert f"want one of {', '.join(COMMANDS)}; see" in refusal(soundspot("listen"))


def test_an_unknown_option_names_the_next_step() -> None:
    line = refusal(soundspot("run", "a.mp4", "--loud"))
    assert "--loud" in line
    assert "soundspot run --help" in line
    assert "did you mean" not in line


@pytest.mark.parametrize("words", [("--sensitvity", "0.1"), ("more", "--sensitvity=0.1")])
def test_an_option_that_is_misspelt_names_the_one_that_was_meant(words: tuple[str, ...]) -> None:
    assert "did you mean --sensitivity;" in refusal(soundspot("run", "a.mp4", *words))


def test_an_option_that_is_said_no_to_is_not_taken_for_itself() -> None:
    assert "did you mean" not in refusal(soundspot("run", "a.mp4", "--no-masks"))


def test_a_rendered_scene_says_what_it_wrote(tmp_path: Path) -> None:
    size = ("--seconds", "1", "--width", "96", "--height", "72")
    done = soundspot("scene", "ball", "ball.mp4", *size, cwd=tmp_path)
    assert done.stdout == "wrote ball.mp4, and its truth beside it as .npz\n"
    assert {path.name for path in tmp_path.iterdir()} == {"ball.mp4", "ball.npz"}


def test_no_source_is_refused() -> None:
    assert "SOURCE" in refusal(soundspot("run"))


def test_a_value_out_of_its_range_names_the_range() -> None:
    assert refusal(soundspot("run", "a.mp4", "--window", "99")).endswith("s: want 1 to 30 s")


def test_a_missing_file(tmp_path: Path) -> None:
    assert f"source={tmp_path / 'no.mp4'}: no such file; want" in refusal(
        soundspot("run", tmp_path / "no.mp4")
    )


def test_a_folder(tmp_path: Path) -> None:
    assert "folder" in refusal(soundspot("run", tmp_path))


def test_a_text_named_mp4(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("not a film\n" * 100)
    assert "cannot be read" in refusal(soundspot("run", tmp_path / "text.mp4"))


@pytest.mark.parametrize("flag", ["--events", "--video"])
@pytest.mark.parametrize("place", ["missing/out.mp4", "file/out.mp4"])
def test_an_output_that_cannot_be_written(clip: Path, tmp_path: Path, flag: str, place: str) -> None:
    """A missing folder, or a file where the folder should be: also refused to the administrator."""
    (tmp_path / "file").write_text("")
    line = refusal(soundspot("run", clip, flag, tmp_path / place, "--quiet"))
    assert f"{flag[2:]}={tmp_path / place}" in line


def test_debug_adds_the_trace(tmp_path: Path) -> None:
    done = soundspot("run", tmp_path / "no.mp4", "--debug")
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("soundspot: ")


# ---------------------------------------------------------------- runs


def events_of(text: str) -> list[dict[str, Any]]:
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def test_events_on_the_standard_output_are_nothing_but_json(clip: Path) -> None:
    done = soundspot("run", clip, "--events", "-", "--end", "1")
    assert done.returncode == 0, done.stderr
    events = events_of(done.stdout)
    assert [events[0]["type"], events[-1]["type"]] == ["header", "end"]
    assert [event["frame"] for event in events if event["type"] == "sighting"] == list(range(30))


def test_a_bare_run_prints_a_line_when_the_decision_changes(clip: Path) -> None:
    done = soundspot("run", clip, "--end", "1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("0.00 s  ")
    answers = [line.split("  ")[1:3] for line in lines]
    assert all(before != after for before, after in pairwise(answers))


def test_the_summary_goes_to_the_standard_error_and_quiet_silences_it(clip: Path) -> None:
    told = soundspot("run", clip, "--end", "1", "--events", "-")
    assert "real time" in told.stderr
    assert soundspot("run", clip, "--end", "1", "--events", "-", "--quiet").stderr == ""


def test_a_pipe_gets_no_progress_bar(clip: Path) -> None:
    assert "\r" not in soundspot("run", clip, "--end", "1").stderr


def test_on_a_terminal_a_line_never_goes_on_behind_the_bar(clip: Path) -> None:
    termios = pytest.importorskip("termios")
    leader, follower = os.openpty()
    termios.tcsetwinsize(follower, (24, 100))
    process = subprocess.Popen(command("run", clip), stdout=follower, stderr=follower)
    os.close(follower)
    shown = bytearray()
    with suppress(OSError):  # with which Linux tells the end
        while part := os.read(leader, 4096):
            shown += part
    os.close(leader)
    assert process.wait(PATIENCE) == 0
    text = shown.decode()
    assert "s of film/s" in text
    lines = re.findall(r"([^\r\n]*?)\d+\.\d\d s  (?:warming_up|found|nobody)", text)
    assert lines and set(lines) == {"\x1b[K"}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", [("run", "{clip}"), ("scene", "--list")])
def test_an_output_that_takes_no_more_is_told_in_one_line(clip: Path, words: tuple[str, ...]) -> None:
    line = command(*(word.format(clip=clip) for word in words))
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(line, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert refusal(done).startswith("soundspot: standard output: No space left on device; want ")


def test_a_source_without_its_command_is_told_the_command(clip: Path) -> None:
    assert f"did you mean `run {clip}`" in refusal(soundspot(clip))
    assert "did you mean" not in refusal(soundspot("nonsense"))
    assert "did you mean" not in refusal(soundspot(""))
    told = refusal(soundspot("rtsp://admin:geheim99@cam/1"))
    assert "did you mean `run rtsp://***@cam/1`" in told and "geheim99" not in told


def test_a_name_that_is_too_long_is_no_source_and_leaves_a_trace_only_on_demand() -> None:
    line = refusal(soundspot("run", 300 * "a"))
    assert "no such file" in line or "name too long" in line
    assert "Traceback" not in soundspot("run", 300 * "a").stderr


@pytest.mark.parametrize("words", [(), ("--events", "-", "--quiet")])
def test_the_reader_of_the_output_may_go_away(clip: Path, words: tuple[str, ...]) -> None:
    process = subprocess.Popen(
        command("run", clip, *words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    with process.stderr:
        complaint = process.stderr.read()
    assert process.wait(PATIENCE) == 141
    assert "Traceback" not in complaint and "BrokenPipe" not in complaint
    assert not words or not complaint


def wait_for_lines(path: Path, count: int, process: "subprocess.Popen[str]") -> None:
    """Until the file has that many lines."""
    limit = time.monotonic() + PATIENCE
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert process.poll() is None, "ended before it was asked to"
        assert time.monotonic() < limit, "no events came"
        time.sleep(0.01)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a program sees")
@pytest.mark.parametrize(
    ("number", "code", "lines", "pace"),
    [
        (signal.SIGINT, 130, 1, []),
        (signal.SIGTERM, 143, 40, []),
        (signal.SIGINT, 130, 40, ["--realtime"]),
        (signal.SIGTERM, 143, 1, ["--realtime"]),
    ],
)
def test_a_signal_leaves_whole_files(
    tmp_path: Path, number: signal.Signals, code: int, lines: int, pace: list[str]
) -> None:
    events, video = tmp_path / "events.jsonl", tmp_path / "out.mp4"
    words = command("run", "demo", "--events", events, "--video", video, *pace)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_for_lines(events, lines, process)
    process.send_signal(number)
    _, complaint = process.communicate(timeout=TO_END)
    assert process.returncode == code, complaint
    assert "Traceback" not in complaint
    told = events_of(events.read_text())
    assert (told[-1]["type"], told[-1]["reason"]) == ("end", "interrupted")
    frames = sum(event["type"] == "sighting" for event in told)
    assert frames or lines == 1
    if frames:
        with av.open(str(video)) as film:
            assert sum(1 for _ in film.decode(video=0)) == frames


def cut_copy(film: Path, path: Path, share: float) -> Path:
    """The film as Matroska, of which only the first share of the bytes is left."""
    with av.open(str(film)) as source, av.open(str(path), "w") as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    path.write_bytes(path.read_bytes()[: round(share * path.stat().st_size)])
    return path


def test_a_file_cut_in_the_middle_is_processed_as_far_as_it_goes(clip: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    done = soundspot("run", cut_copy(clip, tmp_path / "cut.mkv", 0.5), "--events", events, "--quiet")
    assert done.returncode == 3
    assert len(done.stderr.splitlines()) == 1
    assert "breaks off" in done.stderr
    told = events_of(events.read_text())
    assert (told[-1]["type"], told[-1]["reason"]) == ("end", "lost")
    assert sum(event["type"] == "sighting" for event in told) > 20


def test_a_film_whose_index_is_missing_is_refused(clip: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    assert "index (moov) is missing" in refusal(soundspot("run", cut))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_one_line(clip: Path) -> None:
    assert "events=/dev/full: " in refusal(soundspot("run", clip, "--events", "/dev/full", "--quiet"))
