"""PortAudio by sounddevice: loading it late, its inputs, and which of them a name means."""

import importlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from ..core.errors import SourceError

DEFAULT = "default"
CHATTER = ("ALSA lib", "Expression '", "PaAlsa", "Cannot connect to server", "jack server", "JackShm")
ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, slots=True)
class Input:
    """A device that can record: `index` and `name` as PortAudio has them, most `channels`, usual `rate` Hz;
    `is_default` for the one that `default` means."""

    index: int
    name: str
    channels: int
    rate: int
    is_default: bool


def load_portaudio(asked: str) -> Any:
    """The sounddevice module, for the sound called `asked`. Raises SourceError without PortAudio."""
    try:
        # late: importing it raises where there is no PortAudio
        return importlib.import_module("sounddevice")
    except OSError as error:
        raise SourceError(
            f"sound={asked}: PortAudio is missing; install it (Debian: apt install libportaudio2) "
            "or take the sound from a URL"
        ) from error


def list_inputs(portaudio: Any) -> list[Input]:
    """Every device that can record, as known when PortAudio was last initialised."""
    default = portaudio.default.device[0]
    return [
        Input(
            index,
            device["name"],
            device["max_input_channels"],
            round(device["default_samplerate"]),
            index == default,
        )
        for index, device in enumerate(portaudio.query_devices())
        if device["max_input_channels"] > 0
    ]


def choose_input(inputs: Sequence[Input], asked: str) -> Input:
    """The input that `default`, an index or (a part of) a name means. Raises SourceError unless it is one."""
    if not inputs:
        raise SourceError(
            f"sound={asked}: there is no microphone; plug one in or start the sound server, "
            "then look with `soundspot devices`"
        )
    if asked.isdigit():
        matches = [device for device in inputs if device.index == int(asked)]
    else:
        matches = [device for device in inputs if asked == DEFAULT and device.is_default]
        matches = matches or [device for device in inputs if asked.lower() == device.name.lower()]
        matches = matches or [device for device in inputs if asked.lower() in device.name.lower()]
    if len(matches) == 1:
        return matches[0]
    what = f"fits {len(matches)} microphones" if matches else "no such microphone"
    among = ", ".join(f"{device.index} ({device.name})" for device in matches or inputs)
    raise SourceError(f"sound={asked}: {what}; want one of {among}")


def renew(portaudio: Any) -> None:
    """Have PortAudio look for its devices again: else it knows only those of its first hour. No stream of
    the process may be open."""
    with hushed():
        # sounddevice has no public name for it; its author recommends these two
        portaudio._terminate()
        portaudio._initialize()


@contextmanager
def hushed() -> Iterator[None]:
    """Within the block PortAudio and ALSA print nothing; what others print comes out after it."""
    sys.stderr.flush()
    # one at a time: two that end in the wrong order would leave the standard error closed
    with ONE_AT_A_TIME, tempfile.TemporaryFile() as kept:
        shown = os.dup(2)
        os.dup2(kept.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(shown, 2)
            os.close(shown)
            kept.seek(0)
            for line in kept.read().splitlines(keepends=True):
                if not line.startswith(tuple(word.encode() for word in CHATTER)):
                    os.write(2, line)
