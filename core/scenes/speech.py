"""Speech without words: when the syllables come, how the mouth and the head go with them, how it sounds."""

from dataclasses import dataclass

import numpy as np

from .noises import track
from .rhythm import Times
from .stage import Samples

# Formants of five vowels, Hz: textbook means for men (Peterson & Barney 1952).
VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
BREADTHS = (90.0, 120.0, 180.0)  # Hz, of the three formants
HARMONICS = 30
NOD = 0.35  # s that the head takes down and up again at a stressed syllable
STRESSED = 0.65  # loudness from which a syllable moves the head


@dataclass(frozen=True, slots=True)
class Speech:
    """Syllables, one row each: when they start and how long they are (s), how loud (0 … 1)."""

    starts: Times
    lengths: Times
    strengths: Times

    def opening(self, time: float) -> float:
        """How far the mouth is open, 0 … 1: the envelope of the sound at that time."""
        return float(np.max(self.strengths * swell((time - self.starts) / self.lengths), initial=0.0))

    def nod(self, time: float) -> float:
        """How far the head is bobbed down, 0 … 1: only stressed syllables move it."""
        stress = np.maximum(0.0, self.strengths - STRESSED) / (1 - STRESSED)
        bobs = np.sin(np.pi * np.clip((time - self.starts) / NOD, 0, 1)) ** 2
        return float(np.max(stress * bobs, initial=0.0))


def swell(share: Times) -> Times:
    """A syllable's envelope over its share 0 … 1: rises faster than it falls, 0 outside."""
    return np.asarray(np.sin(np.pi * np.clip(share, 0, 1) ** 0.6) ** 2, np.float64)


def chatter(rng: np.random.Generator, seconds: float) -> Speech:
    """Phrases of three to nine syllables at about four a second, with pauses of 0.3 to 1.1 s between them."""
    rows: list[tuple[float, float, float]] = []
    time = -rng.uniform(0.0, 0.5)
    while time < seconds:
        for _ in range(int(rng.integers(3, 10))):
            gap = rng.uniform(0.16, 0.36)
            rows.append((time, gap * rng.uniform(0.75, 0.95), rng.uniform(0.35, 1.0)))
            time += gap
        time += rng.uniform(0.3, 1.1)
    return Speech(*np.array(rows).T)


def voice(rng: np.random.Generator, speech: Speech, seconds: float, rate: int, pitch: float) -> Samples:
    """The speech as sound, float32 (round(seconds * rate),); `pitch` is the voice's own, Hz."""
    spoken = (
        _syllable(rng, length, strength, rate, pitch)
        for length, strength in zip(speech.lengths.tolist(), speech.strengths.tolist(), strict=True)
    )
    return track(seconds, rate, zip(speech.starts.tolist(), spoken, strict=True))


def _syllable(rng: np.random.Generator, length: float, strength: float, rate: int, pitch: float) -> Samples:
    """A vowel that glides down in pitch, now and then with a hiss of a consonant at its start."""
    times = np.arange(round(length * rate)) / rate
    tone = pitch * rng.uniform(0.92, 1.08) * (1 + 0.15 * strength)
    phase = 2 * np.pi * tone * (times - 0.1 * times**2 / length)
    formants = VOWELS[int(rng.integers(len(VOWELS)))]
    vowel = np.zeros(times.size)
    for harmonic in range(1, HARMONICS + 1):
        loudness = sum(
            1 / (1 + ((harmonic * tone - formant) / breadth) ** 2)
            for formant, breadth in zip(formants, BREADTHS, strict=True)
        )
        vowel += loudness / harmonic**0.5 * np.sin(harmonic * phase)
    envelope = swell(times / length)
    hiss = rng.uniform(0.0, 0.25) * rng.standard_normal(times.size) * np.exp(-times / 0.03)
    sound = envelope * (vowel / np.abs(vowel).max() + hiss)
    return np.asarray(0.6 * strength * sound, np.float32)
