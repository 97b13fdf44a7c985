"""When to try again: every second at first, then less and less often, for ever."""

EAGER = 10.0  # s for which it is tried every second
EVERY = 1.0  # s
SLOWER = (2.0, 4.0, 8.0, 15.0)  # s between the attempts after that; the last one stays


class Retry:
    """The pauses between the attempts of one outage that began at `since` s."""

    def __init__(self, since: float) -> None:
        self._since = since
        self._slow = 0

    def pause(self, now: float) -> float:
        """How many s to wait at `now` s before the next attempt."""
        if now - self._since < EAGER:
            return EVERY
        pause = SLOWER[min(self._slow, len(SLOWER) - 1)]
        self._slow += 1
        return pause
