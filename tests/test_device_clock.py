"""Device time becomes session time: no jitter, drift or lost sound moves picture and sound apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.stream.device_clock import ClockFit, lower_hull

BEGAN = 1000.0  # s of session time at which the simulated devices begin
QUICKEST = 0.001  # s that an arrival needs at least


def simulate(seconds, per_second, drift, seed=0, jitter=0.004):
    """Stamps, their true session times and their arrivals in s (n,) of a device off by `drift`.

    The crystal wanders by 5 ppm over two hours. Jitter is exponential, two in a thousand arrivals are late by
    up to 0.5 s, and twenty times an hour everything is late by 20 ms for 5 s: a busy machine.
    """
    rng = np.random.default_rng(seed)
    count = round(seconds * per_second)
    stamps = np.arange(1, count + 1) / per_second
    pace = 1 + drift + 5e-6 * np.sin(2 * np.pi * stamps / 7200)
    true = BEGAN + np.cumsum(pace) / per_second
    late = QUICKEST + rng.exponential(jitter, count)
    late += np.where(rng.random(count) < 0.002, rng.uniform(0.05, 0.5, count), 0)
    busy = rng.integers(count, size=round(seconds / 180))
    late += 0.02 * np.isin(np.arange(count) // (5 * per_second), busy // (5 * per_second))
    return stamps, true, np.maximum.accumulate(true + late)


def follow(fit, stamps, arrivals):
    """What the fit tells (n,) when each stamp is asked for as it arrives."""
    told = np.empty(len(stamps))
    for k, (stamp, arrival) in enumerate(zip(stamps.tolist(), arrivals.tolist(), strict=True)):
        fit.add(stamp, arrival)
        told[k] = fit.time_at(stamp)
    return told


@pytest.mark.parametrize("drift", [-1e-3, -2e-4, 2e-4, 1e-3])
def test_twelve_hours_of_a_drifting_device_stay_within_20_ms(drift):
    stamps, true, arrivals = simulate(12 * 3600, 8, drift)
    fit = ClockFit()
    told = follow(fit, stamps, arrivals)
    assert np.abs(told - true)[stamps > 60].max() < 0.02
    assert np.diff(told).min() > 0
    assert fit.take_step() == 0
    assert fit.drift == pytest.approx(drift, abs=2e-5)
    assert fit.offset == pytest.approx(true[-1] - stamps[-1], abs=0.005)
    assert 0 < fit.uncertainty < 0.005


def test_the_first_minute_is_not_far_off():
    stamps, true, arrivals = simulate(60, 100, 1e-3)
    assert np.abs(follow(ClockFit(), stamps, arrivals) - true).max() < 0.03


@pytest.mark.parametrize("per_second", [25, 100])
@pytest.mark.parametrize("drift", [-1e-3, 0.0, 1e-3])
@pytest.mark.parametrize("lost", [0.1, 0.5, 3.0])
def test_sound_lost_without_a_flag_is_noticed_and_the_offset_right_within_5_s(lost, drift, per_second):
    stamps, true, arrivals = simulate(120, per_second, drift)
    cut = 70.3
    kept = (stamps < cut) | (stamps >= cut + lost)
    true, arrivals = true[kept], arrivals[kept]
    fit = ClockFit()
    told = follow(fit, stamps[: len(true)], arrivals)  # the device counts on as if nothing were missing
    after = true - np.interp(cut + lost, stamps, simulate(120, per_second, drift)[1])
    assert np.abs(told - true)[after > 5].max() < 0.02
    assert np.abs(told - true)[(after < -0.1) & (true > BEGAN + 60)].max() < 0.02
    assert fit.take_step() == pytest.approx(lost, abs=0.03)
    assert np.diff(told).min() > 0


def test_a_loss_too_small_to_notice_is_made_good_within_a_minute():
    stamps, true, arrivals = simulate(180, 100, 0.0)
    late = np.where(stamps > 60, 0.04, 0.0)
    told = follow(ClockFit(), stamps, arrivals + late)
    assert np.abs(told - true - late)[stamps > 120].max() < 0.005


def test_a_device_that_counts_too_much_is_followed_at_once_without_running_back():
    stamps, true, arrivals = simulate(30, 100, 0.0)
    fit = ClockFit()
    told = follow(fit, stamps + np.where(stamps > 20, 0.5, 0.0), arrivals)
    assert np.diff(told).min() > 0
    assert np.abs(told - true)[(stamps > 21.5) | (stamps < 20)].max() < 0.02
    assert fit.take_step() == pytest.approx(-0.5, abs=0.02)


@pytest.mark.parametrize("pause", [0.3, 1.0, 8.0])
def test_a_pause_whose_backlog_comes_at_once_moves_nothing(pause):
    stamps, true, arrivals = simulate(60, 100, 2e-4)
    held = (true > BEGAN + 30) & (true < BEGAN + 30 + pause)
    fit = ClockFit()
    told = follow(fit, stamps, np.where(held, BEGAN + 30 + pause, arrivals))
    assert np.abs(told - true).max() < 0.02
    assert fit.take_step() == 0


def test_a_backlog_that_drains_slowly_is_no_loss():
    stamps, true, arrivals = simulate(60, 50, 0.0)
    backlog = np.clip(3 - (true - BEGAN - 30), 0, None) * (true > BEGAN + 30)  # caught up within 3 s of media
    fit = ClockFit()
    told = follow(fit, stamps, np.maximum.accumulate(arrivals + backlog))
    assert np.abs(told - true).max() < 0.02
    assert fit.take_step() == 0


def test_a_count_that_begins_anew_is_taken_up():
    stamps, true, arrivals = simulate(40, 50, 2e-4)
    told = follow(ClockFit(), np.where(stamps > 20, stamps - 20, stamps), arrivals)
    assert np.abs(told - true).max() < 0.06  # one arrival of the new count must do at first
    assert np.abs(told - true)[stamps > 23].max() < 0.02
    assert np.diff(told).min() >= 0


def test_stamps_a_little_out_of_order_are_taken():
    stamps, true, arrivals = simulate(60, 30, 0.0)
    order = np.arange(len(stamps)) ^ 1  # two and two swapped
    fit = ClockFit()
    for k, arrival in zip(order, arrivals, strict=False):
        fit.add(stamps[k], arrival)
    assert fit.take_step() == 0
    assert fit.time_at(stamps[-1]) == pytest.approx(true[-1], abs=0.04)


def test_before_anything_came_nothing_is_certain():
    fit = ClockFit()
    assert fit.uncertainty == np.inf
    assert fit.drift == 0


def test_uncertainty_tells_jitter():
    calm, rough = ClockFit(), ClockFit()
    for fit, jitter in ((calm, 0.0002), (rough, 0.05)):
        stamps, _, arrivals = simulate(30, 25, 0.0, jitter=jitter)
        follow(fit, stamps, arrivals)
    assert calm.uncertainty < rough.uncertainty


steps = st.lists(st.tuples(st.floats(0, 3), st.floats(0, 3), st.floats(0, 2)), min_size=1, max_size=80)


@given(steps)
def test_whatever_arrives_told_times_never_run_back(steps):
    fit, stamp, arrival, before = ClockFit(), 0.0, 0.0, -np.inf
    for ahead, waited, late in steps:
        stamp, arrival = stamp + ahead, arrival + waited
        fit.add(stamp, arrival + late)
        told = fit.time_at(stamp)
        assert told >= before
        before = told


@given(st.lists(st.floats(0, 0.04), min_size=2, max_size=200))
def test_nothing_is_told_to_be_later_than_it_arrived(lateness):
    fit = ClockFit()
    for k, late in enumerate(lateness):
        fit.add(k / 4, k / 4 + late)
    fresh = fit.offset
    assert fresh <= lateness[-1] + 1e-9


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=40))
def test_the_hull_lies_beneath_all_points(points):
    hull = lower_hull(sorted((float(x), float(y)) for x, y in points))
    xs, ys = zip(*hull, strict=True)
    for x, y in points:
        assert np.interp(x, xs, ys) <= y + 1e-9
    assert set(hull) <= {(float(x), float(y)) for x, y in points}
