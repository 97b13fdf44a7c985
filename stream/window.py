"""--show: the newest answer in a window, which lives in a process of its own (viewer.py says why)."""

import os
import select
import socket
import subprocess
import sys
from importlib.util import find_spec
from typing import Protocol

from ..core.errors import SinkError
from ..core.values import Sighting, SoundBlock
from .sink import Absence, End, Header, Notice, unmarked
from .viewer import send

OPENING = 15.0  # s that a window may take; importing OpenCV is most of it
SENDING = 0.7  # s that one picture may take
CLOSING = 0.7  # s
LOOK = 0.1  # s between two looks whether to stop waiting
NULL = subprocess.DEVNULL
PIPE = subprocess.PIPE
VIEWER = [sys.executable, "-P", "-m", "soundspot.stream.viewer"]
INSTEAD = "use --video FILE instead of --show"


class Switch(Protocol):
    """What asks a session to stop: an Event of threading or multiprocessing."""

    def set(self) -> None:
        """Ask."""

    def is_set(self) -> bool:
        """Whether it was asked."""


class WindowSink:
    """Shows the newest answer; pictures that come while one is being shown are left out.

    `quit` is set when somebody presses q or Esc or closes the window. Raises SinkError without a display.
    """

    def __init__(self, quit: Switch) -> None:
        self.quit = quit
        self.process: subprocess.Popen[bytes] | None = None
        self.link: socket.socket | None = None
        self.last: Sighting | None = None

    def start(self, header: Header) -> None:
        """Open the window and wait until it stands."""
        if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            raise SinkError(f"show=on: there is no display (DISPLAY is not set); {INSTEAD}")
        if find_spec("_tkinter") is None:
            raise SinkError(f"show=on: this Python has no Tk (Debian: apt install python3-tk); {INSTEAD}")
        try:
            self.process, self.link = launch()
        except OSError as error:
            raise SinkError(f"show=on: the window did not start ({error.strerror}); {INSTEAD}") from error
        if not self.opens(OPENING):
            self.release()
            display = os.environ.get("DISPLAY", "")
            raise SinkError(f"show=on: no window opened on display {display!r}; {INSTEAD}")

    def opens(self, limit: float) -> bool:
        """Wait at most `limit` s for the window; False when it does not come. Being asked to quit ends it."""
        for _ in range(round(limit / LOOK)):
            if self.quit.is_set():
                return True
            if self.link is not None and readable(self.link, LOOK):
                # the byte is left for `take`
                return bool(self.link.recv(1, socket.MSG_PEEK))
        return False

    def take_sound(self, block: SoundBlock) -> None:
        """A window is silent."""

    def take(self, sighting: Sighting) -> None:
        """Show it, if the window is done with the one before."""
        self.last = sighting
        if self.link is None or not readable(self.link, 0):
            return
        try:
            if self.link.recv(1):
                send(self.link, sighting)
                return
        except OSError:
            pass  # the same as an ended link: the window has gone, or hangs
        self.release()
        self.quit.set()

    def absent(self, absence: Absence) -> None:
        """Take the marks off the picture that stands there."""
        if self.last is not None:
            self.take(unmarked(self.last, absence))

    def notice(self, notice: Notice) -> None:
        """Notices are not shown."""

    def close(self, end: End) -> None:
        """Close the window."""
        self.release()

    def release(self) -> None:
        """End the link, then the process, by force if need be."""
        link, self.link = self.link, None
        process, self.process = self.process, None
        if link is not None:
            link.close()
        if process is not None:
            try:
                process.wait(CLOSING)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def launch() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """The viewer's process, and our end of the link to it."""
    ours, theirs = socket.socketpair()
    ours.settimeout(SENDING)
    with theirs:
        # a group of its own, for Ctrl-C is meant for us; silent, for nobody wants to read Qt's chatter
        if sys.platform == "win32":
            group = subprocess.CREATE_NEW_PROCESS_GROUP
            process = subprocess.Popen(VIEWER, stdin=PIPE, stdout=NULL, stderr=NULL, creationflags=group)
            assert process.stdin is not None
            with process.stdin as pipe:
                pipe.write(theirs.share(process.pid))
        else:
            process = subprocess.Popen(
                VIEWER, stdin=theirs.fileno(), stdout=NULL, stderr=NULL, process_group=0
            )
    return process, ours


def readable(link: socket.socket, limit: float) -> bool:
    """Whether something, or the end, comes through the link within `limit` s."""
    return bool(select.select([link], [], [], limit)[0])
