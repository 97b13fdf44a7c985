"""What moves together: by velocity, and by when it is fast."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.together import Velocities, coherence, in_step


def filled(paths):
    """Velocities of rows with the given paths (frames, rows, 2)."""
    velocities = Velocities(paths.shape[1], len(paths))
    for velocity in paths:
        velocities.add(velocity)
    return velocities


def test_coherence_tells_what_moves_together():
    path, other = np.random.default_rng(0).standard_normal((2, 60, 2)).astype(np.float32)
    paths = np.stack([path, path, -path, 0.5 * path, other, 0 * path], axis=1)
    together = coherence(*2 * [filled(paths).paths(np.arange(6))])
    np.testing.assert_allclose(together, together.T, atol=1e-6)
    assert together[0, 1] == pytest.approx(1, abs=1e-4)
    assert together[0, 2] == pytest.approx(-1, abs=1e-4)
    assert together[0, 3] == pytest.approx(0.5, abs=1e-4), "along, at half the speed"
    assert abs(together[0, 4]) < 0.35
    assert abs(together[0, 5]) < 1e-3, "what stands still moves with nobody"


@given(st.integers(0, 1000))
def test_coherence_lies_between_opposite_and_equal(seed):
    paths = np.random.default_rng(seed).standard_normal((7, 40)).astype(np.float32)
    together = coherence(paths, paths)
    assert np.isfinite(together).all()
    assert (np.abs(together) <= 1 + 1e-5).all()
    np.testing.assert_allclose(np.diag(together), 1, rtol=1e-4)


def test_only_the_newest_velocities_count():
    old, new = np.random.default_rng(1).standard_normal((2, 10, 3, 2)).astype(np.float32)
    velocities = filled(old)
    for velocity in new:
        velocities.add(velocity)
    np.testing.assert_allclose(velocities.energy(), (new**2).sum(axis=2).mean(axis=0), rtol=1e-4)


def test_a_child_inherits_and_a_cleared_row_forgets():
    velocities = filled(np.random.default_rng(2).standard_normal((10, 3, 2)).astype(np.float32))
    velocities.copy(0, 2)
    velocities.clear(1)
    energy = velocities.energy()
    assert energy[2] == energy[0] > 0
    assert energy[1] == 0
    np.testing.assert_array_equal(*velocities.paths(np.array([0, 2])))


def test_the_newest_velocities_are_the_last_ones_in_their_order():
    velocities = Velocities(3, 5)
    told = np.random.default_rng(0).standard_normal((8, 3, 2)).astype(np.float32)
    for velocity in told:
        velocities.add(velocity)
    assert velocities.newest(np.zeros(0, int), 3).shape == (0, 6)
    newest = velocities.newest(np.array([2, 0]), 3)
    np.testing.assert_array_equal(newest, told[-3:][:, [2, 0]].transpose(1, 0, 2).reshape(2, -1))


def test_in_step_is_what_is_fast_at_the_same_moments_whichever_way_it_goes():
    path, other = np.random.default_rng(0).standard_normal((2, 60, 2)).astype(np.float32)
    across = path[:, ::-1] * (1, -1)  # the same, a quarter turn on
    paths = np.stack([path, -path, across, 0.5 * path, other, 0 * path])
    together = in_step(paths.reshape(6, -1))
    np.testing.assert_allclose(together[0, :4], [1, 1, 1, 0.5], atol=1e-4)
    assert abs(together[0, 4]) < 0.35
    assert abs(together[0, 5]) < 1e-3, "what stands still is in step with nobody"
    np.testing.assert_allclose(together, together.T, atol=1e-6)


def test_steady_motion_is_in_step_with_nothing():
    steady = np.tile(np.float32([1, 0]), 30)
    rng = np.random.default_rng(1)
    together = in_step(np.stack([steady, 2 * steady, rng.standard_normal(60).astype(np.float32)]))
    assert np.abs(together[0, 1:]).max() < 1e-3
