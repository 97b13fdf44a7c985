"""Flow: right formulas for any steps, right displacements, and a camera that is told apart from what
moves."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.camera import Camera, Similarity
from soundspot.core.flow import (
    Flow,
    FlowEstimator,
    Way,
    blurred_change,
    forget_refuted,
    grey_picture,
)
from soundspot.core.kernels import flow as kernels
from soundspot.core.look import Looker
from soundspot.core.scenes import make_scene
from soundspot.core.values import VideoFrame

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


def test_a_way_loses_the_cameras_part_and_none_is_nothing():
    flow, camera = fields((2, 1, 3, -1)), Similarity(2, 1, 3, -1)
    np.testing.assert_allclose(Way(flow, camera).still, 0, atol=1e-5)
    np.testing.assert_array_equal(Way(flow, None).still, flow)


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


def fields(parameters, noise=0.0, seed=0):
    """The flow (h, w, 2) px of a camera's (scale, turn, shift x, shift y), in px at one picture width."""
    scale, turn, shift_x, shift_y = parameters
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    x, y = (columns - WIDTH / 2) / WIDTH, (rows - HEIGHT / 2) / WIDTH
    flow = np.stack([scale * x - turn * y + shift_x, turn * x + scale * y + shift_y], axis=2)
    return (flow + noise * np.random.default_rng(seed).standard_normal(flow.shape)).astype(np.float32)


def with_head(flow, motion=(0.0, 4.0)):
    """The same, with a large thing in the middle that moves otherwise: 40 % of the picture."""
    flow = flow.copy()
    flow[int(0.18 * HEIGHT) :, int(0.25 * WIDTH) : int(0.75 * WIDTH)] = motion
    return flow


PANS = [(0, 0, 2, 0), (0, 0, -0.4, 0.3), (0, 0, 12, -5)]


@pytest.mark.parametrize("parameters", [*PANS, (2, 0, 1, 0), (0, 2, 0, 1)])
def test_the_cameras_pan_zoom_and_roll_are_found(parameters):
    found = Camera(HEIGHT, WIDTH).motion(fields(parameters, noise=0.05))
    assert found is not None
    assert np.abs(found.taken_off(fields(parameters))).mean() < 0.1


@pytest.mark.parametrize("parameters", PANS)
def test_a_pan_is_found_behind_a_large_thing_that_moves_otherwise(parameters):
    found = Camera(HEIGHT, WIDTH).motion(with_head(fields(parameters, noise=0.05)))
    assert found is not None
    assert np.abs(found.taken_off(fields(parameters))).mean() < 0.1


@pytest.mark.parametrize("motion", [(0.0, 4.0), (1.5, 0.0), (-8.0, 3.0)])
def test_a_large_moving_thing_before_a_still_background_is_not_the_camera(motion):
    assert Camera(HEIGHT, WIDTH).motion(with_head(fields((0, 0, 0, 0), noise=0.03), motion)) is None


@pytest.mark.parametrize("parameters", [(0, 0, 2, 0), (0, -1, 1.2, -1.1)])
def test_a_hand_that_shakes_is_found_though_flow_is_wrong_in_half_of_the_picture(parameters):
    """As where walls have little texture: what flow says of them is neither the camera's motion nor none."""
    rng = np.random.default_rng(0)
    flow = fields(parameters, noise=0.05)
    blocks = rng.random((HEIGHT // 8, WIDTH // 8)).repeat(8, axis=0).repeat(8, axis=1) < 0.5
    flow[blocks] += rng.uniform(-3, 3, (int(blocks.sum()), 2)).astype(np.float32)
    found = Camera(HEIGHT, WIDTH).motion(flow)
    assert found is not None
    assert np.abs(found.taken_off(fields(parameters))).mean() < 0.1


@pytest.mark.parametrize("share", [0.4, 0.5, 0.58])
@pytest.mark.parametrize("motion", [(2.0, 0.0), (-1.0, 6.0)])
@pytest.mark.parametrize("rough", [0.03, 2.0, 4.0])
def test_what_fills_half_of_the_picture_before_a_wall_or_leaves_is_not_the_camera(share, motion, rough):
    """Rough flow, of leaves or water, says neither that the camera moves nor that it rests."""
    flow = fields((0, 0, 0, 0), noise=0.03)
    blocks = np.random.default_rng(0).uniform(-rough, rough, (HEIGHT // 8, WIDTH // 8, 2))
    flow += blocks.repeat(8, axis=0).repeat(8, axis=1).astype(np.float32)
    flow[:, : int(share * WIDTH)] = motion
    assert Camera(HEIGHT, WIDTH).motion(flow) is None


def test_a_rendered_camera_in_a_hand_is_seen_to_move_in_nearly_every_picture():
    scene = make_scene("talk", seconds=1.5, width=320, height=240, camera="shake")
    looker = Looker(240, 320, 320)
    looks = [looker.push(item) for item in scene.items() if isinstance(item, VideoFrame)]
    ways = [look.forward for look in looks if look.forward is not None]
    assert np.mean([way.camera is not None for way in ways]) > 0.9


def test_a_camera_that_stands_still_has_no_motion():
    camera = Camera(HEIGHT, WIDTH)
    assert camera.motion(fields((0, 0, 0, 0))) is None
    assert camera.motion(fields((0, 0, 0, 0), noise=0.05)) is None


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(-20, 20), st.floats(-20, 20))
def test_the_way_back_leads_to_where_the_way_there_began(stretch, turn, shift_x, shift_y):
    there = Similarity(stretch, turn, shift_x, shift_y)
    back = there.inverse(WIDTH)
    for x, y in [(0, 0), (WIDTH / 2, -HEIGHT / 2), (-30, 11)]:
        to_x, to_y = np.add((x, y), moved(there, x, y))
        np.testing.assert_allclose(np.add((to_x, to_y), moved(back, to_x, to_y)), (x, y), atol=1e-6)


def moved(camera, x, y):
    """By how many px a camera displaces what lies (x, y) px from the picture's centre."""
    across, down = x / WIDTH, y / WIDTH
    return (
        camera.stretch * across - camera.turn * down + camera.x,
        camera.turn * across + camera.stretch * down + camera.y,
    )


@given(st.integers(0, 10_000))
def test_a_fitted_similarity_equals_the_slow_twin(naive, seed):
    rng = np.random.default_rng(seed)
    places, displacement = rng.uniform(-0.5, 0.5, (20, 2)), rng.normal(0, 3, (20, 2))
    weights = np.clip(rng.uniform(-0.5, 1, 20), 0, None) + np.eye(20)[:3].sum(axis=0)
    np.testing.assert_allclose(
        kernels.fit_similarity(places, displacement, weights),
        naive.fit_similarity(places, displacement, weights),
        atol=1e-3,
    )


def test_a_border_that_does_not_agree_is_not_the_camera():
    assert Camera(HEIGHT, WIDTH).motion(fields((0, 0, 0, 0), noise=5.0)) is None


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
            still = Flow(Way(forward, seen).still, Way(before, unseen).still, 1 / 30, 1 / 30)
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
