"""Ranked objects -> nobody, one or several sounders: confirm, hold, switch.

"Nobody" is an answer and comes with its reason.
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from .rank import Ranked
from .values import Reason, State

AMBIGUOUS_SCORE = 0.25  # a match this good that other sound reaches too, as a strictly periodic one does
# s: time constant of the mean logarithm of a p-value, while its object is the strongest. Chance does not
# last: where that mean has come down to LASTING_SHARE of the sensitivity's logarithm, 0.001 of unrelated
# moments and 0.09 of those with a source pass (108 composites of 10 s). So what is faint, or never quite
# sure, is named in the end: 37 hard scenes are right in 0.70 instead of 0.66 of frames, the hand under
# applause in 0.49 instead of 0.16.
LASTING = 3.0
LASTING_SHARE = 0.6
LONGEST_STEP = 0.5  # s between two decisions that counts: a gap tells nothing of what lay in it
# How many times as strong another object must be to take the place of a named one. At 1.15 and 1.5 seven
# rendered scenes with two seeds are right in 0.58 and 0.59 of frames, and guitar_street (seed 1) changes to
# what is wrong 11 and 4 times a minute.
SURER = 1.5
# Confidence in the best candidate while it is not named. The paper always chooses one, so that its surface is
# never empty; from a half on nothing is confident here that is not named.
UNNAMED = 0.4
HOPELESS = ("silence", "no_motion", "lost_sound")  # reasons for which nothing in the picture is a candidate


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What forbids a finding: sound lost or silent in the whole window, nothing moving, too early to tell."""

    lost_sound: bool
    silent: bool
    still: bool
    early: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one moment; `sounders` best first, empty unless found; `best` whatever the state."""

    state: State
    reason: Reason | None
    best: Ranked | None
    sounders: tuple[Ranked, ...]

    @property
    def shown(self) -> tuple[Ranked, ...]:
        """What sounds, or else the best candidate, if there is one."""
        return self.sounders or (() if self.best is None else (self.best,))

    @property
    def confidence(self) -> float:
        """In what is shown, 0 … 1: none where nothing can be known to sound."""
        if self.state == "found":
            return 1.0
        return 0.0 if self.reason in HOPELESS else UNNAMED


class Decider:
    """Names an object once its p-value has been small for a while, and holds it over short doubts."""

    def __init__(self, sensitivity: float, confirm: float, hold: float, most: int) -> None:
        """`sensitivity` is the p-value to reach, `confirm` and `hold` in s, `most` objects at once."""
        self._sensitivity, self._confirm, self._hold, self._most = sensitivity, confirm, hold, most
        self._sure: dict[int, float] = {}  # when each object became sure
        self._doubts: dict[int, float] = {}  # the running mean logarithm of each object's p-value
        self._seen: dict[int, float] = {}  # when each object's p-value was last small
        self._time: float | None = None  # of the last decision
        self._named: list[int] = []
        self._rows: dict[int, NDArray[np.int64]] = {}  # of the objects that were promising last time

    def decide(self, time: float, ranking: list[Ranked], around: Circumstances) -> Decision:
        """The decision at `time` s from the newest ranking, best first."""
        best = ranking[0] if ranking else None
        self._follow(ranking)
        if around.lost_sound or around.silent or around.still or around.early:
            self._sure.clear()
            self._doubts.clear()
        else:
            self._note(time, ranking)
        self._time = time
        sounders = self._name(time, ranking)
        if around.lost_sound:
            self._named = []
            return Decision("nobody", "lost_sound", best, ())
        if sounders:
            return Decision("found", None, sounders[0], sounders)
        return self._nobody(best, around)

    def _follow(self, ranking: list[Ranked]) -> None:
        """An object that was merged into another one, or split from it, is known again by its tracks."""
        present = {entry.object for entry in ranking}
        for gone in [name for name in self._rows if name not in present]:
            common = [(np.isin(self._rows[gone], entry.rows).sum(), entry.object) for entry in ranking]
            most, heir = max(common, default=(0, gone))
            if 2 * most >= self._rows[gone].size and heir not in self._rows:
                self._rename(gone, heir)
        self._rows = {e.object: e.rows for e in ranking if e.object in self._doubts or e.object in self._seen}

    def _rename(self, old: int, new: int) -> None:
        for table in (self._sure, self._doubts, self._seen):
            if old in table:
                table.setdefault(new, table.pop(old))
        self._named = [new if name == old else name for name in self._named]

    def _note(self, time: float, ranking: list[Ranked]) -> None:
        strongest = self._strongest(ranking, self._named)  # where it is comes first, then whether it sounds
        sure = {entry.object for entry in strongest if entry.is_sure(self._sensitivity)}
        self._sure = {name: self._sure.get(name, time) for name in sure}
        self._doubt(time, strongest)
        small = {entry.object for entry in strongest if entry.p_value <= self._sensitivity}
        self._seen.update(dict.fromkeys(small | self._lasting(), time))

    def _doubt(self, time: float, strongest: list[Ranked]) -> None:
        """Follow the doubts in the `strongest` objects; those in others are as large as can be."""
        step = 0.0 if self._time is None else min(time - self._time, LONGEST_STEP)
        share, before = 1 - exp(-step / LASTING), self._doubts
        self._doubts = {}
        for entry in strongest:
            doubt = before.get(entry.object, 0.0)
            self._doubts[entry.object] = doubt + share * (log(entry.p_value) - doubt)

    def _lasting(self) -> set[int]:
        """The objects of which little doubt is left."""
        little = LASTING_SHARE * log(self._sensitivity)
        return {name for name, doubt in self._doubts.items() if doubt <= little}

    def _name(self, time: float, ranking: list[Ranked]) -> tuple[Ranked, ...]:
        present = {entry.object: entry for entry in ranking}
        held = [n for n in self._named if n in present and time - self._seen.get(n, -1e9) <= self._hold]
        sure = {n for n, since in self._sure.items() if time - since >= self._confirm - 1e-9}
        ripe = (sure | self._lasting()) & present.keys()
        rivals = [present[name] for name in {*held, *ripe}]
        sounders = tuple(self._strongest(rivals, held))
        self._named = [entry.object for entry in sounders]
        self._seen = {name: seen for name, seen in self._seen.items() if time - seen <= self._hold}
        return sounders

    def _strongest(self, entries: list[Ranked], held: list[int]) -> list[Ranked]:
        """As many as may be named, best first; what is `held` gives way only to what is SURER."""

        def order(entry: Ranked) -> tuple[float, int]:
            lead = (SURER - 1) * abs(entry.strength) if entry.object in held else 0.0
            return -entry.strength - lead, entry.object

        return sorted(entries, key=order)[: self._most]

    def _nobody(self, best: Ranked | None, around: Circumstances) -> Decision:
        if around.silent:
            return Decision("nobody", "silence", best, ())
        if around.early:
            return Decision("warming_up", None, best, ())
        if around.still or best is None:
            return Decision("nobody", "no_motion", best, ())
        doubtful = best.p_value > self._sensitivity and best.score >= AMBIGUOUS_SCORE
        return Decision("nobody", "ambiguous" if doubtful else "no_match", best, ())
