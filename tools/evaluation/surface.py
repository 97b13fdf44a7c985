"""The paper's metrics (6.2): a confidence surface held against the truth at every threshold from 0 to 1."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

STEPS = 100
THRESHOLDS = np.arange(STEPS + 1) / STEPS
Curve = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curves:
    """Means over frames at every one of THRESHOLDS, each float64 (101,): precision and recall of the pixels
    whose confidence reaches the threshold; hit, the share of frames with precision > 0.5; detection, that
    with recall > 0.5. A frame without such a pixel counts as precision 0. NaN without frames."""

    precision: Curve
    recall: Curve
    hit: Curve
    detection: Curve


@dataclass(frozen=True, slots=True)
class Reading:
    """The curves at one threshold."""

    threshold: float
    precision: float
    recall: float
    hit: float
    detection: float


class SurfaceTally:
    """Adds up frames; those in which nothing visible sounds are left out, as recall has no meaning there."""

    def __init__(self) -> None:
        self.frames = 0
        self._sums = np.zeros((4, STEPS + 1))

    def add(self, confidence: NDArray[np.float32], truth: NDArray[np.bool_]) -> None:
        """One frame's confidence (h, w) in 0 … 1 and its true pixels bool (h, w)."""
        if not truth.any():
            return
        precision, recall = frame_curves(confidence, truth)
        self._sums += (precision, recall, precision > 0.5, recall > 0.5)
        self.frames += 1

    def curves(self) -> Curves:
        """The means so far."""
        return Curves(*(self._sums / self.frames if self.frames else np.full_like(self._sums, np.nan)))


def frame_curves(confidence: NDArray[np.float32], truth: NDArray[np.bool_]) -> tuple[Curve, Curve]:
    """Precision and recall of one frame at every threshold, float64 (101,) each."""
    # a little more than the value, as 0.29 * 100 is less than 29 in binary
    levels = np.clip(np.floor(confidence * STEPS + 1e-4), 0, STEPS).astype(np.intp)
    reached = at_least(np.bincount(levels.ravel(), minlength=STEPS + 1))
    common = at_least(np.bincount(levels[truth], minlength=STEPS + 1))
    return common / np.maximum(reached, 1), common / truth.sum()


def at_least(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many there are at a level or above it."""
    return np.asarray(counts[::-1].cumsum()[::-1])


def at_threshold(curves: Curves, threshold: float) -> Reading:
    """The curves there, interpolated between thresholds."""
    read = (np.interp(threshold, THRESHOLDS, curve) for curve in as_list(curves))
    return Reading(threshold, *(float(value) for value in read))


def at_recall(curves: Curves, wanted: float) -> Reading:
    """All curves at the threshold where the mean recall falls to `wanted`; that is how the paper's
    "hit@rec = 0.5" and "det@rec = 0.5" are read here. A recall that never falls so far is read at 1."""
    # np.interp wants growing places: the recall falls with the threshold
    threshold = float(np.interp(wanted, curves.recall[::-1], THRESHOLDS[::-1]))
    if np.isnan(curves.recall).any():
        return Reading(*[float("nan")] * 5)
    return at_threshold(curves, threshold)


def as_list(curves: Curves) -> list[Curve]:
    """The four in the order of Reading."""
    return [curves.precision, curves.recall, curves.hit, curves.detection]


def mean_curves(several: list[Curves]) -> Curves:
    """Their means, each weighing alike."""
    return Curves(*np.mean([as_list(curves) for curves in several], axis=0))


def curves_to_data(curves: Curves) -> dict[str, Any]:
    """The curves as JSON holds them."""
    names = ("precision", "recall", "hit", "detection")
    return {name: np.round(curve, 4).tolist() for name, curve in zip(names, as_list(curves), strict=True)}
