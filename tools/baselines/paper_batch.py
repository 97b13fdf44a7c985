"""The paper as written: the whole clip at once, one decision.

Kai Li, Jun Ye, Kien A. Hua: "What's Making that Sound?", ACM Multimedia 2014.

Left open by the paper and decided here, beyond what core decides for its preset `paper`: tracks never die; a
track has no motion, 0, in frames where it is not seen, since the paper wants one value a frame (leaving
these frames out picked a wrong track in one of two ball clips); the match is a share of equal entries and
the largest wins (its formula is a distance); Gaussians in time have a sigma of 50 ms. Unlike in the live
preset nothing is ours but the flow: no camera motion is taken off and every pixel counts.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...core.appearance import luv_picture
from ...core.match import MatchedTracks
from ...core.segment import segment_picture
from ...core.values import SoundBlock, VideoFrame
from ...core.wta import batch_codes, count_matches, draw_permutations, match_fraction
from .clip import Clip, take_clip
from .hearing import energy, smooth_in_time
from .surface import confidence_surface

NAME = "paper, whole clip"
CITATION = "Li, Ye, Hua: What's Making that Sound?, ACM Multimedia 2014"
SLOW = False

WIDTH = 320  # px
PERMUTATIONS = (2000, 5)  # N and S (Table 1)
CANDIDATES = 15  # tracks of largest standard deviation (4.2)
SEED = 0


def locate(frames: Sequence[VideoFrame], sound: SoundBlock) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): the best track's pixels, smoothed."""
    clip = take_clip(frames, sound, WIDTH)
    labels, motion = track_regions(clip)
    best = choose(smooth_in_time(motion, clip.step, axis=1), smooth_in_time(energy(clip), clip.step))
    if best is None:
        return clip.blank()
    acceleration = float(motion[best][motion[best] > 0].mean())
    return confidence_surface((labels == best).astype(np.float32), clip.step, acceleration)


def track_regions(clip: Clip) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Tracks int32 (n, h, w) and their motion (tracks, n), mean acceleration in px/frame² (4.2)."""
    count = len(clip.pictures)
    matched = MatchedTracks(memory=count + 1)
    still = np.zeros((*clip.pictures.shape[1:3], 2), np.float32)
    labels = np.empty(clip.pictures.shape[:3], np.int32)
    sums: list[NDArray[np.float64]] = []
    for k, flow in enumerate(clip.flows()):
        luv = luv_picture(clip.pictures[k])
        moved = still if flow is None else flow.displacement()
        labels[k] = matched.update(segment_picture(luv, moved), luv)
        jerk = still if flow is None else flow.forward + flow.backward
        size = np.hypot(jerk[..., 0], jerk[..., 1]).ravel()
        areas = np.bincount(labels[k].ravel())
        sums.append(np.bincount(labels[k].ravel(), size) / np.maximum(areas, 1))
    motion = np.zeros((int(labels.max()) + 1, count))
    for k, values in enumerate(sums):
        motion[: values.size, k] = values
    return labels, motion


def choose(motion: NDArray[np.float64], sound: NDArray[np.float64]) -> int | None:
    """The track of `motion` (tracks, n) that matches the `sound` (n,) best (5.2); None where none does."""
    spread = motion.std(axis=1)
    chosen = np.argsort(-spread, kind="stable")[:CANDIDATES]
    chosen = chosen[spread[chosen] > 0]
    entries = min(PERMUTATIONS[1], sound.size)
    order = draw_permutations(PERMUTATIONS[0], entries, sound.size, np.random.default_rng(SEED))
    curves = np.vstack([sound, motion[chosen]]).astype(np.float32)
    codes = batch_codes(curves, np.zeros_like(curves), order)
    matches, valid = count_matches(codes[1:], codes[:1])
    score = match_fraction(matches, valid)[:, 0]
    return int(chosen[score.argmax()]) if score.size and score.max() > 0 else None
