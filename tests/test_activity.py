"""Activity: what moves above the picture's noise is scored, the strongest first, as far as it is believed."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.activity import LEVEL_SECONDS, MOTION_WEIGHT, STILL, Activity

ROWS, RATE = 8, 30.0
ALL = np.ones(ROWS, np.bool_)


def active(motion, slots=300):
    activity = Activity(ROWS, RATE)
    for _ in range(slots):
        activity.follow(np.asarray(motion, np.float32))
    return activity


@given(st.integers(0, 1000), st.integers(1, ROWS))
def test_the_strongest_are_chosen_in_order_and_weigh_the_more_the_more_they_move(seed, most):
    motion = np.random.default_rng(seed).uniform(0, 3, ROWS)
    chosen = active(motion).choose(ALL, 1.0, most)
    assert list(chosen.rows) == sorted(chosen.rows)
    assert len(chosen.rows) <= most
    left_out = np.setdiff1d(np.arange(ROWS), chosen.rows)
    if len(chosen.rows) == most and left_out.size:
        assert motion[chosen.rows].min() >= motion[left_out].max()
    order = np.argsort(chosen.levels)
    assert (np.diff(chosen.weights[order]) >= 0).all()
    assert ((chosen.weights > 0) & (chosen.weights < 1)).all()


def test_tracks_and_places_are_chosen_apart():
    activity = Activity(ROWS, RATE, places=4)
    for _ in range(300):
        activity.follow(np.float32([3, 4, 5, 6, 10, 11, 12, 13]))
    assert list(activity.choose(ALL, 1.0, 2).rows) == [2, 3, 6, 7]


def test_nothing_is_chosen_in_a_still_picture_or_one_that_shakes_alike():
    for motion in (np.zeros(ROWS), np.full(ROWS, 2.0)):
        chosen = active(motion).choose(ALL, 1.0, ROWS)
        assert chosen.still
        assert not chosen.rows.size


def test_a_level_follows_within_its_time_and_a_motion_weighs_half_at_its_weight():
    rest = [1.0] * (ROWS - 1)
    chosen = active([*rest, 1.0 + MOTION_WEIGHT], 3000).choose(ALL, 1.0, ROWS)
    assert chosen.rows.tolist() == [ROWS - 1]
    np.testing.assert_allclose(chosen.weights, 0.5, atol=0.01)
    level = active([0.0] * (ROWS - 1) + [1.0], round(LEVEL_SECONDS * RATE)).choose(ALL, 1.0, ROWS).levels
    np.testing.assert_allclose(level, 1 - np.exp(-1), atol=0.01)


def test_what_is_not_believed_or_not_there_is_not_chosen():
    motion = np.linspace(0.1, 3, ROWS)
    activity, believed, present = active(motion), np.ones(ROWS, np.float32), ALL.copy()
    believed[7], present[6] = 0, False
    assert activity.choose(present, believed, 3).rows.tolist() == [3, 4, 5]


def test_unknown_motion_changes_nothing_and_a_cleared_row_starts_at_rest():
    motion = np.linspace(0.1, 3, ROWS)
    activity = active(motion)
    before = activity.choose(ALL, 1.0, ROWS)
    activity.follow(np.full(ROWS, np.nan, np.float32))
    np.testing.assert_array_equal(activity.choose(ALL, 1.0, ROWS).levels, before.levels)
    activity.copy(np.array([7]), np.array([0]))
    activity.clear(np.array([7]))
    after = activity.choose(ALL, 1.0, ROWS)
    assert 0 in after.rows
    assert 7 not in after.rows


def test_an_order_of_another_kind_comes_first_but_what_stands_still_stays_out():
    motion = np.array([0, 0, 0, STILL / 2, 1, 1, 2, 3])
    spread = np.arange(ROWS)[::-1].astype(np.float32)
    assert active(motion).choose(ALL, 1.0, 6, order=spread).rows.tolist() == [4, 5]
