"""Motion and sound, slot by slot -> how well each row goes with the sound, beside what chance would give.

By codes (paper 5.2) of what the curves do beside their trend, and by correlation of the curves as they are.
The null of the codes is the present rows against *other* sound of the same source: persistent collages of
what was heard before. A collage goes through the same codes, window and memory as the real sound, so that
overlapping windows cannot count the same coincidence several times (measured beforehand); but for what is
new, only half of them are compared at a time, in turns.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .agreement import combine, score_planes
from .collages import WARM_UP, Collages
from .history import Row, Rows
from .lag import LagVotes
from .lagged import LaggedSound
from .pearson import Pearson
from .remembered import RememberedVoices
from .trend import Trend
from .voices import Turn
from .wta import Planes, SlidingCodes, draw_permutations

# Independent pieces of sound in a window, for the doubt in a null that was cut from few of them. Under the
# sound of a third clip the p-value is at most 0.01 in 1.9 % of moments (54 composites); with 2 pieces it was
# several times as often, mostly under birdsong and a violin (an earlier build).
DOUBT = 1.0
# Of the collages: each time a row is scored, it is held against one half of them. Windows overlap so much
# that every second one says as much: right part and box of 36 composites 0.82 and 0.65, as with all of them.
TURNS = 2
# Descriptors whose correlation counts: all but normal flow, in which single large peaks, as where something
# passes or a film's coding renews the picture, say little. With it the right part of two clips won in 0.79
# and the right box in 0.615 of 72 composites, without in 0.805 and 0.635; codes know no peaks.
CORRELATED = 5
# Of the real score's weight, at least, in every half of the null: about 0.5 is usual. A half that would have
# less is compared, too, so that a row has a score as soon as it is scored, also after a pause.
FRESH = 0.25
NEW = 2.0  # s for which a voice is new: about then enough of it is in the window to be compared


@dataclass(frozen=True, slots=True)
class Scores:
    """How every row goes with the sound, -1 … 1, remembered over the windows; NaN where there was never
    enough to compare. By codes: `real` (rows,) and `null` (rows, draws), whose mean is chance. By
    `correlation` (rows,). `doubt`: collages of little sound are alike, so what they spread is too narrow by
    about this factor."""

    real: NDArray[np.float32]
    null: NDArray[np.float32]
    correlation: NDArray[np.float32]
    doubt: float


class Correlator:
    """Slides the codes of all rows and of the sound, and scores the rows when asked.

    The sound is coded at every lag of -reach … reach slots; lag > 0: it comes after the picture. All lags are
    scored on the same motion, which therefore trails the sound by `reach` slots.
    """

    def __init__(
        self,
        rows: int,
        curves: int,
        rate: float,
        *,
        descriptors: int,
        window: float,
        permutations: tuple[int, int],
        max_lag: float,
        memory: tuple[float, float],
        trend: float,
        draws: int,
        seed: int,
    ) -> None:
        """`descriptors` of a row's motion, 1 or 6; `permutations` is (N, S); `window` and `max_lag` in s;
        `memory` of the scores by codes and by correlation, and the `trend` taken off before coding: time
        constants in s, 0 for none."""
        rng = np.random.default_rng(seed)
        slots = round(window * rate)
        order = draw_permutations(*permutations, slots, rng)
        self.reach = round(max_lag * rate)
        self._rate, self._slots, self._curves, self._entries = rate, slots, curves, permutations[1]
        self._descriptors = descriptors
        self._seconds, self._draws = memory, draws
        self._tracks = SlidingCodes(order, slots, rows * descriptors)
        self._lagged = LaggedSound(order, slots, self.reach, curves, rate, trend)
        self._others = SlidingCodes(order, slots, draws * curves)
        self._motion = np.full((self.reach + 1, rows, descriptors), np.nan, np.float32)  # for the largest lag
        self._motion_trend = Trend(rows, rate, trend, (descriptors,))
        self._collages = Collages(draws, curves, rate, rng)
        self._pearson = Pearson(slots, rows, min(descriptors, CORRELATED), 2 * self.reach + 1, curves)
        turns = TURNS if memory[0] else 1  # what is not remembered is needed at once
        self._turns = np.linspace(0, draws, turns + 1).astype(int)  # where the collages of each turn begin
        parts = np.diff(self._turns)
        self._memory = RememberedVoices(rows, parts, min(descriptors, CORRELATED), curves)
        self._turn = np.zeros(rows, np.int64)  # which of them each row is held against next
        self._lags = LagVotes(self.reach)
        self._played = 0
        self._origin: int | None = None
        self._new = 0  # slots for which the voice that is heard is still new

    @property
    def lag(self) -> float:
        """The lag in s that the rows are scored at."""
        return self._lags.slots / self._rate

    def spread(self) -> NDArray[np.float32]:
        """Standard deviation (rows,) of each row's motion in the window, by which the paper picks 15."""
        values = self._tracks.values[:: self._descriptors]
        known = np.isfinite(values)
        count = np.maximum(known.sum(axis=1), 1)
        mean = np.where(known, values, 0).sum(axis=1) / count
        away = np.where(known, values - mean[:, None], 0)
        return np.asarray(np.sqrt((away**2).sum(axis=1) / count), np.float32)

    @property
    def ready(self) -> bool:
        """Whether there is other sound to compare with, and the voice that is heard is no longer new."""
        return self._played > 0 and not self._new

    def write(self, slot: int, motion: Row, motion_floor: Row, sound: Row, sound_floor: Row) -> None:
        """The next slot: `motion` (rows, descriptors), `sound` (curves,), NaN where unknown; `motion_floor`
        (descriptors,) and `sound_floor` (curves,) are the differences below which two values are tied."""
        self._motion[:-1] = self._motion[1:]
        self._motion[-1] = motion
        self._origin = slot if self._origin is None else self._origin
        slot -= self._origin  # so that it does not matter where a clock begins
        place = slot % self._slots
        self._new = max(0, self._new - 1)
        steady = self._lagged.write(place, sound, sound_floor)
        self._pearson.write(place, self._motion[0, :, :CORRELATED], self._lagged.newest)
        moved = self._motion_trend.take_off(self._motion[0])
        self._tracks.write(place, moved.ravel(), np.tile(motion_floor, len(motion)))
        self._collages.hear(steady)
        self._play(slot, sound_floor)

    def _play(self, slot: int, sound_floor: Row) -> None:
        """Let the collages go on; the first time they fill the window so far at once."""
        if not self._collages.warm or not self._draws:
            return
        due = 1 if self._played else min(self._slots, round(WARM_UP * self._rate))
        for past in range(due - 1, -1, -1):
            values = self._collages.play()
            self._others.write((slot - past) % self._slots, values.ravel(), np.tile(sound_floor, self._draws))
        self._played += due

    def score(self, hop: float, chosen: NDArray[np.int64], weights: NDArray[np.float32]) -> Scores:
        """Score the `chosen` rows (n,), `hop` s after the last time; `weights` (n,) say whose lag counts."""
        keep, keep_correlation = (float(np.exp(-hop / memory)) if memory else 0.0 for memory in self._seconds)
        known = self._memory.now
        known.fade(keep, keep_correlation)
        if chosen.size and self._played:  # before that the null could not remember what the real score does
            lagged = self._compare(chosen, self._lagged.planes())
            self._lags.vote(hop, lagged, weights)
            rows = self._remember(chosen, lagged[:, self._lags.place], 1 - keep)
            agreement = self._pearson.compare(rows, self._lags.place)
            known.correlation.add(rows, agreement, 1 - keep_correlation)
        windows = self._collages.seconds * self._rate / self._slots
        pieces = max(DOUBT * windows, 1.0)
        doubt = (1 + 1 / pieces) ** 0.5  # as of a prediction from so many independent pieces
        null = np.concatenate([part.mean for part in known.nulls], axis=1)
        real = np.where(known.is_whole, known.real.mean, np.float32(np.nan))
        return Scores(real, null, combine(known.correlation.mean), doubt)

    def turn_to(self, turn: Turn) -> None:
        """Another voice is heard, since some slots: what was heard before says nothing of it, while what is
        remembered of it counts, if it was heard before."""
        is_known = self._memory.turn_to(turn)
        if not self._played:  # nothing is known yet, and the other sound will fill a whole window
            return
        self._new = 0 if is_known else max(0, round(NEW * self._rate) - turn.slots)
        unknown = self._lagged.forget_before(turn.slots)
        self._pearson.forget_sound(unknown)
        # collages of as many moments, lest long ones be compared with short ones
        at_lag = unknown[:, [self._lags.place]]
        self._others.forget(np.repeat(at_lag, self._draws * self._curves, axis=1))

    def _remember(self, chosen: NDArray[np.int64], real: Row, gain: float) -> NDArray[np.int64]:
        """Add the present window, in which each row is held against the collages whose turn it is and against
        those that would be out of date; returns the rows of which enough is known."""
        past = self._memory.now
        known, least = np.isfinite(real), FRESH * (past.real.weight[chosen] + gain)
        compared = []
        for turn, null in enumerate(past.nulls):
            here = (self._turn[chosen] == turn) | (null.weight[chosen] < least)
            collages = slice(*(self._turns[turn : turn + 2] * self._curves))
            scores = self._compare(chosen[here], self._others.planes(collages))
            known[here] &= np.isfinite(scores).all(axis=1)
            compared.append((null, here, scores))
        for null, here, scores in compared:
            null.add(chosen[here & known], scores[known[here]], gain)
        rows = chosen[known]
        past.real.add(rows, real[known], gain)
        self._turn[rows] = (self._turn[rows] + 1) % len(past.nulls)
        return rows

    def _compare(self, chosen: NDArray[np.int64], sound: Planes) -> NDArray[np.float32]:
        """Scores (n, sounds) of rows against sounds of `curves` code rows each; NaN with too few valid."""
        motion = self._tracks.planes(self._code_rows(chosen))
        return score_planes(
            motion, sound, descriptors=self._descriptors, curves=self._curves, entries=self._entries
        )

    def _code_rows(self, rows: Rows) -> NDArray[np.int64]:
        """The rows of codes of a track or place or of several, one after another."""
        return np.add.outer(np.multiply(rows, self._descriptors), np.arange(self._descriptors)).ravel()

    def copy(self, parents: Rows, children: Rows) -> None:
        """Children inherit their parents' history, codes and evidence."""
        self._tracks.copy(self._code_rows(parents), self._code_rows(children))
        self._motion[:, children] = self._motion[:, parents]
        self._motion_trend.copy(parents, children)
        self._turn[children] = self._turn[parents]
        self._pearson.copy(parents, children)
        self._memory.copy(parents, children)

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._tracks.clear(self._code_rows(rows))
        self._motion[:, rows] = np.nan
        self._motion_trend.clear(rows)
        self._pearson.clear(rows)
        self._memory.clear(rows)
