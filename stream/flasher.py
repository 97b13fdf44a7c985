"""Flashes on the screen and clicks from the loudspeaker, as a program of its own, for Tk wants its main thread.

`python -m soundspot.stream.flasher SECONDS` prints a JSON line for each: when it was shown and when it is
played, s of the monotonic clock; or why it cannot.
"""

import json
import random
import sys
import time
import tkinter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.errors import SourceError
from .portaudio import DEFAULT, hushed, load_portaudio

RATE = 48_000  # Hz
CLICK = 0.005  # s
PITCH = 2000.0  # Hz
LOUDNESS = 0.8  # of full scale
FLASH = 0.15  # s: four frames of any camera
SHORTEST, LONGEST = 0.9, 1.5  # s from flash to flash; irregular, so that each has only one click
LEAD = 0.4  # s from the plan of a click until it is due; more than any output buffer
READING = 2.0  # s that the text is shown
TEXT = "Point the camera at this screen\nand turn the loudspeaker up.\n\nEsc ends"
BUFFERED = 0.5  # s; a time of playing further ahead is made up


class Clicker:
    """Plays a click when it is due, and remembers when it truly did; times in s of the monotonic clock."""

    def __init__(self, portaudio: Any) -> None:
        self.played: float | None = None
        self._due: float | None = None
        self._rest: NDArray[np.float32] = np.zeros(0, np.float32)
        self.stream = portaudio.OutputStream(
            samplerate=RATE, channels=1, dtype="float32", latency="low", callback=self._fill
        )

    def plan(self, due: float) -> None:
        """Play a click at `due` s."""
        self.played, self._due = None, due

    def _fill(self, out: NDArray[np.float32], length: int, times: Any, _status: Any) -> None:
        out.fill(0)
        ahead = times.outputBufferDacTime - times.currentTime
        begins = time.monotonic() + (ahead if 0 < ahead < BUFFERED else self.stream.latency)
        place = 0
        if self._due is not None and self._due < begins + length / RATE:
            place = max(0, round((self._due - begins) * RATE))
            self.played, self._due, self._rest = begins + place / RATE, None, click()
        part = self._rest[: length - place]
        out[place : place + part.size, 0] = part
        self._rest = self._rest[part.size :]


def click() -> NDArray[np.float32]:
    """A short burst (n,)."""
    moments = np.arange(round(CLICK * RATE)) / RATE
    return (LOUDNESS * np.cos(2 * np.pi * PITCH * moments)).astype(np.float32)


class Screen:
    """A black window over the whole screen that can turn white."""

    def __init__(self) -> None:
        self.root = tkinter.Tk(className="soundspot")
        self.root.configure(background="black", cursor="none")
        self.root.attributes("-fullscreen", True)
        self.text = tkinter.Label(self.root, text=TEXT, font=("", 28), foreground="grey", background="black")
        self.text.pack(expand=True)
        self.open = True
        for what in ("<Escape>", "<q>"):
            self.root.bind(what, lambda _event: self.close())
        self.root.protocol("WM_DELETE_WINDOW", self.close)

    def close(self) -> None:
        """Nothing more is to be shown."""
        self.open = False

    def turn(self, colour: str) -> float:
        """Turn white or black; when that was handed to the screen."""
        self.text.pack_forget()
        self.root.configure(background=colour)
        self.root.update()
        self.root.winfo_pointerx()  # a question to the display: it has drawn when it answers
        return time.monotonic()

    def wait(self, until: float) -> None:
        """Stay as it is until that moment, or the wish to end."""
        while self.open and (left := until - time.monotonic()) > 0:
            self.root.update()
            time.sleep(min(left, 0.005))


def flash(screen: Screen, clicker: Clicker, seconds: float) -> None:
    """Flash and click until the time is over, and print when."""
    screen.wait(time.monotonic() + READING)
    end = time.monotonic() + seconds
    while screen.open and time.monotonic() < end:
        due = time.monotonic() + LEAD
        clicker.plan(due)
        screen.wait(due)
        shown = screen.turn("white")
        screen.wait(shown + FLASH)
        screen.turn("black")
        screen.wait(due + random.uniform(SHORTEST, LONGEST) - LEAD)
        if clicker.played is not None:
            print(json.dumps({"shown": shown, "played": clicker.played}), flush=True)


def main() -> int:
    """Run until the end, or tell why not."""
    try:
        portaudio = load_portaudio(DEFAULT)
        with hushed():
            clicker = Clicker(portaudio)
        screen = Screen()
    except tkinter.TclError:
        return refuse("there is no display to flash on")
    except SourceError:
        return refuse("PortAudio is missing (Debian: apt install libportaudio2)")
    except (portaudio.PortAudioError, ValueError):
        return refuse("there is no loudspeaker to click with")
    with clicker.stream:
        flash(screen, clicker, float(sys.argv[1]))
    return 0


def refuse(why: str) -> int:
    """Say why nothing is shown."""
    print(json.dumps({"refused": why}), flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
