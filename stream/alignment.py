"""Whether the stamps of picture and sound of one connection belong together, told by their arrival.

Over RTSP each stream has a clock of its own. They belong together by the RTP-Info of the answer to PLAY, or
by sender reports. Without either both start at 0, whenever their first packet came (measured: sound that
began 0.7 s late was dated 0.7 s too early for ever). But what is captured together arrives together: the
delays (arrival less stamp) of both were within 50 ms in every good stream tried.
"""

from collections import deque
from math import inf

from .feed import Track

WINDOW = 2.0  # s of arrivals whose earliest one tells a stream's delay: what is late is network, not clock
RIPE = 1.0  # s of them that must have come before anything is said
DISAGREE = 0.2  # s between the delays: beyond encoders' and packets' own, as measured
ABSURD = 5.0  # s between them that no encoder makes: then what the server tells is wrong
TOGETHER = 0.1  # s between first stamps that look as if both had been set to 0
JUMP = 0.5  # s by which a stamp may differ from what arrival lets expect


class Delay:
    """The delay of one stream: of the arrivals of the last WINDOW s, the earliest one's."""

    def __init__(self) -> None:
        self.first: float | None = None  # the stamp of what came first
        self.trusted = False
        self._last: tuple[float, float] | None = None
        self._recent: deque[tuple[float, float]] = deque()
        self._usual = inf  # s, as it was when last enough had arrived to say it

    def add(self, stamp: float, arrived: float, trusted: bool) -> bool:
        """Something stamped `stamp` s arrived at `arrived` s; whether the clock has jumped before it."""
        self.first = stamp if self.first is None else self.first
        jumped = self._jumped(stamp, arrived) or trusted != self.trusted
        if jumped:
            self.wait_again()
        self.trusted = trusted
        self._last = (stamp, arrived)
        self._recent.append((arrived, arrived - stamp))
        while self._recent[0][0] < arrived - WINDOW:
            self._recent.popleft()
        if self.ripe:
            self._usual = self.delay
        return jumped

    def _jumped(self, stamp: float, arrived: float) -> bool:
        if self._last is None:
            return False
        # what was held up comes faster than its pace, but never before its time
        ahead = (stamp - self._last[0]) - (arrived - self._last[1])
        return stamp < self._last[0] - JUMP or (ahead > JUMP and arrived - stamp < self._usual - JUMP)

    @property
    def delay(self) -> float:
        """In s; inf before the first arrival."""
        return min((delay for _, delay in self._recent), default=inf)

    @property
    def ripe(self) -> bool:
        """Whether enough has arrived to say it."""
        return len(self._recent) > 1 and self._recent[-1][0] - self._recent[0][0] >= RIPE

    def wait_again(self) -> None:
        """Forget what arrived."""
        self._recent.clear()
        self._usual = inf


class Alignment:
    """What to add to the stamps of the sound so that they fit the picture's: `shift` s, mostly 0.

    Stamps that sender reports vouch for are not altered, nor those of streams that did not begin at one
    stamp: their difference was told by the server. Unless it is absurd.
    """

    def __init__(self) -> None:
        self.shift = 0.0
        self._delays: dict[Track, Delay] = {"picture": Delay(), "sound": Delay()}
        self._adrift = False  # whether a clock jumped since the server told how they belong together

    def add(self, track: Track, stamp: float, arrived: float, trusted: bool) -> bool:
        """What ends at `stamp` s arrived at `arrived` s; `trusted`: a sender report dates it. Whether the
        shift has changed."""
        if self._delays[track].add(stamp, arrived, trusted):
            self._adrift = True
            for delay in self._delays.values():
                delay.wait_again()
        before = self.shift
        self.shift = self._needed()
        return self.shift != before

    def _needed(self) -> float:
        picture, sound = self._delays["picture"], self._delays["sound"]
        ripe = picture.ripe and sound.ripe
        needed = sound.delay - picture.delay if ripe else 0.0
        if abs(needed) <= ABSURD:
            if picture.trusted and sound.trusted:
                return 0.0
            if not ripe or not (self._adrift or self._began_together()):
                return self.shift
        if abs(needed - self.shift) <= DISAGREE:
            return self.shift
        return needed if abs(needed) > DISAGREE else 0.0

    def _began_together(self) -> bool:
        picture, sound = self._delays["picture"].first, self._delays["sound"].first
        return picture is not None and sound is not None and abs(picture - sound) <= TOGETHER
