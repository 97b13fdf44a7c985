"""A short file played over and over, as a source: a long stream without a long file."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ...core.values import SoundBlock, VideoFrame
from ...stream.clock import Clock
from ...stream.replay import Replay
from ...stream.source import Faults, Source, SourceOptions, open_source

Item = VideoFrame | SoundBlock


class Again:
    """A file of `lap` s, its items repeated for `seconds`, each lap's times and numbers after the last one's.

    Sound beyond the lap's end, which an encoder pads, is left out. With `held` one lap is decoded and kept:
    opening a file again and again makes memory rise by itself (70 MB over 120 times, measured), which must
    not be taken for the stream's. Raises SourceError.
    """

    def __init__(self, path: Path, lap: float, seconds: float, held: bool = False) -> None:
        self.faults = Faults()
        self._held: list[Item] | None = [] if held else None
        self._path, self._lap, self._seconds = path, lap, seconds
        with closing(self._open()) as source:
            self.description = replace(source.description, duration=seconds)

    def items(self) -> Iterator[Item]:
        """Pictures and sound in order of time."""
        if self._held is not None and not self._held:
            self._held.extend(self._read())
        begun = 0.0
        while True:
            for item in self._held or self._read():
                if begun + item.time >= self._seconds:
                    return
                yield from self._later(item, begun)
            begun += self._lap

    def close(self) -> None:
        """Nothing is held between two laps; may be called twice."""

    def _open(self) -> Source:
        return open_source(str(self._path), SourceOptions())

    def _read(self) -> Iterator[Item]:
        with closing(self._open()) as source:
            yield from source.items()

    def _later(self, item: Item, begun: float) -> Iterator[Item]:
        if isinstance(item, VideoFrame):
            if item.time < self._lap:
                passed = round(begun * self.description.frame_rate)
                yield replace(item, time=begun + item.time, index=passed + item.index)
            return
        inside = item.samples[: max(0, round(self._lap * item.rate) - item.first)]
        if inside.size:
            first = round(begun * item.rate) + item.first
            yield replace(item, samples=inside, first=first, time=begun + item.time)


class Paced(Replay):
    """A source at its own pace, whose `due` times a sink may ask for."""

    def __init__(self, source: Again, clock: Clock) -> None:
        super().__init__(source, clock)
        self.description, self.faults = source.description, source.faults
        self._again = source

    def items(self) -> Iterator[Item]:
        """Pictures and sound in order of time."""
        return self._again.items()

    def close(self) -> None:
        """Nothing is held."""
