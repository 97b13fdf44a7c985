"""Several clips in one picture, the sound of one: the judge that needs no truth (our own measure).

A single clip is a weak judge, since the picture's centre is right most of the time. Beside clips that move
and are not heard, chance is known: one half, or one quarter.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...core.values import SoundBlock, VideoFrame
from .clips import SHORT, Clip, Pixels, clip_items

PART = (320, 240)  # px (width, height) of each clip's part of the picture
SHAPES = {2: (2, 1), 4: (2, 2)}  # clips -> columns and rows


@dataclass(frozen=True, slots=True)
class Composite:
    """Clips in the order of their places, from the upper left row by row; `seen` is the place of the clip
    whose sound would be right. `heard` is that clip, or one that is not seen."""

    parts: tuple[Clip, ...]
    seen: int
    heard: Clip
    seconds: float

    def items(self) -> Iterator[VideoFrame | SoundBlock]:
        """Frames, at the times of the clip at `seen`, and sound blocks in order of time."""
        times = self.parts[self.seen].frame_times(self.seconds)
        pictures = (self.picture(float(time)) for time in times)
        return clip_items(times, pictures, self.heard.sound_for(self.seconds), self.heard.rate)

    def picture(self, time: float) -> Pixels:
        """All parts at `time` s, uint8 (h, w, 3)."""
        shown = [part.picture_at(time) for part in self.parts]
        columns, _ = SHAPES[len(shown)]
        rows = [np.hstack(shown[first : first + columns]) for first in range(0, len(shown), columns)]
        return np.ascontiguousarray(np.vstack(rows))

    def place_in(self, x: float, y: float) -> tuple[float, float]:
        """A place of the picture in shares of the seen clip's part: outside of 0 … 1 it lies beside it."""
        row, column = divmod(self.seen, SHAPES[len(self.parts)][0])
        return x / PART[0] - column, y / PART[1] - row


def inside(place: tuple[float, float]) -> bool:
    """Whether a place in shares lies in the clip's picture."""
    return 0 <= place[0] < 1 and 0 <= place[1] < 1


def composite_seconds(clip: Clip, seconds: float) -> float:
    """A short clip is looped, another ends when it ends: a loop's seam is seen and heard at once."""
    return seconds if clip.length < SHORT else min(seconds, clip.length)


@dataclass(frozen=True, slots=True)
class Draw:
    """Which clips make a composite, by name: `heard` is the sound's, `parts` the pictures' by place."""

    kind: str
    seen: str
    parts: tuple[str, ...]
    heard: str


# beside one other clip; the same under a third clip's sound; in a square of four
KINDS = {"two": 2, "unrelated": 3, "four": 4}  # and how many clips that takes


def draw_composites(
    names: Sequence[str], judged: Sequence[str], kinds: Sequence[str], pairs: int, pick: int
) -> list[Draw]:
    """`pairs` composites of each kind for each of the `judged` clips; partners are any of `names`.

    The same `pick` draws the same ones, whichever kinds and clips are asked for.
    """
    drawn = []
    for seen in judged:
        dice = random.Random(f"{pick} {seen}")
        others = dice.sample([name for name in names if name != seen], len(names) - 1)
        for turn in range(pairs):
            beside = [others[(turn + step) % len(others)] for step in range(3)]
            side, place = dice.randrange(2), dice.randrange(4)
            stranger = dice.choice([name for name in others if name != beside[0]] or others)
            two = arranged(seen, beside[:1], side)
            drawn += [
                Draw("two", seen, two, seen),
                Draw("unrelated", seen, two, stranger),
                Draw("four", seen, arranged(seen, beside, place), seen),
            ]
    return [draw for draw in drawn if draw.kind in kinds]


def arranged(seen: str, beside: Sequence[str], place: int) -> tuple[str, ...]:
    """The partners with the seen clip at its place among them."""
    return (*beside[:place], seen, *beside[place:])
