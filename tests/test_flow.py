"""Flow: right formulas for any steps, and right displacements."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.camera import Camera
from soundspot.core.flow import (
    Flow,
    FlowEstimator,
    blurred_change,
    forget_refuted,
    grey_picture,
)
from soundspot.core.kernels import flow as kernels
from soundspot.core.way import way_between

STEPS = st.floats(0.01, 0.2)
HEIGHT, WIDTH = 120, 160


def one_pixel(forward, backward, after, before):
    return Flow(np.float32(forward).reshape(1, 1, 2), np.float32(backward).reshape(1, 1, 2), after, before)


def texture(height, width, seed=0, softness=2.0):
    """A grey picture of soft random structure."""
    rough = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), softness)
    return np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)


def window(wide, x, y):
    """A HEIGHT x WIDTH view of a wide picture whose upper left corner lies at (x, y), also between pixels."""
    move = np.float32([[1, 0, -x], [0, 1, -y]])
    return grey_picture(cv2.warpAffine(wide, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC))


@given(
    STEPS, STEPS, st.floats(-200, 200), st.floats(-200, 200), st.floats(-2000, 2000), st.floats(-2000, 2000)
)
def test_steady_acceleration_is_found_exactly_for_unequal_steps(after, before, v_x, v_y, a_x, a_y):
    velocity, acceleration = np.array([v_x, v_y]), np.array([a_x, a_y])
    flow = one_pixel(
        velocity * after + acceleration * after**2 / 2,
        -velocity * before + acceleration * before**2 / 2,
        after,
        before,
    )
    np.testing.assert_allclose(flow.acceleration()[0, 0], acceleration, atol=0.5, rtol=1e-3)
    np.testing.assert_allclose(flow.velocity()[0, 0], velocity, atol=0.02, rtol=1e-3)


def test_equal_steps_give_the_papers_formulas():
    forward, backward = np.random.default_rng(0).standard_normal((2, 4, 5, 2)).astype(np.float32)
    flow = Flow(forward, backward, 0.04, 0.04)
    np.testing.assert_allclose(flow.displacement(), (forward - backward) / 2, rtol=1e-5)
    np.testing.assert_allclose(flow.acceleration() * 0.04**2, forward + backward, atol=1e-5)
    np.testing.assert_allclose(flow.velocity() * 0.04, (forward - backward) / 2, atol=1e-5)


def test_jitter_of_the_time_stamps_fakes_no_acceleration():
    """3 ms of jitter on 100 px/s fake 716 px/s² where steps are taken as equal (measured beforehand)."""
    times = np.arange(60) / 30 + np.random.default_rng(1).uniform(-0.003, 0.003, 60)
    places, true, naive = 100 * times, [], []
    for k in range(1, 59):
        ways = (places[k + 1] - places[k], 0), (places[k - 1] - places[k], 0)
        steps = times[k + 1] - times[k], times[k] - times[k - 1]
        true.append(one_pixel(*ways, *steps).acceleration()[0, 0, 0])
        naive.append(one_pixel(*ways, 1 / 30, 1 / 30).acceleration()[0, 0, 0])
    assert np.abs(true).max() < 1
    assert np.abs(naive).max() > 300, "the test's own jitter is strong enough to matter"


@pytest.mark.parametrize("shift", [(0.4, 0.0), (1.3, -0.7), (4.0, 2.0)])
def test_displacements_of_a_textured_picture_are_found_both_ways(shift):
    wide, estimator = texture(200, 260), FlowEstimator()
    pictures = [window(wide, 40 - k * shift[0], 30 - k * shift[1]) for k in range(3)]
    for last, picture in pairwise(pictures):
        forward, backward = estimator.both_ways(last, picture)
    inner = (slice(16, -16), slice(16, -16))
    np.testing.assert_allclose(np.median(forward[inner], axis=(0, 1)), shift, atol=0.15)
    np.testing.assert_allclose(np.median(backward[inner], axis=(0, 1)), np.negative(shift), atol=0.15)


def test_a_still_picture_has_no_motion():
    picture = grey_picture(texture(HEIGHT, WIDTH))
    for flow in FlowEstimator().both_ways(picture, picture):
        assert np.abs(flow).max() < 0.05


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_blank_picture_has_no_motion(level):
    blank = grey_picture(np.full((HEIGHT, WIDTH), level, np.uint8))
    for flow in FlowEstimator().both_ways(blank, blank):
        assert np.abs(flow).max() < 0.05


def test_after_forgetting_the_past_does_not_matter():
    wide = texture(200, 260)
    past = [window(wide, 40 + 6 * k, 30) for k in range(3)]
    present = window(texture(200, 260, 1), 40, 30), window(texture(200, 260, 1), 39, 30)
    used, fresh = FlowEstimator(), FlowEstimator()
    used.both_ways(past[0], past[1])
    used.both_ways(past[1], past[2])
    used.forget()
    for flow, other in zip(used.both_ways(*present), fresh.both_ways(*present), strict=True):
        np.testing.assert_array_equal(flow, other)


def test_a_flow_that_was_handed_out_is_not_written_again():
    wide, estimator = texture(200, 260), FlowEstimator()
    pictures = [window(wide, 40 - 2 * k, 30) for k in range(4)]
    first = estimator.both_ways(pictures[0], pictures[1])
    kept = [flow.copy() for flow in first]
    estimator.both_ways(pictures[1], pictures[2])
    estimator.both_ways(pictures[2], pictures[3])
    for flow, copy in zip(first, kept, strict=True):
        np.testing.assert_array_equal(flow, copy)


def kept_motion(first, second):
    """How much of a claim of 2 px to the right everywhere is not refuted by two pictures."""
    claim = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    claim[..., 0] = 2.0
    forget_refuted(claim, first, blurred_change(first, second))
    assert not claim[..., 1].any() and set(np.unique(claim[..., 0])) <= {0.0, 2.0}
    return (claim[..., 0] > 0).mean()


def test_motion_over_texture_that_did_not_change_is_refuted_and_real_motion_is_not():
    wide = texture(200, 260)
    picture, moved = window(wide, 40, 30), window(wide, 38, 30)
    assert kept_motion(picture, picture) < 0.5
    assert kept_motion(picture, moved) > 0.8
    blank = grey_picture(np.full((HEIGHT, WIDTH), 90, np.uint8))
    assert kept_motion(blank, blank) == 1, "where there is no texture nothing can be refuted"


@given(st.integers(0, 10_000))
def test_refuted_motion_equals_the_slow_twin(naive, seed):
    rng = np.random.default_rng(seed)
    flow = rng.normal(0, 2, (7, 9, 2)).astype(np.float32)
    slope = rng.uniform(0, 8, (7, 9)).astype(np.float32)
    change = rng.integers(0, 12, (7, 9)).astype(np.uint8)
    limits = np.float32([3.0, 3.0, 0.3])
    kept = flow.copy()
    kernels.drop_refuted(kept, slope, change, *limits)
    refuted = naive.refuted_motion(flow, slope, change, *limits)
    np.testing.assert_array_equal(kept, np.where(refuted[..., None], 0, flow))


def test_a_gradient_is_as_long_as_both_its_parts_make_it():
    ramp = np.add.outer(3 * np.arange(20), 4 * np.arange(30)).astype(np.uint8)
    picture = grey_picture(ramp)
    np.testing.assert_allclose(picture.gradient[1:-1, 1:-1], 8 * 5, rtol=1e-6)
    np.testing.assert_allclose(picture.slope[2:-2, 2:-2], 5, rtol=1e-6)


def test_a_panned_texture_is_found_within_a_tenth_of_a_pixel_and_leaves_no_acceleration():
    """An irregular pan: the camera accelerates every region together, and none of it may remain."""
    wide, estimator, camera = texture(240, 400), FlowEstimator(), Camera(HEIGHT, WIDTH)
    places = 40 + np.cumsum(1.5 + np.sin(np.arange(12) * 1.3))
    pictures = [window(wide, place, 50) for place in places]
    before = unseen = None
    errors, kept, raw = [], [], []
    for k in range(11):
        forward, following = estimator.both_ways(pictures[k], pictures[k + 1])
        seen = camera.motion(forward)
        if before is not None:
            flow = Flow(forward, before, 1 / 30, 1 / 30)
            greys = pictures[k].grey, pictures[k + 1].grey
            ways = way_between(*greys, forward, seen), way_between(*greys, before, unseen)
            still = Flow(*(way.still for way in ways), 1 / 30, 1 / 30)
            kept.append(np.abs(still.acceleration()[16:-16, 16:-16]).mean() / 900)
            raw.append(np.abs(flow.acceleration()[16:-16, 16:-16]).mean() / 900)
        found = (0.0, 0.0) if seen is None else (seen.x, seen.y)
        way = places[k] - places[k + 1]
        errors.append(np.hypot(found[0] - way, found[1]))
        before, unseen = following, seen and seen.inverse(WIDTH)
    assert np.mean(errors[1:]) < 0.1
    assert max(errors[1:]) < 0.2
    assert np.mean(kept) < 0.1, "px a frame squared"
    assert np.mean(raw) > 4 * np.mean(kept), "the test's own camera is unsteady enough to matter"
