"""The picture's own cells: places stand still while tracks move.

What passes too fast, or blurred, loses its tracks, and what is begun anew has no history: a hammer that
crosses a quarter of the picture between two frames is known only by where it strikes. So motion is measured
for the cells of a fixed grid as well, each in a row of its own behind those of the tracks. Under a moving
camera a place sees one thing after another; tracks do not.
"""

import numpy as np


class Places:
    """The cells of a fixed grid over the picture. `labels` int32 (h, w) are their rows; `areas` (count,) px²
    and `centres` (count, 2) px stay those of the size that was begun with."""

    def __init__(self, height: int, width: int, cell: float | None, first: int) -> None:
        """Places about `cell` px wide in a picture of `height` x `width` px, their rows from `first` on; none
        where `cell` is None."""
        self._down, self._across = (
            0 if cell is None else min(side, max(1, round(side / cell))) for side in (height, width)
        )
        self._first = first
        self.count = self._down * self._across
        self.resize(height, width)
        rows = self.labels.ravel() - first
        y, x = np.divmod(np.arange(self.labels.size), width)
        sums = [np.bincount(rows, weights) for weights in (None, x, y)] if self.count else np.zeros((3, 0))
        self.areas = np.asarray(sums[0], np.int32)
        self.centres = np.stack([sums[1] / self.areas, sums[2] / self.areas], axis=1).astype(np.float32)

    def resize(self, height: int, width: int) -> None:
        """From here on pictures are `height` x `width` px."""
        if not self.count:
            self.labels = np.full((height, width), -1, np.int32)
            return
        down, across = (
            np.arange(side) * cells // side for side, cells in ((height, self._down), (width, self._across))
        )
        self.labels = np.add.outer(self._first + down * self._across, across).astype(np.int32)
