"""List cameras, microphones and what else a live run needs: what a bug report begins with."""

import argparse
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec

from ..core.errors import SourceError
from ..core.options import check_options, option
from ..stream.camera import CameraFeed, why_none
from ..stream.microphone import MicrophoneFeed
from ..stream.portaudio import DEFAULT, Input, list_inputs, load_portaudio
from ..stream.source import CAMERA
from ..stream.v4l2 import Camera, Mode
from ..stream.webcam import Driver, Webcam
from .cli import add_options, read_options
from .meter import watch
from .stopping import stop_on_signals

MOST_MODES = 8  # of a camera that are listed: some know fifty


@dataclass(frozen=True, slots=True)
class DevicesOptions:
    """What is done beside listing."""

    test: bool = option(False, "open camera and microphone, and show frame rate and sound level")
    seconds: float = option(5.0, "how long to test", unit="s", low=1.0, high=3600.0)
    camera: str = option(CAMERA, "the camera to test", form="CAMERA")
    sound: str = option(DEFAULT, "the microphone to test: default, its name or its number", form="WHERE")

    def __post_init__(self) -> None:
        check_options(self)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The few flags."""
    add_options(parser, DevicesOptions, "a test")


def run(args: argparse.Namespace) -> int:
    """List, and test when asked; the exit code, 0 also where there is nothing."""
    options = read_options(args, DevicesOptions)
    driver = Webcam()
    for line in report(driver):
        print(line)
    if not options.test:
        return 0
    print("\ntest", flush=True)
    with stop_on_signals() as stop:
        watch(
            [CameraFeed(options.camera, driver=driver), MicrophoneFeed(options.sound)], stop, options.seconds
        )
    return stop.exit_code


def report(driver: Driver) -> Iterator[str]:
    """The list, line by line."""
    yield f"soundspot {version('soundspot')}, Python {platform.python_version()}, {platform.platform()}"
    yield "\ncameras"
    yield from indented(camera_lines(driver))
    yield "\nmicrophones"
    yield from indented(microphone_lines())
    yield "\ndisplay"
    yield from indented([display_line()])


def indented(lines: list[str]) -> Iterator[str]:
    """The lines, two blanks further in."""
    return (f"  {line}" for line in lines)


def camera_lines(driver: Driver) -> list[str]:
    """Every camera with its sizes and rates, or what to do without any."""
    return [line for camera in driver.cameras() for line in one_camera(camera)] or [why_none()]


def one_camera(camera: Camera) -> list[str]:
    """Its name, and a line for each of its largest sizes."""
    left = len(camera.modes) - MOST_MODES
    more = [f"    and {left} smaller sizes"] if left > 0 else []
    return [
        f"{CAMERA}:{camera.number:<4} {camera.name}",
        *(f"    {mode_to_words(mode)}" for mode in camera.modes[:MOST_MODES]),
        *more,
    ]


def mode_to_words(mode: Mode) -> str:
    """`1280x720  30, 15 1/s`."""
    rates = ", ".join(f"{rate:g}" for rate in mode.rates)
    return f"{mode.width}x{mode.height}  {rates} 1/s" if rates else f"{mode.width}x{mode.height}"


def microphone_lines() -> list[str]:
    """Every microphone with its rate, or what to do without any."""
    try:
        portaudio = load_portaudio(DEFAULT)
    except SourceError as error:
        return [str(error).partition(": ")[2]]
    told = portaudio.get_portaudio_version()[1].split(",")[0]
    inputs = list_inputs(portaudio)
    lines = [input_to_words(device) for device in inputs]
    return [*(lines or ["there is none; plug one in or start the sound server"]), f"by {told}"]


def input_to_words(device: Input) -> str:
    """`--sound 3   USB Webcam  48000 Hz, 1 channel (default)`."""
    channels = "1 channel" if device.channels == 1 else f"{device.channels} channels"
    default = " (default)" if device.is_default else ""
    return f"--sound {device.index:<4} {device.name}  {device.rate} Hz, {channels}{default}"


def display_line() -> str:
    """Whether `--show` has a display, and the library that it draws with."""
    if find_spec("_tkinter") is None:
        return "this Python has no Tk, which --show needs (Debian: apt install python3-tk)"
    name = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform == "linux" and not name:
        return "there is none (DISPLAY is not set), so --show cannot be used; --video FILE can"
    return f"there is one ({name})" if name else "there is one"
