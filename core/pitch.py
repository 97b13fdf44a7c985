"""A short piece of sound -> how high it is, by autocorrelation."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from .values import frozen

LOWEST, HIGHEST = 70.0, 400.0  # Hz: of voices
FINE = 16000  # Hz: sampled this often, a piece is fine enough
VOICED = 0.5  # autocorrelation from which a piece has a pitch
# Of the best peak: the first peak as high as this is the period, and the later ones are its multiples.
FIRST = 0.9


def pitch_of(piece: NDArray[np.float64], rate: int) -> float:
    """log2 of the pitch in Hz of a piece (n,) of sound, `rate` samples a second; NaN where it has none or one
    that no voice has.

    The autocorrelation is divided by that of the window (Boersma 1993).
    """
    every = max(1, rate // FINE)
    samples = piece[: piece.size // every * every].reshape(-1, every).mean(axis=1)
    shape, own = window_and_own(samples.size)
    agreement = autocorrelation((samples - samples.mean()) * shape)
    if agreement[0] <= 0:
        return np.nan
    agreement = agreement / agreement[0] / own
    rate //= every
    peaks = local_peaks(agreement[: int(rate / LOWEST) + 2])
    if not peaks.size or agreement[peaks].max() < VOICED:
        return np.nan
    period = int(peaks[agreement[peaks] >= FIRST * agreement[peaks].max()][0])
    return float(np.log2(rate / period)) if rate / period <= HIGHEST else np.nan


def local_peaks(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Where `values` (n,) are larger than both neighbours."""
    middle = values[1:-1]
    return 1 + np.flatnonzero((middle > values[:-2]) & (middle >= values[2:]))


def autocorrelation(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of `samples` (n,), at the lags 0 … n - 1."""
    length = next_fast_len(2 * samples.size, real=True)
    return np.asarray(irfft(np.abs(rfft(samples, length)) ** 2, length)[: samples.size], np.float64)


@cache
def window_and_own(length: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A Hann window (length,), and its autocorrelation, 1 at lag 0 and never so small that it blows up what
    is divided by it."""
    shape = np.hanning(length)
    own = autocorrelation(shape)
    return frozen(shape), frozen(np.maximum(own / own[0], 0.05))
