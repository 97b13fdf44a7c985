"""What is remembered, over the windows, of how rows went with the sound: with each voice of late."""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from .fading import Fading
from .history import Rows
from .voices import Turn


class Remembered:
    """Means of the scores by codes, `real` (rows,) and `nulls`, each (rows, its draws), and of the
    `correlation` (rows, descriptors, curves)."""

    def __init__(self, rows: int, draws: NDArray[np.int64], descriptors: int, curves: int) -> None:
        """Nothing yet; the null is kept in parts of so many `draws`."""
        self.real = Fading(rows)
        self.nulls = [Fading(rows, int(size)) for size in draws]
        self.correlation = Fading(rows, descriptors, curves)
        self._tables = (self.real, self.correlation, *self.nulls)

    def fade(self, keep: float, keep_correlation: float) -> None:
        """Let everything so far count so many times as much, 0 … 1."""
        for table in (self.real, *self.nulls):
            table.fade(keep)
        self.correlation.fade(keep_correlation)

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """Which rows have all parts of their null, (rows,)."""
        return np.asarray(np.all([part.weight > 0 for part in self.nulls], axis=0))

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children remember what their parents do."""
        for table in self._tables:
            table.copy(parents, children)

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        for table in self._tables:
            table.clear(rows)


class RememberedVoices:
    """Keeps what is remembered of the voice that is heard `now`, and of others for when they come back."""

    def __init__(self, rows: int, draws: NDArray[np.int64], descriptors: int, curves: int) -> None:
        """As one voice is remembered."""
        self._nothing = partial(Remembered, rows, draws, descriptors, curves)
        self.now = self._nothing()
        self._voice = 0
        self._others: dict[int, Remembered] = {}

    def turn_to(self, turn: Turn) -> bool:
        """Another voice is heard now; returns whether anything is known of it."""
        self._others[self._voice] = self.now
        back = self._others.pop(turn.voice, None)
        self._voice, self.now = turn.voice, back or self._nothing()
        self._others = {voice: own for voice, own in self._others.items() if voice in turn.known}
        return back is not None and bool((back.real.weight > 0).any())

    def copy(self, parents: Rows, children: Rows) -> None:
        """Of all voices, children remember what their parents do."""
        for remembered in (self.now, *self._others.values()):
            remembered.copy(parents, children)

    def clear(self, rows: Rows) -> None:
        """Forget rows, of all voices."""
        for remembered in (self.now, *self._others.values()):
            remembered.clear(rows)
