"""What is known slot by slot: the motion of tracks and places beside the sound, and the ranking by it."""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from .activity import Activity
from .assembly import Assembly
from .evidence import Correlator
from .history import Row
from .kin import Kin
from .matcher import Matcher
from .options import Options
from .rank import Ranked, rank_objects
from .recipe import recipe_of
from .regions import Changes, Regions
from .slots import Slots
from .sound import HUM
from .vision import Seen
from .voices import Turn

MOTION_FLOOR = 0.02  # difference in the logarithm of motion or normal flow below which two slots are tied
PUSH_FLOOR = 0.01  # the same for the acceleration across or down, picture widths/s², and
VELOCITY_FLOOR = 0.0003  # of the velocity, picture widths/s, from the same noise: half PUSH_FLOOR a frame
SOUND_FLOOR = 0.02  # the same for the sound curves
EARLY = 2.5  # s of history before anything is named, and
# of a shot that follows others: their sound tells what chance is, also for this one. At 2.5, 1.5 and 1 two
# scenes with cuts are right in 0.57, 0.65 and 0.65 of frames (3 seeds).
EARLY_IN_SHOT = 1.5

NOTHING = np.zeros(0, np.int64), np.zeros(0, np.float32)  # rows that are scored, and their weights


class Ledger:
    """Tables with one row for a track or a place, filled slot after slot."""

    def __init__(
        self,
        rows: int,
        cell: float,
        curves: int,
        rate: float,
        options: Options,
        matcher: Matcher | None = None,
        places: int = 0,
    ) -> None:
        """`rows` of tracks, whose regions are `cell` px wide, and behind them of so many `places`; `curves`
        of sound, `rate` slots a second; the `matcher` is the preset's Correlator unless told."""
        self._tracks, self._places, self._rate = rows - places, places, rate
        self._places_next = True  # to be scored, when the tracks have been
        self._regions: Regions | None = None
        self._recipe = recipe = recipe_of(options)
        self._slots = Slots(rows, rate, recipe.compressed)
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
        directed = [PUSH_FLOOR, PUSH_FLOOR, VELOCITY_FLOOR, VELOCITY_FLOOR]
        floors = np.array([MOTION_FLOOR, *directed, MOTION_FLOOR], np.float32)
        self._motion_floor = (floors if recipe.compressed else 0 * floors)[: recipe.descriptors]
        self._sound_floor = np.full(curves, SOUND_FLOOR if recipe.compressed else HUM, np.float32)
        self._activity = Activity(rows, rate, places)
        self._assembly = Assembly(rows, cell, rate, places)
        self._kin = Kin(options.sensitivity, self._assembly.reach)
        self._tables = (self._slots, self._matcher, self._activity, self._assembly)
        self._begun: int | None = None  # the first slot of all, and
        self._first: int | None = None  # that since which the shot is known
        self.ranking: list[Ranked] = []
        self.hopped = False
        self._away = False  # another shot is shown
        self._entered = False  # a shot, and not ranked yet
        self.done = -(10**9)  # newest slot that is filled
        self.still = True

    @property
    def pending(self) -> bool:
        """Whether there is motion that waits for its sound."""
        return self._slots.pending

    @property
    def next_slot(self) -> int:
        """The slot that is filled next."""
        return self._slots.next

    @property
    def lag(self) -> float:
        """Lag in s between picture and sound."""
        return self._matcher.lag

    @property
    def early(self) -> bool:
        """Whether the shot is too young, or too little was heard, to tell."""
        if self._entered or self._begun is None or self._first is None or not self._matcher.ready:
            return True
        known, shown = ((self.done - since) / self._rate for since in (self._begun, self._first))
        return known < EARLY or shown < (EARLY_IN_SHOT if self.ranking else EARLY)

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
        self._away = False
        self._apply(seen.before)
        if seen.motion is not None:
            self._slots.add(seen.frame.time, seen.motion.descriptors)
            self._assembly.add(seen)

    def miss(self, seen: Seen) -> None:
        """A frame showed another shot."""
        self._away = True
        if seen.motion is not None:
            self._slots.add(seen.frame.time, np.full_like(seen.motion.descriptors, np.nan))

    def go_on(self, seen: Seen) -> None:
        """Follow the rows to the next frame."""
        self._apply(seen.after)
        self._regions = seen.regions

    def enter(self, known: bool) -> None:
        """The next frame is the first one of a shot, which was `known` before, or begins."""
        self.ranking, self._entered = [], True
        if not known:
            self._first = None

    def flush(self) -> None:
        """No more frames come: bring out the slots that wait for their neighbours."""
        self._slots.flush()

    def fill(self, energy: float, curves: Row, turn: Turn | None = None) -> None:
        """Fill the next slot with its sound, which may tell of a `turn`, and rank when a hop is due."""
        slot = self._slots.take()
        self.done = slot.number
        self._begun = slot.number if self._begun is None else self._begun
        self._first = slot.number if self._first is None else self._first
        self._energies.append(energy)
        self._activity.follow(slot.level)
        motion = slot.curves[:, : self._recipe.descriptors]
        self._matcher.write(slot.number, motion, self._motion_floor, curves, self._sound_floor)
        if turn is not None:
            self._matcher.turn_to(turn)
        self.hopped = slot.number % self._recipe.hop == 0
        if self.hopped and self._away and not np.isfinite(slot.level).any():
            self._matcher.score(self._recipe.hop / self._rate, *NOTHING)
        elif self.hopped:
            self._rank()

    def _rank(self) -> None:
        """Score the rows that move, group them, and rank the groups."""
        self._entered = False
        regions = self._regions
        assert regions is not None
        present = (regions.ids >= 0) & (regions.areas > 0)
        grouped, most = self._recipe.grouped, self._recipe.most_tracks
        if grouped:
            active = self._activity.choose(present, self._assembly.believed, most)
        else:
            active = self._activity.choose(present, 1.0, most, order=self._matcher.spread())
        self.still = active.still
        turn = self._whose_turn(active.rows)
        scores = self._matcher.score(self._recipe.hop / self._rate, active.rows[turn], active.weights[turn])
        if grouped:
            torn = self._assembly.group(active.rows, regions)
            self._apply(Changes(cleared=torn.tolist()))
        else:
            self._assembly.leave_alone(active.rows, regions)
        speeds = self._assembly.speeds()
        amounts = (regions.areas * speeds).astype(np.float32)
        self.ranking = rank_objects(
            scores,
            active.rows,
            self._assembly.of_row,
            active.weights,
            active.levels,
            amounts,
            plain=not grouped,
            places=self._places,
        )
        if grouped:
            self.ranking = self._kin.fold(self.done / self._rate, self.ranking, regions.centres, speeds)

    def _whose_turn(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the `rows` (n,) are scored this time: tracks and places by turns, or what there is of
        them. What is remembered lasts for several rankings: 36 composites win as with all (0.83, 0.70)."""
        is_place = rows >= self._tracks
        self._places_next = not self._places_next
        turn = is_place if self._places_next else ~is_place
        return turn if turn.any() else ~turn

    def _apply(self, changes: Changes) -> None:
        """Let rows be forgotten and children inherit."""
        if changes.cleared:
            cleared = np.array(changes.cleared)
            for table in self._tables:
                table.clear(cleared)
        if changes.copied:
            parents, children = np.array(changes.copied).T
            for table in self._tables:
                table.copy(parents, children)
