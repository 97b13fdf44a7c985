"""What a ledger asks of that which scores its tracks: `Correlator`, or the correlation of the baselines."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .evidence import Scores
from .history import Row, Rows
from .voices import Turn


class Matcher(Protocol):
    """Scores tracks by how their motion goes with the sound; `Correlator` says what each part means."""

    @property
    def lag(self) -> float:
        """Of the sound, s."""

    @property
    def ready(self) -> bool:
        """Whether it can score."""

    def write(self, slot: int, motion: Row, motion_floor: Row, sound: Row, sound_floor: Row) -> None:
        """Take the next slot, `motion` (rows, descriptors)."""

    def turn_to(self, turn: Turn) -> None:
        """Another voice is heard, since some slots."""

    def spread(self) -> Row:
        """How much each track moves unevenly, (rows,)."""

    def score(self, hop: float, chosen: NDArray[np.int64], weights: Row) -> Scores:
        """Score the `chosen` rows (n,), `hop` s after the last time."""

    def clear(self, rows: Rows) -> None:
        """Forget tracks."""

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let tracks inherit."""
