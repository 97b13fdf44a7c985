"""Metrics of a running answer: pure functions of the moments of one scene, in order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .metrics import mean, share

SETTLED = 4.0  # s that the method may take before its answers are judged
ECHO = 2.0  # s after the end of a sound in which its source may still be named: hold, and the declared delay
NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class SceneMoment:
    """One answer and the truth of its frame: the numbers of the `sources` that sound and are seen; the
    `named` object's id, None without one; of what it marks, the `precision`, the `overlap` (IoU, with that
    source that fits best, or with all) and the source that most of it lies on, `struck`, 0 for none; whether
    the places of best candidate, strongest mover and picture centre lie on a source; and the lag, s."""

    time: float
    sources: frozenset[int]
    named: int | None
    precision: float
    overlap: float
    struck: int
    best_right: bool
    moving_right: bool
    middle_right: bool
    lag: float

    @property
    def right(self) -> bool:
        """Whether most of what is marked sounds."""
        return self.named is not None and self.precision > 0.5


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """Shares, s and counts a minute; None where there is nothing to judge.

    Of the moments after SETTLED s at which something visible sounds: named `right`, `found` at all, mean
    `overlap`, and the forced choice of ours, of the strongest mover, of the middle. `false`: of all these
    moments, named and not right. `in_vain`: named though nothing visible has sounded for ECHO s.
    """

    right: float | None
    found: float | None
    false: float | None
    overlap: float | None
    best: float | None
    moving: float | None
    middle: float | None
    in_vain: float | None
    first: float | None
    switches: float
    wrong_switches: float
    lag_error: float | None


def live_figures(moments: Sequence[SceneMoment], true_lag: float) -> LiveFigures:
    """All figures of a scene but the change-overs, which are pooled over scenes."""
    settled = [moment for moment in moments if moment.time >= SETTLED]
    sounding = [moment for moment in settled if moment.sources]
    silent = [moment for moment in silences(moments) if moment.time >= SETTLED]
    return LiveFigures(
        share(moment.right for moment in sounding),
        share(moment.named is not None for moment in sounding),
        share(moment.named is not None and not moment.right for moment in settled),
        mean(moment.overlap for moment in sounding),
        share(moment.best_right for moment in sounding),
        share(moment.moving_right for moment in sounding),
        share(moment.middle_right for moment in sounding),
        share(moment.named is not None for moment in silent),
        first_finding(moments),
        *switches_a_minute(moments),
        abs(moments[-1].lag - true_lag) if sounding else None,
    )


def silences(moments: Sequence[SceneMoment]) -> list[SceneMoment]:
    """The moments at which nothing visible has sounded for ECHO s, or ever."""
    kept, last = [], -NEVER
    for moment in moments:
        if moment.sources:
            last = moment.time
        elif moment.time - last >= ECHO:
            kept.append(moment)
    return kept


def first_finding(moments: Sequence[SceneMoment]) -> float | None:
    """s from the first moment that sounds to the first right one; infinite when there is none; None for a
    scene in which nothing visible sounds."""
    begin = next((moment.time for moment in moments if moment.sources), None)
    if begin is None:
        return None
    return next((moment.time - begin for moment in moments if moment.right), NEVER)


def change_overs(moments: Sequence[SceneMoment]) -> list[float]:
    """For every change of the one source that sounds: s from its first moment until it is named; infinite
    when the next change comes first. A pause between two sources is no change, only what follows it."""
    turns = [(moment.time, *moment.sources) for moment in moments if len(moment.sources) == 1]
    changes = [(later[0], later[1]) for earlier, later in pairwise(turns) if later[1] != earlier[1]]
    ends = [*(time for time, _ in changes), NEVER][1:]
    return [
        next(
            (
                moment.time - begin
                for moment in moments
                if begin <= moment.time < end and moment.right and moment.struck == source
            ),
            NEVER,
        )
        for (begin, source), end in zip(changes, ends, strict=True)
    ]


def switches_a_minute(moments: Sequence[SceneMoment]) -> tuple[float, float]:
    """How often the named object's id becomes another, and how often then what is not right; a minute."""
    named = [moment for moment in moments if moment.named is not None]
    switched = [later for earlier, later in pairwise(named) if later.named != earlier.named]
    minutes = (moments[-1].time - moments[0].time) / 60 if len(moments) > 1 else 0.0
    if not minutes:
        return 0.0, 0.0
    return len(switched) / minutes, sum(not moment.right for moment in switched) / minutes
