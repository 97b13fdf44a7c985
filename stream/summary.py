"""What a session did: counted while it runs, told at its end."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from ..core.errors import SourceLost
from ..core.values import Sighting, SoundBlock, VideoFrame
from .sink import Absence, Notice

Ending = Literal["end", "interrupted", "lost", "error"]
REMEMBERED = 100_000  # delays kept for the percentiles: an hour at 30 1/s
RECENT = 900  # the same for those of the moment: half a minute
TOLD = 1000  # notices kept: a session may last for months


@dataclass(frozen=True, slots=True)
class Summary:
    """What a session did.

    `frames` came in, of which `analysed` + `skipped`; `media_seconds` of the medium took `wall_seconds`.
    `found_after`: s from the first frame to the first one in which a source was named, or None. `delay_p50`
    and `delay_p95`: s from the moment a frame is due to the answer for it, with the declared delay in it;
    None unless in real time. `reason` is end, interrupted or lost; `error` says how it was lost.
    """

    frames: int
    analysed: int
    skipped: int
    sightings: int
    media_seconds: float
    wall_seconds: float
    found_after: float | None
    delay_p50: float | None
    delay_p95: float | None
    reason: Ending
    notices: tuple[Notice, ...] = ()
    error: SourceLost | None = None


@dataclass(slots=True)
class Tally:
    """The running counts of a session; `begun` is the clock at its start in s."""

    begun: float
    analysed: int = 0
    overrun: int = 0  # frames that came too early for the analysis, and
    left_out: int = 0  # those that it chose to do without
    width: int = 0  # px, the analysis width in force, and
    every: int = 1  # one in how many frames is analysed
    sound_dropped: int = 0
    answers_dropped: int = 0
    sightings: int = 0
    first: float | None = None
    latest: float = 0.0
    found: float | None = None
    delays: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    lags: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    state: str = ""
    reason: str | None = None
    power: tuple[float, int] = (0.0, 0)  # sum of squares and number of the samples not yet asked for
    notices: deque[Notice] = field(default_factory=lambda: deque(maxlen=TOLD))
    told: Counter[str] = field(default_factory=Counter)

    @property
    def skipped(self) -> int:
        """Frames that were not analysed."""
        return self.overrun + self.left_out

    @property
    def frames(self) -> int:
        """All that came in."""
        return self.analysed + self.skipped

    def add_frame(self, frame: VideoFrame) -> None:
        """A frame goes to the analysis."""
        self.analysed += 1
        self.first = frame.time if self.first is None else self.first
        self.latest = frame.time

    def add_sighting(self, sighting: Sighting, late: float | None) -> None:
        """An answer came, in real time so many seconds after its frame was due."""
        self.sightings += 1
        self.state, self.reason = sighting.state, sighting.reason
        self.lags.append(sighting.lag)
        if late is not None:
            self.delays.append(late)
            self.recent.append(late)
        if self.found is None and sighting.state == "found":
            self.found = sighting.frame.time

    def add_absence(self, absence: Absence) -> None:
        """It was told that something is missing."""
        self.state, self.reason = "nobody", absence.reason

    def add_sound(self, block: SoundBlock) -> None:
        """A block goes to the analysis."""
        total, count = self.power
        self.power = (total + float(np.square(block.samples).sum()), count + block.samples.size)

    def take_power(self) -> float | None:
        """The mean square of the sound since this was last asked; None when there was none."""
        (total, count), self.power = self.power, (0.0, 0)
        return total / count if count else None

    def drops(self) -> dict[str, tuple[int, str, str]]:
        """By the kind of its notice: how much was dropped, what, and why."""
        return {
            "dropped_frames": (self.skipped, "frames skipped", "the analysis is slower than the picture"),
            "dropped_sound": (self.sound_dropped, "blocks of sound skipped", "the analysis was held up"),
            "dropped_answers": (
                self.answers_dropped,
                "answers not shown or recorded",
                "an output is too slow",
            ),
        }

    def take_drops(self) -> list[tuple[str, str]]:
        """Kind and line of every drop that has grown since it was last told."""
        grown = {kind: drop for kind, drop in self.drops().items() if drop[0] > self.told[kind]}
        self.told.update({kind: count for kind, (count, _, _) in grown.items()})
        return [(kind, f"{what}: {count}; {why}") for kind, (count, what, why) in grown.items()]

    def counts(self, faults: Mapping[str, int]) -> dict[str, int]:
        """The counts for the sinks' End, with what the source left out."""
        dropped = {
            kind: count for kind, (count, *_) in self.drops().items() if kind != "dropped_frames" and count
        }
        return {
            "frames": self.frames,
            "analysed": self.analysed,
            "skipped": self.skipped,
            "sightings": self.sightings,
            **dropped,
            **faults,
        }

    def summary(self, now: float, frame_rate: float, reason: Ending, error: SourceLost | None) -> Summary:
        """The whole, at the clock's `now` s."""
        first = self.latest if self.first is None else self.first
        p50, p95 = percentiles(self.delays)
        return Summary(
            frames=self.frames,
            analysed=self.analysed,
            skipped=self.skipped,
            sightings=self.sightings,
            media_seconds=self.latest - first + (1 / frame_rate if self.analysed else 0.0),
            wall_seconds=now - self.begun,
            found_after=None if self.found is None else self.found - first,
            delay_p50=p50,
            delay_p95=p95,
            reason=reason,
            notices=tuple(self.notices),
            error=error,
        )


def percentiles(delays: Sequence[float]) -> tuple[float | None, float | None]:
    """The median and the 95th percentile, or None without any."""
    if not delays:
        return None, None
    p50, p95 = np.percentile(np.asarray(delays), (50, 95))
    return float(p50), float(p95)
