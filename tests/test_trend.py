"""Trend: what is slow goes, what is quick stays."""

import numpy as np
import pytest
from soundspot.core.trend import Trend

RATE = 30.0


def without_trend(curve, seconds=0.5):
    trend = Trend(1, RATE, seconds)
    return np.array([trend.take_off(np.array([value], np.float32))[0] for value in curve])


def test_a_slow_swell_is_taken_off_and_a_quick_beat_stays():
    times = np.arange(300) / RATE
    slow, quick = np.sin(2 * np.pi * times / 20), np.sin(2 * np.pi * times * 3)
    assert np.abs(without_trend(slow)[60:]).max() < 0.25
    assert without_trend(quick)[60:].std() > 0.9 * quick[60:].std()


def test_a_level_leaves_nothing_whatever_it_is():
    assert np.abs(without_trend(np.full(50, 7.5))).max() < 1e-6


def test_with_no_time_constant_nothing_is_taken_off():
    curve = np.arange(9, dtype=np.float32)
    np.testing.assert_array_equal(without_trend(curve, 0), curve)


def test_what_is_unknown_stays_unknown_and_changes_nothing():
    curve = np.random.default_rng(0).random(40).astype(np.float32)
    holes = np.insert(curve, 20, [np.nan, np.nan])
    result = without_trend(holes)
    assert np.isnan(result[20:22]).all()
    np.testing.assert_array_equal(np.delete(result, [20, 21]), without_trend(curve))


def test_a_child_goes_on_from_its_parents_mean_and_a_cleared_row_begins_anew():
    trend = Trend(3, RATE, 0.5)
    for value in (0, 4, 8):
        trend.take_off(np.array([value, 1, 5], np.float32))
    trend.copy(0, 1)
    trend.clear(2)
    parent, child, young = trend.take_off(np.array([9, 9, 9], np.float32))
    assert child == parent > 1
    assert young == pytest.approx(0)
