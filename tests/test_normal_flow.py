"""Normal flow: how fast a region changes is told without a match, whatever blurs it and however the camera
moves."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.camera import Similarity
from soundspot.core.flow import grey_picture
from soundspot.core.normal_flow import (
    CHANGE_NOISE,
    LEAST_SLOPE,
    brightness_change,
    normal_speeds,
    steadied,
)

HEIGHT, WIDTH = 60, 80
STEP = 1 / 30
STANDS = (None, None)


def wall(x=0.0, y=0.0, *, blur=3.0, size=(HEIGHT, WIDTH)):
    """A picture of a smooth wall that has moved by so many px; the same wall every time."""
    rough = np.random.default_rng(0).normal(0, 100 * blur, (120, 160))
    smooth = cv2.GaussianBlur(rough, (0, 0), blur) + 128
    matrix = np.array([[1, 0, x - 30], [0, 1, y - 20]], float)
    moved = cv2.warpAffine(smooth, matrix, size[::-1], flags=cv2.INTER_CUBIC)
    return np.clip(np.rint(moved), 0, 255).astype(np.uint8)


def speeds(pictures, *, labels=None, cameras=STANDS, steps=(STEP, STEP), rows=1):
    labels = np.zeros((HEIGHT, WIDTH), np.int32) if labels is None else labels
    last, picture, following = pictures
    others = zip((last, following), cameras, strict=True)
    change = sum(brightness_change(picture, *other) for other in others)
    return normal_speeds(labels[None], change, grey_picture(picture).slope, sum(steps), rows)


def test_what_moves_twice_as_fast_changes_nearly_twice_as_fast():
    slow, fast = (speeds((wall(-way), wall(), wall(way)))[0] for way in (0.5, 1.0))
    assert 1.6 * slow < fast < 2 * slow
    # along the gradient a motion across shows by its mean cosine over all directions, 2/pi
    assert fast == pytest.approx(2 / np.pi / STEP / WIDTH, rel=0.3)


def test_a_longer_step_is_no_faster_motion():
    even = speeds((wall(-0.5), wall(), wall(0.5)))[0]
    uneven = speeds((wall(-0.5), wall(), wall(1.5)), steps=(STEP, 3 * STEP))[0]
    assert uneven == pytest.approx(even, rel=0.2)


def test_uneven_steps_make_no_more_of_noise():
    rng = np.random.default_rng(0)
    noisy = [np.clip(wall() + rng.normal(0, 1, (HEIGHT, WIDTH)), 0, 255).astype(np.uint8) for _ in range(3)]
    even = speeds(tuple(noisy))[0]
    assert speeds(tuple(noisy), steps=(0.4 * STEP, 1.6 * STEP))[0] == pytest.approx(even)


def test_a_flat_picture_that_stays_has_the_speed_that_noise_would_give_it():
    flat = np.full((HEIGHT, WIDTH), 90, np.uint8)
    assert speeds((flat, flat, flat))[0] == pytest.approx(CHANGE_NOISE / LEAST_SLOPE / (2 * STEP) / WIDTH)


def test_light_that_changes_everywhere_is_no_motion():
    darker, brighter = (np.clip(wall().astype(int) + change, 0, 255).astype(np.uint8) for change in (-9, 9))
    still = speeds((wall(), wall(), wall()))[0]
    assert speeds((darker, wall(), brighter))[0] == pytest.approx(still, rel=0.1)


def test_blur_leaves_the_speed_as_it_is():
    sharp, blurred = (speeds((wall(-1, blur=b), wall(blur=b), wall(1, blur=b)))[0] for b in (2.0, 4.0))
    assert blurred == pytest.approx(sharp, rel=0.3)


def test_each_region_has_its_own_speed_and_one_without_pixels_none():
    labels = np.full((HEIGHT, WIDTH), -1, np.int32)
    labels[:, 10:40], labels[:, 40:70] = 0, 1
    pictures = [wall().copy() for _ in range(3)]
    for picture, way in zip(pictures, (-1, 0, 1), strict=True):
        picture[:, 40:] = wall(way)[:, 40:]
    still, moving, nowhere = speeds(tuple(pictures), labels=labels, rows=3)
    assert 0 < still < 0.2 * moving
    assert np.isnan(nowhere)


@pytest.mark.parametrize("shift", [(3.0, 0.0), (-2.0, 1.5)])
def test_a_camera_that_pans_changes_nothing(shift):
    x, y = shift
    pictures = wall(-x, -y), wall(), wall(x, y)
    there, labels = Similarity(0, 0, x, y), np.full((HEIGHT, WIDTH), -1, np.int32)
    labels[5:-5, 5:-5] = 0  # at the edge new things come into view
    panned = speeds(pictures, labels=labels, cameras=(there.inverse(WIDTH), there))[0]
    assert panned < 0.2 * speeds(pictures, labels=labels)[0]


@given(st.floats(-4, 4), st.floats(-4, 4), st.floats(-5, 5), st.floats(-5, 5), st.integers(0, 100))
def test_a_steadied_picture_is_sampled_where_the_camera_leads(stretch, turn, x, y, seed):
    other = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH), np.uint8)
    other = cv2.GaussianBlur(other, (0, 0), 3)
    camera = Similarity(stretch, turn, x, y)
    # taken off from no flow at all, the camera leaves its own way back
    way = -camera.taken_off(np.zeros((HEIGHT, WIDTH, 2), np.float32))
    down, across = np.indices((HEIGHT, WIDTH)).astype(np.float32)
    places = across + way[..., 0], down + way[..., 1]
    want = cv2.remap(other, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    assert np.abs(steadied(other, camera).astype(int) - want).max() <= 2


@given(st.integers(0, 255), st.integers(0, 100))
def test_change_is_what_differs_beside_most_pixels(light, seed):
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (9, 13), np.uint8)
    other = np.full_like(picture, light)
    change = brightness_change(picture, other, None)
    away = other.astype(float) - picture
    np.testing.assert_allclose(change, np.abs(away - np.median(away[::4, ::4])), atol=1e-4)
