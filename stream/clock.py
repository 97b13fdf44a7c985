"""The one clock of a session: float seconds that never run backwards."""

import threading
import time
from typing import Protocol

POLL = 0.01  # s between two looks at the stop event: a Condition cannot wait for both


class Clock(Protocol):
    """Tells the session's time, and waits for it."""

    def now(self) -> float:
        """Seconds since a moment of the clock's own choice."""

    def wait_until(self, moment: float, stop: threading.Event) -> bool:
        """Wait until `moment` s or until `stop` is set; whether the moment came without the stop."""


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds since some moment before the process began."""
        return time.monotonic()

    def wait_until(self, moment: float, stop: threading.Event) -> bool:
        """Wait until `moment` s or until `stop` is set; whether the moment came without the stop."""
        while (left := moment - self.now()) > 0:
            if stop.wait(left):
                return False
        return not stop.is_set()


class ManualClock:
    """A clock that stands still until it is told to go on: time in tests."""

    def __init__(self, now: float = 0.0) -> None:
        self._now = now
        self._moved = threading.Condition()

    def now(self) -> float:
        """Seconds, as last set."""
        with self._moved:
            return self._now

    def advance(self, seconds: float) -> None:
        """Go on by that much, and wake whoever waits."""
        with self._moved:
            self._now += seconds
            self._moved.notify_all()

    def wait_until(self, moment: float, stop: threading.Event) -> bool:
        """Wait until the clock was moved to `moment` s, or until `stop` is set."""
        with self._moved:
            while self._now < moment and not stop.is_set():
                self._moved.wait(POLL)
        return not stop.is_set()
