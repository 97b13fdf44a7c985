"""Items through a localizer: its sightings, and each in the few numbers that are judged."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ...core.localizer import Localizer
from ...core.options import Options
from ...core.values import Sighting, SoundBlock, VideoFrame
from ..baselines.strongest_mover import StrongestMover

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Moment:
    """One answer: `place` (x, y) px of the best candidate, None without one; whether something was `named`
    (then it is that candidate); its `p_value` and `score`; and where it moved most, `moving`."""

    time: float
    place: Place | None
    named: bool
    p_value: float | None
    score: float
    moving: Place


class Interrupted(Exception):
    """The measurement was asked to end."""


def follow(
    items: Iterable[VideoFrame | SoundBlock],
    options: Options,
    stopped: Callable[[], bool],
    look: Callable[[VideoFrame], object] | None = None,
) -> Iterator[Sighting]:
    """The sightings of the items in order; `look` is shown every frame first.

    Raises Interrupted as soon as `stopped` says so.
    """
    localizer = Localizer(options)
    for item in items:
        if stopped():
            raise Interrupted
        if look is not None and isinstance(item, VideoFrame):
            look(item)
        yield from localizer.push(item)
    yield from localizer.finish()


def moments(
    items: Iterable[VideoFrame | SoundBlock], options: Options, stopped: Callable[[], bool]
) -> list[Moment]:
    """Every answer to the items, with what the motion rule says of its frame."""
    rule = StrongestMover()
    moving: dict[int, Place] = {}

    def look(frame: VideoFrame) -> None:
        moving[frame.index] = rule.push(frame)

    return [
        to_moment(sighting, moving[sighting.frame.index])
        for sighting in follow(items, options, stopped, look)
    ]


def to_moment(sighting: Sighting, moving: Place) -> Moment:
    """The sighting's few numbers."""
    best = sighting.best
    return Moment(
        sighting.frame.time,
        best.centre if best else None,
        sighting.state == "found",
        sighting.p_value,
        best.score if best else -1.0,
        moving,
    )
