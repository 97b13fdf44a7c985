"""The window itself, as a program of its own: `python -m soundspot.stream.viewer`.

It is Tk's, which comes with Python: OpenCV with a window does not load on a machine without X libraries, and
hangs where PyAV was imported before it. Tk wants the main thread, so it has a process of its own.
`WindowSink` starts it and talks to it through a socket: a byte asks for a picture, a length and a pickled
Sighting answer.
"""

import pickle
import select
import socket
import struct
import sys
import tkinter
from dataclasses import dataclass

import cv2

from ..core.values import Sighting
from .overlay import QUIET, Pen, Picture, draw

TITLE = "soundspot"
KEYS = "q quit   space pause   h heat map   m mask"
ESCAPE = "\x1b"
WIDEST = 1280  # px of the window at first; it can be pulled larger
PAUSE = 0.015  # s between two looks at keys
ASK = b"?"
LENGTH = struct.Struct("!Q")
NO_WINDOW = 3  # exit code


@dataclass
class View:
    """What is shown, and how."""

    sighting: Sighting | None = None
    paused: bool = False
    heatmap: bool = True
    masks: bool = True

    def press(self, key: str) -> bool:
        """Obey a key; False when it asks to quit."""
        if key == " ":
            self.paused = not self.paused
        elif key == "h":
            self.heatmap = not self.heatmap
        elif key == "m":
            self.masks = not self.masks
        return key not in ("q", ESCAPE)

    def picture(self) -> Picture | None:
        """What to show now."""
        if self.sighting is None:
            return None
        picture = draw(self.sighting, self.masks, self.heatmap)
        pen = Pen.for_picture(picture)
        pen.write(picture, f"{KEYS}   (paused)" if self.paused else KEYS, (pen.margin, pen.margin), QUIET)
        return picture


class Window:
    """A Tk window that shows what comes through the link until it ends, a key quits or it is closed."""

    def __init__(self, link: socket.socket) -> None:
        self.link = link
        self.view = View()
        self.root = tkinter.Tk(className=TITLE)
        self.root.title(TITLE)
        self.root.configure(background="black")
        self.label = tkinter.Label(self.root, borderwidth=0, background="black")
        self.label.pack(expand=True)
        self.root.bind("<Key>", self.press)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.open = True
        self.root.update()
        self.root.focus_force()

    def run(self) -> None:
        """Ask for the first picture and serve until the end."""
        self.link.sendall(ASK)
        # a loop of our own: Tk's would swallow the error when the session has gone
        while self.open:
            if select.select([self.link], [], [], PAUSE)[0]:
                self.take(receive(self.link))
            self.root.update()
        self.root.destroy()

    def take(self, sighting: Sighting | None) -> None:
        """Show the newest sighting and ask for the next; while paused it is let go."""
        if sighting is None:
            self.close()
            return
        self.link.sendall(ASK)
        if self.view.sighting is None:
            self.open_up(sighting)
        if not self.view.paused:
            self.view.sighting = sighting
            self.show()

    def close(self) -> None:
        """Let the loop end."""
        self.open = False

    def open_up(self, sighting: Sighting) -> None:
        """The window as large as the picture, up to WIDEST; from then on the user pulls it."""
        height, width = sighting.frame.pixels.shape[:2]
        scale = min(1.0, WIDEST / width)
        self.root.geometry(f"{round(width * scale)}x{round(height * scale)}")
        self.root.update()

    def press(self, event: "tkinter.Event[tkinter.Misc]") -> None:
        """Obey a key at once, also while paused."""
        if self.view.press(event.char):
            self.show()
        else:
            self.close()

    def show(self) -> None:
        """Draw the sighting as large as the window allows without bending it."""
        picture = self.view.picture()
        if picture is None:
            return
        height, width = picture.shape[:2]
        scale = min(self.root.winfo_width() / width, self.root.winfo_height() / height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        scaled = (
            picture if size == (width, height) else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        )
        image = tkinter.PhotoImage(master=self.root, data=cv2.imencode(".ppm", scaled)[1].tobytes())
        self.label.configure(image=image)
        self.image = image  # Tk does not hold it


def send(link: socket.socket, sighting: Sighting) -> None:
    """The sighting's pickle after its length in bytes."""
    data = pickle.dumps(sighting, protocol=5)
    link.sendall(LENGTH.pack(len(data)))
    link.sendall(data)


def receive(link: socket.socket) -> Sighting | None:
    """The next sighting, None when the link has ended."""
    head = receive_bytes(link, LENGTH.size)
    data = receive_bytes(link, LENGTH.unpack(head)[0]) if head else b""
    if not data:
        return None
    sighting: Sighting = pickle.loads(data)
    return sighting


def receive_bytes(link: socket.socket, count: int) -> bytes:
    """So many bytes, or none when the link ends before."""
    data = bytearray(count)
    view, filled = memoryview(data), 0
    while filled < count:
        received = link.recv_into(view[filled:])
        if not received:
            return b""
        filled += received
    return bytes(data)


def inherited_link() -> socket.socket:
    """The socket that `WindowSink` hands over: as standard input, on Windows as a description in it."""
    if sys.platform == "win32":
        return socket.fromshare(sys.stdin.buffer.read())
    return socket.socket(fileno=sys.stdin.fileno())


def main() -> int:
    """Run until the end; the exit code says whether there was a window."""
    with inherited_link() as link:
        try:
            Window(link).run()
        except ConnectionError:
            return 0  # the session has ended first
        except tkinter.TclError:
            return NO_WINDOW
    return 0


if __name__ == "__main__":
    sys.exit(main())
