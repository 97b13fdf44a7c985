"""A ledger for each shot that is remembered: those that are not shown go on hearing.

So a shot that comes back finds what it knew, as old as it is by then, and other sound than its own.
"""

from copy import deepcopy

from .history import Row
from .ledger import Ledger
from .vision import Seen
from .voices import Turn


class Ledgers:
    """Keeps `now`, the ledger of the shot that the newest frame leads to."""

    def __init__(self, first: Ledger) -> None:
        """The `first` one has nothing in it yet."""
        self.now = first
        self._shot = 0
        self._of_shot = {0: first}

    def add(self, seen: Seen) -> None:
        """Take what a frame showed."""
        for ledger in self._of_shot.values():
            if ledger is self.now:
                ledger.add(seen)
            else:
                ledger.miss(seen)
        if seen.shots[0] != self._shot:
            self._enter(seen.shots[0])
        self._of_shot = {shot: ledger for shot, ledger in self._of_shot.items() if shot in seen.shots}
        self.now.go_on(seen)

    def _enter(self, shot: int) -> None:
        """The next frame is of this shot; frames of the one that is left still wait for its ledger."""
        known = shot in self._of_shot
        self.now = self._of_shot[shot] if known else deepcopy(self.now)  # what was heard belongs to both
        self._shot, self._of_shot[shot] = shot, self.now
        self.now.enter(known)

    def fill(self, energy: float, curves: Row, turn: Turn | None = None) -> None:
        """Fill the next slot of all with its sound, which may tell of a `turn`; rank when a hop is due."""
        for ledger in self._of_shot.values():
            ledger.fill(energy, curves, turn)

    def flush(self) -> None:
        """No more frames come: bring out the slots that wait for their neighbours."""
        for ledger in self._of_shot.values():
            ledger.flush()
