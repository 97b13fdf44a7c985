"""Pitch: of whatever repeats as a voice does, at any rate of samples, and of nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.pitch import HIGHEST, LOWEST, pitch_of

LENGTH = 1 / 15  # s, as of the pieces that sound is measured by


def tone(hertz, rate=48000, partials=8, noise=0.0, seed=0):
    """A piece of a tone with falling partials, float64 (n,)."""
    times = np.arange(round(LENGTH * rate)) / rate
    sound = sum(np.sin(2 * np.pi * k * hertz * times + k) / k for k in range(1, partials + 1))
    return sound + noise * np.random.default_rng(seed).standard_normal(times.size)


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000, 96000])
@given(hertz=st.floats(75.0, 300.0))
def test_a_tone_has_its_pitch(rate, hertz):
    tolerance = 0.03 + np.log2(1 + hertz / min(rate, 11025))  # and one sample of the period
    assert pitch_of(tone(hertz, rate), rate) == pytest.approx(np.log2(hertz), abs=tolerance)


@pytest.mark.parametrize("hertz", [90.0, 130.0, 220.0])
def test_a_tone_in_noise_has_its_pitch_and_a_loud_one_the_same(hertz):
    assert pitch_of(tone(hertz, noise=0.3), 48000) == pytest.approx(np.log2(hertz), abs=0.05)
    assert pitch_of(1e-3 * tone(hertz), 48000) == pytest.approx(pitch_of(tone(hertz), 48000))


def test_a_tone_without_its_first_partial_has_its_pitch():
    missing = tone(120.0) - tone(120.0, partials=1)
    assert pitch_of(missing, 48000) == pytest.approx(np.log2(120), abs=0.05)


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_pitch(seed):
    assert np.isnan(pitch_of(np.random.default_rng(seed).standard_normal(3200), 48000))


@pytest.mark.parametrize("piece", [np.zeros(3200), np.ones(3200), np.linspace(-1, 1, 3200)])
def test_what_does_not_swing_has_no_pitch(piece):
    assert np.isnan(pitch_of(piece, 48000))


@pytest.mark.parametrize("hertz", [HIGHEST * 1.2, 1000.0, 2500.0, LOWEST / 2])
def test_what_is_higher_or_lower_than_any_voice_has_none(hertz):
    assert np.isnan(pitch_of(tone(hertz, partials=1), 48000))
