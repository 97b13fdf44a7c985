"""Calibration finds the offset of a recording, and of a live camera with its microphone, or says why not."""

import os
import shutil
import subprocess
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.errors import OptionError, SinkError, SourceError
from soundspot.core.values import SoundBlock
from soundspot.stream.flash import find_clicks, lay, match
from soundspot.stream.v4l2 import Camera
from soundspot.stream.webcam import Shot
from soundspot.tools import calibrate
from soundspot.tools.cli import Parser

SECONDS = 7.0
SCREEN = (320, 240)  # px
LATE = 0.2  # s


def moments(rate, seed=1):
    """When the film flashes, s (n,): on a frame, at uneven distances."""
    gaps = np.random.default_rng(seed).uniform(0.8, 1.4, 5)
    return np.round(np.cumsum(gaps) * rate) / rate


def click_track(times, rate, loudness=0.8, noise=0.005):
    """Bursts of 5 ms at `times` in faint noise, float32 (n,)."""
    sound = np.random.default_rng(2).normal(0, noise, round(SECONDS * rate)).astype(np.float32)
    burst = loudness * np.cos(2 * np.pi * 2000 * np.arange(round(0.005 * rate)) / rate)
    for time_ in times:
        sound[round(time_ * rate) :][: burst.size] += burst.astype(np.float32)
    return sound


def film(clips, path, offset=0.0, rate=30, loudness=0.8, flashing=True, shift=0.0, **settings):
    """A clip whose clicks come `offset` s after its flashes, which begin `shift` of a frame late."""
    flashes = moments(rate) + shift / rate
    wall = clips.noise(3, 160, 120)

    def draw(now):
        pixels = wall.astype(np.float32)
        for begin in flashes if flashing else ():
            lit = np.clip(min(begin + 0.1, now + 1 / rate) - max(begin, now), 0, None) * rate
            pixels[30:80, 40:100] += lit * (255 - pixels[30:80, 40:100])
        return np.round(pixels).astype(np.uint8)

    sound = click_track(flashes + offset, settings.get("sound_rate", 48000), loudness)
    return clips.write_clip(path, seconds=SECONDS, rate=rate, draw=draw, sound=sound, **settings)


def run(*words):
    """The command's exit code."""
    parser = Parser(prog="soundspot calibrate")
    calibrate.add_arguments(parser)
    return calibrate.run(parser.parse_args([str(word) for word in words]))


def printed(capsys):
    """The offset and uncertainty in s that were printed, and all the text."""
    words = capsys.readouterr().out.split()
    sign = 1 if "after" in words else -1
    seconds = float(words[words.index("comes") + 1])
    uncertainty = float(words[words.index("take") + 1])
    return sign * seconds, uncertainty, " ".join(words)


@pytest.mark.parametrize(
    ("name", "rate", "offset", "settings"),
    [
        ("film.mp4", 30, 0.0, {}),
        ("film.mp4", 30, 0.064, {"sound_rate": 16000}),
        ("film.mp4", 25, -0.3, {}),
        ("film.mkv", 30, 0.7, {"audio": "libopus"}),
        ("film.webm", 25, -0.021, {"audio": "libopus", "video": "libvpx"}),
    ],
)
def test_a_known_offset_is_found(clips, tmp_path, capsys, name, rate, offset, settings):
    assert run(film(clips, tmp_path / name, offset, rate, **settings)) == 0
    found, uncertainty, text = printed(capsys)
    assert found == pytest.approx(offset, abs=min(0.005, 0.1 / rate))
    assert uncertainty < 0.01
    assert (f"use --av-offset {found:.3f}" in text) == (offset != 0)
    assert ("no --av-offset is needed" in text) == (offset == 0)
    assert "5 flashes with their clicks" in text


@pytest.mark.parametrize("shift", [0.2, 0.5, 0.8])
def test_a_flash_between_two_frames_is_dated_by_its_brightness(clips, tmp_path, capsys, shift):
    assert run(film(clips, tmp_path / "film.mp4", 0.1, shift=shift)) == 0
    assert printed(capsys)[0] == pytest.approx(0.1, abs=0.005)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"flashing": False}, r"source=.*film.mp4: 0 flashes seen; want 3 at least: point the camera"),
        ({"loudness": 0.0}, r"source=.*film.mp4: \d+ clicks heard; want 3 at least: turn the loudspeaker up"),
    ],
)
def test_what_is_not_seen_or_heard_is_told_in_a_line(clips, tmp_path, settings, line):
    with pytest.raises(SourceError, match=line) as refusal:
        run(film(clips, tmp_path / "film.mp4", **settings))
    assert "\n" not in str(refusal.value)


def test_flashes_and_clicks_that_have_nothing_to_do_with_each_other_are_refused():
    rng = np.random.default_rng(4)
    flashes, clicks = np.arange(0, 20, 1.1), np.cumsum(rng.uniform(0.5, 1.7, 15))
    assert match(flashes, clicks, 1 / 30) is None


def test_an_offset_cannot_be_taken_off_what_is_measured(tmp_path):
    with pytest.raises(OptionError, match="--av-offset"):
        run(tmp_path / "film.mp4", "--av-offset", "0.2")


def test_only_a_sensible_time_is_taken(clips, tmp_path):
    with pytest.raises(OptionError, match=r"seconds=1\.0 s: want 5 to 120 s"):
        run(tmp_path / "film.mp4", "--seconds", 1)


@given(st.floats(-0.9, 0.9), st.integers(4, 20), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_an_offset_is_found_among_false_alarms(offset, count, false, seed):
    rng = np.random.default_rng(seed)
    flashes = np.cumsum(rng.uniform(0.9, 1.5, count))
    clicks = flashes + offset + rng.normal(0, 0.002, count)
    clicks = np.sort(np.append(clicks, rng.uniform(0, flashes[-1], false)))
    found = match(flashes, clicks, 0.0)
    if count > 8:  # of few, some may fit by chance at another offset just as well
        assert found is not None
        assert abs(found.seconds - offset) < 0.01


def test_clicks_are_found_over_mains_hum_and_across_lost_sound():
    rate = 16000
    time_ = np.arange(rate * 7) / rate
    wanted = np.array([0.5, 1.7, 2.9, 4.0, 5.2, 6.1])
    sound = click_track(wanted, rate, loudness=0.1, noise=0.0005) + 0.3 * np.sin(2 * np.pi * 50 * time_)
    sound = sound.astype(np.float32)
    blocks = [SoundBlock(sound[k : k + 800], k, rate, 3.0 + k / rate) for k in range(0, sound.size, 800)]
    del blocks[60:64]
    found = find_clicks(*lay(blocks)) - 3.0
    assert all(np.abs(found - click).min() < 0.001 for click in wanted)


class ScreenCamera:
    """A driver that films a virtual screen from its memory, 30 pictures a second, each told LATE s late."""

    def __init__(self, memory):
        header = np.fromfile(memory, ">u4", 25)
        self.place = int(header[0] + header[19] * 12)
        self.memory, self.next = memory, time.monotonic()
        self.held = []

    def cameras(self):
        return [Camera("screen", 0, "Screen")]

    def open(self, camera, size, rate):
        return rate

    def is_there(self, camera):
        return True

    def read(self):
        self.next = max(self.next + 1 / 30, time.monotonic() - 0.1)
        time.sleep(max(0.0, self.next - time.monotonic()))
        raw = np.fromfile(self.memory, np.uint8, SCREEN[0] * SCREEN[1] * 4, offset=self.place)
        self.held.append(np.ascontiguousarray(raw.reshape(SCREEN[1], SCREEN[0], 4)[..., :3]))
        return Shot(self.held.pop(0), time.monotonic()) if len(self.held) > LATE * 30 else None

    def close(self):
        pass


@pytest.fixture
def screen(tmp_path, monkeypatch):
    """A virtual display; the file that is its memory."""
    if not shutil.which("Xvfb"):
        pytest.skip("install xvfb")
    pytest.importorskip("tkinter", reason="install python3-tk")
    read, write = os.pipe()
    words = [
        "Xvfb",
        "-displayfd",
        str(write),
        "-screen",
        "0",
        f"{SCREEN[0]}x{SCREEN[1]}x24",
        "-nolisten",
        "tcp",
    ]
    words += ["-fbdir", str(tmp_path)]
    with subprocess.Popen(words, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as number:
            monkeypatch.setenv("DISPLAY", f":{number.readline().strip()}")
        yield tmp_path / "Xvfb_screen0"
        server.terminate()


@pytest.fixture
def sound(virtual_sound, tmp_path):
    if not virtual_sound.is_installed():
        pytest.skip(virtual_sound.MISSING)
    folder = tmp_path / "sound"
    folder.mkdir(mode=0o700)
    with virtual_sound.sound_server(folder):
        yield


def test_camera_and_microphone_are_measured_by_own_flashes_and_clicks(screen, sound, monkeypatch, capsys):
    monkeypatch.setattr("soundspot.stream.camera.Webcam", lambda: ScreenCamera(screen))
    assert run("camera", "--seconds", 10) == 0
    found, uncertainty, text = printed(capsys)
    # a virtual screen has none of a real one's delay, and a camera sees it half a frame later on average
    assert found == pytest.approx(-LATE, abs=0.06)
    assert 0.015 <= uncertainty < 0.05
    assert f"use --av-offset {found:.3f}" in text


def test_without_a_display_it_is_told_how_else(sound, monkeypatch, tmp_path):
    monkeypatch.delenv("DISPLAY", raising=False)
    camera = ScreenCamera
    picture = np.zeros((120, 160, 3), np.uint8)

    class Dark(camera):
        def __init__(self):
            pass

        def read(self):
            time.sleep(0.03)
            return Shot(picture.copy(), None)

    monkeypatch.setattr("soundspot.stream.camera.Webcam", Dark)
    threads = threading.active_count()
    with pytest.raises(SinkError, match=r"calibrate: there is no display to flash on; .* --watch"):
        run("camera")
    with pytest.raises(SourceError, match="source=camera: 0 flashes seen"):
        run("camera", "--watch", "--seconds", 5)
    assert threading.active_count() == threads
