"""The paper's confidence surface."""

import numpy as np
import pytest
from soundspot.core.confidence import LONGEST_SPREAD, ConfidenceSurface


def disc(height, width, x, y, radius):
    rows, columns = np.mgrid[:height, :width]
    return (columns - x) ** 2 + (rows - y) ** 2 <= radius**2


def settled(mask, acceleration, size=None):
    """The surface after the same mask for a second, two updates being enough to see its shape."""
    surface = ConfidenceSurface(*mask.shape)
    surface.update(mask, 1.0, 0.0, acceleration, size or mask.shape)
    return surface.update(mask, 1.0, 1.0, acceleration, size or mask.shape)


def test_the_surface_spreads_as_the_paper_says():
    """Sigma in space is 0.2 times the root of the area (5.2): half of the height at the edge, and a slope
    there of 1 / (sigma sqrt(2 pi))."""
    mask = np.zeros((200, 300), bool)
    mask[50:150, 100:200] = True
    sigma = 0.2 * 100
    surface = settled(mask, 100.0)
    assert surface[100, 100] == pytest.approx(0.5, abs=0.03)
    slope = surface[100, 101] - surface[100, 99]
    assert slope == pytest.approx(2 / (sigma * np.sqrt(2 * np.pi)), rel=0.1)
    assert surface[100, 150] > 0.95


def test_the_surface_is_a_confidence_of_the_wanted_size_that_nobody_may_write():
    surface = settled(disc(60, 80, 40, 30, 10), 1.0, (240, 320))
    assert surface.shape == (240, 320) and surface.dtype == np.float32
    assert surface.min() >= 0 and surface.max() <= 1 + 1e-6
    assert not surface.flags.writeable


def test_the_surface_of_a_slow_object_fades_within_a_frame_or_two_and_of_a_fast_one_sooner():
    mask, nothing = disc(60, 80, 40, 30, 10), np.zeros((60, 80), bool)
    left = {}
    for acceleration in (1e-9, 20.0):
        surface = ConfidenceSurface(60, 80)
        start = surface.update(mask, 1.0, 0.0, acceleration, (60, 80))[30, 40]
        after = surface.update(nothing, 1.0, LONGEST_SPREAD, acceleration, (60, 80))[30, 40]
        left[acceleration] = after / start
    assert left[1e-9] == pytest.approx(np.exp(-1), abs=0.01), "the paper's sigma explodes here; it is clamped"
    assert left[20.0] == pytest.approx(np.exp(-2), abs=0.01), "its spread is half as long: 0.5 / 20 s"


def test_the_surface_is_as_confident_as_it_is_told():
    mask = disc(60, 80, 40, 30, 10)
    sure, half = (ConfidenceSurface(60, 80).update(mask, level, 0.0, 1.0, (60, 80)) for level in (1.0, 0.5))
    np.testing.assert_allclose(half, sure / 2, atol=1e-6)


def test_the_surface_looks_back_only():
    surface = ConfidenceSurface(60, 80)
    assert not surface.update(np.zeros((60, 80), bool), 1.0, 0.0, 1.0, (60, 80)).any()
    assert surface.update(disc(60, 80, 40, 30, 10), 1.0, 0.1, 1.0, (60, 80))[30, 40] > 0
