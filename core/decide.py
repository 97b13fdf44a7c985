"""Ranked objects -> nobody, one or several sounders: confirm, hold, switch.

"Nobody" is an answer and comes with its reason.
"""

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from .lasting import Lasting
from .rank import Ranked
from .values import Reason, State

AMBIGUOUS_SCORE = 0.25  # a match this good that other sound reaches too, as a strictly periodic one does
# How many times as strong another object must be to take the place of a named one that is as sure. At 1.3 and
# 1.5 twelve rendered scenes with two seeds are right in 0.829 and 0.828 of frames, and change to what is
# wrong 3.3 and 2.9 times a minute.
LEAD = 1.5
# Of the p-value: what may be named is ordered by its strength over this power of it, for where two are about
# as strong one of them may be out of the question. Without it the twelve scenes are right in 0.818 of frames,
# with 2.4 wrong changes; of what sounds 0.42 is named instead of 0.44, of unrelated moments 0.03 instead of
# 0.05 (replayed).
P_POWER = 0.1
# The largest p-value of what is held over a doubt: beyond it most other sound fits better. Without this limit
# 0.08 of unrelated moments are named instead of 0.05 (36 composites), of scenes in which nothing visible
# sounds 0.11 instead of 0.05 (6 scenes), and the others are right as often.
HELD_P = 0.5
# Confidence in the best candidate while it is not named. The paper always chooses one, so that its surface is
# never empty; here what is not named stays below a half, but for the frame or two that the surface trails.
UNNAMED = 0.4


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What forbids a finding: sound lost or silent in the whole window, nothing moving, too early to tell."""

    lost_sound: bool
    silent: bool
    still: bool
    early: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one moment; `sounders` best first, empty unless found; `best`, whatever the state, is the
    first of them or else the strongest object, though a surer one may be about to be named."""

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
        """In what is shown, 0 … 1: none where nothing can be known to sound, or not yet."""
        if self.state == "found":
            return 1.0
        return UNNAMED if self.reason in ("no_match", "ambiguous") else 0.0


class Decider:
    """Names an object once its p-value has been small for a while, and holds it over short doubts."""

    def __init__(self, sensitivity: float, confirm: float, hold: float, most: int) -> None:
        """`sensitivity` is the p-value to reach, `confirm` and `hold` in s, `most` objects at once."""
        self._hold, self._most = hold, most
        self._lasting = Lasting(sensitivity, confirm)
        self.forget()

    def forget(self) -> None:
        """Know nothing yet, as at first or in another shot, whose rows are others."""
        self._lasting.forget()
        self._seen: dict[int, float] = {}  # when each object's p-value was last small
        self._named: list[int] = []
        self._identities: dict[int, NDArray[np.int64]] = {}  # of what was promising last time

    def decide(self, time: float, ranking: list[Ranked], around: Circumstances) -> Decision:
        """The decision at `time` s from the newest ranking, best first."""
        best = ranking[0] if ranking else None
        self._follow(ranking)
        forbidden = around.lost_sound or around.silent or around.still or around.early
        # only what comes first by strength and p-value may be named, which need not be the best
        foremost = self._foremost(ranking, self._named)
        self._lasting.follow(time, [] if forbidden else foremost)
        self._seen.update(dict.fromkeys(self._lasting.small, time))
        sounders = self._name(time, ranking)
        if around.lost_sound:
            self._named = []
            return Decision("nobody", "lost_sound", best, ())
        if sounders:
            return Decision("found", None, sounders[0], sounders)
        return self._nobody(best, foremost, around)

    def _follow(self, ranking: list[Ranked]) -> None:
        """An object that was merged into another one, or split from it, is known again by its identity."""
        present = {entry.object for entry in ranking}
        lost = {name: own for name, own in self._identities.items() if name not in present}
        for gone, own in lost.items():
            common = [(np.isin(own, entry.identity).sum(), entry.object) for entry in ranking]
            most, heir = max(common, default=(0, gone))
            if 2 * most >= own.size and heir not in self._identities:
                self._rename(gone, heir)
        promising = {*self._seen, *self._lasting.promising}
        self._identities = {entry.object: entry.identity for entry in ranking if entry.object in promising}

    def _rename(self, old: int, new: int) -> None:
        self._lasting.rename(old, new)
        if old in self._seen:
            self._seen[new] = max(self._seen.pop(old), self._seen.get(new, -inf))
        self._named = [new if name == old else name for name in self._named]

    def _name(self, time: float, ranking: list[Ranked]) -> tuple[Ranked, ...]:
        present = {entry.object: entry for entry in ranking}
        held = [n for n in self._named if n in present and self._is_held(time, present[n])]
        rivals = [present[name] for name in {*held, *self._lasting.ripe}]
        sounders = tuple(self._foremost(rivals, held))
        self._named = [entry.object for entry in sounders]
        self._seen = {name: seen for name, seen in self._seen.items() if time - seen <= self._hold}
        return sounders

    def _is_held(self, time: float, entry: Ranked) -> bool:
        """Whether what is named may stay so, over a short doubt."""
        return entry.p_value <= HELD_P and time - self._seen.get(entry.object, -inf) <= self._hold

    def _foremost(self, entries: list[Ranked], held: list[int]) -> list[Ranked]:
        """As many as may be named, those first that are strongest beside their p-values; the strength of what
        is `held` counts LEAD times."""

        def order(entry: Ranked) -> tuple[float, int]:
            factor = (LEAD if entry.object in held else 1.0) / entry.p_value**P_POWER
            # in the paper's preset, and without a null, strength may be negative: no factor is a handicap
            return -(entry.strength * factor if entry.strength > 0 else entry.strength / factor), entry.object

        return sorted(entries, key=order)[: self._most]

    def _nobody(self, best: Ranked | None, foremost: list[Ranked], around: Circumstances) -> Decision:
        if around.silent:
            return Decision("nobody", "silence", best, ())
        if around.early:
            return Decision("warming_up", None, best, ())
        if around.still or best is None:
            return Decision("nobody", "no_motion", best, ())
        asked = foremost[0]
        doubtful = asked.p_value > self._lasting.limit and asked.score >= AMBIGUOUS_SCORE
        return Decision("nobody", "ambiguous" if doubtful else "no_match", best, ())
