"""What the localizer saw and thought along the way, kept on request for reports."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .values import Reason, State

Decision = tuple[float, State, Reason | None, float | None, int | None]  # time, state, reason, p, best object


@dataclass(frozen=True, slots=True)
class Rank:
    """The best few objects at `time` s, best first; `motion` in picture widths / s²."""

    time: float
    objects: tuple[int, ...]
    scores: tuple[float, ...]
    p_values: tuple[float, ...]
    motion: tuple[float, ...]


@dataclass(slots=True)
class Trace:
    """Curves and scores in order of time: `times` s of the slots, `sound` float32 (curves,) at each of them,
    named by `curve_names`; `ranks` and `decisions` at times of their own."""

    curve_names: tuple[str, ...] = ()
    times: list[float] = field(default_factory=list)
    sound: list[NDArray[np.float32]] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def add_sound(self, time: float, values: NDArray[np.float32]) -> None:
        """The sound curves' values float32 (curves,) at a slot."""
        self.times.append(time)
        self.sound.append(values)

    def add_rank(
        self,
        time: float,
        objects: Sequence[int],
        scores: Sequence[float],
        p_values: Sequence[float],
        motion: Sequence[float],
    ) -> None:
        """The best few objects, best first, with parallel scores, p-values and motion."""
        self.ranks.append(Rank(time, tuple(objects), tuple(scores), tuple(p_values), tuple(motion)))

    def add_decision(
        self, time: float, state: State, reason: Reason | None, p_value: float | None, best: int | None
    ) -> None:
        """What was decided: state, reason, p-value and number of the best object."""
        self.decisions.append((time, state, reason, p_value, best))
