"""Reading ahead: a file is decoded in one thread and looked at in another, a third works out the answers.

What comes out does not depend on how fast the threads are: all items in one order, notices among them.
"""

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from ..core.errors import SourceLost
from ..core.look import Look
from ..core.values import SoundBlock, VideoFrame
from .crew import Crew
from .ring import Ring
from .sink import Notice
from .source import Source

Read = VideoFrame | SoundBlock | Notice | SourceLost
Looked = Look | SoundBlock | Notice | SourceLost
Item = TypeVar("Item")

# Pictures that each thread may be ahead of the next one, for a ranking takes as long as some of them. With
# 4, 8 and 16 a 640x480 file took 9.3, 8.9 and 9.2 ms a frame (medians of three runs, two cores).
AHEAD = 8.0
ONE = 1920 * 1080  # px of a picture that counts as one; larger ones count more, for they fill the memory
BLOCK = 0.05  # of a picture, is what anything else counts as
WAIT = 0.1  # s of one wait, between two looks at the stop event


def read_ahead(source: Source, look: Callable[[VideoFrame], Look]) -> Generator[Looked, None, None]:
    """The source's items in their order, each frame looked at, and the notices of its faults between them; as
    the last one SourceLost where the source breaks off. Close the generator to end its threads early."""
    read: Ring[Read] = Ring(AHEAD, weigh)
    looked: Ring[Looked] = Ring(AHEAD, weigh)
    with Crew() as crew:
        crew.start("read", lambda: forward(crew, read_all(source), read), read)
        crew.start("look", lambda: forward(crew, look_at_all(take_all(read), look), looked), looked)
        yield from take_all(looked)


def read_all(source: Source) -> Iterator[Read]:
    """Items, each after the notices of what had to be mended before it; an early end as an item."""
    try:
        for item in source.items():
            yield from source.faults.take_notices()
            yield item
    except SourceLost as error:
        yield error
    yield from source.faults.take_notices()


def look_at_all(items: Iterator[Read], look: Callable[[VideoFrame], Look]) -> Iterator[Looked]:
    """The items with every frame looked at."""
    for item in items:
        yield look(item) if isinstance(item, VideoFrame) else item


def take_all(ring: Ring[Item]) -> Iterator[Item]:
    """What comes through a ring until it ends."""
    while not ring.ended:
        yield from ring.take(WAIT)


def forward(crew: Crew, items: Iterator[Item], ring: Ring[Item]) -> None:
    """Put every item into the ring, none lost, until the crew is to stop."""
    for item in items:
        while not ring.put_patiently(item, WAIT):
            if crew.stop.is_set():
                return


def weigh(item: Read | Looked) -> float:
    """What an item takes of the room in a ring, in pictures."""
    if not isinstance(item, VideoFrame | Look):
        return BLOCK
    height, width, _ = (item.frame if isinstance(item, Look) else item).pixels.shape
    return float(max(1.0, height * width / ONE))
