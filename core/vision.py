"""Looks -> labels and motion of tracks and places, one frame late: acceleration needs the next one too."""

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .errors import OptionError
from .flow import Flow
from .look import Look
from .motion import Motion, region_motion, unknown_motion
from .normal_flow import normal_speeds
from .options import Options
from .paper import PaperTracker
from .places import Places
from .proof import add_gains
from .regions import Changes, Regions
from .track import Tracker
from .values import VideoFrame

BASE_WIDTH = 320  # px, of the 4:3 picture that the tracker's lengths are told for

AnyTracker = Tracker | PaperTracker


@dataclass(frozen=True, slots=True)
class Seen:
    """What one frame showed: its `labels` int32 (h, w) of tracks' rows and the `places` (h, w) behind them,
    about `cell` px wide, and each row's `motion`, None for a picture that is shown again, and what that
    motion explains, the `gains` (2, 2, rows) of `proof.add_gains`. `before` happened to the rows before this
    frame's values count, `after` happened on the way to the next frame, which has these `regions` and is of
    the first of the `shots`, the numbers of those that are remembered."""

    frame: VideoFrame
    labels: NDArray[np.int32]
    places: NDArray[np.int32]
    cell: float
    motion: Motion | None
    gains: NDArray[np.float32]
    before: Changes
    after: Changes
    regions: Regions
    shots: tuple[int, ...]


class Vision:
    """Takes the looks at frames of one size in order."""

    def __init__(self, size: tuple[int, int], source: tuple[int, int], options: Options) -> None:
        """`size` (height, width) px that is looked at, of a `source` of so many px. Raises OptionError for
        boxes that leave nothing of it, or lie outside."""
        self._is_paper = options.preset == "paper"
        kind = PaperTracker if self._is_paper else Tracker
        self.tracker: AnyTracker = kind(*size, scale_of(size))
        self._others: dict[int, Tracker] = {}  # of the shots that are not shown now
        cell = None if self._is_paper else self.tracker.cell
        self.places = Places(*size, cell, self.tracker.rows)
        self._visible = partial(visible_pixels, source=source, options=options)
        self._seen = self._visible(size)
        if not self._seen.any():
            raise OptionError("ignore: the boxes leave nothing of the picture; want smaller ones")
        self._unit = 1.0  # how many times as fine the pictures are as those that were begun with
        self._last: Look | None = None

    @property
    def rows(self) -> int:
        """Of the tracks and, behind them, of the places."""
        return self.tracker.rows + self.places.count

    def push(self, look: Look) -> Seen | None:
        """Take the next look; returns what the frame before it showed, None for the first."""
        last, self._last = self._last, look
        if last is None:
            self.tracker.start(look.luv)
            return None
        self._hold_size(look.textured.shape)
        if look.kind == "repeat":
            return self._repeat(last, look)
        if look.kind == "cut":
            labels, after = self.tracker.labels, self._change_shot(last.shots[0], look)
            return self._finish(last, None, after, labels=labels)
        return self._settle(last, look)

    def finish(self) -> Seen | None:
        """What the last frame showed; its motion is not known."""
        last, self._last = self._last, None
        return self._finish(last, None, Changes()) if last else None

    def _change_shot(self, left: int, look: Look) -> Changes:
        """From the shot `left` on to that of the `look`, whose tracker goes on if there is one."""
        back = self._others.pop(look.shots[0], None)
        if left in look.shots and isinstance(self.tracker, Tracker):
            self._others[left] = self.tracker
            self.tracker = deepcopy(self.tracker)
        self._others = {shot: tracker for shot, tracker in self._others.items() if shot in look.shots}
        if back is None:
            after = self.tracker.start(look.luv)
            after.cleared.extend(range(self.tracker.rows, self.rows))
            return after
        self.tracker = back
        fit(back, look.textured.shape)
        return back.resume(look.luv, look.frame.time)

    def _hold_size(self, size: tuple[int, int]) -> None:
        """Follow the looks when they change their size."""
        before = self._seen.shape
        if size != before:
            self._unit *= fit(self.tracker, size)
            self.places.resize(*size)
            self._seen = self._visible(size)

    def _repeat(self, last: Look, look: Look) -> Seen:
        """The same picture again is no frame: it takes over the motion that led to the first one."""
        self._last = replace(last, frame=look.frame)
        return replace(self._finish(last, None, Changes()), motion=None)

    def _settle(self, last: Look, look: Look) -> Seen:
        """The motion of `last`, with the ways to both its neighbours known, then on to `look`."""
        before, motion, gains = Changes(), None, None
        forward, backward = look.forward, look.backward
        assert forward is not None and backward is not None
        same_size = last.textured.shape == look.textured.shape
        if last.backward is not None and same_size and not last.frame.turning:
            flow = Flow(forward.flow, last.backward.flow, look.step, last.step)
            before = self.tracker.settle(last.luv, flow)
            still = replace(flow, forward=forward.still, backward=last.backward.still)
            layers = np.stack([self.tracker.labels, self.places.labels])
            speeds = np.full(self.rows, np.nan, np.float32)
            if not self._is_paper:
                change, seconds = last.backward.change + forward.change, last.step + look.step
                speeds = normal_speeds(self._shown(layers), change, last.slope, seconds, self.rows)
                gains = add_gains(layers, (last.backward.gains, forward.gains), self.rows)
            motion = region_motion(layers, still, last.textured & self._seen, speeds)
        labels = self.tracker.labels
        after = self.tracker.advance(look.luv, backward.flow, forward.flow, look.frame.time)
        return self._finish(last, motion, after, before=before, gains=gains, labels=labels)

    def _shown(self, labels: NDArray[np.int32]) -> NDArray[np.int32]:
        """Labels (…, h, w), -1 where the options ignore the picture."""
        return labels if self._seen.all() else np.where(self._seen, labels, np.int32(-1))

    def _finish(
        self,
        last: Look,
        motion: Motion | None,
        after: Changes,
        *,
        before: Changes | None = None,
        gains: NDArray[np.float32] | None = None,
        labels: NDArray[np.int32] | None = None,
    ) -> Seen:
        labels = self.tracker.labels if labels is None else labels
        return Seen(
            last.frame,
            self._shown(labels),
            self._shown(self.places.labels),
            self.tracker.cell,
            motion or unknown_motion(self.rows),
            np.zeros((2, 2, self.rows), np.float32) if gains is None else gains,
            before or Changes(),
            after,
            self._regions(),
            (self._last or last).shots,
        )

    def _regions(self) -> Regions:
        """The tracker's regions and the places, in pixels of the size that was begun with."""
        tracker, places = self.tracker, self.places
        areas = np.rint(tracker.areas / self._unit**2).astype(np.int32)
        centres = tracker.centres / np.float32(self._unit)
        return Regions(
            np.concatenate([tracker.ids, np.zeros(places.count, np.int64)]),
            np.concatenate([areas, places.areas]),
            np.concatenate([centres, places.centres]),
        )


def fit(tracker: AnyTracker, size: tuple[int, int]) -> float:
    """Let the tracker's next picture be of `size` (height, width) px; returns how many times as fine it is as
    the last one."""
    factor = scale_of(size) / scale_of(tracker.labels.shape)
    tracker.resize(*size, factor)
    return factor


def scale_of(size: tuple[int, int]) -> float:
    """How many times as fine a picture of `size` (height, width) px is as a 4:3 one of BASE_WIDTH."""
    return float((size[0] * size[1] * 4 / 3) ** 0.5 / BASE_WIDTH)


def visible_pixels(size: tuple[int, int], source: tuple[int, int], options: Options) -> NDArray[np.bool_]:
    """bool `size`: the pixels outside of every box, in px of the `source`, that the options ignore. Raises
    OptionError for a box outside of the picture."""
    down, across = size[0] / source[0], size[1] / source[1]
    visible = np.ones(size, np.bool_)
    for box in options.ignore:
        x0, y0, x1, y1 = box
        if x0 >= source[1] or y0 >= source[0]:
            told, size_told = ",".join(map(str, box)), f"{source[1]}x{source[0]} px"
            raise OptionError(f"ignore={told}: want a box inside of the picture of {size_told}")
        visible[int(y0 * down) : int(np.ceil(y1 * down)), int(x0 * across) : int(np.ceil(x1 * across))] = (
            False
        )
    return visible
