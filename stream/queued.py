"""A sink behind a thread of its own, so that a slow disk never makes the analysis late."""

import threading
from collections.abc import Callable

from ..core.values import Sighting, SoundBlock
from .crew import Crew
from .ring import Ring
from .sink import Absence, End, Header, Notice, Sink

BACKLOG = 64 * 2**20  # bytes of answers that may wait: 2 s of 640x480 at 30 1/s
LIMIT = 0.2  # s of one wait, between two looks at the stop event
Call = tuple[Callable[[], None], int]


class QueuedSink:
    """Another sink, called in order from one thread of the crew.

    When it trails by the whole backlog, a sink that has `may_drop = True` (pictures to look at) loses the
    newest answers, counted in `dropped`; any other (events) loses nothing and makes the caller wait, so that
    frames are skipped, and counted, where they come in. Setting `stop` ends that wait.
    """

    def __init__(self, sink: Sink, crew: Crew, stop: threading.Event) -> None:
        self.dropped = 0
        self._sink = sink
        self._may_drop = bool(getattr(sink, "may_drop", False))
        self._stop = stop
        self._end = End("error")
        self._ring: Ring[Call] = Ring(BACKLOG, weight=lambda call: call[1])
        crew.start(type(sink).__name__, self._work, self._ring)

    def start(self, header: Header) -> None:
        """Queue the header."""
        self._put(lambda: self._sink.start(header), 0)

    def take_sound(self, block: SoundBlock) -> None:
        """Queue a block of sound."""
        self._put(lambda: self._sink.take_sound(block), block.samples.nbytes)

    def take(self, sighting: Sighting) -> None:
        """Queue an answer, or drop it (see above)."""
        call: Call = (lambda: self._sink.take(sighting), weight(sighting))
        if self._may_drop and not self._ring.has_room(call):
            self.dropped += 1
        else:
            self._put(*call)

    def absent(self, absence: Absence) -> None:
        """Queue that something is missing."""
        self._put(lambda: self._sink.absent(absence), 0)

    def notice(self, notice: Notice) -> None:
        """Queue a notice."""
        self._put(lambda: self._sink.notice(notice), 0)

    def close(self, end: End) -> None:
        """Let the thread finish what is queued and close the sink; `Crew` waits for it."""
        if not self._ring.closed:
            self._end = end
            self._ring.close()

    def _put(self, call: Callable[[], None], size: int) -> None:
        # once the session is to stop, a sink that hangs must not hold it
        while not self._ring.put_patiently((call, size), 0 if self._stop.is_set() else LIMIT):
            if self._ring.closed or self._stop.is_set():
                return

    def _work(self) -> None:
        try:
            while not self._ring.ended:
                for call, _ in self._ring.take(LIMIT):
                    call()
        finally:
            # after an error nobody reads on: whoever still puts must not wait for room
            self._ring.close()
            self._sink.close(self._end)


def weight(sighting: Sighting) -> int:
    """Bytes that a waiting answer holds."""
    confidence = 0 if sighting.confidence is None else sighting.confidence.nbytes
    return sighting.frame.pixels.nbytes + sum(mask.nbytes for mask in sighting.masks) + confidence
