"""Localizer: the stages in their order. One frame in, one answer out, for ever.

It has no clock: its answers depend only on the data and their time stamps, so live equals batch.
"""

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .confidence import ConfidenceSurface, describe, enlarge_mask, object_mask
from .decide import Circumstances, Decider, Decision
from .errors import ShapeError
from .ledger import Ledger
from .options import Options
from .rank import Ranked
from .recipe import recipe_of
from .scenes import make_scene
from .sound import SoundCurves
from .trace import Trace
from .values import Candidate, Sighting, SoundBlock, VideoFrame
from .vision import Seen, Vision

RATE = 30.0  # slots a second
REHEARSAL = 3.0  # s of a small scene after which every kernel has been called
TRACED = 5  # best objects that a trace keeps
PATIENCE = 2.0  # s of media time: sound that comes later than this after its frame counts as lost


@dataclass(slots=True)
class Waiting:
    """A frame that was seen and waits for its slots."""

    seen: Seen
    due: int
    step: float


class Localizer:
    """Feed it frames and sound blocks in order of time; it returns the sightings that became final.

    Answers trail their frames by `delay`. With `trace` it keeps curves and scores for a report.
    """

    def __init__(self, options: Options | None = None, *, trace: bool = False) -> None:
        self.options = options or Options()
        self.trace: Trace | None = None
        self._wanted = trace
        recipe = recipe_of(self.options)
        self._sound = SoundCurves(recipe.curves, RATE, recipe.trend)
        self._decider = Decider(
            self.options.sensitivity, self.options.confirm, self.options.hold, self.options.max_sources
        )
        self._waiting: deque[Waiting] = deque()
        self._step = 1 / 30  # s, running mean between frames
        self._newest: VideoFrame | None = None
        self._shape: tuple[int, ...] = ()

    @property
    def delay(self) -> float:
        """How far an answer trails its frame, in s: smoothing, one frame, half the sound window."""
        return self._sound.reach / RATE + self._step + self._sound.half_window

    def push(self, item: VideoFrame | SoundBlock) -> list[Sighting]:
        """Take the next frame or block, whichever it is."""
        return self.push_frame(item) if isinstance(item, VideoFrame) else self.push_sound(item)

    def push_frame(self, frame: VideoFrame) -> list[Sighting]:
        """Take the next frame. Raises ShapeError unless its time is later than the last one's."""
        if self._newest is not None:
            if frame.time <= self._newest.time:
                raise ShapeError(
                    f"time={frame.time} s: want later than {self._newest.time} s; sort the frames"
                )
            step = frame.time - self._newest.time
            self._step += 0.1 * (min(step, 1.0) - self._step)
        ready = self._close_shot() if frame.pixels.shape != self._shape else []
        self._newest = frame
        if frame.pixels.shape != self._shape:
            self._open_shot(frame)
        seen = self._vision.push(frame)
        if seen:
            self._note(seen)
        return ready + self._advance()

    def push_sound(self, block: SoundBlock) -> list[Sighting]:
        """Take the next block of sound. Raises ShapeError when its rate changes."""
        self._sound.push(block)
        return self._advance()

    def finish(self) -> list[Sighting]:
        """No more will come: the last sightings."""
        self._sound.ended = True
        return self._close_shot()

    def _open_shot(self, frame: VideoFrame) -> None:
        """Begin with pictures of a new size."""
        self._shape = frame.pixels.shape
        height, width = self._shape[:2]
        self._vision = Vision(height, width, self.options)
        tracker = self._vision.tracker
        self._ledger = Ledger(tracker, len(self._sound.names), RATE, self.options)
        self._surface = ConfidenceSurface(self._vision.height, self._vision.width)
        if self._wanted and self.trace is None:
            self.trace = Trace(curve_names=self._sound.names)

    def _close_shot(self) -> list[Sighting]:
        """Bring out what waits before the size changes or all ends."""
        if not self._shape:
            return []
        seen = self._vision.finish()
        if seen:
            self._note(seen)
        self._ledger.flush()
        return self._advance(last=True)

    def _note(self, seen: Seen) -> None:
        due = self._ledger.add(seen)
        self._waiting.append(Waiting(seen, due, self._step))

    def _advance(self, last: bool = False) -> list[Sighting]:
        """Fill slots while motion and sound are there, and answer the frames whose slots are full."""
        sightings: list[Sighting] = []
        while self._waiting:
            while self._ledger.pending and self._ledger.done < self._waiting[0].due:
                if not (last or self._sound_settled(self._ledger.next_slot)):
                    return sightings
                self._fill()
            if self._ledger.done < self._waiting[0].due and not last:
                return sightings
            sightings.append(self._answer(self._waiting.popleft()))
        return sightings

    def _sound_settled(self, slot: int) -> bool:
        """Whether the curves of a slot are known, or will never be."""
        if self._newest is not None and self._newest.time > slot / RATE + PATIENCE:
            return True
        return self._sound.known(slot)

    def _fill(self) -> None:
        slot = self._ledger.next_slot
        energy, curves = self._sound.take(slot)
        self._ledger.fill(energy, curves)
        if self.trace is not None:
            self.trace.add_sound(slot / RATE, curves)
            if self._ledger.hopped:
                self._note_ranking(slot / RATE)

    def _note_ranking(self, time: float) -> None:
        assert self.trace is not None
        best = self._ledger.ranking[:TRACED]
        self.trace.add_rank(
            time,
            [entry.object for entry in best],
            [entry.score for entry in best],
            [entry.p_value for entry in best],
            [entry.motion for entry in best],
        )

    def _answer(self, waiting: Waiting) -> Sighting:
        frame = waiting.seen.frame
        ledger = self._ledger
        around = Circumstances(ledger.lost_sound, ledger.silent, ledger.still, ledger.early)
        decision = self._decider.decide(frame.time, ledger.ranking, around)
        sighting = self._describe(waiting, decision)
        if self.trace is not None:
            best = sighting.best.object if sighting.best else None
            self.trace.add_decision(frame.time, sighting.state, sighting.reason, sighting.p_value, best)
        return sighting

    def _describe(self, waiting: Waiting, decision: Decision) -> Sighting:
        frame, labels = waiting.seen.frame, waiting.seen.labels
        height, width = frame.pixels.shape[:2]
        pairs = [self._candidate(entry, labels, height, width) for entry in decision.sounders]
        best = None
        if decision.best is not None:
            best = pairs[0][0] if pairs else self._candidate(decision.best, labels, height, width)[0]
        return Sighting(
            frame,
            decision.state,
            decision.reason,
            best.p_value if best else None,
            best,
            tuple(candidate for candidate, _ in pairs),
            tuple(enlarge_mask(mask, height, width) for _, mask in pairs),
            self._confidence(waiting, decision, [mask for _, mask in pairs])
            if self.options.heatmap
            else None,
            self._ledger.lag,
            self.delay,
        )

    def _candidate(
        self, entry: Ranked, labels: NDArray[np.int32], height: int, width: int
    ) -> tuple[Candidate, NDArray[np.bool_]]:
        mask = object_mask(labels, entry.rows, self._vision.tracker.cell)
        scale = width / labels.shape[1], height / labels.shape[0]
        return describe(mask, entry.object, entry.score, entry.p_value, scale), mask

    def _confidence(
        self, waiting: Waiting, decision: Decision, masks: list[NDArray[np.bool_]]
    ) -> NDArray[np.float32]:
        union = np.zeros(waiting.seen.labels.shape, np.bool_)
        for mask in masks:
            union |= mask
        fastest = max((entry.motion for entry in decision.sounders), default=0.0)
        motion = fastest * union.shape[1] * waiting.step**2
        height, width = waiting.seen.frame.pixels.shape[:2]
        return self._surface.update(union, waiting.seen.frame.time, motion, (height, width))


def warm_up(options: Options | None = None) -> None:
    """Run a small scene through a localizer, so that every kernel is compiled before anything waits for
    it."""
    localizer = Localizer(options)
    for item in make_scene("ball", seconds=REHEARSAL, width=96, height=72, frame_rate=15).items():
        localizer.push(item)
