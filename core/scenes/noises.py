"""Sounds that the scenes are made of: float32 (n,), and the track on which they are laid."""

from collections.abc import Iterable

import numpy as np

from .stage import Samples

LOUDEST = 0.9  # of full scale, so that coding does not clip


def track(seconds: float, rate: int, notes: Iterable[tuple[float, Samples]]) -> Samples:
    """The sounds laid at their times (s) on a silent track, float32 (round(seconds * rate),)."""
    samples = np.zeros(round(seconds * rate), np.float32)
    for time, note in notes:
        first = round(time * rate)
        heard = note[max(0, -first) : max(0, samples.size - first)]
        start = max(0, first)
        samples[start : start + heard.size] += heard
    return np.clip(samples, -LOUDEST, LOUDEST)


def struck(
    rng: np.random.Generator,
    rate: int,
    loudness: float,
    pitches: tuple[float, ...],
    decay: float,
    click: float = 0.5,
) -> Samples:
    """A blow: partials at `pitches` Hz that die away with `decay` s, and a click of noise at its start."""
    times = np.arange(round(6 * decay * rate)) / rate
    tones = [
        np.sin(2 * np.pi * pitch * rng.uniform(0.97, 1.03) * times + rng.uniform(0, 2 * np.pi))
        * np.exp(-times / (decay * 0.8**place))
        for place, pitch in enumerate(pitches)
    ]
    noise = rng.standard_normal(times.size) * np.exp(-times / 0.006)
    blow = np.sum(tones, axis=0) / len(tones) + click * noise
    return np.asarray(loudness * blow / np.abs(blow).max(), np.float32)


def hum(rng: np.random.Generator, seconds: float, rate: int, pitch: float, loudness: float) -> Samples:
    """A steady machine: harmonics of `pitch` Hz and rushing air, whose level hardly changes."""
    times = np.arange(round(seconds * rate), dtype=np.float64) / rate
    sound = 0.3 * rng.standard_normal(times.size, np.float32)
    for harmonic in range(1, 6):
        sound += np.sin(2 * np.pi * harmonic * pitch * times).astype(np.float32) / harmonic
    return np.asarray(loudness * sound / 3, np.float32)
