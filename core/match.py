"""The paper's region tracks (4.2): each picture is segmented anew, its regions matched by place and looks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .appearance import cosine_similarity, luv_histograms
from .segment import PAPER_WIDTH, total_regions


@dataclass(slots=True)
class Known:
    """A track: its last centroid (x, y) px, summed histogram (125,) and the update it was last seen in."""

    centre: NDArray[np.float64]
    looks: NDArray[np.float64]
    seen: int


class MatchedTracks:
    """Gives regions the ids of the tracks they belong to.

    `radius` px at width 320 (paper, Table 1) is how far a region may lie from the track's last centroid;
    `similarity` the cosine that its LUV histogram must exceed with the track's average one (the paper gives
    no figure). A track not seen for `memory` updates, 3 s at 30 a second, is forgotten; the paper's live on.
    """

    def __init__(self, radius: float = 55, similarity: float = 0.8, memory: int = 90) -> None:
        self.radius, self.similarity, self.memory = radius, similarity, memory
        self._known: dict[int, Known] = {}
        self._updates = 0
        self._next = 0

    @property
    def ids(self) -> tuple[int, ...]:
        """The tracks that are remembered, seen just now or not."""
        return tuple(self._known)

    def update(self, labels: NDArray[np.int32], luv: NDArray[np.float32]) -> NDArray[np.int32]:
        """Track ids int32 (h, w) for the regions `labels` (h, w), 0 … n - 1, of a picture `luv` (h, w, 3).

        Every region goes to the most similar track in reach, several may go to one; else it starts a track.
        """
        count = int(labels.max(initial=-1)) + 1
        sums = total_regions(labels, luv, count)[:, :3]
        histograms = luv_histograms(labels=labels, luv=luv, count=count)
        ids = self._match(sums[:, 1:] / sums[:, :1], histograms, self.radius * labels.shape[1] / PAPER_WIDTH)
        self._learn(ids, sums, histograms)
        self._retire()
        return ids[labels]

    def resize(self, factor: float) -> None:
        """From here on places are told in pictures this many times as fine."""
        for known in self._known.values():
            known.centre *= factor

    def clear(self) -> None:
        """Forget all tracks, as a shot cut wants; ids go on counting."""
        self._known.clear()

    def _match(
        self, centres: NDArray[np.float64], histograms: NDArray[np.float32], radius: float
    ) -> NDArray[np.int32]:
        """The track of each region, int32 (n,)."""
        fresh = np.arange(self._next, self._next + len(centres), dtype=np.int32)
        if not self._known or not len(centres):
            return fresh
        tracks = np.array(list(self._known), np.int32)
        places = np.array([known.centre for known in self._known.values()])
        # a cosine is the same with the sum of the histograms as with their average
        looks = np.array([known.looks for known in self._known.values()])
        alike = cosine_similarity(histograms[:, None], looks[None])
        alike[np.linalg.norm(centres[:, None] - places[None], axis=2) > radius] = -1
        best = alike.argmax(axis=1)
        return np.where(alike.max(axis=1) > self.similarity, tracks[best], fresh)

    def _learn(
        self, ids: NDArray[np.int32], sums: NDArray[np.float64], histograms: NDArray[np.float32]
    ) -> None:
        """Add this picture's regions to their tracks; regions of one track have one centroid together."""
        self._updates += 1
        for track in np.unique(ids).tolist():
            own = ids == track
            area, x, y = sums[own].sum(axis=0)
            known = self._known.get(track)
            before = known.looks if known else 0.0
            looks = before + histograms[own].sum(axis=0, dtype=np.float64)
            self._known[track] = Known(np.array([x / area, y / area]), looks, self._updates)
        self._next = max(self._next, int(ids.max(initial=-1)) + 1)

    def _retire(self) -> None:
        """Forget the tracks that were not seen for too long."""
        for track in [id for id, known in self._known.items() if self._updates - known.seen >= self.memory]:
            del self._known[track]
