"""The regions of a picture, and what became of their rows on the way to the next one."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Changes:
    """What happened to the rows: first some were `cleared`, then `copied`, (parent, child) pairs of which no
    child is another one's parent."""

    copied: list[tuple[int, int]] = field(default_factory=list)
    cleared: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Regions:
    """The tracks' regions at one picture and the places behind them: `ids` int64 (rows,) of the tracks, -1
    where a row is free and 0 for a place, `areas` (rows,) px² and `centres` (rows, 2) px, both in pixels of
    the size that was begun with."""

    ids: NDArray[np.int64]
    areas: NDArray[np.int32]
    centres: NDArray[np.float32]


def resize_labels(labels: NDArray[np.int32], height: int, width: int) -> NDArray[np.int32]:
    """The labels of a picture in one of `height` x `width` px: each pixel has that of the nearest one."""
    rows = ((np.arange(height) + 0.5) * labels.shape[0] / height).astype(np.int64)
    columns = ((np.arange(width) + 0.5) * labels.shape[1] / width).astype(np.int64)
    return np.asarray(labels[rows[:, None], columns], np.int32)
