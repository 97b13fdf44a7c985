"""Kin: what is sure to sound side by side is one thing."""

import numpy as np
import pytest
from soundspot.core.decide import Circumstances, Decider
from soundspot.core.kin import AT_LEAST, REFUTED, REMEMBERED, Kin
from soundspot.core.rank import Ranked

CENTRES = np.array([[0, 0], [10, 0], [20, 0], [90, 0]], np.float32)
REACH = 15.0


def entry(name, row, *, strength, p_value=0.01, score=0.2):
    return Ranked(name, score, strength, p_value, np.array([row]), 1.0, np.array([row]))


ALIKE = np.ones(4, np.float32)


def kin():
    return Kin(0.03, REACH)


def told(ranking):
    """The names and rows of a ranking."""
    return [(kept.object, kept.rows.tolist()) for kept in ranking]


def folded(*entries, speeds=(1, 1, 1, 1)):
    """What remains of the entries, best first."""
    return told(kin().fold(0.0, [*entries], CENTRES, np.array(speeds, np.float32)))


def test_sure_neighbours_are_one_under_the_id_of_the_strongest():
    assert folded(entry(7, 0, strength=9), entry(4, 1, strength=5)) == [(7, [0, 1])]
    assert folded(entry(4, 1, strength=9), entry(7, 0, strength=5)) == [(4, [0, 1])]


def test_the_strongest_stays_named_when_its_kin_is_no_longer_sure():
    decider, around, relations = Decider(0.03, 0.0, 1.0, 1), Circumstances(False, False, False, False), kin()
    doubts = [0.01] * 5 + [0.5] * 10
    for k, p_value in enumerate(doubts):
        ranking = [entry(7, 0, strength=9), entry(4, 1, strength=7, p_value=p_value)]
        ranking = relations.fold(0.2 * k, ranking, CENTRES, ALIKE)
        (named,) = decider.decide(5 + 0.2 * k, ranking, around).sounders
        assert (named.object, 0 in named.rows) == (7, True)


def test_the_strength_of_the_strongest_and_the_least_p_value_count():
    strong, weak = entry(7, 0, strength=9, p_value=0.03), entry(4, 1, strength=5, p_value=0.01)
    (kept,) = kin().fold(0.0, [strong, weak], CENTRES, ALIKE)
    assert (kept.strength, kept.p_value) == (9, 0.01)


@pytest.mark.parametrize(
    ("later", "p_value", "together"), [(1.0, 0.1, True), (1.0, 0.5, False), (2 * REMEMBERED, 0.1, False)]
)
def test_kin_of_late_stays_kin_while_it_is_not_refuted(later, p_value, together):
    assert 0.1 < REFUTED < 0.5
    relations, mouth = kin(), entry(7, 0, strength=9)
    for _ in range(AT_LEAST):
        relations.fold(0.0, [mouth, entry(4, 1, strength=5)], CENTRES, ALIKE)
    ranking = relations.fold(later, [mouth, entry(4, 1, strength=5, p_value=p_value)], CENTRES, ALIKE)
    assert told(ranking) == ([(7, [0, 1])] if together else [(7, [0]), (4, [1])])


def test_what_was_sure_together_for_a_moment_is_not_remembered():
    relations, mouth = kin(), entry(7, 0, strength=9)
    for _ in range(AT_LEAST - 1):
        relations.fold(0.0, [mouth, entry(4, 1, strength=5)], CENTRES, ALIKE)
    ranking = [mouth, entry(4, 1, strength=5, p_value=0.1)]
    assert told(relations.fold(0.5, ranking, CENTRES, ALIKE)) == [(7, [0]), (4, [1])]


def test_kin_keeps_its_id_whichever_of_them_is_the_stronger_one():
    relations = kin()
    for mouth, head in ((9, 5), (4, 6), (9, 5)):
        ranking = [entry(7, 0, strength=mouth), entry(4, 1, strength=head)]
        ranking.sort(key=lambda kept: -kept.strength)
        assert told(relations.fold(0.0, ranking, CENTRES, ALIKE)) == [(7, [0, 1])]


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
