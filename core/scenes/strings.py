"""Strings as sound: plucked ones of a guitar, and a bowed one of a violin."""

import numpy as np
import scipy  # its parts are loaded when they are called: a third of every start otherwise

from .rhythm import Times
from .stage import Samples

CHORDS = (
    (82.4, 123.5, 164.8, 207.7, 246.9),
    (110.0, 164.8, 220.0, 261.6, 329.6),
    (98.0, 146.8, 196.0, 246.9, 392.0),
)
SPREAD = 0.007  # s from string to string of a strum
SCALE = (293.7, 329.6, 370.0, 440.0, 493.9, 587.3)  # Hz, the violin's notes
VIBRATO = (5.6, 0.006)  # Hz, share of the pitch


def strummed(rng: np.random.Generator, rate: int, loudness: float, length: float) -> Samples:
    """A chord of five strings struck one after the other, damped by the hand after `length` s."""
    times = np.arange(round((length + 0.05) * rate)) / rate
    sound = np.zeros(times.size)
    for place, pitch in enumerate(CHORDS[int(rng.integers(len(CHORDS)))]):
        first = round(place * SPREAD * rate)
        sound[first:] += _plucked(times[: times.size - first], pitch * rng.uniform(0.998, 1.002))
    sound += 0.3 * rng.standard_normal(times.size) * np.exp(-times / 0.008)  # the nail on the strings
    sound *= np.clip((length + 0.05 - times) / 0.05, 0, 1)
    return np.asarray(loudness * sound / np.abs(sound).max(), np.float32)


def _plucked(times: Times, pitch: float) -> Times:
    """Harmonics that die the sooner the higher they are."""
    sound = np.zeros(times.size)
    for harmonic in range(1, 8):
        decay = np.exp(-times * (1.5 + 1.1 * harmonic))
        sound += np.sin(2 * np.pi * harmonic * pitch * times) * decay / harmonic**0.8
    return sound


def bowed(rng: np.random.Generator, speeds: Times, notes: Times, rate: int) -> Samples:
    """A bowed string, float32 (n,): `speeds` of the bow (0 … 1) and `notes` (Hz), one a sample.

    It is as loud as the bow is fast, and brighter; a resting bow is silent.
    """
    seconds = np.arange(speeds.size) / rate
    pitch = notes * (1 + VIBRATO[1] * np.sin(2 * np.pi * VIBRATO[0] * seconds))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    sound = 0.10 * rng.standard_normal(speeds.size)  # the hair on the string
    for harmonic in range(1, 9):
        sound += np.sin(harmonic * phase) / harmonic ** (1.6 - 0.6 * speeds)
    body = scipy.signal.butter(2, 200.0, "highpass", fs=rate, output="sos")  # small: what is low sounds weak
    return np.asarray(0.15 * speeds**0.8 * scipy.signal.sosfilt(body, sound), np.float32)
