"""Which shots were shown of late, and which of them a cut leads back to.

Two cameras in a conference, a question and its answer, slides in between, a burst of noise from a bad line:
what is shown again need not be learnt again.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from .cut import same_view

KEPT_SECONDS = 30.0  # for which a shot is remembered while others are shown: five times the longest memory
WORTH_KEEPING = 1.5  # s: nothing is named in a shot that was shown for less


@dataclass(frozen=True, slots=True)
class Left:
    """A shot that is not shown now: its last picture, the `view` (h, w) in grey, when it was `left`, and for
    how long it was `shown` in all, both in s."""

    view: NDArray[np.uint8]
    left: float
    shown: float


class Shots:
    """Numbers the shots, those that come back as before."""

    def __init__(self, most: int) -> None:
        """`most` shots are remembered, the present one among them."""
        self._most = most
        self._now = 0
        self._since = inf  # when the present shot began, less what was shown of it before, s
        self._begun = 1
        self._left: dict[int, Left] = {}  # in the order in which they were left

    def known(self, time: float) -> tuple[int, ...]:
        """The numbers of the shots that are remembered at `time` s, the present one first."""
        self._follow(time)
        return self._now, *self._left

    def _follow(self, time: float) -> None:
        """Note when the first shot began, and forget those that were left long ago."""
        self._since = min(self._since, time)
        self._left = {n: shot for n, shot in self._left.items() if time - shot.left <= KEPT_SECONDS}

    def cut(self, time: float, last: NDArray[np.uint8], view: NDArray[np.uint8]) -> None:
        """After the `last` picture another shot begins at `time` s with a `view`."""
        self._follow(time)
        again = next((n for n in reversed(self._left) if same_view(self._left[n].view, view)), None)
        shown = time - self._since
        if shown >= WORTH_KEEPING:
            self._left[self._now] = Left(last, time, shown)
        if again is None:
            self._now, self._since = self._begun, time
            self._begun += 1
        else:
            self._now, self._since = again, time - self._left.pop(again).shown
        for oldest in list(self._left)[: max(0, len(self._left) + 1 - self._most)]:
            del self._left[oldest]
