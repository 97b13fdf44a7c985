"""Opening a network stream where it can be left: resolving and connecting take as long as they like."""

import socket
import threading
from collections.abc import Mapping

import av
from av.container import InputContainer

from ..core.errors import SourceError
from .address import Address
from .guard import ASKING, refuse_redirection

LOOK = 0.05  # s between two looks at the stop event
READ = 0.5  # s of one read over RTSP; then it goes on where it was, but somebody may have asked for the end
STALL = (
    1.2  # s of one read of any other stream: FFmpeg cannot go on after it, and an end must not wait longer
)


class Opening:
    """One attempt to open an address, in a thread of its own.

    Neither FFmpeg's connecting nor the resolving of a name can be interrupted, only limited. So the thread is
    a daemon, the only one here: whoever waits for it may leave, and what it opens after that it closes again.
    """

    def __init__(self, address: Address, options: Mapping[str, str], limit: float) -> None:
        self._address = address
        self._options = dict(options)
        self._limit = limit
        self._lock = threading.Lock()
        self._left = False
        self._container: InputContainer | None = None
        self._error: Exception | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._work, name="opening", daemon=True)

    def container(self, stop: threading.Event) -> InputContainer:
        """The open container. Raises what PyAV raised, TimeoutError, or SourceError when `stop` was set."""
        self._thread.start()
        waited = 0.0
        try:
            while not self._done.wait(LOOK):
                waited += LOOK
                # PyAV holds connecting and looking into the stream to the limit, each
                if stop.is_set() or waited > 2 * self._limit + ASKING:
                    break
        finally:
            with self._lock:
                self._left = not self._done.is_set()
        if self._left:
            if stop.is_set():
                raise SourceError("opening was given up")
            raise TimeoutError
        if self._error is not None:
            raise self._error
        assert self._container is not None
        return self._container

    def _work(self) -> None:
        container = None
        try:
            if self._address.is_rtsp:
                refuse_redirection(self._address)
            limits = (self._limit, READ if self._address.is_rtsp else STALL)
            container = av.open(self._address.url, options=self._options, timeout=limits)
        except Exception as error:  # whatever it is, who waits must not wait on
            unforeseen = not isinstance(error, SourceError)
            self._error = (unknown_host(self._address) if unforeseen else None) or error
        with self._lock:
            self._container = container
            self._done.set()
            if not self._left:
                return
        if container is not None:
            self._container = None
            container.close()


def unknown_host(address: Address) -> SourceError | None:
    """What to tell of a name that no machine has; FFmpeg calls that an error of input and output. To be asked
    only of what could not be opened: where there is a proxy, it alone may know the name."""
    try:
        socket.getaddrinfo(address.machine[0], None)
    except (socket.gaierror, UnicodeError):
        return SourceError("there is no machine of this name; is it spelt right, and the network up?")
    return None
