"""A medium's time stamps made usable: what a stream says, turned into times that only grow."""

from .source import Faults

BACK = 0.5  # s; a smaller step back is a frame out of order, a larger one a new beginning
FAR = 10.0  # s; a larger step ahead is believed only when the next stamp confirms it
LONGEST_GAP = (
    600.0  # s; a step ahead beyond it is a clock that was set: nobody waits through that much nothing
)
ALIKE = 1.0  # s within which two streams are taken to have begun anew together


class Stamps:
    """The time stamps of one stream; `other` is the stream it must keep in step with.

    A stamp that goes back by more than half a second, or ahead by more than ten minutes, is a new beginning
    (files joined, a clock set): the stream goes on where it was, and the other stream, when it begins anew
    as well, gets the very same shift, so that picture and sound stay together.
    """

    def __init__(self, faults: Faults) -> None:
        self.other: Stamps | None = None
        self._shift = 0.0
        self._expected: float | None = None
        self._doubtful: float | None = None
        self._faults = faults

    def place(self, raw: float | None, duration: float) -> float | None:
        """The time in s of what is stamped `raw` s and lasts `duration` s; None when the stamp is nonsense.

        Without a stamp it follows its predecessor.
        """
        time = self._time(raw)
        if self._is_doubtful(time):
            return None
        if self._expected is not None and raw is not None and time > self._expected + LONGEST_GAP:
            time = self._join(raw, "ahead")
        self._expected = time + duration
        return time

    def _time(self, raw: float | None) -> float:
        if self._expected is None:
            return raw or 0.0
        if raw is None:
            return self._expected
        if raw + self._shift < self._expected - BACK:
            return self._join(raw, "back")
        return raw + self._shift

    def _join(self, raw: float, way: str) -> float:
        assert self._expected is not None
        self._shift = self._new_shift(raw)
        self._faults.add(
            "time_jump", self._expected, f"time stamps jump {way} at {self._expected:.2f} s; joined"
        )
        return raw + self._shift

    def _new_shift(self, raw: float) -> float:
        assert self._expected is not None
        if self.other is not None and abs(raw + self.other._shift - self._expected) < ALIKE:
            return self.other._shift
        return self._expected - raw

    def _is_doubtful(self, time: float) -> bool:
        before, self._doubtful = self._doubtful, None
        if self._expected is None or time < self._expected + FAR or (before is not None and time >= before):
            return False
        self._doubtful = time
        self._faults.add(
            "bad_time", self._expected, f"a time stamp jumps from {self._expected:.2f} to {time:.2f} s"
        )
        return True
