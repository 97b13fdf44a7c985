"""Scores of tracks and places -> objects ranked, with p-values.

Where and whether are two questions, and two measures answer them best. Correlation says where: a large peak
counts for much in it. Codes say whether: chance fools them less, since in them it counts once. Over 18 clips
beside all others the right part won in 0.84 of cases by correlation and in 0.76 by codes; where 5 % of
unrelated moments may be named, codes named 0.40 of the others and correlation 0.32 (on the tracker's curves).

An object's measure is the weighted mean over its rows. Correlation is told in standard deviations of the
object's own null by codes, for it has none of its own, and codes in those of the null and the real sound
together, so that a thing that goes with any sound is no evidence. A cause moves more than what it shakes (the
floor under the ball, the shirt under the head matched as well or better, measured on the scenes), so among
objects that keep time with each other it is weighed by a small power of how much moves. What keeps no time
with the others is left as it is for where: a small far speaker is as likely there as whatever moves most. But
of many scraps one always fits by luck, so that for where a small power of the object's size counts, too, and
for whether one of its share in the largest motion of all. The p-value holds an object against the best of
all objects under every other sound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import Scores
from .objects import NOBODY, rows_of

# Of an object's share in the largest motion, area times speed, of those that keep time with it. At 0, 0.12
# and 0.25 the best of two easy clips side by side lies in the right box in 0.82, 0.86 and 0.86 of moments; on
# rendered scenes 0.88 of frames are right at 0.12 and 0.92 at 0.25. Beside all objects instead of those in
# time six scenes are right in 0.69 of frames rather than 0.75, and clips of little motion lose composites.
# With the other figures of today 0.2 and 0.25 serve alike: the right part of 72 composites wins in 0.832 and
# 0.829 (replayed).
LOOK_POWER = 0.2
IN_TIME = 0.2  # correlation of two objects' nulls from which they keep time with each other, wholly at
WHOLLY_IN_TIME = 0.6
# Of an object's size, in rows that wholly move, for where. At 0.1, 0.15 and 0.2 the right part and box of 72
# composites win in 0.817 and 0.712, 0.832 and 0.727, 0.835 and 0.727 of moments, the right box of single
# clips in 0.83, 0.83 and 0.82, 43 scenes are right in 0.803, 0.800 and 0.795 of frames (replayed). For whether
# it counts for nothing: mouths and hands are small. With 0.1 there 0.43 of what sounds is named where 0.05 of
# unrelated moments are, and 26 scenes are right in 0.80 of frames; without, 0.44 and 0.83.
SIZE_POWER = 0.15
# Of an object's share in the largest motion of all, for whether it sounds: under any sound something that
# hardly moves fits by luck, among so many. At 0, 0.1 and 0.2 the p-value is at most 0.02 in 0.036, 0.033 and
# 0.021 of unrelated moments and in 0.24, 0.25 and 0.23 of the others; where 4 % of unrelated moments may be
# named, 0.25, 0.26 and 0.27 of the others are (162 composites of each kind). The less the better for the
# small and faint: 37 scenes are right in 0.70 and 0.71 of frames at 0 and 0.1 (an earlier build).
MOVED_POWER = 0.1
LEAST_MOVED = 1e-12  # area times speed that a share is taken of, at least: of nothing there is none
# Of an object's chance that is taken off its correlation. Other sound of the same source keeps its rhythm, so
# all of it is too much: at 0, 0.4 and 0.8 the right part won in 0.80, 0.83 and 0.82 of 72 composites.
# Between them, 0.5 was taken for it names the right box a little more often (0.70 on 54 composites).
CHANCE_SHARE = 0.5
# A weaker match is not sure: it may pass the test by luck, so it joins no other (see kin) and is named only
# where it lasts (see lasting). At 0, 0.08 and 0.09 something fits unrelated sound well enough
# in 6.4, 5.3 and 4.9 % of moments, and what is heard in 35, 31 and 28 % (162 composites of each kind).
LEAST_SCORE = 0.08
# How many times as much as a track's a place's correlation counts: it keeps its history where tracks slip. At
# 1, 4 and 20 the right part of 72 composites wins in 0.834, 0.832 and 0.823, the right box of single clips in
# 0.79, 0.83 and 0.82; of what sounds 0.43, 0.45 and 0.45 is named where 0.05 of unrelated moments are, and 43
# scenes are right in 0.795, 0.800 and 0.807 of frames (replayed).
PLACE_WEIGHT = 4.0
LEAST_SPREAD = 0.03  # of a null: below it a few lucky permutations would look like evidence
# Correlation, in standard deviations, below which less and less of it counts: what is no evidence at all is
# ranked by its look, where a factor alone would put the smallest of what goes against the sound first.
# With 0.3 and 2 the right part wins in 0.794 and 0.800 of 162 composites, the right box in 0.612 and 0.622.
FAINT = 2.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """One object: `score` -1 … 1 by codes, 0 is chance (in the paper's preset the score as it is), `strength`
    what it is ranked by, `p_value` after correction for all objects, `rows` of its tracks and places,
    `motion` mean acceleration in picture widths/s², `identity` the rows that it is known again by: its
    tracks, since places stay when a thing goes, or the places of what has no track."""

    object: int
    score: float
    strength: float
    p_value: float
    rows: NDArray[np.int64]
    motion: float
    identity: NDArray[np.int64]

    def is_sure(self, sensitivity: float) -> bool:
        """Whether it goes with the sound at this p-value, and not too faintly."""
        return self.p_value <= sensitivity and self.score >= LEAST_SCORE


@dataclass(frozen=True, slots=True)
class Pooled:
    """Weighted means over the rows of each object: `real` and `correlation` (objects,), `null` (objects,
    draws); and the objects' `size`, the sum of the weights."""

    real: NDArray[np.floating]
    null: NDArray[np.floating]
    correlation: NDArray[np.floating]
    size: NDArray[np.floating]

    @property
    def chance(self) -> NDArray[np.floating]:
        """The mean (objects,) of the null, 0 without one."""
        return self.null.mean(axis=1) if self.null.shape[1] else np.zeros(len(self.null))


def rank_objects(
    scores: Scores,
    chosen: NDArray[np.int64],
    of_row: NDArray[np.int64],
    weights: NDArray[np.float32],
    motion: NDArray[np.float32],
    amounts: NDArray[np.float32],
    plain: bool,
    places: int = 0,
) -> list[Ranked]:
    """All objects of the `chosen` rows (n,), best first; `weights` (n,) of motion, 0 … 1; `motion` (n,) in
    picture widths/s²; `amounts` (rows,) of motion, area times speed; `plain`: by the score alone, as in the
    paper (5.2); the last `places` rows are places."""
    enough = np.isfinite(scores.real[chosen]) & np.isfinite(scores.correlation[chosen])
    known = enough & (weights > 0) & (of_row[chosen] != NOBODY)
    chosen, weights, motion = chosen[known], weights[known], motion[known]
    if not chosen.size:
        return []
    names, owners = np.unique(of_row[chosen], return_inverse=True)
    rows, tracks = rows_of(names, of_row), of_row.size - places
    pooled = pool(owners, chosen, weights, scores, tracks)
    if plain:
        score = strengths = sureness = pooled.real
        best_null = pooled.null.max(axis=0, initial=-1.0)
    else:
        score = pooled.real - pooled.chance
        moved = np.array([amount_of(own, amounts, tracks) for own in rows])
        strengths, sureness, best_null = weigh(pooled, moved)
    p = p_values(sureness, best_null + (scores.doubt - 1) * np.abs(best_null))
    levels = np.bincount(owners, motion) / np.bincount(owners)
    ranking = [
        Ranked(
            object=int(name),
            score=float(score[k]),
            strength=float(strengths[k]),
            p_value=float(p[k]),
            rows=rows[k],
            motion=float(levels[k]),
            identity=identity_of(rows[k], tracks),
        )
        for k, name in enumerate(names)
    ]
    return sorted(ranking, key=lambda entry: (-entry.strength, entry.object))


def identity_of(rows: NDArray[np.int64], tracks: int) -> NDArray[np.int64]:
    """Those of an object's `rows` (n,), in order, that are `tracks`, which are the first ones; all if none
    is."""
    own = rows[: np.searchsorted(rows, tracks)]
    return own if own.size else rows


def amount_of(rows: NDArray[np.int64], amounts: NDArray[np.float32], tracks: int) -> float:
    """How much moves in an object's `rows` (n,), in order, of which the first are `tracks`: by its tracks or
    by its places, whichever tell of more. Both would count twice what is followed well."""
    first_place = np.searchsorted(rows, tracks)
    return float(max(amounts[rows[:first_place]].sum(), amounts[rows[first_place:]].sum()))


def pool(
    owners: NDArray[np.int64],
    chosen: NDArray[np.int64],
    weights: NDArray[np.float32],
    scores: Scores,
    tracks: int,
) -> Pooled:
    """The `chosen` rows (n,), of which the first `tracks` of all are tracks, each with its object 0 …
    objects - 1 in `owners` (n,) and its weight (n,), pooled."""
    shares = shares_of(owners, weights)
    for_where = shares_of(owners, np.where(chosen < tracks, weights, np.float32(PLACE_WEIGHT) * weights))
    real, null = (shares @ table[chosen] for table in (scores.real, scores.null))
    size = np.asarray(np.bincount(owners, weights), np.float64)
    return Pooled(real, null, for_where @ scores.correlation[chosen], size)


def shares_of(owners: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """What share each of n things has in its owner, float32 (owners, n), by its weight (n,)."""
    shares = np.zeros((owners.max() + 1, owners.size), np.float32)
    shares[owners, np.arange(owners.size)] = weights
    shares /= shares.sum(axis=1, keepdims=True)
    return shares


def weigh(
    pooled: Pooled, moved: NDArray[np.float64]
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    """Strength, by correlation, and sureness, by codes, of each object (objects,), and the largest sureness
    (draws,) that any object reaches under each other sound; `moved` (objects,) is how much moves, of which
    sureness alone knows the share in all."""
    share = moved / largest_in_time(moved, pooled.null)
    look = share**LOOK_POWER * pooled.size**SIZE_POWER
    credit = share**LOOK_POWER * (moved / max(moved.max(), LEAST_MOVED)) ** MOVED_POWER
    sureness = standardised(np.column_stack([pooled.real, pooled.null])) * credit[:, None]
    return correlated(pooled) * look, sureness[:, 0], sureness[:, 1:].max(axis=0)


def correlated(pooled: Pooled) -> NDArray[np.floating]:
    """Correlation (objects,) above chance, in standard deviations of the null and, where that is no evidence,
    just above 0; without a null, as it is."""
    if not pooled.null.shape[1]:
        return pooled.correlation
    spread = np.maximum(pooled.null.std(axis=1), LEAST_SPREAD)
    evidence = (pooled.correlation - CHANCE_SHARE * pooled.chance) / spread
    return np.asarray(FAINT * np.logaddexp(0, evidence / FAINT))


def standardised(scores: NDArray[np.floating]) -> NDArray[np.floating]:
    """Scores (objects, sounds) in standard deviations of the object's own. The real sound is counted in with
    the others: were it held against their mean and spread alone, things that go with none of them would reach
    a p-value of 0.1 in 0.13 of cases (40 things, 99 others, drawn alike)."""
    away = scores - scores.mean(axis=1, keepdims=True)
    return np.asarray(away / np.maximum(away.std(axis=1, keepdims=True), LEAST_SPREAD))


def largest_in_time(moved: NDArray[np.float64], null: NDArray[np.floating]) -> NDArray[np.float64]:
    """For each object the largest amount of motion (objects,) among those that keep time with it, itself
    included. What answers alike to every other sound, `null` (objects, draws), moves in one rhythm; without a
    null all do."""
    if not null.shape[1]:
        return np.full_like(moved, max(moved.max(), LEAST_MOVED))
    away = null - null.mean(axis=1, keepdims=True)
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    in_time = np.clip((away @ away.T - IN_TIME) / (WHOLLY_IN_TIME - IN_TIME), 0, 1)
    np.fill_diagonal(in_time, 1)
    return np.asarray(np.maximum((in_time * moved).max(axis=1), LEAST_MOVED), np.float64)


def p_values(strengths: NDArray[np.floating], null: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share (n,) of null draws (draws,) at least as strong as each of the `strengths` (n,), the real one
    counted in: never below 1/(draws + 1)."""
    return np.asarray((1 + np.count_nonzero(null >= strengths[:, None], axis=1)) / (1 + null.size))
