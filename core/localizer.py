"""Localizer: the stages in their order. One frame in, one answer out, for ever.

It has no clock: its answers depend only on the data and their time stamps, so live equals batch.
"""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np

from .decide import Circumstances, Decider
from .describe import Describer
from .errors import ShapeError
from .ledger import Ledger
from .ledgers import Ledgers
from .look import Look, Looker
from .options import Options
from .rank import Ranked
from .recipe import recipe_of
from .sound import SoundCurves
from .trace import Trace
from .values import Sighting, SoundBlock, VideoFrame
from .vision import Seen, Vision
from .voices import Voices

RATE = 30.0  # slots a second
TRACED = 5  # best objects that a trace keeps
PATIENCE = 2.0  # s of media time: sound that comes later than this after its frame counts as lost


@dataclass(slots=True)
class Waiting:
    """A frame that was seen, `step` s after the one before, whose slots the `ledger` of its shot fills."""

    seen: Seen
    step: float
    ledger: Ledger

    @property
    def due(self) -> int:
        """The last slot that it waits for."""
        return int(np.floor(self.seen.frame.time * RATE + 1e-9))


class Localizer:
    """Feed it frames and sound blocks in order of time; it returns the sightings that became final.

    Answers trail their frames by `delay`. With `trace` it keeps curves and scores for a report.
    """

    def __init__(self, options: Options | None = None, *, trace: bool = False) -> None:
        self.options = options or Options()
        self._recipe = recipe = recipe_of(self.options)
        self.trace = Trace(curve_names=recipe.curves) if trace else None
        self._sound = SoundCurves(recipe.curves, RATE, pitched=recipe.most_voices > 1)
        self._voices = Voices(recipe.most_voices, RATE)
        self._decider = Decider(
            self.options.sensitivity, self.options.confirm, self.options.hold, self.options.max_sources
        )
        # what was seen, and its step, while sound is missing for those before
        self._coming: deque[tuple[Seen, float]] = deque()
        self._waiting: deque[Waiting] = deque()
        self._answered: Ledger | None = None  # that of the last answer
        self._step = 1 / 30  # s, running mean between frames
        self._looked: VideoFrame | None = None  # the newest frame that was looked at, and
        self._newest: VideoFrame | None = None  # the newest one that was pushed

    @property
    def width(self) -> int:
        """The analysis width in force, px."""
        return self.options.width

    @property
    def delay(self) -> float:
        """How far an answer trails its frame, in s: smoothing, one frame, half the sound window."""
        return self._delay_at(self._step)

    def _delay_at(self, step: float) -> float:
        return self._sound.reach / RATE + step + self._sound.half_window

    def resize(self, width: int) -> None:
        """From the next frame that is looked at on, look at pictures as if they were `width` px wide: fewer
        cost less. Every track goes on. Raises OptionError for a width that the options do not allow."""
        self.options = replace(self.options, width=width)
        if self._looked is not None:
            self._looker.resize(width)

    def push(self, item: VideoFrame | SoundBlock) -> list[Sighting]:
        """Take the next frame or block, whichever it is."""
        return self.push_frame(item) if isinstance(item, VideoFrame) else self.push_sound(item)

    def push_frame(self, frame: VideoFrame) -> list[Sighting]:
        """Take the next frame. Raises ShapeError unless it is later than the last one and of its size."""
        return self.push_look(self.look(frame))

    def look(self, frame: VideoFrame) -> Look:
        """The first half of `push_frame`, which `push_look` completes: the looks may run ahead, also in
        another thread, as long as each frame is looked at and pushed once and in order. Raises ShapeError."""
        looked = self._looked
        if looked is None:
            height, width, _ = frame.pixels.shape
            self._looker = Looker(height, width, self.options.width, self._recipe.most_shots)
        elif frame.time <= looked.time:
            raise ShapeError(f"time={frame.time} s: want later than {looked.time} s; sort the frames")
        elif frame.pixels.shape != looked.pixels.shape:
            height, width, _ = looked.pixels.shape
            raise ShapeError(
                f"picture={frame.pixels.shape[1]}x{frame.pixels.shape[0]} px: want {width}x{height} px as "
                "before; scale it, or take a new Localizer"
            )
        self._looked = frame
        return self._looker.push(frame)

    def push_look(self, look: Look) -> list[Sighting]:
        """Take what `look` made of the next frame."""
        if self._newest is None:
            self._start(look)
        else:
            self._step += 0.1 * (min(look.frame.time - self._newest.time, 1.0) - self._step)
        self._newest = look.frame
        self._expect(self._vision.push(look))
        return self._advance()

    def push_sound(self, block: SoundBlock) -> list[Sighting]:
        """Take the next block of sound. Raises ShapeError when its rate changes."""
        self._sound.push(block)
        return self._advance()

    def finish(self) -> list[Sighting]:
        """No more will come: the last sightings."""
        self._sound.ended = True
        if self._newest is None:
            return []
        self._expect(self._vision.finish())
        sightings = self._advance()
        self._ledgers.flush()
        return sightings + self._advance() + [self._answer(waiting) for waiting in self._waiting]

    def _start(self, look: Look) -> None:
        """Make ready for pictures of this size."""
        height, width, _ = look.luv.shape
        self._vision = Vision((height, width), look.frame.pixels.shape[:2], self.options)
        tracker = self._vision.tracker
        rows, curves = self._vision.rows, len(self._sound.names)
        places = self._vision.places.count
        self._ledgers = Ledgers(Ledger(rows, tracker.cell, curves, RATE, self.options, places=places))
        self._describer = Describer(height, width, self.options.heatmap)

    def _expect(self, seen: Seen | None) -> None:
        if seen:
            self._coming.append((seen, self._step))

    def _advance(self) -> list[Sighting]:
        """Answer, fill slots and take in frames, in the one order that the data's times give, until sound or
        frames are missing: so it does not matter in what portions the data come."""
        sightings: list[Sighting] = []
        while self._newest is not None:
            now = self._ledgers.now
            if self._waiting and self._waiting[0].due <= now.done:
                sightings.append(self._answer(self._waiting.popleft()))
            elif now.pending:
                if not self._sound_settled(now.next_slot):
                    return sightings
                self._fill(now)
            elif self._coming:
                seen, step = self._coming.popleft()
                self._waiting.append(Waiting(seen, step, now))
                self._ledgers.add(seen)
            else:
                break
        return sightings

    def _sound_settled(self, slot: int) -> bool:
        """Whether the curves of a slot are known, or will never be."""
        if self._newest is not None and self._newest.time > slot / RATE + PATIENCE:
            return True
        return self._sound.known(slot)

    def _fill(self, now: Ledger) -> None:
        slot = now.next_slot
        energy, curves = self._sound.take(slot)
        self._ledgers.fill(energy, curves, self._voices.hear(energy, self._sound.pitch))
        if self.trace is not None:
            self.trace.add_sound(slot / RATE, curves)
            if now.hopped:
                self._note_ranking(slot / RATE, now.ranking[:TRACED])

    def _note_ranking(self, time: float, best: list[Ranked]) -> None:
        assert self.trace is not None
        self.trace.add_rank(
            time,
            [entry.object for entry in best],
            [entry.score for entry in best],
            [entry.p_value for entry in best],
            [entry.motion for entry in best],
        )

    def _answer(self, waiting: Waiting) -> Sighting:
        frame, ledger = waiting.seen.frame, waiting.ledger
        if ledger is not self._answered:
            self._decider.forget()
            self._answered = ledger
        around = Circumstances(ledger.lost_sound, ledger.silent, ledger.still, ledger.early)
        decision = self._decider.decide(frame.time, ledger.ranking, around)
        delay = self._delay_at(waiting.step)
        sighting = self._describer.describe(waiting.seen, waiting.step, decision, ledger.lag, delay)
        if self.trace is not None:
            best = sighting.best.object if sighting.best else None
            self.trace.add_decision(frame.time, sighting.state, sighting.reason, sighting.p_value, best)
        return sighting
