"""Energy and pitch, slot by slot -> whose turn it is to speak.

The evidence of some seconds is remembered. When another person begins to speak it tells of the one before,
and the pitch of the voice tells of the change. It is taken for one only after a pause, and where nearly all
of a phrase lies beyond the pitches that the voice had so far: no change is told in 19 real clips, each thrice
in a row, and in the rendered scenes with one source. Of 30 pairs of real clips of speech, one after another,
9 differ by that much; of 17 turns of the rendered scene 15 are told, 1.2 s after they began in the median
(measured on sound alone).
"""

from collections import deque
from dataclasses import dataclass

import numpy as np

from .sound import HUM

QUIET = 0.0067  # of the loudest energy of late: less is a pause (22 dB)
FALL = 0.02  # of the logarithm of that energy, a slot
PAUSE = 0.2  # s of quiet before another may begin
PHRASE = 12  # slots with a pitch that tell whose phrase it is
KNOWN = 12  # slots with a pitch from which a voice is known; of those heard last so many are remembered:
REMEMBERED = 300
USUAL = (0.1, 0.9)  # quantiles of a voice's pitches that bound its range
BEYOND = 0.1  # octaves by which another voice is higher or lower than that, in such a
SHARE = 0.8  # of its phrase


@dataclass(frozen=True, slots=True)
class Turn:
    """The voice with this number is heard, since so many `slots`; those in `known` are remembered."""

    voice: int
    slots: int
    known: tuple[int, ...]


class Voices:
    """Numbers the voices, those that come back as before."""

    def __init__(self, most: int, rate: float) -> None:
        """So many are remembered at `most`, at `rate` slots a second; one alone never changes."""
        self._most, self._pause = most, round(PAUSE * rate)
        self._now = 0
        self._begun = 1
        self._pitches: dict[int, deque[float]] = {0: deque(maxlen=REMEMBERED)}  # heard last comes last
        self._loudest = np.log(HUM)
        self._rest = 0  # slots of quiet
        self._length = 0  # of the phrase, in slots, and
        self._phrase: list[float] = []  # those of its pitches that no voice has yet
        self._settled = True  # whose it is

    def hear(self, energy: float, pitch: float) -> Turn | None:
        """Take the next slot, with its energy, a mean square, and its log2 `pitch`, NaN for none; returns the
        turn where another voice turns out to have begun."""
        self._length += 1
        if not self._is_loud(energy):
            self._rest += 1
            if self._rest == self._pause:
                self._end_phrase()
            return None
        if self._rest >= self._pause:
            self._length = 1
        self._rest = 0
        if np.isfinite(pitch):
            self._phrase.append(pitch)
        if not self._settled and len(self._phrase) >= PHRASE:
            return self._settle()
        if self._settled:
            self._learn()
        return None

    def _is_loud(self, energy: float) -> bool:
        if not energy > HUM:
            return False
        level = float(np.log(energy))
        self._loudest = max(level, self._loudest - FALL)
        return bool(level > self._loudest + np.log(QUIET))

    def _end_phrase(self) -> None:
        """What was too short to tell whose it is teaches nothing, unless no voice is known at all."""
        if len(self._pitches[self._now]) < KNOWN:
            self._learn()
        self._phrase, self._settled = [], self._most == 1

    def _settle(self) -> Turn | None:
        self._settled = True
        voice, before = self._whose(np.array(self._phrase)), self._now
        self._now, self._begun = voice, max(self._begun, voice + 1)
        heard = self._pitches.pop(voice, deque(maxlen=REMEMBERED))
        self._pitches[voice] = heard
        for oldest in list(self._pitches)[: -self._most]:
            del self._pitches[oldest]
        self._learn()
        return None if voice == before else Turn(voice, self._length, tuple(self._pitches))

    def _whose(self, phrase: np.ndarray) -> int:
        """The voice that a phrase (n,) of pitches belongs to."""
        now = self._pitches[self._now]
        if not now or not is_beyond(phrase, now):
            return self._now
        middle = float(np.median(phrase))
        away = {n: abs(float(np.median(own)) - middle) for n, own in self._pitches.items() if n != self._now}
        able = [n for n in away if not is_beyond(np.array([middle]), self._pitches[n])]
        new = self._begun if len(now) >= KNOWN else self._now
        return min(able, key=lambda n: away[n], default=new)

    def _learn(self) -> None:
        self._pitches[self._now].extend(self._phrase)
        self._phrase = []


def is_beyond(phrase: np.ndarray, pitches: deque[float]) -> bool:
    """Whether nearly all of a `phrase` (n,) is higher, or lower, than the usual ones of the `pitches`."""
    low, high = np.quantile(pitches, USUAL)
    return bool(max(np.mean(phrase < low - BEYOND), np.mean(phrase > high + BEYOND)) >= SHARE)
