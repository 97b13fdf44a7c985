"""Tracks' scores -> objects ranked, with p-values.

Where and whether are two questions (measured beforehand): the motion weight says where on the picture to
look, the match alone says whether it sounds. An object's match is the weighted mean over its tracks, measured
in standard deviations of its own null. A cause moves more than what it shakes (the floor under the ball, the
shirt under the head matched as well or better, measured on the scenes), so among objects that keep time
with each other a match is weighed by a small power of how much moves. What keeps no time with the others is
left as it is: a small far speaker is no less likely than whatever moves most. The p-value holds the best of
all objects against the best of all objects under every other sound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import Scores
from .objects import NOBODY

# Of an object's share in the largest motion, area times speed, of those that keep time with it. At 0, 0.12
# and 0.25 the best of two easy clips side by side lies in the right box in 0.82, 0.86 and 0.86 of moments; on
# rendered scenes 0.88 of frames are right at 0.12 and 0.92 at 0.25. Beside all objects instead of those in
# time six scenes are right in 0.69 of frames rather than 0.75, and clips of little motion lose composites.
LOOK_POWER = 0.25
IN_TIME = 0.2  # correlation of two objects' nulls from which they keep time with each other, wholly at
WHOLLY_IN_TIME = 0.6
SIZE_POWER = 0.2
LEAST_SPREAD = 0.03  # of a null: below it a few lucky permutations would look like evidence
PLACE_SPREAD = 0.04


@dataclass(frozen=True, slots=True)
class Ranked:
    """One object: `score` -1 … 1, 0 is chance (in the paper's preset the score as it is), `strength` what it
    is ranked by, `p_value` after correction for all objects, `rows` of its tracks, `motion` mean acceleration
    in picture widths/s²."""

    object: int
    score: float
    strength: float
    p_value: float
    rows: NDArray[np.int64]
    motion: float
    sureness: float = 0.0


def rank_objects(
    scores: Scores,
    chosen: NDArray[np.int64],
    of_row: NDArray[np.int64],
    weights: NDArray[np.float32],
    motion: NDArray[np.float32],
    amounts: NDArray[np.float32],
    plain: bool,
) -> list[Ranked]:
    """All objects of the `chosen` rows (n,), best first; `weights` (n,) of motion, 0 … 1; `motion` (n,) in
    picture widths/s²; `amounts` (rows,) of motion, area times speed; `plain`: by the score alone, as in the
    paper (5.2)."""
    known = np.isfinite(scores.real[chosen]) & (weights > 0)
    members = {
        int(name): np.flatnonzero(known & (of_row[chosen] == name))
        for name in np.unique(of_row[chosen[known]])
        if name != NOBODY
    }
    if not members:
        return []
    rows = {name: np.flatnonzero(of_row == name) for name in members}
    real, null = np.nan_to_num(scores.real[chosen]), np.nan_to_num(scores.null[chosen])
    pooled = [pool(group, weights, real, null) for group in members.values()]
    score, others = np.array([score for score, _ in pooled]), np.array([draws for _, draws in pooled])
    if plain:
        strengths, best_null = score, others.max(axis=0, initial=-1.0)
        sure = strengths
    else:
        moved = np.array([float(amounts[rows[name]].sum()) for name in members])
        look = (moved / largest_in_time(moved, others)) ** LOOK_POWER
        look = look * np.array([weights[group].sum() for group in members.values()]) ** SIZE_POWER
        sure, best_null = standardise(score, others, look)
        strengths = score / np.maximum(others.std(axis=1), PLACE_SPREAD) * look if others.size else score * look
    chance = np.zeros_like(score) if plain or not others.size else others.mean(axis=1)
    ranking = [
        Ranked(
            name,
            float(score[k]) - float(chance[k]),
            float(strengths[k]),
            p_value(sure[k], best_null + (scores.doubt - 1) * np.abs(best_null)),
            rows[name],
            float(motion[members[name]].mean()),
            float(sure[k]) / scores.doubt,
        )
        for k, name in enumerate(members)
    ]
    return sorted(ranking, key=lambda entry: (-entry.strength, entry.object))


def pool(
    members: NDArray[np.int64],
    weights: NDArray[np.float32],
    real: NDArray[np.float32],
    null: NDArray[np.float32],
) -> tuple[np.floating, NDArray[np.floating]]:
    """Weighted mean over an object's tracks of the real score and of the null's (draws,)."""
    share = weights[members] / weights[members].sum()
    return share @ real[members], share @ null[members]


def largest_in_time(moved: NDArray[np.float64], null: NDArray[np.floating]) -> NDArray[np.float64]:
    """For each object the largest amount of motion (objects,) among those that keep time with it, itself
    included. What answers alike to every other sound, `null` (objects, draws), moves in one rhythm; without a
    null all do."""
    if not null.shape[1]:
        return np.full_like(moved, max(moved.max(), 1e-12))
    away = null - null.mean(axis=1, keepdims=True)
    away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
    in_time = np.clip((away @ away.T - IN_TIME) / (WHOLLY_IN_TIME - IN_TIME), 0, 1)
    np.fill_diagonal(in_time, 1)
    return np.asarray(np.maximum((in_time * moved).max(axis=1), 1e-12), np.float64)


def standardise(
    real: NDArray[np.floating], null: NDArray[np.floating], look: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Strengths (objects,), in standard deviations of each object's `null` (objects, draws) times its weight
    `look` (objects,), and the largest strength (draws,) that any object reaches under each other sound."""
    if not null.shape[1]:
        return real * look, np.zeros(0)
    centre, spread = null.mean(axis=1), np.maximum(null.std(axis=1), LEAST_SPREAD)
    best_null = ((null - centre[:, None]) / spread[:, None] * look[:, None]).max(axis=0)
    return (real - centre) / spread * look, best_null


def p_value(strength: float, null: NDArray[np.float64]) -> float:
    """Share of null draws (draws,) at least as strong, the real one counted in: never below 1/(draws + 1)."""
    return float((1 + np.count_nonzero(null >= strength)) / (1 + null.size))
