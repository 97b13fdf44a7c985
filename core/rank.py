"""Scores of tracks and places -> objects ranked, with p-values.

Where and whether are two questions, and two measures answer them best. Correlation says where: a large peak
counts for much in it. Codes say whether: chance fools them less, since in them it counts once. Over 18 clips
beside all others the right part won in 0.84 of cases by correlation and in 0.76 by codes; where 5 % of
unrelated moments may be named, codes named 0.40 of the others and correlation 0.32 (on the tracker's curves).

The p-value holds an object against the best of all objects under every other sound.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .evidence import Scores
from .grouping import rows_of
from .objects import NOBODY
from .strength import pool, weigh

# A weaker match is not sure: it may pass the test by luck, so it joins no other (see kin) and is named only
# where it lasts (see lasting). At 0, 0.08 and 0.09 something fits unrelated sound well enough
# in 6.4, 5.3 and 4.9 % of moments, and what is heard in 35, 31 and 28 % (162 composites of each kind).
LEAST_SCORE = 0.08


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
    pooled = pool(owners, chosen, weights, scores)
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


def p_values(strengths: NDArray[np.floating], null: NDArray[np.floating]) -> NDArray[np.float64]:
    """Share (n,) of null draws (draws,) at least as strong as each of the `strengths` (n,), the real one
    counted in: never below 1/(draws + 1)."""
    return np.asarray((1 + np.count_nonzero(null >= strengths[:, None], axis=1)) / (1 + null.size))
