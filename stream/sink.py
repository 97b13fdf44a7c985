"""Where answers go: the protocol of every sink, and the values that only sinks see."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from ..core.values import Reason, Sighting, SoundBlock


@dataclass(frozen=True, slots=True)
class Header:
    """What a sink is told first: `uri` without password, picture size in px, rates in 1/s and Hz, `started`
    the wall clock (ISO 8601, UTC) of t = 0, `delay` declared in s, and the options in force."""

    uri: str
    width: int
    height: int
    frame_rate: float
    sound_rate: int
    started: str
    delay: float
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened at `time` s: `kind` is a word from the README's table, `text` one line."""

    time: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Absence:
    """The answer "nobody" where there is no frame to speak of: at `time` s, for `reason` lost_video or
    lost_sound. Whatever was marked before no longer holds."""

    time: float
    reason: Reason


def unmarked(last: Sighting, absence: Absence) -> Sighting:
    """The last picture once more, with nothing marked in it: for sinks that would go on showing its masks."""
    frame = replace(last.frame, time=max(absence.time, last.frame.time))
    return Sighting(frame, "nobody", absence.reason, None, None, lag=last.lag, delay=last.delay)


@dataclass(frozen=True, slots=True)
class End:
    """Why a session ended (`reason`: end, interrupted, lost, error) and its counts."""

    reason: str
    counts: Mapping[str, int] = field(default_factory=dict)


class Sink(Protocol):
    """Takes a session's answers. Calls come from one thread, `start` first and `close` last.

    Every method raises SinkError when the world refuses; `close` may be called twice.
    """

    def start(self, header: Header) -> None:
        """Open what is needed."""

    def take_sound(self, block: SoundBlock) -> None:
        """One block of the session's sound, in order."""

    def take(self, sighting: Sighting) -> None:
        """One answer, in order of time."""

    def absent(self, absence: Absence) -> None:
        """Picture or sound is missing; comes every second while it lasts."""

    def notice(self, notice: Notice) -> None:
        """Something worth a line happened."""

    def close(self, end: End) -> None:
        """Finish: what was written is whole and playable afterwards."""
