"""Replay: a recording served as if it were live."""

import heapq
import threading
from collections.abc import Iterable, Iterator
from itertools import chain, count, islice

from ..core.errors import SourceLost
from ..core.values import SoundBlock, VideoFrame
from .clock import Clock
from .crew import Crew
from .ring import Ring
from .sink import Absence, Notice
from .source import Source
from .vitals import ClockState

Item = VideoFrame | SoundBlock


class Replay:
    """Feeds the items of a source into two rings at the medium's own pace, from a thread of its own.

    Like a camera it waits for nobody: what the reader of a ring does not take in time falls out there. A
    frame comes at its time, a block of sound when its last sample has been heard. One thread serves both:
    two would wait for each other at the one decoder, and hold what the other one has not yet asked for.
    """

    def __init__(self, source: Source, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self.lost: SourceLost | None = None  # how the source broke off, once the rings have ended
        self._begun = 0.0  # moment of the clock at which the medium's time is 0

    def due(self, time: float) -> float:
        """The moment of the clock at which the medium's `time` s is now."""
        return self._begun + time

    def feed(self, crew: Crew, frames: Ring[VideoFrame], sounds: Ring[SoundBlock]) -> None:
        """Start the thread; it closes the rings at the end, also when the source broke off (see `lost`)."""
        items = self._source.items()
        head = list(islice(items, 1))
        self._begun = self._clock.now() - (head[0].time if head else 0.0)
        crew.start(
            "replay", lambda: self._play(chain(head, items), frames, sounds, crew.stop), frames, sounds
        )

    def news(self) -> list[Notice | Absence]:
        """Nothing happens to a recording."""
        return []

    def clocks(self) -> ClockState | None:
        """A recording has none."""
        return None

    def _play(
        self,
        items: Iterator[Item],
        frames: Ring[VideoFrame],
        sounds: Ring[SoundBlock],
        stop: threading.Event,
    ) -> None:
        try:
            for due, item in by_completion(items):
                if not self._clock.wait_until(self.due(due), stop):
                    return
                if isinstance(item, VideoFrame):
                    frames.put(item)
                else:
                    sounds.put(item)
        except SourceLost as error:
            # an end like another one: what was played before it is still to be taken
            self.lost = error


def by_completion(items: Iterable[Item]) -> Iterator[tuple[float, Item]]:
    """The items, given by the time at which they begin, by that at which a device has them whole; and it.

    An error on the way comes after the items before it.
    """
    waiting: list[tuple[float, int, Item]] = []
    numbers = count()  # decides between equals, as items cannot be compared
    try:
        for item in items:
            while waiting and waiting[0][0] <= item.time:
                done, _, earlier = heapq.heappop(waiting)
                yield done, earlier
            heapq.heappush(waiting, (completion(item), next(numbers), item))
    except SourceLost:
        yield from ((done, item) for done, _, item in sorted(waiting))
        raise
    yield from ((done, item) for done, _, item in sorted(waiting))


def completion(item: Item) -> float:
    """The time in s at which a device has the whole item."""
    return item.time + (item.samples.size / item.rate if isinstance(item, SoundBlock) else 0.0)
