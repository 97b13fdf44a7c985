"""When a block of sound was recorded: by its arrival, or by PortAudio's own time where that proves right."""

CHECKED = 1.0  # s of sound that the verdict goes by
STEADY = 0.003  # s by which a good ADC time may waver; PipeWire and bare ALSA keep 0.1 ms (measured)
AHEAD = 0.5  # s; more than any buffer between microphone and callback
BEHIND = 0.002  # s by which recording may seem to end after arrival, for clocks are read one after another

Range = tuple[float, float]  # low, high
NOTHING: Range = (float("inf"), float("-inf"))


class AdcTime:
    """Tells when the machine had the last sample of each block, on the session's clock.

    PortAudio dates the first sample of a block on a clock of its own. Some hosts make that time up: it is
    used only after a second in which it went with the samples' count more steadily than arrivals did, and
    lay before them. Until then, and wherever it does not, the arrival itself counts.
    """

    def __init__(self, rate: int) -> None:
        self.trusted = False
        self._rate = rate
        self._checked_from = 0
        self._arrivals = self._dated = NOTHING

    def arrived(self, first: int, count: int, now: float, recorded: float, told_now: float) -> float:
        """When the last of `count` samples from number `first` on was there, in s of `now`'s clock.

        `now` is when the callback ran, `recorded` PortAudio's time of the first sample, `told_now` that of
        the callback, both on its own clock.
        """
        length = count / self._rate
        dated = now - told_now + recorded + length
        counted = first / self._rate + length
        self._arrivals = wider(self._arrivals, now - counted)
        self._dated = wider(self._dated, dated - counted)
        if first - self._checked_from >= CHECKED * self._rate:
            self._judge()
            self._checked_from = first
            self._arrivals = self._dated = NOTHING
        return dated if self.trusted else now

    def _judge(self) -> None:
        wavers, jitter = self._dated[1] - self._dated[0], self._arrivals[1] - self._arrivals[0]
        early = self._arrivals[0] - self._dated[0]
        self.trusted = wavers <= min(STEADY, jitter) and -BEHIND <= early <= AHEAD


def wider(reach: Range, value: float) -> Range:
    """The range that holds the value as well."""
    return min(reach[0], value), max(reach[1], value)
