"""Impostors: what shows something else all at once begins anew; light that changes and slow turns do not."""

import cv2
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
STILL = np.zeros((HEIGHT, WIDTH, 2), np.float32)


def colours(seed=0, light=1.0):
    """LUV of nine coloured things, in light so many times as strong."""
    linear = np.random.default_rng(seed).uniform(0.02, 0.3, (1, ROWS, 3)) * light
    display = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    return cv2.cvtColor(display.astype(np.float32), cv2.COLOR_BGR2Luv)[0]


def known(table, seconds=1.0):
    """Impostors to whom the `table` of colours was shown for some seconds, and the time since."""
    impostors = Impostors(ROWS)
    for k in range(round(seconds / STEP)):
        assert not impostors.find(table, ALL, k * STEP).size
    return impostors, seconds


def test_a_row_whose_colour_jumps_is_found_once():
    table = colours()
    impostors, now = known(table)
    table[4, 1] += 3 * FOREIGN
    assert impostors.find(table, ALL, now).tolist() == [4]
    assert not impostors.find(table, ALL, now + STEP).size


@pytest.mark.parametrize("light", [0.33, 0.5, 2.0, 3.0])
def test_a_lamp_makes_no_impostors_neither_of_what_it_lights_nor_of_a_screen(light):
    table, lit = colours(), colours(light=light)
    table[[2, 6]] = (95, 0, 0), (3, 0, 0)
    lit[[2, 6]] = table[[2, 6]]
    impostors, now = known(table)
    for k in range(8):
        assert not impostors.find(lit, ALL, now + k * STEP).size


def test_what_changes_is_found_though_most_of_the_picture_does():
    table, other = colours(), colours(seed=1)
    impostors, now = known(table)
    changed = table.copy()
    changed[:5] = other[:5] + np.float32([0, 90, 90])
    assert impostors.find(changed, ALL, now).tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("recalled", "found"), [(0.4, True), (12.0, False)])
def test_a_colour_that_fades_is_found_when_it_fades_within_the_time_that_is_recalled(recalled, found):
    table, seconds = colours(), recalled * RECALL_SECONDS
    impostors, now = known(table)
    rows = []
    for k in range(1, round(seconds / STEP) + 1):
        faded = table.copy()
        faded[2, 1:] += 1.5 * FOREIGN * k * STEP / seconds
        rows += impostors.find(faded, ALL, now + k * STEP).tolist()
    assert rows == ([2] * found)


@pytest.mark.parametrize("step", [-1.0, 0.0, 100.0])
def test_time_that_jumps_does_no_harm(step):
    table = colours()
    impostors, now = known(table)
    moved = table + np.float32([0, 0.5 * FOREIGN, 0])
    for k in range(3):
        assert not impostors.find(moved, ALL, now + step + k * STEP).size
    back = table - np.float32([0, 0.6 * FOREIGN, 0])
    assert (impostors.find(back, ALL, now + step + 2 * STEP).size == 0) == (step <= 0)


def test_a_row_that_is_away_forgets_nothing_and_one_that_is_new_is_not_asked():
    table = colours()
    impostors, now = known(table)
    away = ALL.copy()
    away[3] = False
    assert not impostors.find(np.zeros_like(table) + table * away[:, None], away, now).size
    impostors.clear(5)
    changed = table.copy()
    changed[[3, 5], 1] += 2 * FOREIGN
    assert impostors.find(changed, ALL, now + STEP).tolist() == [3]


def test_a_child_is_held_against_its_parent():
    table = colours()
    table[1] = table[0] + 2 * FOREIGN
    impostors, now = known(table)
    impostors.copy(0, 1)
    assert impostors.find(table, ALL, now).tolist() == [1]


@given(st.integers(0, 1000))
def test_what_goes_on_as_it_was_is_never_found(seed):
    rng = np.random.default_rng(seed)
    impostors, now = known(colours(seed), 0.2)
    table = colours(seed)
    changed = rng.random(ROWS) < 0.4
    table[changed] += rng.uniform(-90, 90, (int(changed.sum()), 3)).astype(np.float32)
    assert set(impostors.find(table, ALL, now)) <= set(np.flatnonzero(changed))


def room(thing, light=1.0):
    """A grey room with a red thing in it, or without."""
    picture = np.full((HEIGHT, WIDTH, 3), 90.0)
    picture += np.random.default_rng(0).integers(0, 12, picture.shape)
    if thing:
        picture[THING] = (20, 20, 130)
    return luv_picture(np.clip(255 * (picture / 255) * light ** (1 / 2.2), 0, 255).astype(np.uint8))


def watching():
    """A tracker that has seen the room with the thing for ten pictures."""
    tracker = Tracker(HEIGHT, WIDTH, 1.0)
    tracker.start(room(thing=True))
    for k in range(10):
        tracker.advance(room(thing=True), STILL, STILL, k * STEP)
    return tracker


def test_what_takes_over_the_place_of_a_thing_has_no_share_in_its_history():
    """The thing is gone from one picture to the next, and flow knows nothing of it."""
    tracker = watching()
    rows, before = tracker.ids.copy(), tracker.ids[tracker.labels]
    changes = tracker.advance(room(thing=False), STILL, STILL, 10 * STEP)
    same = tracker.ids[tracker.labels] == before
    inside = np.zeros((HEIGHT, WIDTH), np.bool_)
    inside[THING] = True
    assert same[inside].mean() < 0.1
    assert same[~inside].mean() > 0.9
    assert set(np.flatnonzero(tracker.ids != rows)) <= set(changes.cleared)


@pytest.mark.parametrize("light", [0.5, 2.0])
def test_a_lamp_in_a_room_changes_no_track(light):
    tracker = watching()
    ids = tracker.ids.copy()
    for k in range(5):
        tracker.advance(room(thing=True, light=light), STILL, STILL, (10 + k) * STEP)
    np.testing.assert_array_equal(tracker.ids, ids)


def test_a_scrap_that_shows_something_else_goes_to_its_neighbours_and_is_not_found_again():
    tracker = watching()
    row = tracker.labels[48, 58]
    name = tracker.ids[row]
    ys, xs = np.nonzero(tracker.labels == row)
    backward = STILL.copy()
    backward[ys[4:], xs[4:]] = 1e4  # hidden but for four pixels, and these show the wall
    luv = room(thing=True)
    luv[ys, xs] = room(thing=False)[ys, xs]
    tracker.advance(luv, backward, STILL, 10 * STEP)
    assert name not in tracker.ids
    assert tracker._lost.present.all()
    assert (tracker.ids[np.unique(tracker.labels)] >= 0).all()


def test_a_picture_that_is_begun_anew_has_no_impostors():
    tracker = watching()
    tracker.start(room(thing=False))
    ids = tracker.ids.copy()
    tracker.advance(room(thing=False), STILL, STILL, 11 * STEP)
    np.testing.assert_array_equal(tracker.ids, ids)


def test_a_half_that_was_split_off_should_look_like_its_region():
    tracker = watching()
    inside = np.unique(tracker.labels[36:60, 46:70])
    whole = np.isin(tracker.labels, inside)
    tracker.labels[whole] = inside[0]
    children = [child for _, child in tracker.advance(room(thing=True), STILL, STILL, 10 * STEP).copied]
    assert children
    changes = tracker.advance(room(thing=False), STILL, STILL, 11 * STEP)
    assert set(children) <= set(changes.cleared)
