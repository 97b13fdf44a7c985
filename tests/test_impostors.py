"""Impostors: what shows something else all at once begins anew; light that changes and slow turns do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.appearance import luv_picture
from soundspot.core.impostors import FOREIGN, RECALL_SECONDS, Impostors
from soundspot.core.track import Tracker

HEIGHT, WIDTH = 90, 120
STEP = 1 / 30  # s
ROWS = 9
ALL = np.ones(ROWS, np.bool_)
THING = np.s_[30:66, 40:76]


def colours(seed=0):
    return np.random.default_rng(seed).uniform(20, 60, (ROWS, 3)).astype(np.float32)


def known(table, seconds=1.0):
    """Impostors to whom the `table` of colours was shown for some seconds, and the time since."""
    impostors = Impostors(ROWS)
    for k in range(round(seconds / STEP)):
        assert not impostors.find(table, ALL, k * STEP).size
    return impostors, seconds


def test_a_row_whose_colour_jumps_is_found_once():
    table = colours()
    impostors, now = known(table)
    table[4, 1] += FOREIGN + 1
    assert impostors.find(table, ALL, now).tolist() == [4]
    assert not impostors.find(table, ALL, now + STEP).size


@pytest.mark.parametrize("light", [-60.0, 60.0])
def test_a_lamp_makes_no_impostors(light):
    table = colours()
    impostors, now = known(table)
    assert not impostors.find(table + np.float32([light, 0, 0]), ALL, now).size


def test_a_thing_that_turns_slowly_makes_none():
    table = colours()
    impostors, now = known(table)
    for k in range(90):
        table[2] += 0.5 * FOREIGN * STEP / RECALL_SECONDS
        assert not impostors.find(table, ALL, now + k * STEP).size


def test_a_row_that_is_away_forgets_nothing_and_one_that_is_new_is_not_asked():
    table = colours()
    impostors, now = known(table)
    away = ALL.copy()
    away[3] = False
    assert not impostors.find(np.zeros_like(table) + table * away[:, None], away, now).size
    impostors.forget(5)
    changed = table.copy()
    changed[[3, 5], 0] += FOREIGN + 5
    assert impostors.find(changed, ALL, now + STEP).tolist() == [3]


def test_a_child_is_held_against_its_parent():
    table = colours()
    table[1] = table[0] + 2 * FOREIGN
    impostors, now = known(table)
    impostors.copy(0, 1)
    assert impostors.find(table, ALL, now).tolist() == [1]


@given(st.integers(0, 1000), st.floats(-50, 50))
def test_the_light_decides_nothing(seed, light):
    rng = np.random.default_rng(seed)
    table = rng.uniform(0, 100, (ROWS, 3)).astype(np.float32)
    found = [
        known(colours(seed), 0.2)[0].find(table + np.float32(added), ALL, 0.2).tolist()
        for added in (0.0, light)
    ]
    assert found[0] == found[1]


def room(thing):
    """A grey room with a red thing in it, or without."""
    picture = np.full((HEIGHT, WIDTH, 3), 130, np.uint8)
    picture += np.random.default_rng(0).integers(0, 12, picture.shape, np.uint8)
    if thing:
        picture[THING] = (40, 40, 220)
    return luv_picture(picture)


def test_what_takes_over_the_place_of_a_thing_has_no_share_in_its_history():
    """The thing is gone from one picture to the next, and flow knows nothing of it."""
    tracker, still = Tracker(HEIGHT, WIDTH, 1.0), np.zeros((HEIGHT, WIDTH, 2), np.float32)
    tracker.start(room(thing=True))
    for k in range(10):
        tracker.advance(room(thing=True), still, still, k * STEP)
    rows, before = tracker.ids.copy(), tracker.ids[tracker.labels]
    changes = tracker.advance(room(thing=False), still, still, 10 * STEP)
    same = tracker.ids[tracker.labels] == before
    inside = np.zeros((HEIGHT, WIDTH), np.bool_)
    inside[THING] = True
    assert same[inside].mean() < 0.1
    assert same[~inside].mean() > 0.9
    assert set(np.flatnonzero(tracker.ids != rows)) <= set(changes.cleared)
