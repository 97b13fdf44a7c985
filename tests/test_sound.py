"""Sound curves: the paper's energy, the same however the sound is cut, honest about what was lost."""

from dataclasses import replace

import numpy as np
import pytest
from soundspot.core.errors import ShapeError
from soundspot.core.sound import HUM, SoundCurves
from soundspot.core.values import SoundBlock

RATE, SLOTS = 16000, 30.0
ALL = ("energy", "onset", "flux", "level", "low", "high")


def cut_up(samples, sizes, rate=RATE, start=0.0):
    """Blocks of the sound, their sizes taken from `sizes` again and again."""
    blocks, first, turn = [], 0, 0
    while first < len(samples):
        size = sizes[turn % len(sizes)]
        blocks.append(SoundBlock(samples[first : first + size].copy(), first, rate, start + first / rate))
        first, turn = first + size, turn + 1
    return blocks


def curves_of(blocks, count, names=ALL, *, greedy=True):
    """(energies (count,), curves (count, names)) of the first slots; taken as soon as known, or all at the
    end."""
    sound = SoundCurves(names, SLOTS)
    taken = []
    for block in blocks:
        sound.push(block)
        while greedy and len(taken) < count and sound.known(len(taken)):
            taken.append(sound.take(len(taken)))
    sound.ended = True
    while len(taken) < count:
        taken.append(sound.take(len(taken)))
    return np.array([energy for energy, _ in taken]), np.array([curves for _, curves in taken])


def noise(seconds, seed=0, loud=0.1):
    return (loud * np.random.default_rng(seed).standard_normal(round(seconds * RATE))).astype(np.float32)


def test_energy_is_the_mean_square_of_the_window_around_each_slot():
    samples = np.clip(noise(2.0), -1, 1)
    energies, _ = curves_of(cut_up(samples, [512]), 50)
    half = RATE / SLOTS
    for slot in range(2, 50):
        middle = slot * RATE / SLOTS
        window = samples[round(middle - half) : round(middle + half)].astype(np.float64)
        assert energies[slot] == pytest.approx(np.mean(window**2), rel=0.01)


def test_energy_of_a_full_sine_is_one_half():
    samples = np.sin(2 * np.pi * 600 * np.arange(RATE) / RATE).astype(np.float32)
    energies, _ = curves_of(cut_up(samples, [1024]), 25)
    np.testing.assert_allclose(energies[2:], 0.5, rtol=0.01)


@pytest.mark.parametrize("sizes", [[128], [RATE], [1, 7, 900, 33], [100_000]])
def test_however_the_sound_is_cut_the_curves_are_the_same(sizes):
    samples = noise(2.0) * np.repeat(np.random.default_rng(1).uniform(0, 1, 20), RATE // 10).astype(
        np.float32
    )
    energies, curves = curves_of(cut_up(samples, [1000]), 60)
    other_energies, other_curves = curves_of(cut_up(samples, sizes), 60)
    np.testing.assert_array_equal(other_energies, energies)
    np.testing.assert_array_equal(other_curves, curves)


def test_taking_at_once_or_at_the_end_gives_the_same():
    samples = noise(2.0)
    for one, other in zip(
        curves_of(cut_up(samples, [700]), 60),
        curves_of(cut_up(samples, [700]), 60, greedy=False),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("moment", [0.5, 0.52, 1.013])
def test_a_click_peaks_within_one_slot_of_its_time(moment):
    samples = noise(2.0, loud=1e-3)
    samples[round(moment * RATE) : round(moment * RATE) + 80] += 0.7
    _, curves = curves_of(cut_up(samples, [512]), 55, ("energy", "onset", "flux"))
    for curve in curves.T:
        assert abs(np.nanargmax(curve[5:]) + 5 - moment * SLOTS) <= 1.5


def test_the_rise_of_the_sound_is_an_onset_and_its_fall_is_none():
    samples = noise(3.0) * np.where(np.arange(3 * RATE) // RATE == 1, 1.0, 0.01).astype(np.float32)
    _, curves = curves_of(cut_up(samples, [512]), 85, ("onset", "level"))
    onset, level = curves.T
    assert onset[27:33].max() > 20 * onset[57:63].max()
    assert level[45] > level[15] + 5


def test_a_low_tone_shows_in_the_low_band_and_a_high_one_in_the_high_band():
    time = np.arange(RATE) / RATE
    for hertz, sounding, other in ((300, 0, 1), (6000, 1, 0)):
        tone = (0.3 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)
        _, curves = curves_of(cut_up(tone, [512]), 25, ("low", "high"))
        assert (curves[3:, sounding] > curves[3:, other] + 5).all()


@pytest.mark.parametrize("level", [0.0, np.nan])
def test_no_sound_in_the_samples_is_silence(level):
    energies, curves = curves_of(cut_up(np.full(RATE, level, np.float32), [512]), 25)
    assert (energies <= HUM).all()
    assert np.isfinite(curves).all()
    assert not curves[:, ALL.index("onset")].any()


def test_samples_beyond_full_scale_and_infinite_ones_are_held_within():
    energies, curves = curves_of(cut_up(np.array([np.inf, -np.inf, 50, -50] * 2000, np.float32), [512]), 12)
    assert (energies <= 1).all()
    assert np.isfinite(curves).all()


@pytest.mark.parametrize("gap", [0.5, 3.0])
def test_lost_blocks_are_unknown_and_nothing_moves(gap):
    blocks = cut_up(noise(1.0), [500])
    later = [
        SoundBlock(b.samples, b.first, RATE, b.time + 1 + gap, lost=True)
        for b in cut_up(noise(1.0, 1), [500])
    ]
    count = round((2 + gap) * SLOTS) - 4
    energies, curves = curves_of(blocks + later, count)
    lost = slice(round(SLOTS) + 2, round((1 + gap) * SLOTS) - 1)
    assert np.isnan(energies[lost]).all()
    assert np.isnan(curves[lost]).all()
    whole, _ = curves_of(cut_up(noise(1.0, 1), [500]), 25)
    np.testing.assert_allclose(energies[round((1 + gap) * SLOTS) + 2 :][:20], whole[2:22], rtol=0.05)


def test_sound_before_a_very_long_gap_stays_at_its_time():
    blocks = [*cut_up(noise(1.0), [RATE]), SoundBlock(noise(1.0, 1), 0, RATE, 31.0, lost=True)]
    energies, _ = curves_of(blocks, 940)
    assert np.isfinite(energies[2:26]).all()
    assert np.isnan(energies[33:928]).all()
    assert np.isfinite(energies[932:940]).all()


def test_no_sound_at_all_is_unknown_and_never_waited_for_after_the_end():
    sound = SoundCurves(ALL, SLOTS)
    assert not sound.known(0)
    sound.ended = True
    assert sound.known(0)
    energy, curves = sound.take(0)
    assert np.isnan(energy) and np.isnan(curves).all()


def test_sound_that_begins_late_or_ends_early_is_unknown_outside():
    energies, _ = curves_of(cut_up(noise(1.0), [500], start=1.0), 100)
    assert np.isnan(energies[:28]).all()
    assert np.isfinite(energies[32:58]).all()
    assert np.isnan(energies[63:]).all()


def test_a_slot_waits_until_all_its_sound_has_come():
    sound = SoundCurves(ALL, SLOTS)
    needed = (10 + sound.reach) / SLOTS + sound.half_window
    blocks = cut_up(noise(2.0), [160])
    for block in blocks:
        sound.push(block)
        end = block.time + block.samples.size / RATE
        assert sound.known(10) == (end >= needed - 1e-9)


def test_a_change_of_the_sample_rate_is_told():
    sound = SoundCurves(ALL, SLOTS)
    sound.push(SoundBlock(noise(0.1), 0, RATE, 0.0))
    with pytest.raises(ShapeError, match="rate=44100 Hz: want 16000 Hz"):
        sound.push(SoundBlock(noise(0.1), 1600, 44100, 0.1))


def test_memory_stays_flat_along_a_long_sound():
    sound = SoundCurves(("energy",), SLOTS)
    for number in range(300):
        sound.push(SoundBlock(noise(0.1), number * 1600, RATE, number * 0.1))
        while sound.known(slot := (sound._next or sound.reach + 1) - sound.reach):
            sound.take(slot)
    assert sound._store._parts.size < RATE


@pytest.mark.parametrize("drift", [1e-3, -1e-3])
def test_a_clock_that_drifts_leaves_no_cut_in_the_sound(drift):
    time = np.arange(60 * RATE) / RATE
    tone = (0.3 * np.sin(2 * np.pi * 617 * time)).astype(np.float32)
    blocks = [replace(block, time=block.time * (1 + drift)) for block in cut_up(tone, [320])]
    energies, curves = curves_of(blocks, round(59 * SLOTS), ("onset", "high"))
    np.testing.assert_allclose(energies[2:], 0.045, rtol=0.02)
    onset, high = curves[10:].T  # after the onset of the tone itself
    assert onset.max() < 0.02
    assert high.max() < np.log(HUM) + 1
