"""How a command ends when it is asked to: Ctrl-C and SIGTERM become a wish that a session sees in time."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

ENDINGS = (signal.SIGINT, signal.SIGTERM)


class Terminated(BaseException):
    """SIGTERM came; like KeyboardInterrupt it is no error, and only `main` catches it."""


class Stop(Event):
    """Set when the work should end; `signal` is the one that set it, or None (a window closed, say)."""

    signal: int | None = None

    @property
    def exit_code(self) -> int:
        """What a command that was stopped ends with: 0, or 128 and the signal's number."""
        return 128 + self.signal if self.signal else 0


def raise_terminated(_number: int, _frame: FrameType | None) -> None:
    """The handler outside of sessions: end at once, through the `finally`s on the way."""
    raise Terminated


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Within the block the first Ctrl-C or SIGTERM sets the Stop, so that files are closed whole.

    The second one forces: it raises KeyboardInterrupt or Terminated. Works in the main thread only.
    """
    stop = Stop()

    def ask(number: int, frame: FrameType | None) -> None:
        if stop.signal is not None:
            force(number, frame)
        stop.signal = number
        stop.set()

    before = {number: signal.signal(number, ask) for number in ENDINGS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def force(number: int, frame: FrameType | None) -> None:
    """End now, as the signal's own handler outside of sessions would."""
    if number == signal.SIGTERM:
        raise_terminated(number, frame)
    raise KeyboardInterrupt
