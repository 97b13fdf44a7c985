"""Picture and sound whose stamps do not belong together are brought together; good ones are left alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.stream.alignment import Alignment

TRANSIT = {"picture": 0.06, "sound": 0.03}  # s, what is usual on the way


def aligned(seconds, error=0.0, jitter=0.0, told=False, jump=(), seed=0):
    """The shifts over so many seconds of a stream whose sound begins `error` s after its picture, or before
    it, and whose both tracks are stamped from 0 on."""
    draws, alignment, shifts = np.random.default_rng(seed), Alignment(), []
    begins = {"picture": max(-error, 0.0), "sound": max(error, 0.0)}
    for k in range(round(seconds * 50)):
        time = k / 50
        for track, begin in begins.items():
            stamp = time - begin + sum(by for moment, by in jump if time >= moment)
            if time >= begin:
                alignment.add(track, stamp, time + TRANSIT[track] + jitter * draws.random(), told)
        shifts.append(alignment.shift)
    return shifts


@given(st.integers(0, 1000), st.floats(-0.12, 0.12))
def test_sound_that_fits_its_arrival_is_left_alone_however_the_network_jitters(seed, error):
    assert set(aligned(6.0, error, jitter=0.3, seed=seed)) == {0.0}


@given(st.integers(0, 1000), st.one_of(st.floats(0.35, 3.0), st.floats(-3.0, -0.35)))
def test_sound_that_does_not_is_brought_to_it_and_stays_there(seed, error):
    shifts = aligned(8.0, error, jitter=0.1, seed=seed)
    assert shifts[-1] == pytest.approx(error, abs=0.08)
    assert len(set(shifts)) == 2


def test_what_a_sender_report_dates_is_never_altered():
    assert set(aligned(6.0, 0.7, told=True)) == {0.0}


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("difference", [-490_000.0, 3600.0])
def test_an_absurd_difference_is_not_believed_whoever_tells_it(told, difference):
    alignment = Alignment()
    for k in range(300):
        alignment.add("picture", k / 50, k / 50 + 0.06, told)
        alignment.add("sound", k / 50 + difference, k / 50 + 0.03, told)
    assert alignment.shift == pytest.approx(-difference, abs=0.05)


def test_streams_that_begin_at_different_stamps_were_told_their_difference():
    alignment = Alignment()
    for k in range(300):
        alignment.add("picture", k / 50, k / 50 + 1.0, False)  # a slow encoder
        alignment.add("sound", 1.0 + k / 50, 1.0 + k / 50 + 0.03, False)
    assert alignment.shift == 0.0


def test_both_clocks_may_begin_anew():
    assert set(aligned(8.0, jump=[(4.0, -100.0)])) == {0.0}
    assert set(aligned(8.0, jump=[(4.0, 50.0)])) == {0.0}
