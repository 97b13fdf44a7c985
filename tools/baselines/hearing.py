"""Sound features, one row a frame."""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import dct
from scipy.ndimage import convolve1d, gaussian_filter1d

from .clip import Clip

MEL_BANDS, COEFFICIENTS = 26, 13  # the usual choice for MFCC
LOWEST, HIGHEST = 60.0, 8000.0  # Hz
HUM = 1e-10  # power below which a band counts as silent
DELTA_REACH = 2  # frames on either side that a derivative is fitted over
SMOOTHING = 0.05  # s, sigma: soundspot's own choice (core/history.py), since the paper gives none


def sound_around_frames(clip: Clip) -> NDArray[np.float64]:
    """The samples around each frame's time, (n, length): windows of two steps, so neighbours overlap by
    half (paper 4.1); zeros where there is no sound."""
    rate = clip.sound.rate
    half = max(1, round(clip.step * rate))
    first = np.round((clip.times - clip.sound.time) * rate).astype(np.int64) - half
    places = first[:, None] + np.arange(2 * half)
    samples = np.nan_to_num(clip.sound.samples).astype(np.float64)
    inside = (places >= 0) & (places < samples.size)
    return np.where(inside, samples[np.clip(places, 0, samples.size - 1)], 0.0)


def energy(clip: Clip) -> NDArray[np.float64]:
    """Mean square (n,) of the sound around each frame."""
    return np.asarray((sound_around_frames(clip) ** 2).mean(axis=1))


def mel_levels(clip: Clip) -> NDArray[np.float64]:
    """Log power (n, MEL_BANDS) in bands of equal width in mel."""
    pieces = sound_around_frames(clip)
    length = pieces.shape[1]
    power = np.abs(np.fft.rfft(pieces * np.hanning(length), axis=1)) ** 2 / length**2
    return np.asarray(np.log(power @ mel_filters(length, clip.sound.rate).T + HUM))


def mel_filters(length: int, rate: int) -> NDArray[np.float64]:
    """Triangles (MEL_BANDS, length // 2 + 1) that overlap by half, evenly spaced in mel."""
    highest = min(HIGHEST, rate / 2)
    edges = 700 * np.expm1(np.linspace(np.log1p(LOWEST / 700), np.log1p(highest / 700), MEL_BANDS + 2))
    hertz = np.fft.rfftfreq(length, 1 / rate)
    rising = (hertz - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - hertz) / np.diff(edges)[1:, None]
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def mfcc(clip: Clip) -> NDArray[np.float64]:
    """Mel-frequency cepstral coefficients and their first derivatives, (n, 2 * COEFFICIENTS)."""
    cepstrum = dct(mel_levels(clip), type=2, axis=1, norm="ortho")[:, :COEFFICIENTS]
    slope = np.arange(DELTA_REACH, -DELTA_REACH - 1, -1)
    deltas = convolve1d(cepstrum, slope / (slope**2).sum(), axis=0, mode="nearest")
    return np.hstack([cepstrum, deltas])


def smooth_in_time(curves: NDArray[np.float64], step: float, axis: int = 0) -> NDArray[np.float64]:
    """Curves smoothed along the frames, `step` s apart."""
    return np.asarray(gaussian_filter1d(curves, SMOOTHING / step, axis=axis, mode="nearest", truncate=2.0))
