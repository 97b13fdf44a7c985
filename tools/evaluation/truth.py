"""NAME.json beside a clip: what sounds where, drawn by a person (its form is in the README)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.errors import SourceError

FORM = 'want {"sources": [{"t0": s, "t1": s, "x0": …, "y0": …, "x1": …, "y1": …}]}, places from 0 to 1'


@dataclass(frozen=True, slots=True)
class TrueBox:
    """A place that sounds from `t0` to `t1` s of the clip; its edges are shares of the picture's size."""

    t0: float
    t1: float
    x0: float
    y0: float
    x1: float
    y1: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the place lies in the box."""
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


@dataclass(frozen=True, slots=True)
class ClipTruth:
    """The boxes of a clip; without any, nothing visible sounds."""

    boxes: tuple[TrueBox, ...]

    def active(self, time: float) -> list[TrueBox]:
        """The boxes that sound at `time` s of the clip: each of them is right."""
        return [box for box in self.boxes if box.t0 <= time <= box.t1]

    def judge(self, time: float, place: tuple[float, float] | None) -> bool | None:
        """Whether the place, in shares of the picture, lies in what sounds; None where nothing does."""
        active = self.active(time)
        if not active:
            return None
        return place is not None and any(box.holds(*place) for box in active)


def read_truth(clip: Path) -> ClipTruth | None:
    """The truth beside a clip, or None where there is none. Raises SourceError for another form."""
    path = clip.with_suffix(".json")
    if not path.exists():
        return None
    try:
        return ClipTruth(tuple(to_box(entry) for entry in json.loads(path.read_text("utf-8"))["sources"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        why = f"{type(error).__name__} {error}"
        raise SourceError(f"truth={path}: {why}; {FORM}") from error


def to_box(entry: Mapping[str, Any]) -> TrueBox:
    """A box of the file. Raises KeyError, TypeError or ValueError for another form."""
    box = TrueBox(*(float(entry[name]) for name in ("t0", "t1", "x0", "y0", "x1", "y1")))
    if not (box.t0 < box.t1 and 0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1):
        raise ValueError("a box without room")
    return box
