"""Agreement of motion and sound in several descriptors and curves: the kernels equal their slow twins."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from soundspot.core.agreement import LEAST_VALID, combine, score_planes
from soundspot.core.kernels.agreement import join
from soundspot.core.pearson import correlations
from soundspot.core.wta import TIED, codes_to_planes


def some_codes(rows, entries, count, seed):
    """Codes (rows, count) with some TIED, and the same in bits."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, entries, (rows, count)).astype(np.uint8)
    codes[rng.random(codes.shape) < rng.choice([0, 0.2, 0.9])] = TIED
    return codes, codes_to_planes(codes, (entries - 1).bit_length())


@given(
    st.sampled_from([0, 1, 3]),
    st.sampled_from([0, 1, 3]),
    st.sampled_from([1, 5, 6]),
    st.integers(1, 3),
    st.sampled_from([2, 5]),
    st.sampled_from([0, 100, 400, 700]),
    st.integers(0, 1000),
)
@example(2, 2, 6, 3, 2, 700, 0)
def test_scores_equal_the_slow_twin(naive, tracks, sounds, descriptors, curves, entries, count, seed):
    motion, motion_planes = some_codes(tracks * descriptors, entries, count, seed)
    sound, sound_planes = some_codes(sounds * curves, entries, count, seed + 1)
    scores = score_planes(
        motion_planes, sound_planes, descriptors=descriptors, curves=curves, entries=entries
    )
    want = naive.scores(motion, sound, descriptors, curves, 1 / entries, LEAST_VALID)
    np.testing.assert_allclose(scores, want, atol=1e-5)


def test_a_match_in_everything_scores_more_than_one_in_the_first_descriptor_alone():
    codes = np.random.default_rng(3).integers(0, 2, (5, 1000)).astype(np.uint8)
    sound = codes_to_planes(codes[:1], 1)
    first, every = (codes_to_planes(motion, 1) for motion in (codes, np.repeat(codes[:1], 5, axis=0)))
    some, most = (
        score_planes(motion, sound, descriptors=5, curves=1, entries=2) for motion in (first, every)
    )
    assert most[0, 0] > 1 > some[0, 0] > 0.3


def test_the_length_of_an_agreement_does_not_depend_on_its_direction():
    turned = [[0.5, 0.3 * np.cos(angle), 0.3 * np.sin(angle), 0, 0] for angle in (0, 1, 4)]
    scores = combine(np.array(turned, np.float32)[:, :, None])
    np.testing.assert_allclose(scores, (0.5 + 0.3) / 3, atol=1e-6)


def test_correlations_are_pearsons_and_what_is_unknown_counts_as_the_mean():
    motion = np.random.default_rng(0).standard_normal((3, 60)).astype(np.float32)
    sound = np.random.default_rng(1).standard_normal((2, 60)).astype(np.float32)
    motion[2] = 4.0
    expected = np.corrcoef(motion[:2], sound)[:2, 2:]
    np.testing.assert_allclose(correlations(motion.T, sound.T), [*expected, [0, 0]], atol=1e-5)
    whole = correlations(motion[:1].T, motion[:1].T)[0, 0]
    young = motion[:1].copy()
    young[:, :30] = np.nan
    assert correlations(young.T, motion[:1].T)[0, 0] < 0.9 * whole == pytest.approx(0.9)
    assert correlations(np.full((60, 1), np.nan, np.float32), sound.T).tolist() == [[0, 0]]


@pytest.mark.parametrize("level", [0.1, np.log(0.2), 4.0])
def test_what_does_not_change_correlates_with_nothing_also_where_its_mean_is_rounded(level):
    sound = np.random.default_rng(1).standard_normal((60, 1)).astype(np.float32)
    flat = np.full((60, 1), level, np.float32)
    flat[::3] = np.nan
    assert correlations(flat, sound).tolist() == correlations(sound, flat).tolist() == [[0]]


def test_a_last_descriptor_without_partner_counts_by_its_size():
    either = np.array([[0.5, 0.3, 0, 0, 0, change] for change in (0.4, -0.4)], np.float32)
    np.testing.assert_allclose([join(row) for row in either], (0.5 + 0.3 + 0.4) / 4, atol=1e-6)


@pytest.mark.parametrize("descriptors", [1, 5])
def test_correlations_are_joined_as_the_agreements_of_codes_are(descriptors):
    agreements = np.random.default_rng(2).uniform(-1, 1, (7, descriptors)).astype(np.float32)
    joined = [join(row) for row in agreements]
    np.testing.assert_allclose(combine(agreements[:, :, None]), joined, rtol=1e-5)
