"""`soundspot devices`: tells what is there and what is missing, and never fails over it."""

import os
import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from soundspot.core.errors import SourceError, SourceLost
from soundspot.stream.feed import Offer, Picture, Piece
from soundspot.stream.source import Faults
from soundspot.stream.v4l2 import Camera, Mode
from soundspot.tools import devices
from soundspot.tools.main import main
from soundspot.tools.meter import Meter, level, watch

WEBCAM = Camera("/dev/video0", 0, "Desk Camera", (Mode(1280, 720, (30.0,)), Mode(640, 480, (30.0, 7.5))))


@pytest.fixture
def bare(monkeypatch):
    """A machine without camera, PortAudio or display."""

    def missing(name):
        raise OSError("PortAudio library not found")

    monkeypatch.setattr("soundspot.stream.portaudio.importlib", SimpleNamespace(import_module=missing))
    monkeypatch.setattr("soundspot.stream.webcam.list_cameras", list)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def test_a_machine_with_nothing_is_told_how_to_get_it(bare, capfd):
    assert main(["devices"]) == 0
    told = capfd.readouterr()
    assert "there is no camera; plug one in" in told.out
    assert "PortAudio is missing; install it (Debian: apt install libportaudio2)" in told.out
    assert "display" in told.out
    assert told.out.startswith("soundspot ")
    assert told.err == ""


def test_a_test_on_a_machine_with_nothing_ends_at_once(bare, capfd):
    begun, threads = time.monotonic(), threading.active_count()
    assert main(["devices", "--test"]) == 0
    assert time.monotonic() - begun < 5
    test = capfd.readouterr().out.split("\ntest\n")[1]
    assert "source=camera: there is no camera" in test
    assert "sound=default: PortAudio is missing" in test
    assert threading.active_count() == threads


def test_cameras_are_listed_with_sizes_and_rates(bare, monkeypatch, capsys):
    many = tuple(Mode(640 - 16 * k, 480, (30.0,)) for k in range(12))
    found = [WEBCAM, Camera("/dev/video2", 2, "Door Camera", many)]
    monkeypatch.setattr("soundspot.stream.webcam.list_cameras", lambda: found)
    assert main(["devices"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    place = lines.index("camera:0    Desk Camera")
    assert lines[place + 1 : place + 3] == ["1280x720  30 1/s", "640x480  30, 7.5 1/s"]
    assert "camera:2    Door Camera" in lines
    assert "and 4 smaller sizes" in lines


def test_microphones_are_listed_with_rates(monkeypatch, capsys):
    listed = [
        {"name": "Speaker", "max_input_channels": 0, "default_samplerate": 48000.0},
        {"name": "USB Desk", "max_input_channels": 1, "default_samplerate": 16000.0},
        {"name": "Line", "max_input_channels": 2, "default_samplerate": 44100.0},
    ]
    audio = SimpleNamespace(
        query_devices=lambda: listed,
        default=SimpleNamespace(device=(1, 0)),
        get_portaudio_version=lambda: (1, "PortAudio V19, revision 1"),
    )
    monkeypatch.setattr(devices, "load_portaudio", lambda asked: audio)
    assert main(["devices"]) == 0
    told = capsys.readouterr().out
    assert "--sound 1    USB Desk  16000 Hz, 1 channel (default)\n" in told
    assert "--sound 2    Line  44100 Hz, 2 channels\n" in told
    assert "Speaker" not in told
    assert "by PortAudio V19\n" in told


def test_a_display_is_told(bare, monkeypatch):
    monkeypatch.setattr(devices, "find_spec", lambda name: None)
    assert "apt install python3-tk" in devices.display_line()
    monkeypatch.setattr(devices, "find_spec", lambda name: name)
    monkeypatch.setattr(devices.sys, "platform", "linux")
    assert "DISPLAY is not set" in devices.display_line()
    monkeypatch.setenv("DISPLAY", ":7")
    assert devices.display_line() == "there is one (:7)"


class FakeFeed:
    """Gives a picture and a piece of sound every 10 ms; `error` after `count` of them."""

    def __init__(self, name, error=None, count=10**9):
        self.name, self.error, self.count = name, error, count
        self.provides, self.faults, self.closed = frozenset(), Faults(), False

    def open(self, stop):
        if self.count == 0:
            raise self.error
        return Offer()

    def arrivals(self, stop):
        for k in range(self.count):
            if stop.wait(0.01):
                return
            now = time.monotonic()
            yield Picture(np.zeros((48, 64, 3), np.uint8), now, now)
            yield Piece(np.full(480, 0.1, np.float32), k * 0.01, now, lost=k == 3)
            yield None
        raise self.error

    def close(self):
        self.closed = True


def test_the_meter_shows_rate_level_and_losses(capsys):
    feed = FakeFeed("both")
    watch([feed], threading.Event(), seconds=1.5)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    rate = float(lines[0].split()[0])
    assert 20 < rate < 110
    assert "pictures/s of 64x48 px" in lines[0]
    assert "sound  -20 dB |####################          |" in lines[0]
    assert lines[0].endswith("lost 1 times")
    assert "lost" not in lines[1]
    assert feed.closed


def test_what_goes_away_in_a_test_is_told_and_the_rest_goes_on(capsys):
    gone = FakeFeed("camera", SourceLost("source=camera: has gone"), 5)
    watch([gone, FakeFeed("microphone")], threading.Event(), seconds=2.0)
    told = capsys.readouterr().out
    assert "source=camera: has gone" in told
    assert "sound  -20 dB" in told.splitlines()[-1]


def test_a_test_of_what_cannot_be_opened_ends_at_once(capsys):
    begun = time.monotonic()
    watch([FakeFeed("camera", SourceError("source=camera: is not there"), 0)], threading.Event(), seconds=60)
    assert time.monotonic() - begun < 3
    assert "source=camera: is not there" in capsys.readouterr().out


def test_a_test_ends_when_asked():
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    begun = time.monotonic()
    watch([FakeFeed("both")], stop, seconds=60)
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(("amplitude", "decibels"), [(1.0, 0), (0.1, -20), (0.0, -100)])
def test_level_is_in_decibels_of_full_scale(amplitude, decibels):
    assert level(np.full(100, amplitude, np.float32)) == pytest.approx(decibels, abs=0.01)


def test_nothing_measured_is_said():
    assert Meter().words(1.0) == "no picture   no sound"


def test_the_true_list_is_made_by_a_sound_server(virtual_sound, tmp_path, capfd):
    if not virtual_sound.is_installed():
        pytest.skip(virtual_sound.MISSING)
    with virtual_sound.sound_server(tmp_path):
        assert main(["devices"]) == 0
    told = capfd.readouterr()
    assert "default  " in told.out
    assert "(default)" in told.out
    assert told.err == ""
    assert os.environ.get("XDG_RUNTIME_DIR") != str(tmp_path)
