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


def test_one_that_is_too_faint_to_be_sure_lends_no_p_value():
    relations, mouth = kin(), entry(7, 0, strength=9)
    for _ in range(AT_LEAST):
        relations.fold(0.0, [mouth, entry(4, 1, strength=5)], CENTRES, ALIKE)
    doubtful, faint = entry(7, 0, strength=9, p_value=0.1), entry(4, 1, strength=5, score=0.01)
    (kept,) = relations.fold(0.3, [doubtful, faint], CENTRES, ALIKE)
    assert (kept.rows.tolist(), kept.p_value) == ([0, 1], 0.1)


def test_kin_keeps_its_id_after_a_moment_apart_and_when_another_joins():
    relations, near = kin(), np.zeros_like(CENTRES)
    pair = [entry(7, 0, strength=9), entry(4, 1, strength=5)]
    relations.fold(0.0, pair, near, ALIKE)
    apart = [entry(4, 1, strength=6), entry(7, 0, strength=5, p_value=0.5)]
    assert told(relations.fold(0.3, apart, near, ALIKE)) == [(4, [1]), (7, [0])]
    again = [entry(9, 2, strength=8), entry(4, 1, strength=6), entry(7, 0, strength=5)]
    assert told(relations.fold(0.6, again, near, ALIKE)) == [(7, [0, 1, 2])]


def test_those_that_share_a_host_stay_kin_without_it():
    relations, near = kin(), np.zeros_like(CENTRES)
    family = [entry(7, 0, strength=9), entry(4, 1, strength=6), entry(9, 2, strength=5)]
    for _ in range(AT_LEAST):
        relations.fold(0.0, family, near, ALIKE)
    rest = [entry(4, 1, strength=6, p_value=0.1), entry(9, 2, strength=5, p_value=0.1)]
    assert [kept.rows.tolist() for kept in relations.fold(0.3, rest, near, ALIKE)] == [[1, 2]]


def test_memory_does_not_feed_itself():
    relations, mouth = kin(), entry(7, 0, strength=9)
    for _ in range(AT_LEAST):
        relations.fold(0.0, [mouth, entry(4, 1, strength=5)], CENTRES, ALIKE)
    doubtful = entry(4, 1, strength=5, p_value=0.1)
    times = [0.3 * k for k in range(1, 15)]
    sizes = [len(relations.fold(time, [mouth, doubtful], CENTRES, ALIKE)) for time in times]
    assert sizes == [1 if time <= REMEMBERED + 1e-6 else 2 for time in times]


def test_kin_that_is_no_longer_beside_stays_apart():
    relations, pair = kin(), [entry(7, 0, strength=9), entry(4, 1, strength=5)]
    for _ in range(AT_LEAST):
        relations.fold(0.0, pair, CENTRES, ALIKE)
    assert len(relations.fold(0.3, pair, 9 * CENTRES, ALIKE)) == 2


def test_what_a_high_sensitivity_calls_sure_is_never_refuted():
    pair = [entry(7, 0, strength=9, p_value=0.3), entry(4, 1, strength=5, p_value=0.3)]
    assert len(Kin(0.4, REACH).fold(0.0, pair, CENTRES, ALIKE)) == 1
    assert len(kin().fold(0.0, pair, CENTRES, ALIKE)) == 2


def test_kin_of_kin_beyond_reach_stays_apart():
    chain = [entry(k, k, strength=9 - k) for k in range(3)]
    assert folded(*chain) == [(0, [0, 1]), (2, [2])]
