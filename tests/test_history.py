"""Slots: the same curve whatever the frame rate, nothing invented in gaps, rows that inherit and forget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter1d
from soundspot.core.history import SMOOTHING, SlotFilter, SlotGrid

RATE = 30.0


def signal(times):
    """Two curves (n, 2) of slow sines, to be sampled anywhere."""
    times = np.asarray(times, np.float64)
    return np.stack([np.sin(2 * np.pi * 0.7 * times), np.cos(2 * np.pi * 0.4 * times)], axis=1).astype(
        np.float32
    )


def slots_of(times, values, rate=RATE):
    """{slot: values} of samples laid on the grid."""
    grid = SlotGrid(values.shape[1], rate)
    laid = [pair for time, row in zip(times, values, strict=True) for pair in grid.add(float(time), row)]
    assert [slot for slot, _ in laid] == sorted({slot for slot, _ in laid}), "each slot once, in order"
    return dict(laid)


def filtered(values, rate=RATE):
    """What a filter makes of values (n, rows); entry k belongs to slot k - reach."""
    kernel = SlotFilter(values.shape[1], rate)
    return np.array([kernel.push(row) for row in values]), kernel.reach


@pytest.mark.parametrize("frame_rate", [12, 25, 29.97, 60])
def test_any_frame_rate_gives_the_curve_of_the_signal(frame_rate):
    times = np.arange(0, 4, 1 / frame_rate)
    laid = slots_of(times, signal(times))
    assert set(range(int(3.9 * RATE))) <= set(laid), "every slot is filled"
    for slot, values in laid.items():
        np.testing.assert_allclose(values, signal([slot / RATE])[0], atol=0.03)


def test_samples_on_the_grid_pass_unchanged():
    times = np.arange(40) / RATE
    values = signal(times)
    laid = slots_of(times, values)
    assert list(laid) == list(range(40))
    np.testing.assert_allclose(np.array(list(laid.values())), values, atol=1e-6)


@given(st.lists(st.floats(0.005, 0.12), min_size=2, max_size=40), st.floats(-5, 50))
def test_uneven_steps_are_interpolated_and_no_slot_is_left_out(steps, start):
    times = start + np.cumsum(steps)
    values = np.stack([3 * times, np.ones_like(times)], axis=1).astype(np.float32)
    laid = slots_of(times, values)
    expected = range(int(np.ceil(times[0] * RATE - 1e-9)), int(np.floor(times[-1] * RATE + 1e-9)) + 1)
    assert list(laid) == list(expected)
    for slot, (slope, constant) in laid.items():
        assert slope == pytest.approx(3 * slot / RATE, abs=2e-3), "a straight line stays straight"
        assert constant == pytest.approx(1)


def test_a_gap_is_unknown_and_not_interpolated():
    times = np.concatenate([np.arange(0, 1, 1 / 30), np.arange(2, 3, 1 / 30)])
    laid = slots_of(times, signal(times))
    assert all(np.isnan(laid[slot]).all() for slot in range(30, 60))
    assert all(np.isfinite(laid[slot]).all() for slot in (*range(30), *range(60, 90)))


@pytest.mark.parametrize("usual", [0.2, 1 / 30])
def test_steady_skipping_is_no_gap(usual):
    times = np.cumsum([usual] * 60 + [0.2] * 50)  # 5 frames a second, from the start or after a while
    laid = slots_of(times, signal(times))
    assert all(np.isfinite(laid[slot]).all() for slot in range(int((times[60] + 2) * RATE), max(laid)))


def test_what_is_unknown_in_a_sample_is_unknown_around_it_alone():
    times = np.arange(20) / RATE
    values = signal(times)
    values[7, 0] = np.nan
    laid = slots_of(times + 0.01, values)
    assert [slot for slot, row in laid.items() if np.isnan(row[0])] == [7, 8]
    assert all(np.isfinite(row[1]) for row in laid.values())


def test_a_jump_of_the_clock_does_not_fill_memory_with_slots():
    laid = slots_of([0.0, 1 / 30, 1e6], signal([0.0, 1 / 30, 2.0]))
    assert len(laid) < 100 * RATE
    assert max(laid) == int(1e6 * RATE)


def test_slots_after_the_end_are_unknown():
    grid = SlotGrid(2, RATE)
    assert grid.run_on(3) == [], "nothing began"
    grid.add(0.0, signal([0.0])[0])
    tail = grid.run_on(3)
    assert [slot for slot, _ in tail] == [1, 2, 3]
    assert all(np.isnan(values).all() for _, values in tail)


def test_smoothing_is_the_gaussian_where_all_is_known():
    values = np.random.default_rng(0).standard_normal((80, 3)).astype(np.float32)
    smooth, reach = filtered(values)
    expected = gaussian_filter1d(values.astype(float), SMOOTHING * RATE, axis=0, radius=reach)
    np.testing.assert_allclose(smooth[2 * reach :], expected[reach:-reach], atol=1e-5)


def test_smoothing_leaves_out_what_is_unknown():
    values = np.full((40, 2), 5.0, np.float32)
    values[20, 0] = np.nan
    smooth, reach = filtered(values)
    unknown = np.isnan(smooth[reach:])
    assert np.flatnonzero(unknown[:, 0]).tolist() == [20], (
        "an unknown slot stays unknown, its neighbours do not"
    )
    assert not unknown[:, 1].any()
    np.testing.assert_allclose(smooth[reach:][~unknown], 5.0, rtol=1e-5)


def test_a_copied_row_continues_as_its_parent_and_a_cleared_one_begins_anew():
    rng = np.random.default_rng(1)
    values = rng.standard_normal((50, 3)).astype(np.float32)
    values[:, 2] = values[:, 0]
    kernel, fresh = SlotFilter(3, RATE), SlotFilter(1, RATE)
    for row in values[:25]:
        kernel.push(np.array([row[0], row[1], np.nan], np.float32))
    kernel.copy(0, 2)
    kernel.clear(1)
    for row in values[25:]:
        parent, cleared, child = kernel.push(row)
        np.testing.assert_equal(child, parent)
        np.testing.assert_equal(cleared, fresh.push(row[1:2])[0])


def test_the_grid_copies_and_forgets_rows():
    grid = SlotGrid(3, RATE)
    grid.add(0.0, np.array([1, 2, np.nan], np.float32))
    grid.copy(0, 2)
    grid.clear(1)
    ((slot, between),) = grid.add(1.5 / RATE, np.array([4, 5, 4], np.float32))
    assert slot == 1
    np.testing.assert_allclose(between, [3, np.nan, 3], rtol=1e-5)


def test_what_was_handed_out_does_not_change_later():
    grid = SlotGrid(1, RATE)
    sample = np.array([1], np.float32)
    ((_, first),) = grid.add(0.0, sample)
    sample[:] = 9
    grid.copy(0, 0)
    grid.clear(0)
    assert first[0] == 1
