"""Correlation: a track is judged by what its object does as a whole, more than by itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.objects import NOBODY
from soundspot.core.pearson import LEAST_KNOWN, OBJECT_SHARE, Pearson, mean_histories

SLOTS = 200


def remembered(motion, sound, objects, weights=None):
    """Correlations (n,) of `motion` (slots, n) with `sound` (slots,)."""
    rows = motion.shape[1]
    pearson = Pearson(SLOTS, rows, 1, 1, 1)
    for slot in range(SLOTS):
        pearson.write(slot, motion[slot, :, None], sound[slot, None, None])
    weights = np.ones(rows, np.float32) if weights is None else np.array(weights, np.float32)
    pearson.remember(np.arange(rows), np.array(objects), weights, 0, 1.0)
    return pearson.mean[:, 0, 0]


@pytest.fixture
def noisy():
    """Motion (slots, 8) of tracks that follow the sound (slots,) under noise of their own."""
    rng = np.random.default_rng(0)
    sound = rng.standard_normal(SLOTS).astype(np.float32)
    noise = rng.standard_normal((SLOTS, 8)).astype(np.float32)
    return sound[:, None] + 3 * noise, sound


def test_tracks_of_one_object_go_with_the_sound_better_than_each_alone(noisy):
    alone, together = (remembered(*noisy, objects) for objects in ([NOBODY] * 8, [5] * 8))
    assert (together > alone).all()
    assert together.mean() > 1.5 * alone.mean()


def test_the_object_counts_beside_the_track_and_each_object_by_itself(noisy):
    motion, sound = noisy
    motion[:, 4:] = motion[:, :4]
    alone = remembered(motion, sound, np.arange(8))
    whole = np.corrcoef(motion[:, :4].mean(axis=1), sound)[0, 1]
    found = remembered(motion, sound, [2, 2, 2, 2, 9, 9, 9, 9])
    np.testing.assert_allclose(found, alone + OBJECT_SHARE * (whole - alone), atol=1e-5)


def test_a_track_that_belongs_to_none_is_judged_by_itself(noisy):
    apart, of_none = (remembered(*noisy, objects) for objects in (np.arange(8), [NOBODY] * 8))
    np.testing.assert_array_equal(apart, of_none)


def test_what_hardly_moves_counts_little_in_its_object(noisy):
    motion, sound = noisy
    motion[:, 0] = sound
    found = remembered(motion[:, :2], sound, [0, 0], [1.0, 1e-6])
    assert found[0] > 0.99


@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 3), st.floats(0, 1))
def test_mean_histories_are_the_weighted_means_of_what_is_known(seed, rows, count, unknown):
    rng = np.random.default_rng(seed)
    motion = rng.standard_normal((5, rows, 2)).astype(np.float32)
    motion[rng.random(motion.shape) < unknown] = np.nan
    of_thing, weights = rng.integers(0, count, rows), rng.uniform(0.1, 1, rows).astype(np.float32)
    means = mean_histories(motion, of_thing, weights, count)
    for slot, thing, descriptor in np.ndindex(means.shape):
        members = np.flatnonzero(of_thing == thing)
        known = members[np.isfinite(motion[slot, members, descriptor])]
        share = weights[known].sum() / max(weights[members].sum(), 1e-9)
        if abs(share - LEAST_KNOWN) < 1e-4:
            continue
        wanted = np.nan
        if share > LEAST_KNOWN:
            wanted = np.average(motion[slot, known, descriptor], weights=weights[known])
        np.testing.assert_allclose(means[slot, thing, descriptor], wanted, rtol=1e-4, atol=1e-5)
