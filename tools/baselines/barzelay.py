"""Tracked points whose sudden changes of motion coincide with the onsets of the sound.

Zohar Barzelay, Yoav Y. Schechner: "Harmony in Motion", CVPR 2007.

Points are tracked through the clip; the peaks of a point's acceleration are its visual onsets, the sharp
rises of the sound the audio onsets. A point's likelihood is the number of its onsets that coincide with one
of the sound less the number of those that do not.

Left open and decided here: how points are found and tracked (corners, pyramidal Lucas-Kanade there and back,
new points every 10 frames where there are none); an onset is a peak of at least half the largest; the
sound's rise is summed over mel bands; a coincidence lies within 0.1 s, about the source's three frames; one
source is sought, so the onsets that the best point explains are not taken away for a second round; every
point of at least half the largest likelihood counts, and confidence spreads around it, as no region is
known. The best of some 20 settings on the scenes ball, hammer and talk with seeds 0 and 1 (0.67 of frames
right; 0.48 on seed 2, which was not looked at for it; in talk it marks the speaker's neck, just below the
true head).
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from ...core.values import SoundBlock, VideoFrame
from .clip import Clip, take_clip
from .hearing import mel_levels, smooth_in_time

NAME = "Barzelay and Schechner 2007"
CITATION = "Barzelay, Schechner: Harmony in Motion, CVPR 2007"
SLOW = False

WIDTH = 320  # px
POINTS = 300  # tracked at once
QUALITY = 0.01  # of the best corner that a corner must have
APART = 6  # px between points
PATCH = (15, 15)  # px that Lucas-Kanade compares
RETURN = 1.0  # px that tracking there and back may miss itself by
RENEWAL = 10  # frames between two searches for points
SHORTEST = 8  # frames of a track that has onsets
ONSET_SHARE = 0.5  # of the largest peak: 0.15 and 0.3 were worse, 0.4 to 0.6 alike
LEAST_ACCELERATION = 0.15  # px/frame² after smoothing: less is the tracker's noise
QUIET = -16.0  # log power of a band, below which it counts as silent
LEAST_RISE = 1.0  # log power summed over the bands: less is no onset
REST = 0.15  # s between two onsets of one kind
COINCIDENCE = 0.1  # s
GOOD = 0.5  # of the largest likelihood
REACH = 5.0  # px at width 320, sigma

Path = NDArray[np.float32]


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w), spread around the points that go with the sound."""
    clip = take_clip(frames, sound, WIDTH)
    paths, heard = track_points(clip), sound_onsets(clip)
    likelihoods = np.array([likelihood(path, heard, clip.step) for path in paths])
    if not likelihoods.size or likelihoods.max() <= 0:
        return clip.blank()
    weights = likelihoods / likelihoods.max()
    return spread_points(paths[weights >= GOOD], weights[weights >= GOOD], clip)


def track_points(clip: Clip) -> Path:
    """Places (points, n, 2) in px of every point at every frame, NaN where it is not tracked."""
    greys = clip.greys()
    paths: list[Path] = []
    alive = np.zeros(0, np.int64)
    places = np.zeros((0, 2), np.float32)
    for k, grey in enumerate(greys):
        if len(places):
            places, kept = follow_points(greys[k - 1], grey, places)
            alive = alive[kept]
        if k % RENEWAL == 0:
            fresh = find_points(grey, places)
            alive = np.concatenate([alive, np.arange(len(paths), len(paths) + len(fresh))])
            places = np.concatenate([places, fresh])
            paths += [np.full((len(greys), 2), np.nan, np.float32) for _ in fresh]
        for point, place in zip(alive, places, strict=True):
            paths[point][k] = place
    return np.array(paths, np.float32).reshape(-1, len(greys), 2)


def follow_points(
    last: NDArray[np.uint8], grey: NDArray[np.uint8], places: Path
) -> tuple[Path, NDArray[np.bool_]]:
    """The places (kept, 2) in the next picture, and which of the points (n,) were kept."""
    onward, found, _ = cv2.calcOpticalFlowPyrLK(last, grey, places, np.zeros_like(places), winSize=PATCH)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(grey, last, onward, np.zeros_like(places), winSize=PATCH)
    kept = (found[:, 0] == 1) & (returned[:, 0] == 1) & (np.linalg.norm(back - places, axis=1) < RETURN)
    kept &= ((onward >= 0) & (onward < grey.shape[::-1])).all(axis=1)
    return np.asarray(onward[kept], np.float32), np.asarray(kept)


def find_points(grey: NDArray[np.uint8], places: Path) -> Path:
    """New points (n, 2) apart from those that are tracked."""
    room = POINTS - len(places)
    free = np.full(grey.shape, 255, np.uint8)
    for x, y in places.astype(int).tolist():
        cv2.circle(free, (x, y), APART, 0, cv2.FILLED)
    found = cv2.goodFeaturesToTrack(grey, room, QUALITY, APART, mask=free, blockSize=5) if room > 0 else None
    return np.zeros((0, 2), np.float32) if found is None else np.asarray(found[:, 0], np.float32)


def sound_onsets(clip: Clip) -> NDArray[np.int64]:
    """The frames at which the sound rises sharply."""
    levels = smooth_in_time(np.maximum(mel_levels(clip), QUIET), clip.step)
    rise = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0.0).sum(axis=1)
    return onsets(rise, clip.step, LEAST_RISE)


def onsets(curve: NDArray[np.float64], step: float, least: float) -> NDArray[np.int64]:
    """The frames of a curve's peaks, at least `least` and ONSET_SHARE of the largest, REST apart."""
    height = max(least, ONSET_SHARE * float(curve.max()))
    return np.asarray(find_peaks(curve, height=height, distance=max(1, round(REST / step)))[0])


def likelihood(path: Path, heard: NDArray[np.int64], step: float) -> float:
    """Coincidences less the rest of the onsets of a point (n, 2) with the `heard` ones, `step` s a frame."""
    seen = np.flatnonzero(np.isfinite(path[:, 0]))
    if seen.size < SHORTEST or not heard.size:
        return 0.0
    places = smooth_in_time(path[seen].astype(np.float64), step)
    acceleration = np.pad(np.linalg.norm(np.diff(places, 2, axis=0), axis=1), 1)
    moved = seen[onsets(acceleration, step, LEAST_ACCELERATION)]
    near = np.abs(moved[:, None] - heard).min(axis=1) <= COINCIDENCE / step
    return float(near.sum()) - float((~near).sum())


def spread_points(paths: Path, weights: NDArray[np.float64], clip: Clip) -> NDArray[np.float32]:
    """Confidence (n, h, w): a Gaussian of its weight about each point, beside the frame's largest."""
    confidence = clip.blank()
    height, width = confidence.shape[1:]
    for k, surface in enumerate(confidence):
        tracked = np.isfinite(paths[:, k, 0])
        x, y = np.minimum(paths[tracked, k].astype(int), (width - 1, height - 1)).T
        np.maximum.at(surface, (y, x), weights[tracked].astype(np.float32))
        surface[:] = cv2.GaussianBlur(surface, (0, 0), REACH * clip.scale)
        surface /= max(float(surface.max()), 1e-9)
    return confidence
