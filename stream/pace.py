"""Pace: how much is analysed of what comes, so that a machine that is too slow sees less, and never later.

First fewer pixels, then fewer pictures, in steps that are told. Pictures left out evenly are better than some
that fall out whenever the analysis is busy: an even rate is no gap, and what reads the source gets its time.
"""

PERIOD = 1.0  # s of the clock between two looks at the load
MISSED = 0.1  # of the pictures that it should look at: if it misses more, that is too much
PERIODS = 2  # of too much in a row before the next step: one may be a hiccup
ROOM = 0.65  # of the time at work that a step back may lead to at most
PATIENCE, LONGEST_PATIENCE = 10.0, 160.0  # s of room before a step back; longer after one that was too much
LEAST_WIDTH = 96  # px
SHARES, RARER = (1.0, 0.75, 0.5), (2, 3, 4)  # of the width; then one picture in so many


class Pace:
    """Told how busy the analysis is, it says by how much less is to be analysed, and when more may be."""

    def __init__(self, width: int, now: float) -> None:
        """`width` px is what is asked for, `now` a moment of the clock in s."""
        widths = sorted({min(width, max(LEAST_WIDTH, round(width * share))) for share in SHARES})
        self._steps = [(each, 1) for each in reversed(widths)] + [(widths[0], every) for every in RARER]
        self._at = 0  # which of the steps is in force
        self._looked = self._roomy = now  # s, the last look, and since when there is room for a step back
        self._eased: float | None = None  # s, the last step back
        self._patience = PATIENCE
        self._busy = 0.0  # s since the last look
        self._came = self._analysed = 0  # pictures at the last look
        self._periods = 0  # of too much, one after the other
        self._taken = -len(self._steps)  # how many pictures had come when the last one was taken

    @property
    def width(self) -> int:
        """Analysis width in px."""
        return self._steps[self._at][0]

    @property
    def every(self) -> int:
        """One picture in so many is analysed."""
        return self._steps[self._at][1]

    def wants(self, came: int) -> bool:
        """Whether the next picture, before which `came` others came, is to be analysed."""
        if came - self._taken < self.every:
            return False
        self._taken = came
        return True

    def work(self, seconds: float) -> None:
        """The analysis was at work for so long."""
        self._busy += seconds

    def look(self, now: float, came: int, analysed: int) -> str | None:
        """To be called some times a second with the pictures that `came` so far and those of them that were
        `analysed`: what is to be told when `width` or `every` is another now."""
        passed = now - self._looked
        if passed < PERIOD:
            return None
        load = self._busy / passed
        wanted = (came - self._came) / self.every
        too_much = analysed - self._analysed < (1 - MISSED) * wanted - 1  # whole pictures: one more or less
        self._looked, self._busy, self._came, self._analysed = now, 0.0, came, analysed
        self._periods = self._periods + 1 if too_much else 0
        if too_much or load * self._growth() > ROOM:
            self._roomy = now
        if self._periods >= PERIODS and self._at + 1 < len(self._steps):
            return self._save(now)
        if self._at and now - self._roomy >= self._patience:
            return self._ease(now)
        return None

    def _growth(self) -> float:
        """How many times as much a step back would cost, at most, as not all of it goes with the pixels."""
        costs = [width**2 / every for width, every in self._steps]
        return costs[max(0, self._at - 1)] / costs[self._at]

    def _save(self, now: float) -> str:
        """One step on; a step back that was too much is not tried again so soon."""
        soon = self._eased is not None and now - self._eased < 2 * self._patience
        self._patience = min(2 * self._patience, LONGEST_PATIENCE) if soon else PATIENCE
        return self._go(1, now, "the machine is too slow")

    def _ease(self, now: float) -> str:
        """One step back."""
        self._eased = now
        return self._go(-1, now, "there is room again")

    def _go(self, way: int, now: float, why: str) -> str:
        self._at += way
        self._periods, self._roomy = 0, now
        some = "" if self.every == 1 else f", one in {self.every}"
        return f"{why}: from here on pictures are looked at {self.width} px wide{some}"
