"""One motion value per region: over textured pixels only, in picture widths, unknown where nothing shows
it."""

import numpy as np
import pytest
from soundspot.core.flow import Flow, grey_picture
from soundspot.core.motion import (
    LEAST_TEXTURE,
    region_motion,
    textured_pixels,
    unknown_motion,
)

HEIGHT, WIDTH = 60, 80
STEP = 1 / 30
SPEEDS = np.array([0.3, 0.1, 0.2, 0.4], np.float32)  # picture widths/s, of the gradient's normal


def halves():
    """Labels: region 0 on the left, 1 on the right, 2 nowhere."""
    labels = np.zeros((HEIGHT, WIDTH), np.int32)
    labels[:, WIDTH // 2 :] = 1
    return labels


def moving(velocity, acceleration, labels):
    """The flow when region k has velocity[k] px/s and acceleration[k] px/s²."""
    v, a = np.array(velocity, np.float32)[labels], np.array(acceleration, np.float32)[labels]
    return Flow(v * STEP + a * STEP**2 / 2, -v * STEP + a * STEP**2 / 2, STEP, STEP)


def test_each_region_has_its_own_acceleration_and_velocity_in_picture_widths():
    labels = halves()
    flow = moving([[30, 0], [0, -20]], [[300, 400], [0, 80]], labels)
    motion = region_motion(labels[None], flow, np.ones(labels.shape, bool), SPEEDS[:3])
    expected = np.array([[500, 300, 400, 30, 0], [80, 0, 80, 0, -20]]) / WIDTH
    expected = np.column_stack([expected, SPEEDS[:2]])
    np.testing.assert_allclose(motion.descriptors[:2], expected, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(motion.velocity[:2], np.array([[30, 0], [0, -20]]) / WIDTH, atol=1e-4)


def test_flat_pixels_do_not_speak_for_their_region():
    labels = np.zeros((HEIGHT, WIDTH), np.int32)
    flow = moving([[0, 0], [0, 0]], [[300, 0], [900, 0]], halves())
    motion = region_motion(labels[None], flow, halves() == 0, SPEEDS[:1])
    expected = [300 / WIDTH, 300 / WIDTH, 0, 0, 0, SPEEDS[0]]
    assert motion.descriptors[0] == pytest.approx(expected, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("count", [0, LEAST_TEXTURE - 1, LEAST_TEXTURE])
def test_a_region_with_too_little_texture_is_unknown(count):
    trusted = np.zeros((HEIGHT, WIDTH), bool)
    trusted[0, :count] = True
    labels = halves()
    motion = region_motion(
        labels[None], moving([[3, 0], [0, 0]], [[9, 0], [0, 0]], labels), trusted, SPEEDS[:3]
    )
    assert np.isfinite(motion.descriptors[0]).all() == (count >= LEAST_TEXTURE)
    assert np.isnan(motion.descriptors[1:]).all()
    assert motion.velocity[0, 0] == pytest.approx(3 / WIDTH, rel=1e-3)  # told by all its pixels


def test_unlabelled_pixels_count_for_nobody_and_rows_without_pixels_are_unknown():
    labels = np.full((HEIGHT, WIDTH), -1, np.int32)
    flow = moving([[9, 9]], [[9, 9]], np.zeros_like(labels))
    motion = region_motion(labels[None], flow, np.ones(labels.shape, bool), SPEEDS)
    assert np.isnan(motion.descriptors).all()
    assert not motion.velocity.any()
    unknown = unknown_motion(4)
    assert np.isnan(unknown.descriptors).all() and not unknown.velocity.any()


def test_texture_is_where_the_picture_has_structure():
    rng = np.random.default_rng(0)
    picture = np.full((HEIGHT, WIDTH), 128, np.uint8)
    picture[:, 40:] = rng.integers(60, 200, (HEIGHT, 40))
    textured = textured_pixels(grey_picture(picture))
    assert not textured[:, :38].any()
    assert textured[:, 42:].mean() > 0.9
    faint = np.full((HEIGHT, WIDTH), 128, np.uint8) + rng.integers(0, 2, (HEIGHT, WIDTH)).astype(np.uint8)
    assert textured_pixels(grey_picture(faint)).mean() < 0.05, "the sensor's last bit is no texture"
