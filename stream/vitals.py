"""Vitals: how a session in real time is doing, told every second to whoever watches, every minute to all."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from math import log10
from pathlib import Path
from statistics import fmean, pstdev

from .sink import Notice
from .summary import Tally, percentiles

SECOND, MINUTE = 1.0, 60.0
LEAST_LAG_DOUBT = 1 / 60  # s: lags are searched in steps of 1/30 s
QUIET = 1e-10  # mean square: -100 dB of full scale
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class ClockState:
    """How the clocks stand: `offset` s by which the sound is dated earlier than the source says,
    `uncertainty` s of the dating, drift of the picture's and the sound's clock against this machine's in
    parts of 1."""

    offset: float
    uncertainty: float
    picture_drift: float
    sound_drift: float


@dataclass(frozen=True, slots=True)
class Vitals:
    """How a session is doing at `time` s of it.

    Counts since its start; pictures are looked at `width` px wide, one in `every` of them; over the last
    second `frame_rate` and `answer_rate` in 1/s and the sound's `level` in dB of full scale, None without
    sound; `clocks` of a live source; `lag` s with `lag_doubt`; delays in s from the moment a frame is due to
    its answer; `state` and `reason` of the newest answer, empty before it; `memory` in MB, None where the
    system does not tell.
    """

    time: float
    frames: int
    analysed: int
    skipped: int
    sound_dropped: int
    answers_dropped: int
    width: int
    every: int
    frame_rate: float
    answer_rate: float
    level: float | None
    clocks: ClockState | None
    lag: float
    lag_doubt: float
    delay_p50: float | None
    delay_p95: float | None
    state: str
    reason: str | None
    memory: float | None


class Pulse:
    """Calls `watch` with the Vitals every second and gives a notice every minute. `now` tells the session's
    time in s, `clocks` how its clocks stand."""

    def __init__(
        self,
        tally: Tally,
        now: Callable[[], float],
        clocks: Callable[[], ClockState | None],
        watch: Callable[[Vitals], None] | None,
    ) -> None:
        self._tally = tally
        self._now = now
        self._clocks = clocks
        self._watch = watch
        self._second = self._minute = now()
        self._before = (0, 0)  # frames and answers at the last beat

    def beat(self) -> list[Notice]:
        """To be called some times a second: what is to be told."""
        now = self._now()
        passed = now - self._second
        if passed < SECOND:
            return []
        self._second = now
        vitals = self._vitals(now, passed)
        if self._watch is not None:
            self._watch(vitals)
        if now - self._minute < MINUTE:
            return []
        self._minute = now
        return [Notice(now, "alive", vitals_to_line(vitals))]

    def _vitals(self, now: float, passed: float) -> Vitals:
        tally = self._tally
        counts = (tally.frames, tally.sightings)
        frames, answers = (count - before for count, before in zip(counts, self._before, strict=True))
        self._before = counts
        power = tally.take_power()
        return Vitals(
            time=now,
            frames=counts[0],
            analysed=tally.analysed,
            skipped=tally.skipped,
            sound_dropped=tally.sound_dropped,
            answers_dropped=tally.answers_dropped,
            width=tally.width,
            every=tally.every,
            frame_rate=frames / passed,
            answer_rate=answers / passed,
            level=None if power is None else 10 * log10(max(power, QUIET)),
            clocks=self._clocks(),
            lag=fmean(tally.lags) if tally.lags else 0.0,
            lag_doubt=max(LEAST_LAG_DOUBT, pstdev(tally.lags)) if tally.lags else 0.0,
            delay_p50=percentiles(tally.recent)[0],
            delay_p95=percentiles(tally.recent)[1],
            state=tally.state,
            reason=tally.reason,
            memory=memory_used(),
        )


def vitals_to_line(vitals: Vitals) -> str:
    """`30.0 frames/s, 29.9 answers/s, 2 dropped; sound -31 dB; offset +0.000 s ± 2 ms; …; 310 MB`."""
    dropped = vitals.skipped + vitals.sound_dropped + vitals.answers_dropped
    words = [
        f"{vitals.frame_rate:.1f} frames/s, {vitals.answer_rate:.1f} answers/s, {dropped} dropped",
        "no sound" if vitals.level is None else f"sound {vitals.level:.0f} dB",
    ]
    if vitals.clocks is not None:
        clocks = vitals.clocks
        words.append(f"offset {clocks.offset:+.3f} s ± {1000 * clocks.uncertainty:.0f} ms")
    if vitals.delay_p95 is not None:
        words.append(f"delay {vitals.delay_p50:.2f} s, {vitals.delay_p95:.2f} s (95 %)")
    if vitals.memory is not None:
        words.append(f"{vitals.memory:.0f} MB")
    return "; ".join(words)


def memory_used() -> float | None:
    """What this process holds of the machine's memory, in MB; None where there is no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE
