"""Fading tables: means in which the old counts less."""

import numpy as np
import pytest
from soundspot.core.fading import Fading


def test_the_mean_leans_towards_what_is_new():
    table = Fading(2)
    table.add(np.array([0]), np.array([1], np.float32), 1.0)
    table.fade(0.25)
    table.add(np.array([0]), np.array([6], np.float32), 0.75)
    assert table.mean[0] == pytest.approx((0.25 * 1 + 0.75 * 6) / 1)
    assert np.isnan(table.mean[1]), "of nothing there is no mean"


def test_what_fades_wholly_is_unknown_and_what_is_constant_stays():
    table = Fading(1, 2)
    for _ in range(5):
        table.fade(0.9)
        table.add(np.array([0]), np.array([[3, -1]], np.float32), 0.1)
    np.testing.assert_allclose(table.mean, [[3, -1]], rtol=1e-6)
    table.fade(0.0)
    assert np.isnan(table.mean).all()


def test_a_child_remembers_what_its_parent_does_and_a_cleared_row_nothing():
    table = Fading(3, 2)
    table.add(np.arange(2), np.array([[1, 2], [3, 4]], np.float32), 0.5)
    table.copy(0, 2)
    table.clear(1)
    np.testing.assert_array_equal(table.mean[2], [1, 2])
    assert np.isnan(table.mean[1]).all()


def test_what_was_added_long_ago_is_forgotten_and_never_wrong():
    """A product of many factors below 1 ends at the smallest number that there is, not at 0."""
    table = Fading(3)
    table.add(np.arange(3), np.array([0.2, -0.1, 0.05], np.float32), 0.1)
    for _ in range(3000):
        table.fade(0.9)
        if np.isfinite(table.mean).all():
            np.testing.assert_allclose(table.mean, [0.2, -0.1, 0.05], rtol=1e-4)
    assert np.isnan(table.mean).all() and not table.weight.any()
