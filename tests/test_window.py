"""The window under a virtual display: it opens whatever was imported first, obeys keys, and never hangs."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from soundspot.core.errors import SinkError
from soundspot.core.values import Candidate, Sighting, VideoFrame
from soundspot.stream.sink import End, Header
from soundspot.stream.viewer import View
from soundspot.stream.window import WindowSink, readable

HEADER = Header("test", 320, 240, 30.0, 0, "2000-01-01T00:00:00Z", 0.0)
LIMIT = 20.0  # s


@pytest.fixture(scope="module")
def screen():
    """The name of a virtual display."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("install xvfb and xdotool")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as number:
            name = f":{number.readline().strip()}"
        yield name
        server.terminate()


@pytest.fixture
def display(screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen)
    return screen


def sighting(time=0.0, level=128):
    pixels = np.full((240, 320, 3), level, np.uint8)
    mask = np.zeros((240, 320), bool)
    mask[60:180, 80:200] = True
    found = Candidate(1, 0.5, 0.01, (80, 60, 200, 180), (140.0, 120.0), 14400)
    frame = VideoFrame(pixels, time, round(time * 30))
    return Sighting(frame, "found", None, 0.01, found, (found,), (mask,), mask.astype(np.float32))


def xdotool(*words):
    done = subprocess.run(["xdotool", *words], capture_output=True, text=True, timeout=10)
    return done.stdout.split()


def feed_until(sink, condition):
    """Give the sink pictures until the condition holds; fails where it never does."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, "it never came"
        sink.take(sighting())
        time.sleep(0.02)


@pytest.fixture
def window(display):
    """A sink whose window stands, and its switch."""
    switch = threading.Event()
    sink = WindowSink(switch)
    sink.start(HEADER)
    feed_until(sink, lambda: xdotool("search", "--name", "^soundspot$"))
    yield sink, switch
    sink.close(End("end"))
    sink.close(End("end"))


SCRIPT = """
import sys, threading, time
import {first}
import {second}
import numpy as np
from soundspot.core.values import Sighting, VideoFrame
from soundspot.stream.sink import End, Header
from soundspot.stream.window import WindowSink, readable

switch = threading.Event()
sink = WindowSink(switch)
sink.start(Header("test", 320, 240, 30.0, 0, "", 0.0))
shown = 0
while shown < 5:
    shown += readable(sink.link, 0.1)
    picture = np.full((240, 320, 3), 50 * shown, np.uint8)
    sink.take(Sighting(VideoFrame(picture, 0.0, 0), "warming_up", None, None, None))
sink.close(End("end"))
print("shown", switch.is_set())
"""


@pytest.mark.parametrize("order", [("av", "cv2"), ("cv2", "av")])
def test_it_opens_whatever_was_imported_first(display, order):
    script = SCRIPT.format(first=order[0], second=order[1])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT)
    assert (done.stdout, done.stderr) == ("shown False\n", "")


# what a window manager sends when somebody presses the cross of a window
PRESS_CLOSE = """
import ctypes, sys

class ClientMessage(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24),
    ]

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype = ctypes.c_void_p
x11.XInternAtom.restype = ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))
protocols, delete = (x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
window, message = ctypes.c_ulong(int(sys.argv[1])), 33
event = ClientMessage(message, 0, 1, display, window, protocols, 32, (ctypes.c_long * 5)(delete, 0, 0, 0, 0))
x11.XSendEvent(display, window, 0, ctypes.c_long(0), ctypes.byref(event))
x11.XSync(display, 0)
"""


@pytest.mark.parametrize("key", ["q", "Escape"])
def test_a_key_asks_the_session_to_stop(window, key):
    sink, switch = window
    name, *_ = xdotool("search", "--name", "^soundspot$")
    xdotool("key", "--window", name, key)
    feed_until(sink, switch.is_set)


def test_a_window_that_was_closed_asks_the_session_to_stop(window):
    sink, switch = window
    name, *_ = xdotool("search", "--name", "^soundspot$")
    subprocess.run([sys.executable, "-c", PRESS_CLOSE, name], check=True, timeout=LIMIT)
    feed_until(sink, switch.is_set)


def test_a_window_that_was_killed_asks_the_session_to_stop(window):
    sink, switch = window
    sink.process.kill()
    feed_until(sink, switch.is_set)


def test_a_window_that_hangs_holds_nobody_up(window):
    sink, switch = window
    assert readable(sink.link, LIMIT)  # it waits for a picture
    process = sink.process
    os.kill(process.pid, signal.SIGSTOP)
    big = np.zeros((2000, 2000, 3), np.uint8)
    sink.take(Sighting(VideoFrame(big, 0.0, 0), "warming_up", None, None, None))
    assert switch.is_set()
    assert process.poll() == -signal.SIGKILL


def test_closing_ends_the_window(window):
    sink, switch = window
    process = sink.process
    sink.close(End("end"))
    assert process.poll() == 0
    assert not switch.is_set()


def test_the_window_goes_when_the_session_is_killed(display):
    script = SCRIPT.format(first="cv2", second="av")
    script = script.replace("sink.close", "print(sink.process.pid, flush=True); time.sleep(60); sink.close")
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as session:
        viewer = int(session.stdout.readline())
        session.kill()
    end = time.monotonic() + LIMIT
    while Path(f"/proc/{viewer}").exists() and Path(f"/proc/{viewer}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < end, "the window outlives its session"
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_without_a_display_the_way_out_is_named(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(SinkError, match=r"^show=on: there is no display .*; use --video FILE .*$"):
        WindowSink(threading.Event()).start(HEADER)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a display")
def test_a_display_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(SinkError, match=r"^show=on: no window opened on display ':4711'; use --video"):
        WindowSink(threading.Event()).start(HEADER)


def test_keys_toggle_what_is_shown():
    view = View()
    assert all(view.press(key) for key in " hm") and view.press("")
    assert (view.paused, view.heatmap, view.masks) == (True, False, False)
    assert all(view.press(key) for key in " hm")
    assert (view.paused, view.heatmap, view.masks) == (False, True, True)
