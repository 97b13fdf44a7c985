"""When a file of events is full, and what it is called then."""

import re
from datetime import UTC, datetime
from pathlib import Path

from ..core.errors import OptionError

UNITS = {"": 1, "k": 2**10, "M": 2**20, "G": 2**30}
LEAST = 10 * 2**10  # bytes: a header and some lines
DAY = "day"


class Rotation:
    """`day`, or a size as `500k`, `10M`, `1G`. Raises OptionError for another word."""

    def __init__(self, word: str) -> None:
        self._size: float = float("inf")
        self._daily = word == DAY
        self._date = datetime.now(UTC).date()
        if not self._daily:
            self._size = read_size(word)

    def begin(self, now: datetime) -> None:
        """A new file begins."""
        self._date = now.date()

    def is_due(self, size: int, now: datetime) -> bool:
        """Whether a file of `size` bytes should end before another line."""
        return size > self._size or (self._daily and now.date() != self._date)


def read_size(word: str) -> int:
    """`10M` -> bytes."""
    found = re.fullmatch(r"(\d{1,9})([kMG]?)", word)
    size = int(found[1]) * UNITS[found[2]] if found else 0
    if size < LEAST:
        raise OptionError(f"rotate={word}: want day, or a size of at least 10k, as 500k, 10M or 1G")
    return size


def put_aside(path: Path, now: datetime) -> Path:
    """Rename `events.jsonl` to `events-20261122T194700Z.jsonl`, or the next free name. Raises OSError."""
    stem = f"{path.stem}-{now:%Y%m%dT%H%M%SZ}"
    name, number = path.with_name(stem + path.suffix), 1
    while name.exists():
        number += 1
        name = path.with_name(f"{stem}-{number}{path.suffix}")
    path.rename(name)
    return name
