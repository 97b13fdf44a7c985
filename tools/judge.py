"""Answers held against the exact truth of a rendered scene."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..core.values import Sighting, SoundBlock
from ..stream.sink import Absence, End, Header, Notice

SETTLED = 4.0  # s that the method may take before its answers are judged
Packed = NDArray[np.uint8]  # (h, ceil(w / 8)), a bit a pixel: a minute of answers stays below 100 MB


@dataclass(frozen=True, slots=True)
class Verdict:
    """How an answer did: `precision`, the share of its mask that is true, and `overlap`, their IoU."""

    time: float
    precision: float
    overlap: float

    @property
    def right(self) -> bool:
        """Whether most of what was marked does sound."""
        return self.precision > 0.5


class Judge:
    """A sink that holds every answer's mask against `truth`, a scene's .npz (its form is in the README)."""

    def __init__(self, truth: Path) -> None:
        with np.load(truth) as arrays:
            self.truth: Packed = arrays["masks"]
        self.verdicts: list[Verdict] = []

    def start(self, header: Header) -> None:
        """Nothing to open."""

    def take_sound(self, block: SoundBlock) -> None:
        """Only masks are judged."""

    def take(self, sighting: Sighting) -> None:
        """Judge one answer."""
        height, width = sighting.frame.pixels.shape[:2]
        marked = np.zeros((height, width), bool)
        for mask in sighting.masks:
            marked |= mask
        verdict = compare(np.packbits(marked, axis=-1), self.truth[sighting.frame.index])
        self.verdicts.append(Verdict(sighting.frame.time, *verdict))

    def absent(self, absence: Absence) -> None:
        """There is nothing to judge."""

    def notice(self, notice: Notice) -> None:
        """Notices are not judged."""

    def close(self, end: End) -> None:
        """Nothing to close."""

    @property
    def settled(self) -> list[Verdict]:
        """The verdicts after the first SETTLED seconds."""
        return [verdict for verdict in self.verdicts if verdict.time >= SETTLED]

    @property
    def share_right(self) -> float:
        """The share of settled answers that are right."""
        return sum(verdict.right for verdict in self.settled) / max(1, len(self.settled))

    @property
    def mean_overlap(self) -> float:
        """The mean IoU of the settled answers; 0 for each that marks nothing."""
        return sum(verdict.overlap for verdict in self.settled) / max(1, len(self.settled))


def compare(marked: Packed, truth: Packed) -> tuple[float, float]:
    """Precision and intersection over union of two packed masks; 0 where nothing is marked."""
    common, union = (int(np.bitwise_count(pixels).sum()) for pixels in (marked & truth, marked | truth))
    count = int(np.bitwise_count(marked).sum())
    return common / count if count else 0.0, common / union if count else 0.0
