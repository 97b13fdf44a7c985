"""Device time to session time: a line beneath all arrivals, for what arrives may be late but never early."""

from collections import deque
from itertools import pairwise
from math import floor, inf
from statistics import fmean, median

Point = tuple[float, float]  # s of the device's clock; s by which its arrival is ahead of that

KEPT = 40  # s of arrivals that the line goes by: after so long also a loss too small for a step is made good
SETTLING = 10.0  # s of arrivals before their slope tells more of the clock than of the jitter
STEEPEST = 0.02  # of drift: beyond it no clock is meant, but sound that is lost again and again
STEP = 0.06  # s; a busy machine makes everything late by less, and eyes and ears do not see it
CLEAR = 4.0  # times the uncertainty that a step must measure to be told from jitter
CONFIRMED = 2  # seconds in a row whose every arrival is late before sound counts as lost
CREEP = 0.5  # pace of the time told while it waits for a line that was moved back
FIRST_DOUBT = 0.02  # s by which the first second's earliest arrival may be late


class ClockFit:
    """Maps a device's time stamps in s to session time in s: an offset and a drift, fitted as they arrive.

    Give it each stamp with its moment of arrival by `add`, then ask `time_at`. The line lies beneath all
    arrivals of the last 40 s and as close to them as it can (Moon, Skelly and Towsley, "Estimation and
    removal of clock skew from network delay measurements", 1999), so a late arrival does not move it. A
    device that lost a stretch (its stamps fall behind and stay there) is noticed after 2 to 3 s, one whose
    stamps jump at once: `take_step`. What is told never runs back. A constant delay cannot be seen from here.
    """

    def __init__(self, least_step: float = STEP) -> None:
        """`least_step` s is the smallest change of the offset that may be a step."""
        self._least_step = least_step
        self.drift = 0.0  # session seconds in a device second, less 1
        self.uncertainty = inf  # s; typical height of a second's earliest arrival above the line
        self._base = 0.0  # s of the line at stamp 0
        self._newest: float | None = None  # the latest stamp added
        self._second = 0  # of session time, whose arrivals are being gathered
        self._earliest: Point | None = None  # the arrival of that second that lies lowest
        self._kept: deque[Point] = deque(maxlen=KEPT)  # the same of the seconds before
        self._late: list[float] = []  # s above the line, of the seconds in a row that may show a loss
        self._step = 0.0
        self._told = -inf
        self._told_stamp: float | None = None

    @property
    def offset(self) -> float:
        """Session time less device time in s, at the newest stamp."""
        return self._line(self._newest or 0.0)

    def add(self, stamp: float, arrival: float) -> None:
        """The device's `stamp` s arrived at `arrival` s of session time."""
        delay = arrival - stamp
        if self._newest is None:
            self._begin(stamp, delay, floor(arrival))
        second = floor(arrival)
        if second != self._second:
            self._finish_second()
            self._second = second
        height = delay - self._line(stamp)
        if height < -self._clear_step() or self._restarts(stamp):
            self._step += height
            self._begin(stamp, delay, second)
        elif height < 0:
            self._base += height
        if self._earliest is None or height < self._earliest[1] - self._line(self._earliest[0]):
            self._earliest = (stamp, delay)
        self._newest = stamp

    def time_at(self, stamp: float) -> float:
        """Session time in s of the device's `stamp` s, which was added before or lies close to one that was.

        For stamps that grow it grows, too: after a correction backwards it creeps until the line has come up.
        """
        time = self.line_at(stamp)
        if self._told_stamp is None:
            time = max(time, self._told)
        elif stamp < self._told_stamp:
            return min(time, self._told)
        else:
            time = max(time, self._told + CREEP * (stamp - self._told_stamp))
        self._told, self._told_stamp = time, stamp
        return time

    def line_at(self, stamp: float) -> float:
        """Session time in s of the `stamp` s by the line alone: nothing is noted, and it may run back."""
        return stamp + self._line(stamp)

    def take_step(self) -> float:
        """By how many s the offset has jumped since it was last asked; positive: the device lost so much."""
        step, self._step = self._step, 0.0
        return step

    def _line(self, stamp: float) -> float:
        return self._base + self.drift * stamp

    def _clear_step(self) -> float:
        return max(self._least_step, CLEAR * self.uncertainty) if self._kept else self._least_step

    def _restarts(self, stamp: float) -> bool:
        """Whether the device began to count anew; stamps a little out of order do not show that."""
        return self._newest is not None and stamp < self._newest - 1

    def _begin(self, stamp: float, delay: float, second: int) -> None:
        """Forget what was before, but for the drift: it is the crystal's."""
        self._base = delay - self.drift * stamp
        self._second, self._earliest, self._told_stamp = second, None, None
        self._kept.clear()
        self._late.clear()
        self.uncertainty = FIRST_DOUBT

    def _finish_second(self) -> None:
        if self._earliest is None:
            return
        self._kept.append(self._earliest)
        if self._shows_loss(self._earliest):
            self._accept_loss()
        self._earliest = None
        self._fit()

    def _shows_loss(self, earliest: Point) -> bool:
        """Whether for some seconds all arrivals were late, and equally so: a backlog would shrink."""
        height = earliest[1] - self._line(earliest[0])
        limit = self._clear_step()
        if height < limit:
            self._late.clear()
            return False
        if self._late and abs(height - self._late[-1]) > limit:
            self._late.clear()
        self._late.append(height)
        return len(self._late) >= CONFIRMED

    def _accept_loss(self) -> None:
        lost = min(self._late)
        since = [self._kept[k] for k in range(-len(self._late), 0)]
        self._base += lost
        self._step += lost
        self._told_stamp = None
        self._late.clear()
        self._kept.clear()
        self._kept.extend(since)

    def _fit(self) -> None:
        points = sorted(self._kept)
        span = points[-1][0] - points[0][0]
        if span >= SETTLING:
            self.drift = min(max(slope_beneath(points), -STEEPEST), STEEPEST)
        heights = [delay - self.drift * stamp for stamp, delay in points]
        self._base = min(heights)
        self.uncertainty = max(median(heights) - self._base, FIRST_DOUBT / len(points))


def slope_beneath(points: list[Point]) -> float:
    """Slope of the line beneath all points that is closest to them in the mean; x grows, at least 2 points.

    It is the edge of their lower convex hull below the mean of x.
    """
    middle = fmean(x for x, _ in points)
    for (x0, y0), (x1, y1) in pairwise(lower_hull(points)):
        if x1 >= middle:
            return (y1 - y0) / (x1 - x0)
    return 0.0


def lower_hull(points: list[Point]) -> list[Point]:
    """The corners of the hull from below, x growing; of points with one x the lowest counts."""
    hull: list[Point] = []
    for x, y in points:
        if hull and hull[-1][0] == x:
            continue
        while len(hull) > 1 and not turns_left(hull[-2], hull[-1], (x, y)):
            hull.pop()
        hull.append((x, y))
    return hull


def turns_left(first: Point, second: Point, third: Point) -> bool:
    """Whether the way over three points bends upwards at the second."""
    (x0, y0), (x1, y1), (x2, y2) = first, second, third
    return (x1 - x0) * (y2 - y0) > (x2 - x0) * (y1 - y0)
