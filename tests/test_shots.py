"""Shots: numbered in the order in which they begin; what is shown again has the number that it had."""

import cv2
import numpy as np
import pytest
from soundspot.core.cut import same_view
from soundspot.core.shots import KEPT_SECONDS, WORTH_KEEPING, Shots

HEIGHT, WIDTH = 120, 160
LONG = 2 * WORTH_KEEPING  # s that a shot is shown


def view(seed):
    """A grey picture (h, w) of soft random structure."""
    rough = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 2.0)
    return np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)


def known_after(*shown, most=3):
    """What is known after each cut to one of the `shown` (view, seconds), the first of which begins."""
    shots = Shots(most)
    time, (last, seconds) = 0.0, shown[0]
    told = [shots.known(time)]
    for seed, following in shown[1:]:
        time += seconds
        shots.cut(time, view(last), view(seed))
        told.append(shots.known(time))
        last, seconds = seed, following
    return told


def test_a_shot_that_comes_back_has_its_number_again_and_a_new_one_the_next():
    told = known_after((0, LONG), (1, LONG), (0, LONG), (2, LONG), (1, LONG))
    assert [shot for shot, *_ in told] == [0, 1, 0, 2, 1]
    assert told[-1] == (1, 0, 2)


def test_what_was_shown_last_is_known_longest():
    told = known_after((0, LONG), (1, LONG), (2, LONG), (3, LONG), (0, LONG))
    assert told[3] == (3, 1, 2)
    assert told[4][0] == 4, "the first shot was forgotten for the fourth"


def test_where_one_shot_is_remembered_every_cut_begins_one():
    assert known_after((0, LONG), (1, LONG), (0, LONG), most=1) == [(0,), (1,), (2,)]


def test_a_cut_never_leads_back_to_the_shot_that_it_leaves():
    """Most of the pattern may stay in its place, as behind a large overlay."""
    shots = Shots(3)
    shots.known(0.0)
    shots.cut(LONG, view(0), view(0))
    assert shots.known(LONG) == (1, 0)


def test_a_burst_of_noise_pushes_no_shot_out():
    told = known_after((0, LONG), (1, 0.1), (2, 0.1), (3, 0.1), (4, 0.1), (0, LONG))
    assert told[-1] == (0,)


def test_a_glance_at_a_known_shot_does_not_forget_it():
    told = known_after((0, LONG), (1, LONG), (0, 0.2), (1, LONG), (0, LONG))
    assert [shot for shot, *_ in told] == [0, 1, 0, 1, 0]


@pytest.mark.parametrize(("away", "number"), [(KEPT_SECONDS - 1, 0), (KEPT_SECONDS + 1, 2)])
def test_a_shot_is_forgotten_after_a_while(away, number):
    assert known_after((0, LONG), (1, away), (0, LONG))[-1][0] == number


def test_it_is_forgotten_also_while_another_goes_on():
    shots = Shots(3)
    shots.known(0.0)
    shots.cut(LONG, view(0), view(1))
    assert shots.known(LONG + KEPT_SECONDS - 1) == (1, 0)
    assert shots.known(LONG + KEPT_SECONDS + 1) == (1,)


def test_time_may_begin_at_any_time():
    shots = Shots(3)
    shots.known(1e6)
    shots.cut(1e6 + WORTH_KEEPING / 2, view(0), view(1))
    assert shots.known(1e6 + WORTH_KEEPING / 2) == (1,)


@pytest.mark.parametrize("light", [0.4, 1.0, 1.5])
def test_a_view_is_the_same_in_other_light_and_with_something_else_in_it(light):
    other = np.clip(view(0) * light, 0, 255).astype(np.uint8)
    other[40:110, 54:106] = view(1)[40:110, 54:106]
    assert same_view(view(0), other) and same_view(other, view(0))


def test_a_view_is_the_same_looked_at_more_coarsely():
    coarse = cv2.resize(view(0), (WIDTH * 3 // 4, HEIGHT * 3 // 4), interpolation=cv2.INTER_AREA)
    assert same_view(view(0), coarse) and same_view(coarse, view(0))


@pytest.mark.parametrize("other", [view(1), view(0)[:, ::-1], np.roll(view(0), 8, axis=1)])
def test_another_view_is_not_the_same_nor_one_mirrored_or_moved(other):
    assert not same_view(view(0), np.ascontiguousarray(other))


@pytest.mark.parametrize(("share", "same"), [(0.33, False), (0.4, False), (0.67, True), (0.75, True)])
def test_a_panel_that_two_views_have_in_common_does_not_make_them_one(share, same):
    other = view(1)
    other[:, : round(share * WIDTH)] = view(0)[:, : round(share * WIDTH)]
    assert same_view(view(0), other) == same


def test_of_what_has_little_pattern_the_rest_is_asked():
    wall = np.full((HEIGHT, WIDTH), 128, np.uint8)
    wall[:40, :50] = view(0)[:40, :50]
    assert same_view(wall, np.clip(wall.astype(int) + 20, 0, 255).astype(np.uint8))
    assert not same_view(wall, view(0)[:, ::-1].copy())


def test_where_there_is_nothing_to_see_no_view_is_known_again():
    black = np.zeros((HEIGHT, WIDTH), np.uint8)
    assert not same_view(black, black)
    assert not same_view(black, view(0))
