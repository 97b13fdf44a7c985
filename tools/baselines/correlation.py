"""Correlation of the magnitudes in place of Winner-Take-All codes, where ours has codes for whether something
sounds and correlates directions, too; all else as in soundspot's preset `live`.

Decided here: the same tracks, curves, window, lags, memory and objects as ours, and the same motion weights.
There is no null, so no p-value and no "nobody": objects are ranked by their correlation times powers of their
share of the motion and of their size, and the best one is marked from 2.5 s on, or 1.5 s of a later shot.
Like ours, and unlike the other baselines, it looks back only. Where a track's history has gaps, Spearman's
ranks of the sound are those of the whole window.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ...core.confidence import ConfidenceSurface
from ...core.evidence import Scores
from ...core.fading import Fading
from ...core.history import Row, Rows
from ...core.lag import LagVotes
from ...core.ledger import Ledger
from ...core.ledgers import Ledgers
from ...core.localizer import RATE
from ...core.look import Looker
from ...core.mask import thing_mask
from ...core.options import Options
from ...core.rank import Ranked
from ...core.recipe import LIVE
from ...core.sound import SoundCurves
from ...core.values import SoundBlock, VideoFrame
from ...core.vision import Seen, Vision
from ...core.voices import Turn
from .clip import Clip, take_clip

OPTIONS = Options()
LEAST_KNOWN = 0.4  # of the window that a track must be known for, about what ours wants
FLAT = 1e-6  # variance below which a curve correlates with nothing

Curves = NDArray[np.float32]


def locate_by_correlation(
    frames: Sequence[VideoFrame], sound: SoundBlock, ranked: bool
) -> NDArray[np.float32]:
    """Confidence float32 (frames, h, w): the best object's pixels, smoothed."""
    clip = take_clip(frames, sound, OPTIONS.width)
    confidence, source = clip.blank(), (frames[0].pixels.shape[0], frames[0].pixels.shape[1])
    looker = Looker(*source, OPTIONS.width, LIVE.most_shots)
    vision = Vision((looker.height, looker.width), source, OPTIONS)
    rows, cell = vision.rows, vision.tracker.cell
    matcher = CorrelationMatcher(*hear(clip), rows, ranked)
    ledgers = Ledgers(Ledger(rows, cell, len(LIVE.curves), RATE, OPTIONS, matcher, vision.places.count))
    surface = ConfidenceSurface(looker.height, looker.width)
    for k, seen in enumerate(watch(frames, looker, vision)):
        ledger = ledgers.now
        ledgers.add(seen)
        while ledgers.now.pending:
            # the energy tells silence from sound, which nobody asks for here
            ledgers.fill(0.0, matcher.heard(ledgers.now.next_slot))
        best = ledger.ranking[0] if ledger.ranking and not ledger.early else None
        confidence[k] = draw(surface, seen, best, clip.step)
    return np.clip(confidence, 0.0, 1.0, out=confidence)


def watch(frames: Sequence[VideoFrame], looker: Looker, vision: Vision) -> Iterator[Seen]:
    """What each frame showed."""
    for frame in frames:
        seen = vision.push(looker.push(frame))
        if seen is not None:
            yield seen
    last = vision.finish()
    if last is not None:
        yield last


def draw(surface: ConfidenceSurface, seen: Seen, best: Ranked | None, step: float) -> NDArray[np.float32]:
    """The confidence at a frame, `step` s after the one before."""
    height, width = seen.labels.shape[0], seen.labels.shape[1]
    mask = np.zeros((height, width), np.bool_)
    if best is not None and best.strength > 0:
        mask = thing_mask(seen.labels, seen.places, best.rows, seen.cell)
    acceleration = best.motion * width * step**2 if best else 0.0
    return surface.update(mask, 1.0, seen.frame.time, acceleration, (height, width))


def hear(clip: Clip) -> tuple[int, Curves]:
    """The first slot, and our sound curves float32 (slots, curves) from there to the clip's end."""
    curves = SoundCurves(LIVE.curves, RATE)
    curves.push(clip.sound)
    curves.ended = True
    first, last = int(clip.times[0] * RATE) - 1, int(clip.times[-1] * RATE) + 1
    return first, np.array([curves.take(slot)[1] for slot in range(first, last + 1)])


class CorrelationMatcher:
    """The mean correlation of each track's motion with the sound curves, at the lag that most agree on,
    remembered over the windows; takes the place of core/evidence.py's Correlator, but has no null."""

    ready = True

    def __init__(self, first: int, curves: Curves, rows: int, ranked: bool) -> None:
        """`curves` (slots, curves) of the whole clip from the slot `first` on; `ranked`: ranks for values."""
        self._first, self._curves = first, curves
        self._correlate = spearman if ranked else pearson
        self._motion = np.full((rows, round(OPTIONS.window * RATE)), np.nan, np.float32)
        self._slot = first
        self._lags = LagVotes(round(OPTIONS.max_lag * RATE))
        self._remembered = Fading(rows)

    @property
    def lag(self) -> float:
        """The lag in s that the best tracks have agreed on."""
        return self._lags.slots / RATE

    def heard(self, slots: int | NDArray[np.int64]) -> Curves:
        """The curves at the slots, (…, curves); beyond the clip those of its ends."""
        places = np.clip(np.asarray(slots) - self._first, 0, len(self._curves) - 1)
        return np.asarray(self._curves[places])

    def write(self, slot: int, motion: Row, motion_floor: Row, sound: Row, sound_floor: Row) -> None:
        """The next slot's `motion` (rows, descriptors), of which the magnitude counts; the sound is known,
        and correlation knows no floors."""
        self._motion[:, :-1] = self._motion[:, 1:]
        self._motion[:, -1] = motion[:, 0]
        self._slot = slot

    def turn_to(self, turn: Turn) -> None:
        """It knows no voices."""

    def spread(self) -> Row:
        """Standard deviation (rows,) of the motion in the window."""
        return np.asarray(np.nan_to_num(self._motion).std(axis=1))

    def score(self, hop: float, chosen: NDArray[np.int64], weights: Row) -> Scores:
        """Scores (rows,) -1 … 1 in the window that ends at the last slot, NaN where unknown; no null."""
        _, memory = LIVE.memory
        keep = float(np.exp(-hop / memory))
        self._remembered.fade(keep)
        if chosen.size:
            every = self._compare(self._motion[chosen])
            self._lags.vote(hop, every, weights)
            new = every[:, self._lags.place]
            known = np.isfinite(new)
            self._remembered.add(chosen[known], new[known].astype(np.float32), 1 - keep)
        real = self._remembered.mean
        return Scores(real, np.zeros((real.size, 0), np.float32), real, 1.0)

    def _compare(self, motion: Curves) -> NDArray[np.float64]:
        """Mean correlation over the curves at each lag, (n, lags); lag > 0: the sound comes later."""
        reach = self._lags.reach
        ends = self._slot + np.arange(-reach, reach + 1)
        windows = self.heard(ends[:, None] + np.arange(1 - motion.shape[1], 1))  # (lags, slots, curves)
        sounds = np.nan_to_num(windows).transpose(0, 2, 1).reshape(-1, motion.shape[1])
        every = self._correlate(motion, sounds).reshape(len(motion), len(ends), -1)
        return np.asarray(every.mean(axis=2))

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._remembered.clear(rows)
        self._motion[rows] = np.nan

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children inherit their parents' history and evidence."""
        self._remembered.copy(parents, children)
        self._motion[children] = self._motion[parents]


def pearson(motion: NDArray[np.floating], sounds: NDArray[np.floating]) -> NDArray[np.float64]:
    """Correlations (n, m) of `motion` (n, slots), NaN where unknown, with `sounds` (m, slots), over the slots
    that are known; 0 with a flat curve, NaN where too few are known."""
    known = np.isfinite(motion)
    count = known.sum(axis=1, keepdims=True)
    some = np.where(known, motion, 0.0).astype(np.float64)
    some -= np.where(known, some.sum(axis=1, keepdims=True) / np.maximum(count, 1), 0.0)
    others = sounds - sounds.mean(axis=1, keepdims=True).astype(np.float64)
    mean = known @ others.T / np.maximum(count, 1)
    variance = known @ (others**2).T / np.maximum(count, 1) - mean**2
    own = (some**2).sum(axis=1, keepdims=True) / np.maximum(count, 1)
    both = np.where((own > FLAT) & (variance > FLAT), own * variance, np.inf)
    result = some @ others.T / np.maximum(count, 1) / np.sqrt(both)
    return np.where(count >= LEAST_KNOWN * motion.shape[1], result, np.nan)


def spearman(motion: NDArray[np.floating], sounds: NDArray[np.floating]) -> NDArray[np.float64]:
    """The same between ranks."""
    return pearson(rankdata(motion, axis=1, nan_policy="omit"), rankdata(sounds, axis=1))
