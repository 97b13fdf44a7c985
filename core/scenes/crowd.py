"""Sounds of people and places that are not in the picture: applause, a street, music."""

from collections.abc import Callable

import numpy as np
import scipy

from .noises import struck, track
from .rhythm import Times
from .speech import chatter, voice
from .stage import Samples

CLAPS = 140.0  # a second, of the whole audience
BEATS = (1.5, 2.3)  # a second
BASSES = (55.0, 65.4, 73.4, 82.4, 98.0)  # Hz


def applause(rng: np.random.Generator, seconds: float, rate: int, loudness: float) -> Samples:
    """An audience that claps, each as they like, and swells and tires over some seconds."""
    count = round(seconds * rate)
    claps = (rng.random(count) < CLAPS / rate) * rng.uniform(0.3, 1.0, count)
    times = np.arange(round(0.03 * rate)) / rate
    clap = rng.standard_normal(times.size) * np.exp(-times / 0.005)
    sound = scipy.signal.fftconvolve(claps * (0.35 + 0.65 * _swells(rng, count, rate, 2.5)), clap)[:count]
    return np.asarray(loudness * sound / 3.5, np.float32)


def street(rng: np.random.Generator, seconds: float, rate: int, loudness: float) -> Samples:
    """A rumble, engines that pass by out of the picture, and a horn now and then."""
    count = round(seconds * rate)
    noise = rng.standard_normal(count)
    low = scipy.signal.butter(2, 180.0, fs=rate, output="sos")
    middle = scipy.signal.butter(2, (300.0, 2500.0), "bandpass", fs=rate, output="sos")
    rumble, rush = scipy.signal.sosfilt(low, noise) * 4.0, scipy.signal.sosfilt(middle, noise) * 1.6
    sound = 0.5 * rumble + rush * (0.15 + 0.85 * _swells(rng, count, rate, 1.6) ** 2)
    horns = ((time, _horn(rng, rate)) for time in np.cumsum(rng.uniform(2.0, 7.0, round(seconds / 2) + 1)))
    return np.asarray(loudness * (0.5 * sound + track(seconds, rate, horns)), np.float32)


def music(rng: np.random.Generator, seconds: float, rate: int, loudness: float) -> Samples:
    """Drums, a bass and chords in a steady beat."""
    beat = 1 / rng.uniform(*BEATS)
    kick = struck(rng, rate, 0.7, (55.0, 80.0), 0.08, 0.2)
    hat = struck(rng, rate, 0.3, (6000.0, 8200.0), 0.02, 2.0)
    notes = []
    for step in range(round(2 * seconds / beat) + 2):
        time = step * beat / 2
        notes.append((time, hat))
        if step % 2 == 0:
            notes.append((time, kick))
            notes.append((time, _tone(rate, BASSES[int(rng.integers(len(BASSES)))], 0.9 * beat, 0.35)))
        if step % 8 == 0:
            root = 4 * BASSES[int(rng.integers(len(BASSES)))]
            notes.extend((time, _tone(rate, root * step_up, 4 * beat, 0.12)) for step_up in (1, 1.26, 1.5))
    return np.asarray(loudness * track(seconds, rate, notes), np.float32)


def talk_elsewhere(rng: np.random.Generator, seconds: float, rate: int, loudness: float) -> Samples:
    """Somebody speaks who is not in the picture."""
    speech = chatter(rng, seconds)
    return np.asarray(loudness * voice(rng, speech, seconds, rate, rng.uniform(105.0, 190.0)), np.float32)


def silence(_rng: np.random.Generator, seconds: float, rate: int, _loudness: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * rate), np.float32)


ELSEWHERE: dict[str, Callable[[np.random.Generator, float, int, float], Samples]] = {
    "nothing": silence,
    "speech": talk_elsewhere,
    "music": music,
    "street": street,
}


def _swells(rng: np.random.Generator, count: int, rate: int, gap: float) -> Times:
    """A level 0 … 1 that wanders from one drawn value to the next every `gap` s, one a sample."""
    times = np.arange(count) / rate
    knots = np.arange(round(count / rate / gap) + 3) * gap
    return np.interp(times, knots, rng.uniform(0.0, 1.0, knots.size))


def _tone(rate: int, pitch: float, length: float, loudness: float) -> Samples:
    times = np.arange(round(length * rate)) / rate
    fade = (
        np.minimum(1, times / 0.01) * np.exp(-times / (0.5 * length)) * np.clip((length - times) / 0.02, 0, 1)
    )
    sound = np.sin(2 * np.pi * pitch * times) + 0.4 * np.sin(4 * np.pi * pitch * times)
    return np.asarray(loudness * fade * sound, np.float32)


def _horn(rng: np.random.Generator, rate: int) -> Samples:
    pitch, length = rng.uniform(350.0, 520.0), rng.uniform(0.2, 0.6)
    return _tone(rate, pitch, length, 0.25) + _tone(rate, 1.19 * pitch, length, 0.25)
