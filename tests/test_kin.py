"""Kin: what is sure to sound side by side is one thing."""

import numpy as np
import pytest
from soundspot.core.decide import Circumstances, Decider
from soundspot.core.kin import fold_kin
from soundspot.core.rank import Ranked

CENTRES = np.array([[0, 0], [10, 0], [20, 0], [90, 0]], np.float32)
REACH = 15.0


def entry(name, row, *, strength, p_value=0.01, score=0.2):
    return Ranked(name, score, strength, p_value, np.array([row]), 1.0, np.array([row]))


def folded(*entries, speeds=(1, 1, 1, 1)):
    """The names and rows that remain of the entries, best first."""
    speeds = np.array(speeds, np.float32)
    return [(kept.object, kept.rows.tolist()) for kept in fold_kin([*entries], 0.03, CENTRES, speeds, REACH)]


def test_sure_neighbours_are_one_under_the_id_of_the_strongest():
    assert folded(entry(7, 0, strength=9), entry(4, 1, strength=5)) == [(7, [0, 1])]
    assert folded(entry(4, 1, strength=9), entry(7, 0, strength=5)) == [(4, [0, 1])]


def test_the_strongest_stays_named_when_its_kin_is_no_longer_sure():
    decider, around = Decider(0.03, 0.0, 1.0, 1), Circumstances(False, False, False, False)
    doubts = [0.01] * 5 + [0.2] * 10
    for k, p_value in enumerate(doubts):
        ranking = [entry(7, 0, strength=9), entry(4, 1, strength=7, p_value=p_value)]
        ranking = fold_kin(ranking, 0.03, CENTRES, np.ones(4, np.float32), REACH)
        (named,) = decider.decide(5 + 0.2 * k, ranking, around).sounders
        assert (named.object, 0 in named.rows) == (7, True)


def test_the_strength_of_the_strongest_counts():
    strong, weak = entry(7, 0, strength=9, p_value=0.01), entry(4, 1, strength=5, p_value=0.03)
    (kept,) = fold_kin([strong, weak], 0.03, CENTRES, np.ones(4, np.float32), REACH)
    assert (kept.strength, kept.p_value) == (9, 0.01)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(entry(4, 1, strength=5, p_value=0.2), id="not sure by its p-value"),
        pytest.param(entry(4, 1, strength=5, score=0.01), id="too faint"),
        pytest.param(entry(4, 3, strength=5), id="elsewhere"),
    ],
)
def test_others_stay_what_they_are(other):
    assert folded(entry(7, 0, strength=9), other) == [(7, [0]), (4, other.rows.tolist())]


def test_nothing_joins_what_is_not_sure_itself():
    assert folded(entry(7, 0, strength=9, p_value=0.2), entry(4, 1, strength=5)) == [(7, [0]), (4, [1])]


def test_what_is_shaken_by_the_stronger_one_is_no_kin():
    assert len(folded(entry(7, 0, strength=9), entry(4, 1, strength=5), speeds=(1, 0.2, 1, 1))) == 2
    assert len(folded(entry(7, 0, strength=9), entry(4, 1, strength=5), speeds=(0.2, 1, 1, 1))) == 1


def test_kin_of_kin_beyond_reach_stays_apart():
    chain = [entry(k, k, strength=9 - k) for k in range(3)]
    assert folded(*chain) == [(0, [0, 1]), (2, [2])]
