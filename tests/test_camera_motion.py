"""The camera's own motion, told apart from what moves before it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.camera import Camera, Similarity
from soundspot.core.kernels import flow as kernels
from soundspot.core.look import Looker
from soundspot.core.scenes import make_scene
from soundspot.core.values import VideoFrame
from soundspot.core.way import way_between

HEIGHT, WIDTH = 120, 160


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


def test_a_way_loses_the_cameras_part_and_none_is_nothing():
    flow, camera = fields((2, 1, 3, -1)), Similarity(2, 1, 3, -1)
    grey = np.zeros((HEIGHT, WIDTH), np.uint8)
    np.testing.assert_allclose(way_between(grey, grey, flow, camera).still, 0, atol=1e-5)
    np.testing.assert_array_equal(way_between(grey, grey, flow, None).still, flow)


def test_a_way_that_the_camera_alone_went_explains_nothing_and_one_of_its_own_does():
    grey, other = np.random.default_rng(0).integers(0, 256, (2, HEIGHT, WIDTH), np.uint8)
    flow, camera = fields((0, 0, 3, -1)), Similarity(0, 0, 3, -1)
    assert not way_between(grey, other, flow, camera).gains.any()
    assert way_between(grey, other, flow, None).gains.any()


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


def with_rough(flow, share):
    """The same, with that share of it, here and there, wrong."""
    rng, flow = np.random.default_rng(0), flow.copy()
    blocks = rng.random((HEIGHT // 8, WIDTH // 8)).repeat(8, axis=0).repeat(8, axis=1) < share
    flow[blocks] += rng.uniform(-3, 3, (int(blocks.sum()), 2)).astype(np.float32)
    return flow


@pytest.mark.parametrize("parameters", [(0, 0, 2, 0), (0, -1, 1.2, -1.1)])
def test_a_hand_that_shakes_is_found_though_flow_is_wrong_in_half_of_the_picture(parameters):
    """As where walls have little texture: what flow says of them is neither the camera's motion nor none."""
    found = Camera(HEIGHT, WIDTH).motion(with_rough(fields(parameters, noise=0.05), 0.5))
    assert found is not None
    assert np.abs(found.taken_off(fields(parameters))).mean() < 0.1


def test_what_little_of_the_picture_agrees_on_is_not_the_camera():
    assert Camera(HEIGHT, WIDTH).motion(with_rough(fields((0, 0, 2, 0), noise=0.05), 0.8)) is None


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
    assert np.mean([way.still is not way.flow for way in ways]) > 0.9


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
