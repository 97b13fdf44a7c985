"""Tracks and places, frame by frame -> the objects that they form."""

import numpy as np
from numpy.typing import NDArray

from .activity import first_of_both
from .grouping import mean_paths, rows_of
from .history import Rows
from .objects import NOBODY, Objects
from .proof import Proof
from .regions import Regions
from .together import Velocities
from .vision import Seen

STILL_SPEED = 0.005  # picture widths/s, root mean square: slower rows are not grouped
TOGETHER_SECONDS = 1.2  # over which rows must have moved together to be one object
LATE_SECONDS = 0.3  # over which a track that stands still is torn off its object, when that moves at
MOVING_SPEED = 0.03  # picture widths/s, root mean square
MOST_GROUPED = 240  # tracks, and as many places
# Of its object's speed: a track that goes along more slowly than this while its object moves is none of it.
LEFT_BEHIND = 0.12
# Of its object's speed: what goes another way at least so fast is a part of it all the same, as a mouth that
# closes while its head nods. Without that eleven scenes with two seeds are right in 0.81 instead of 0.82 of
# frames, talk.pan in 0.67 instead of 0.74.
OWN_WAY = 0.5


class Assembly:
    """Knows how every row moved of late, as far as that is to be believed, and groups them when asked."""

    def __init__(self, rows: int, cell: float, rate: float, places: int = 0) -> None:
        """`rows` of tracks, whose regions are `cell` px wide, and behind them of so many `places`, at about
        `rate` frames a second."""
        self._tracks = rows - places
        count = round(TOGETHER_SECONDS * rate)
        self._late = round(LATE_SECONDS * rate)
        self._objects = Objects(rows, cell, places)
        self._velocities = Velocities(rows, count)
        self._proof = Proof(rows, count)
        self._tables = (self._objects, self._velocities, self._proof)

    @property
    def of_row(self) -> NDArray[np.int64]:
        """The object of each row, (rows,); NOBODY where it belongs to none."""
        return self._objects.of_row

    @property
    def reach(self) -> float:
        """How far apart, in px, what lies side by side may be."""
        return self._objects.reach

    @property
    def believed(self) -> NDArray[np.float32]:
        """How far each row's motion is to be believed, 0 … 1 (rows,)."""
        return self._proof.share

    def speeds(self) -> NDArray[np.float32]:
        """Root mean square of each row's speed as far as believed, (rows,) picture widths/s."""
        return np.asarray(self.believed * np.sqrt(self._velocities.energy()), np.float32)

    def add(self, seen: Seen) -> None:
        """Take the next frame that showed motion."""
        assert seen.motion is not None
        self._velocities.add(seen.motion.velocity)
        self._proof.add(seen.gains)

    def group(self, chosen: NDArray[np.int64], regions: Regions) -> NDArray[np.int64]:
        """Group the `chosen` rows (n,) and all others that move, also those that have too little texture to
        be scored; returns the tracks that stood still while their object moved: they are none of it. Of a
        place, it says nothing that a thing has left it."""
        speeds = np.where((regions.ids >= 0) & (regions.areas > 0), self.speeds(), 0)
        moving = first_of_both(speeds, self._tracks, MOST_GROUPED)
        moving = np.union1d(moving[speeds[moving] > STILL_SPEED], chosen)
        stood = self._stood(moving, regions)
        torn, moving = moving[stood & (moving < self._tracks)], moving[~stood]
        if moving.size:
            paths = self._velocities.paths(moving) * self.believed[moving, None]
            self._objects.regroup(moving, paths, regions.centres[moving], regions.areas[moving])
        return torn

    def _stood(self, moving: NDArray[np.int64], regions: Regions) -> NDArray[np.bool_]:
        """Which of the `moving` rows (n,) stood still of late while their object moved."""
        latest = self._velocities.newest(moving, self._late) * self.believed[moving, None]
        return left_behind(self.of_row[moving], latest, regions.areas[moving], MOVING_SPEED**2)

    def leave_alone(self, chosen: NDArray[np.int64], regions: Regions) -> None:
        """Let each of the `chosen` tracks (n,) be an object of its own, as in the paper."""
        self.of_row[:] = NOBODY
        self.of_row[chosen] = regions.ids[chosen]

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        for table in self._tables:
            table.clear(rows)

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let rows inherit."""
        for table in self._tables:
            table.copy(parents, children)


def left_behind(
    objects: NDArray[np.int64], paths: NDArray[np.float32], areas: NDArray[np.int32], least: float
) -> NDArray[np.bool_]:
    """Which tracks (n,) of late neither went along with the rest of their object nor far another way;
    `objects` (n,) they belong to, `paths` (n, k) their latest velocities; objects with a mean square speed
    below `least` are not judged.

    A moving thing tears regions off what it passes; they keep its history and would stay a part of it.
    """
    owned = np.flatnonzero(objects != NOBODY)
    names, owners = np.unique(objects[owned], return_inverse=True)
    means = mean_paths(paths, areas, rows_of(names, objects))
    energies = np.einsum("gk,gk->g", means, means)
    along = np.einsum("nk,nk->n", paths[owned], means[owners])
    own_energies = np.einsum("nk,nk->n", paths[owned], paths[owned])
    moved = energies > least * paths.shape[1] / 2
    strays = (along < LEFT_BEHIND * energies[owners]) & (own_energies < OWN_WAY**2 * energies[owners])
    left = np.zeros(objects.size, np.bool_)
    left[owned] = moved[owners] & strays
    return left
