"""A decision about what was seen -> the sighting, in pixels of the source."""

import numpy as np
from numpy.typing import NDArray

from .confidence import ConfidenceSurface
from .decide import Decision
from .mask import describe_mask, enlarge_mask, thing_mask
from .rank import Ranked
from .values import Candidate, Sighting
from .vision import Seen


class Describer:
    """Describes decisions, one frame after another."""

    def __init__(self, height: int, width: int, heatmap: bool) -> None:
        """Pictures are looked at in `height` x `width` px; `heatmap`: with the confidence surface."""
        self._surface = ConfidenceSurface(height, width) if heatmap else None

    def describe(self, seen: Seen, step: float, decision: Decision, lag: float, delay: float) -> Sighting:
        """What was decided when a frame was `seen`, frames being `step` s apart in the mean; `lag` and
        `delay` in s as they are told."""
        height, width = seen.frame.pixels.shape[:2]
        shown = [candidate_of(entry, seen) for entry in decision.shown]
        best = shown[0][0] if shown else None
        named = shown[: len(decision.sounders)]
        return Sighting(
            seen.frame,
            decision.state,
            decision.reason,
            best.p_value if best else None,
            best,
            tuple(candidate for candidate, _ in named),
            tuple(enlarge_mask(mask, height, width) for _, mask in named),
            self._confidence(seen, step, decision, [mask for _, mask in shown]),
            lag,
            delay,
        )

    def _confidence(
        self, seen: Seen, step: float, decision: Decision, masks: list[NDArray[np.bool_]]
    ) -> NDArray[np.float32] | None:
        """In the `masks` (h, w) of what is shown, if that is asked for."""
        if self._surface is None:
            return None
        union = np.zeros(seen.labels.shape, np.bool_)
        for mask in masks:
            union |= mask
        fastest = max((entry.motion for entry in decision.shown), default=0.0)
        motion = fastest * seen.labels.shape[1] * step**2
        size = seen.frame.pixels.shape[:2]
        return self._surface.update(union, decision.confidence, seen.frame.time, motion, size)


def candidate_of(entry: Ranked, seen: Seen) -> tuple[Candidate, NDArray[np.bool_]]:
    """A ranked object as it was `seen`, and its mask (h, w) in analysis px."""
    height, width = seen.frame.pixels.shape[:2]
    mask = thing_mask(seen.labels, seen.places, entry.rows, seen.cell)
    scale = width / mask.shape[1], height / mask.shape[0]
    return describe_mask(mask, entry.object, entry.score, entry.p_value, scale), mask
