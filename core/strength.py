"""Scores of an object's tracks and places -> how strong it is, and how sure.

An object's measure is the weighted mean over its rows. Correlation is told in standard deviations of the
object's own null by codes, for it has none of its own, and codes in those of the null and the real sound
together, so that a thing that goes with any sound is no evidence. A cause moves more than what it shakes (the
floor under the ball, the shirt under the head matched as well or better, measured on the scenes), so among
objects that keep time with each other it is weighed by a small power of how much moves. What keeps no time
with the others is left as it is for where: a small far speaker is as likely there as whatever moves most. But
of many scraps one always fits by luck, so that for where a small power of the object's size counts, too, and
for whether one of its share in the largest motion of all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import Scores

# Of an object's share in the largest motion, area times speed, of those that keep time with it, for where. At
# 0, 0.12 and 0.25 the best of two easy clips side by side lies in the right box in 0.82, 0.86 and 0.86 of
# moments; on rendered scenes 0.88 of frames are right at 0.12 and 0.92 at 0.25. Beside all objects instead of
# those in time six scenes are right in 0.69 of frames rather than 0.75, and clips of little motion lose
# composites.
LOOK_POWER = 0.25
# Of the same share, for whether. At 0.25, 0.2 and 0.15 26 scenes are right in 0.82, 0.83 and 0.83 of frames
# (replayed).
SURE_POWER = 0.2
IN_TIME = 0.2  # correlation of two objects' nulls from which they keep time with each other, wholly at
WHOLLY_IN_TIME = 0.6
# Of an object's size, in rows that wholly move, for where. At 0.1, 0.2 and 0.35 the right part of two clips
# wins in 0.83, 0.82 and 0.79 of 54 composites; 17 rendered scenes are right in 0.65 of frames at 0.1, in 0.63
# at 0.2. (0.15 beside a LOOK_POWER of 0.2 and with places weighed four times won 0.85 of one draw of 36
# composites instead of 0.83, and 0.81 of two others instead of 0.82 and 0.83.) For whether it counts for
# nothing: mouths and hands are small. With 0.1 there 0.43 of what sounds is named where 0.05 of unrelated
# moments are, and 26 scenes are right in 0.80 of frames; without, 0.44 and 0.82 (replayed).
SIZE_POWER = 0.1
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
LEAST_SPREAD = 0.03  # of a null: below it a few lucky permutations would look like evidence
# Correlation, in standard deviations, below which less and less of it counts: what is no evidence at all is
# ranked by its look, where a factor alone would put the smallest of what goes against the sound first.
# With 0.3 and 2 the right part wins in 0.794 and 0.800 of 162 composites, the right box in 0.612 and 0.622.
FAINT = 2.0


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


def pool(
    owners: NDArray[np.int64], chosen: NDArray[np.int64], weights: NDArray[np.float32], scores: Scores
) -> Pooled:
    """The `chosen` rows (n,), each with its object 0 … objects - 1 in `owners` (n,) and its weight (n,),
    pooled."""
    shares = np.zeros((owners.max() + 1, chosen.size), np.float32)
    shares[owners, np.arange(chosen.size)] = weights
    size = shares.sum(axis=1)
    shares /= size[:, None]
    real, null, correlation = (
        shares @ table[chosen] for table in (scores.real, scores.null, scores.correlation)
    )
    return Pooled(real, null, correlation, size)


def weigh(
    pooled: Pooled, moved: NDArray[np.float64]
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]]:
    """Strength, by correlation, and sureness, by codes, of each object (objects,), and the largest sureness
    (draws,) that any object reaches under each other sound; `moved` (objects,) is how much moves, of which
    sureness alone knows the share in all."""
    share = moved / largest_in_time(moved, pooled.null)
    look = share**LOOK_POWER * pooled.size**SIZE_POWER
    credit = share**SURE_POWER * (moved / max(moved.max(), LEAST_MOVED)) ** MOVED_POWER
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
