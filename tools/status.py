"""A person's and a machine's view of a live session: a status line on a terminal, `--stats FILE` as JSON."""

import json
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..stream.events import plain
from ..stream.vitals import Vitals
from .files import not_written, whole_file

DIGITS = 6
MILLION = 1e6


class Status:
    """Called with the Vitals every second: writes the status line if it is to be `shown` and a terminal is
    there, and puts them into `stats`, a file that always holds the newest ones whole. Raises SinkError for a
    place that cannot be written."""

    def __init__(self, stats: str | None, shown: bool) -> None:
        self._stats = None if stats is None else Path(stats)
        self.shown = shown and sys.stderr.isatty()
        self._width = 0

    def __call__(self, vitals: Vitals) -> None:
        """Show and write them."""
        if self._stats is not None:
            write_whole(self._stats, json.dumps(vitals_to_json(vitals)) + "\n")
        if self.shown:
            line = vitals_to_status(vitals)[: shutil.get_terminal_size().columns - 1]
            self._put("\r" + line.ljust(self._width))
            self._width = len(line)

    def close(self) -> None:
        """Leave the line as it stands."""
        if self._width:
            self._put("\n")
            self._width = 0

    def _put(self, text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()


def vitals_to_json(vitals: Vitals) -> dict[str, Any]:
    """The fields of `--stats`: those of Vitals, numbers with six digits; drifts in parts per million."""
    told = asdict(vitals)
    clocks = told.pop("clocks") or {}
    for name in ("picture_drift", "sound_drift"):
        if name in clocks:
            clocks[name] *= MILLION
    told = {**told, **clocks}
    return {
        name: plain(round(value, DIGITS) if isinstance(value, float) else value)
        for name, value in told.items()
    }


def vitals_to_status(vitals: Vitals) -> str:
    """The status line: the answer first, for the end may not fit."""
    dropped = vitals.skipped + vitals.sound_dropped + vitals.answers_dropped
    words = [
        f"{vitals.time:.0f} s {vitals.state or 'waiting'}{' ' + vitals.reason if vitals.reason else ''}",
        f"{vitals.frame_rate:.0f} in {vitals.answer_rate:.0f} out {dropped} dropped",
        f"{vitals.width} px" + (f" 1 in {vitals.every}" if vitals.every > 1 else ""),
        "no sound" if vitals.level is None else f"{vitals.level:.0f} dB",
    ]
    if vitals.delay_p50 is not None and vitals.delay_p95 is not None:
        words.append(f"delay {1000 * vitals.delay_p50:.0f}/{1000 * vitals.delay_p95:.0f} ms")
    words.append(f"lag {1000 * vitals.lag:+.0f}±{1000 * vitals.lag_doubt:.0f} ms")
    if vitals.clocks is not None:
        clocks = vitals.clocks
        words.append(f"offset {1000 * clocks.offset:+.0f}±{1000 * clocks.uncertainty:.0f} ms")
        words.append(f"drift {MILLION * (clocks.sound_drift - clocks.picture_drift):+.0f} ppm")
    return " | ".join(words)


def write_whole(path: Path, text: str) -> None:
    """Replace the file's content at once, so that a reader never sees a part. Raises SinkError."""
    try:
        with whole_file(path) as part:
            part.write_text(text)
    except OSError as error:
        raise not_written("stats", path, error) from error
