"""The window itself, as a program of its own: `python -m soundspot.stream.viewer`.

It must not share a process with PyAV: `import av` before `import cv2` makes `cv2.imshow` hang for ever (both
wheels bundle libxcb). So it imports nothing but cv2, numpy and the nouns; `WindowSink` starts it and talks to
it through a socket: a byte asks for a picture, a length and a pickled Sighting answer.
"""

import pickle
import select
import socket
import struct
import sys
from dataclasses import dataclass

import cv2

from ..core.values import Sighting
from .overlay import QUIET, Pen, draw

TITLE = "soundspot"
KEYS = "q quit   space pause   h heat map   m mask"
ESCAPE = 27
WIDEST = 1280  # px of the window at first; it can be pulled larger
PAUSE = 15  # ms between two looks at keys and socket
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

    def press(self, key: int) -> bool:
        """Obey a key, -1 for none; False when it asks to quit."""
        if key == ord(" "):
            self.paused = not self.paused
        elif key == ord("h"):
            self.heatmap = not self.heatmap
        elif key == ord("m"):
            self.masks = not self.masks
        return key not in (ord("q"), ESCAPE)

    def show(self) -> None:
        """Draw the sighting into the window."""
        if self.sighting is None:
            return
        picture = draw(self.sighting, self.masks, self.heatmap)
        pen = Pen.for_picture(picture)
        pen.write(picture, f"{KEYS}   (paused)" if self.paused else KEYS, (pen.margin, pen.margin), QUIET)
        cv2.imshow(TITLE, picture)


def run(link: socket.socket) -> None:
    """Show what comes through the link until it ends, a key quits or the window is closed."""
    view = View()
    cv2.namedWindow(TITLE, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)
    cv2.waitKey(1)
    link.sendall(ASK)
    while cv2.getWindowProperty(TITLE, cv2.WND_PROP_VISIBLE) >= 1:
        if select.select([link], [], [], 0)[0]:
            sighting = receive(link)
            if sighting is None:
                return
            link.sendall(ASK)
            take(view, sighting)
        key = cv2.waitKey(PAUSE)
        if not view.press(key & 0xFF if key >= 0 else key):
            return
        if key >= 0:
            view.show()


def take(view: View, sighting: Sighting) -> None:
    """Show the newest sighting; while paused it is let go."""
    if view.sighting is None:
        height, width = sighting.frame.pixels.shape[:2]
        scale = min(1.0, WIDEST / width)
        cv2.resizeWindow(TITLE, round(width * scale), round(height * scale))
    if not view.paused:
        view.sighting = sighting
        view.show()


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
            run(link)
        except ConnectionError:
            return 0  # the session has ended first
        except cv2.error:
            return NO_WINDOW
    return 0


if __name__ == "__main__":
    sys.exit(main())
