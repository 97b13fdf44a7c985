"""The paper's tracker in the place of ours: every picture segmented anew, regions matched to tracks (4.2)."""

import numpy as np
from numpy.typing import NDArray

from .flow import Flow
from .match import MatchedTracks
from .regions import Changes, resize_labels
from .segment import segment_picture, total_regions

ROWS = 512  # tracks that are remembered at once: 25 regions a picture, forgotten after 3 s


class PaperTracker:
    """Labels of the picture that was settled last, by rows; the same face as `track.Tracker`."""

    def __init__(self, height: int, width: int, scale: float) -> None:
        """A tracker for pictures of `height` x `width` px, `scale` times as fine as one of width 320."""
        self.cell = (height * width / 25) ** 0.5  # side of one of the paper's 25 segments
        self.rows = ROWS
        self.labels = np.full((height, width), -1, np.int32)
        self.ids = np.full(ROWS, -1, np.int64)
        self.areas = np.zeros(ROWS, np.int32)
        self.centres = np.zeros((ROWS, 2), np.float32)
        self._matched = MatchedTracks()

    def resize(self, height: int, width: int, factor: float) -> None:
        """From the next picture on they are `height` x `width` px, `factor` times as fine as the last ones;
        every track goes on."""
        self.cell *= factor
        self.labels = resize_labels(self.labels, height, width)
        self._matched.resize(factor)

    def start(self, luv: NDArray[np.float32]) -> Changes:
        """Forget everything."""
        self._matched.clear()
        self.ids[:] = -1
        return Changes(cleared=list(range(self.rows)))

    def settle(self, luv: NDArray[np.float32], flow: Flow) -> Changes:
        """Segment the picture `luv` (h, w, 3), whose `flow` both ways is known now, and match its regions."""
        segments = segment_picture(luv, flow.displacement())
        names = self._matched.update(segments, luv)
        changes = self._forget()
        row_of = {int(name): row for row, name in enumerate(self.ids) if name >= 0}
        for name in np.unique(names).tolist():
            if name not in row_of:
                row_of[name] = int(np.flatnonzero(self.ids < 0)[0])
                self.ids[row_of[name]] = name
        lookup = np.zeros(int(names.max()) + 1, np.int32)
        for name, row in row_of.items():
            if name < lookup.size:
                lookup[name] = row
        self.labels = lookup[names]
        sums = total_regions(self.labels, luv, ROWS)
        self.areas = sums[:, 0].astype(np.int32)
        self.centres = (sums[:, 1:3] / np.maximum(sums[:, :1], 1)).astype(np.float32)
        return changes

    def _forget(self) -> Changes:
        gone = np.flatnonzero((self.ids >= 0) & ~np.isin(self.ids, self._matched.ids))
        self.ids[gone] = -1
        return Changes(cleared=gone.tolist())

    def advance(
        self,
        luv: NDArray[np.float32],
        backward: NDArray[np.float32],
        forward: NDArray[np.float32],
        time: float,
    ) -> Changes:
        """Nothing is carried to the next picture."""
        return Changes()
