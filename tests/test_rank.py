"""Ranking: what follows the sound comes first, and its p-value holds against all rivals and all other
sound."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.evidence import Scores
from soundspot.core.objects import NOBODY
from soundspot.core.rank import amount_of, p_values, rank_objects

DRAWS = 99


def ranked(
    real,
    of_row,
    *,
    weights=None,
    spread=0.1,
    amounts=None,
    doubt=1.0,
    null=None,
    plain=False,
    correlation=None,
):
    """rank_objects of rows that are all chosen, with a Gaussian null; they correlate as their codes agree
    unless told."""
    rows = len(real)
    if null is None:
        null = np.random.default_rng(0).normal(0, spread, (rows, DRAWS)).astype(np.float32)
    ones = np.ones(rows, np.float32)
    return rank_objects(
        Scores(np.array(real, np.float32), null, np.array(correlation or real, np.float32), doubt),
        np.arange(rows),
        np.array(of_row, np.int64),
        ones if weights is None else np.array(weights, np.float32),
        ones,
        ones if amounts is None else np.array(amounts, np.float32),
        plain=plain,
    )


def test_the_object_that_follows_the_sound_comes_first_with_the_least_possible_p():
    best, *others = ranked([0.0, 0.9, 0.85, 0.1], [5, 7, 7, 9])
    assert best.object == 7
    assert best.rows.tolist() == [1, 2]
    assert best.p_value == 1 / (DRAWS + 1)
    assert best.score == pytest.approx(0.875, abs=0.03), "above chance, which the null has on average"
    assert all(other.p_value > 0.05 for other in others)
    assert sorted(other.object for other in others) == [5, 9]


def test_best_first():
    ranking = ranked([0.1, 0.5, -0.2, 0.3], [1, 2, 3, 4])
    assert [entry.strength for entry in ranking] == sorted(
        (entry.strength for entry in ranking), reverse=True
    )
    p_values = [entry.p_value for entry in ranking]
    assert p_values == sorted(p_values)


def test_a_track_that_hardly_moves_hardly_speaks_for_its_object():
    (entry,) = ranked([0.9, 0.0], [1, 1], weights=[0.99, 0.01])
    assert entry.score > 0.85


def test_correlation_says_where_and_codes_say_whether():
    best, other = ranked([0.05, 0.9], [1, 2], correlation=[0.9, 0.1])
    assert (best.object, other.object) == (1, 2)
    assert best.p_value > other.p_value == 1 / (DRAWS + 1)


def test_what_goes_with_any_sound_is_weaker_where_it_correlates_alike():
    null = np.random.default_rng(0).normal(0, 0.1, (2, DRAWS)).astype(np.float32)
    null[0] += 0.6
    assert ranked([0.8, 0.8], [1, 2], null=null)[0].object == 2


def test_of_two_that_match_alike_the_larger_one_wins():
    assert ranked([0.8, 0.8, 0.8, 0.8], [1, 2, 2, 2])[0].object == 2
    assert ranked([0.8, 0.8, 0.8, 0.8], [1, 1, 1, 2])[0].object == 1


def test_of_two_that_match_alike_the_one_that_moves_more_wins():
    shared = np.tile(np.random.default_rng(0).normal(0, 0.1, DRAWS).astype(np.float32), (2, 1))
    assert ranked([0.8, 0.8], [1, 2], amounts=[0.1, 1.0], null=shared)[0].object == 2
    assert ranked([0.8, 0.8], [1, 2], amounts=[1.0, 0.1], null=shared)[0].object == 1


def test_how_much_moves_counts_only_among_what_keeps_time():
    shared = np.random.default_rng(0).normal(0, 0.1, (2, DRAWS)).astype(np.float32)
    assert ranked([0.8, 0.7], [1, 2], amounts=[0.001, 1.0], null=shared)[0].object == 1
    assert ranked([0.8, 0.7], [1, 2], amounts=[0.001, 1.0], null=shared[[0, 0]])[0].object == 2


def test_what_hardly_moves_beside_all_else_is_believed_later_though_it_is_as_strong():
    fair, small = (
        {entry.object: entry for entry in ranked([0.22, 0.0], [1, 2], amounts=[amount, 1.0])}[1]
        for amount in (1.0, 1e-3)
    )
    assert small.strength == pytest.approx(fair.strength)
    assert small.p_value > 2 * fair.p_value


def test_size_counts_for_where_and_not_for_whether():
    """One row against four that are like it and move as much together."""
    null = np.repeat(np.random.default_rng(0).normal(0, 0.1, (1, DRAWS)).astype(np.float32), 5, axis=0)
    large, small = ranked([0.2] * 5, [1, 2, 2, 2, 2], null=null, amounts=[1, 0.25, 0.25, 0.25, 0.25])
    assert (large.object, small.object) == (2, 1)
    assert large.strength > small.strength
    assert large.p_value == pytest.approx(small.p_value)


def test_what_is_shaken_by_another_thing_is_believed_later():
    alone = np.random.default_rng(0).normal(0, 0.1, (2, DRAWS)).astype(np.float32)
    in_time = np.repeat(alone[:1], 2, axis=0)
    shaken, independent = (
        next(e for e in ranked([0.2, 0.2], [1, 2], null=null, amounts=[0.1, 1.0]) if e.object == 1)
        for null in (in_time, alone)
    )
    assert shaken.p_value > 2 * independent.p_value


def test_the_paper_takes_the_largest_score_however_much_moves():
    shared = np.tile(np.random.default_rng(0).normal(0, 0.1, DRAWS).astype(np.float32), (2, 1))
    best, other = ranked([0.81, 0.8], [1, 2], amounts=[0.01, 1.0], null=shared, plain=True)
    assert (best.object, other.object) == (1, 2)
    assert best.strength == best.score == pytest.approx(0.81)
    assert best.p_value == 1 / (DRAWS + 1)


def test_tracks_without_object_score_or_motion_are_left_out():
    ranking = ranked([0.5, np.nan, 0.5, 0.5], [NOBODY, 1, 2, 3], weights=[1, 1, 0, 1])
    assert [entry.object for entry in ranking] == [3]


def test_an_object_has_all_its_tracks_also_those_that_are_not_scored():
    (entry,) = ranked([0.5, np.nan], [4, 4])
    assert entry.rows.tolist() == [0, 1]


def test_nothing_to_rank():
    assert ranked([], []) == []
    assert ranked([np.nan, 0.3], [1, NOBODY]) == []


def test_a_null_that_hardly_spreads_makes_no_sensation_of_chance():
    entry = ranked([0.02], [1], spread=1e-6)[0]
    assert abs(entry.strength) < 2


def test_little_sound_makes_careful():
    real = [0.25, 0.0, 0.0]
    sure, careful = (ranked(real, [1, 2, 3], doubt=doubt)[0].p_value for doubt in (1.0, 2.0))
    assert careful >= sure


def test_more_rivals_make_the_same_score_less_surprising():
    alone = ranked([0.25], [0])[0].p_value
    among = ranked([0.25] + [0.0] * 40, list(range(41)))[0].p_value
    assert among > alone


def test_without_a_null_what_goes_with_the_sound_beats_what_moves_more_against_it():
    best, other = ranked([0.4, -0.1], [1, 2], amounts=[0.3, 1.0], null=np.zeros((2, 0), np.float32))
    assert best.object == 1
    assert best.strength > 0 > other.strength


def test_without_a_null_nothing_is_sure():
    ranking = ranked([0.9, 0.1], [1, 2], null=np.zeros((2, 0), np.float32))
    assert [entry.object for entry in ranking] == [1, 2]
    assert all(entry.p_value == 1.0 for entry in ranking)


@given(st.lists(st.floats(-5, 5), max_size=50), st.floats(-5, 5))
def test_p_is_a_share_that_counts_the_real_one_in(null, strength):
    p, stronger = p_values(np.array([strength, strength + 1]), np.array(null))
    assert 1 / (len(null) + 1) <= p <= 1
    assert p == (1 + sum(draw >= strength for draw in null)) / (1 + len(null))
    assert stronger <= p


def p_of_unrelated(rng, rivals, *, amounts=None, plain=False):
    """The smallest p-value of things whose scores under all sounds are drawn alike."""
    spread = rng.uniform(0.05, 0.2, (rivals, 1))
    everything = rng.normal(0, spread, (rivals, DRAWS + 1)).astype(np.float32)
    ranking = ranked(everything[:, 0], range(rivals), null=everything[:, 1:], amounts=amounts, plain=plain)
    return min(entry.p_value for entry in ranking)


def test_p_of_unrelated_things_is_uniform_however_many_they_are_and_however_much_they_move():
    rng = np.random.default_rng(4)
    p_values = np.array([p_of_unrelated(rng, 40, amounts=rng.random(40) ** 4) for _ in range(1500)])
    for level in (0.02, 0.05, 0.1, 0.3):
        error = np.sqrt(level * (1 - level) / p_values.size)
        assert np.mean(p_values <= level) == pytest.approx(level, abs=3 * error)


def test_p_of_unrelated_things_is_uniform_in_the_paper_s_preset_too():
    rng = np.random.default_rng(4)
    p_values = np.array([p_of_unrelated(rng, 12, plain=True) for _ in range(600)])
    for level in (0.05, 0.1, 0.3):
        error = np.sqrt(level * (1 - level) / p_values.size)
        assert np.mean(p_values <= level) == pytest.approx(level, abs=3 * error)


def test_what_is_no_evidence_is_ranked_by_how_much_moves():
    shared = np.tile(np.random.default_rng(0).normal(0, 0.1, DRAWS).astype(np.float32), (2, 1))
    against = ranked([-0.2, -0.19], [1, 2], amounts=[1.0, 0.001], null=shared)
    assert [entry.object for entry in against] == [1, 2]
    assert all(entry.strength > 0 for entry in against)


def test_an_object_is_known_again_by_its_tracks_and_by_its_places_where_it_has_none():
    ones = np.ones(5, np.float32)
    scores = Scores(ones * np.float32(0.5), np.zeros((5, DRAWS), np.float32), ones, 1.0)
    names = np.array([7, 7, 8, 7, 8])
    both = rank_objects(scores, np.arange(5), names, ones, ones, ones, plain=False, places=3)
    assert {entry.object: list(entry.identity) for entry in both} == {7: [0, 1], 8: [2, 4]}
    assert {entry.object: list(entry.rows) for entry in both} == {7: [0, 1, 3], 8: [2, 4]}


def test_how_much_moves_is_told_by_tracks_or_places_whichever_tell_of_more():
    """A scrap of a track on a blurred thing does not hide it, and what is followed well counts once."""
    ones, null = np.ones(8, np.float32), np.zeros((8, DRAWS), np.float32)
    scores = Scores(ones * np.float32(0.5), null, ones, 1.0)
    names = np.array([1, 2, 2, 2, 1, 1, 1, 1])  # a scrap of 1, three tracks of 2, four places of 1
    blurred = np.float32([0.001, 0.3, 0.3, 0.3, 1, 1, 1, 1])
    ranking = rank_objects(scores, np.arange(8), names, ones, ones, blurred, plain=False, places=4)
    assert [entry.object for entry in ranking] == [1, 2]
    followed = np.float32([0.9, 0, 0, 0, 0.3, 0.3, 0.3, 0])  # by its track and by its places alike
    assert amount_of(np.array([0, 4, 5, 6]), followed, 4) == pytest.approx(0.9)
    assert amount_of(np.array([4, 5]), followed, 4) == pytest.approx(0.6)
