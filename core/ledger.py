"""What is known slot by slot: every track's motion beside the sound, and the ranking that follows from it."""

from collections import deque
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .assembly import Assembly
from .evidence import Correlator, Scores
from .history import Row, Rows, SlotFilter, SlotGrid
from .kin import fold_kin
from .motion import DESCRIPTORS
from .options import Options
from .rank import Ranked, rank_objects
from .recipe import recipe_of
from .sound import HUM
from .track import Changes, Regions
from .vision import Seen

MOTION_NOISE = 0.2  # picture widths/s², 0.1 px/frame²: what the logarithm of motion takes for nothing
MOTION_WEIGHT = 0.05  # picture widths/s² above the noise at which a motion weighs half
NOISE_SHARE = 20  # percentile of the tracks' motion that is taken for the picture's noise
STILL = 0.02  # picture widths/s² above the noise: less is no motion
MOTION_FLOOR = 0.02  # difference in the logarithm of motion below which two slots are tied
PUSH_FLOOR = 0.01  # the same for the acceleration across or down, picture widths/s², and
VELOCITY_FLOOR = 0.0003  # of the velocity, picture widths/s, from the same noise: half PUSH_FLOOR a frame
SOUND_FLOOR = 0.02  # the same for the sound curves
LEVEL_SECONDS = 2.0  # time constant over which a track's motion is averaged
EARLY = 2.5  # s of history before anything is named


class Matcher(Protocol):
    """What scores tracks by how their motion goes with the sound; `Correlator` says what each part means."""

    @property
    def lag(self) -> float:
        """Of the sound, s."""

    @property
    def ready(self) -> bool:
        """Whether it can score."""

    def write(self, slot: int, motion: Row, motion_floor: Row, sound: Row, sound_floor: Row) -> None:
        """Take the next slot, `motion` (rows, descriptors)."""

    def spread(self) -> Row:
        """How much each track moves unevenly, (rows,)."""

    def score(self, hop: float, chosen: NDArray[np.int64], weights: Row) -> Scores:
        """Score the `chosen` rows (n,), `hop` s after the last time."""

    def clear(self, rows: Rows) -> None:
        """Forget tracks."""

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let tracks inherit."""


class Ledger:
    """Tables with one row a track, filled slot after slot."""

    def __init__(
        self,
        rows: int,
        cell: float,
        curves: int,
        rate: float,
        options: Options,
        matcher: Matcher | None = None,
    ) -> None:
        """`rows` of tracks whose regions are `cell` px wide, `curves` of sound, `rate` slots a second; the
        `matcher` is the preset's Correlator unless told."""
        self._rows, self._rate = rows, rate
        self._sensitivity = options.sensitivity
        self._regions: Regions | None = None
        self._recipe = recipe = recipe_of(options)
        self._grid = SlotGrid(rows, rate, (DESCRIPTORS,))
        self._filter = SlotFilter(rows, rate, (DESCRIPTORS,))
        self._queue: deque[tuple[int, Row, Row]] = deque()  # slot, level, curves
        self._levels: deque[Row] = deque()  # raw motion of the slots that are being smoothed
        self._level = np.zeros(rows, np.float32)  # running mean of the motion
        self._follow = np.float32(1 / (LEVEL_SECONDS * rate))
        self._energies: deque[float] = deque(maxlen=round(options.window * rate))
        self._matcher: Matcher = matcher or Correlator(
            rows,
            curves,
            rate,
            descriptors=recipe.descriptors,
            window=options.window,
            permutations=recipe.permutations,
            max_lag=options.max_lag if recipe.grouped else 0.0,
            memory=recipe.memory,
            trend=recipe.trend,
            draws=recipe.draws,
            seed=options.seed,
        )
        floors = np.array([MOTION_FLOOR, PUSH_FLOOR, PUSH_FLOOR, VELOCITY_FLOOR, VELOCITY_FLOOR], np.float32)
        self._motion_floor = (floors if recipe.compressed else 0 * floors)[: recipe.descriptors]
        self._sound_floor = np.full(curves, SOUND_FLOOR if recipe.compressed else HUM, np.float32)
        self._assembly = Assembly(rows, cell, rate)
        self._tables = (self._grid, self._filter, self._matcher, self._assembly)
        self._first: int | None = None  # slot since which the shot is known
        self.ranking: list[Ranked] = []
        self.hopped = False
        self.done = -(10**9)  # newest slot that is filled
        self.still = True

    @property
    def pending(self) -> bool:
        """Whether there is motion that waits for its sound."""
        return bool(self._queue)

    @property
    def next_slot(self) -> int:
        """The slot that is filled next."""
        return self._queue[0][0]

    @property
    def lag(self) -> float:
        """Lag in s between picture and sound."""
        return self._matcher.lag

    @property
    def early(self) -> bool:
        """Whether the shot is too young, or too little was heard, to tell."""
        return self._first is None or self.done - self._first < EARLY * self._rate or not self._matcher.ready

    @property
    def lost_sound(self) -> bool:
        """Whether no sound came for the last half second."""
        newest = list(self._energies)[-int(self._rate / 2) :]
        return not np.isfinite(newest).any()

    @property
    def silent(self) -> bool:
        """Whether nothing could be heard in the whole window."""
        return not any(energy > HUM for energy in self._energies)

    def add(self, seen: Seen) -> None:
        """Take what a frame showed."""
        self._apply(seen.before)
        if seen.motion is not None:
            for slot, values in self._grid.add(seen.frame.time, seen.motion.descriptors):
                self._push(slot, values)
            self._assembly.add(seen)
        self._apply(seen.after)
        self._regions = seen.regions
        if seen.cut:
            self._first = None

    def flush(self) -> None:
        """No more frames come: bring out the slots that wait for their neighbours."""
        for slot, values in self._grid.run_on(self._filter.reach):
            self._push(slot, values)

    def _push(self, slot: int, values: Row) -> None:
        curves = values.copy()
        if self._recipe.compressed:
            curves[:, 0] = np.log(values[:, 0] + np.float32(MOTION_NOISE))
        self._levels.append(values[:, 0].copy())
        if len(self._levels) > self._filter.reach + 1:
            self._levels.popleft()
        self._queue.append((slot - self._filter.reach, self._levels[0], self._filter.push(curves)))

    def fill(self, energy: float, curves: Row) -> None:
        """Fill the next slot with its sound, and rank when a hop is due."""
        slot, level, motion = self._queue.popleft()
        self.done = slot
        self._first = slot if self._first is None else self._first
        self._energies.append(energy)
        known = np.isfinite(level)
        self._level[known] += self._follow * (level[known] - self._level[known])
        motion = motion[:, : self._recipe.descriptors]
        self._matcher.write(slot, motion, self._motion_floor, curves, self._sound_floor)
        self.hopped = slot % self._recipe.hop == 0
        if self.hopped:
            self._rank()

    def _rank(self) -> None:
        """Score the tracks that move, group them, and rank the groups."""
        regions = self._regions
        assert regions is not None
        present = (regions.ids >= 0) & (regions.areas > 0)
        grouped = self._recipe.grouped
        level = self._level * self._assembly.believed if grouped else self._level
        known = present & (level > 0)
        noise = np.percentile(level[known], NOISE_SHARE) if known.any() else 0.0
        above = np.where(known, level - noise, 0)
        self.still = not bool((above > STILL).any())
        order = above if grouped else self._matcher.spread()
        strongest = np.argsort(-order, kind="stable")[: self._recipe.most_tracks]
        chosen = np.sort(strongest[above[strongest] > STILL])
        weights = (above[chosen] / (above[chosen] + MOTION_WEIGHT)).astype(np.float32)
        scores = self._matcher.score(self._recipe.hop / self._rate, chosen, weights)
        if grouped:
            torn = self._assembly.group(chosen, regions)
            self._apply(Changes(cleared=torn.tolist()))
        else:
            self._assembly.leave_alone(chosen, regions)
        speeds = self._assembly.speeds()
        amounts = (regions.areas * speeds).astype(np.float32)
        self.ranking = rank_objects(
            scores, chosen, self._assembly.of_row, weights, level[chosen], amounts, plain=not grouped
        )
        if grouped:
            beside = regions.centres, speeds, self._assembly.reach
            self.ranking = fold_kin(self.ranking, self._sensitivity, *beside)

    def _apply(self, changes: Changes) -> None:
        """Let rows be forgotten and children inherit."""
        if changes.cleared:
            cleared = np.array(changes.cleared)
            for table in self._tables:
                table.clear(cleared)
            self._write(cleared, None)
        if changes.copied:
            parents, children = np.array(changes.copied).T
            for table in self._tables:
                table.copy(parents, children)
            self._write(children, parents)

    def _write(self, rows: Rows, parents: Rows | None) -> None:
        self._level[rows] = 0 if parents is None else self._level[parents]
        waiting = [values for _, level, curve in self._queue for values in (level, curve)]
        for values in (*self._levels, *waiting):
            values[rows] = np.nan if parents is None else values[parents]
