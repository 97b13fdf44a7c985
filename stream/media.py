"""A media file as a source: its pictures and its sound, in order of time."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import av

from ..core.errors import OptionError, SoundspotError, SourceError, SourceLost
from ..core.values import SoundBlock, VideoFrame, frozen
from .container import choose_streams, open_container, refuse_picture, told_rate
from .integrity import is_cut_off
from .packets import Packets
from .picture import PictureReader
from .source import Description, Faults, SourceOptions, between, refuse_channel
from .stamps import Stamps
from .waveform import Waveform

MICROSECONDS = 1_000_000  # of a container's own times
USUAL_RATE = 30.0  # 1/s, where the container does not know
PREROLL = 1.0  # s read before `start`, as a sound decoder needs some packets to settle
EARLY = 1.0  # s by which a file may end before its declared end: the streams of a whole file differ by less
PROMISING = ("mp4", "matroska")  # formats that declare a duration; others only estimate it

Item = VideoFrame | SoundBlock


class MediaSource:
    """A media file. `time` counts from the medium's start, also when `options.start` skips ahead.

    Frames with the same stamp, or one that lies a little before their predecessor's, are dropped and counted;
    larger jumps are joined (see stamps.py). Raises SourceError for what cannot be read, OptionError for
    options that do not fit the file; `items` raises SourceLost at the end of a file that was cut off.
    """

    def __init__(self, path: Path, options: SourceOptions) -> None:
        self.faults = Faults()
        self._path = path
        self._options = options
        self._container = open_container(path)
        try:
            self._prepare()
            self.description, self._items = self._describe()
        except BaseException:
            self.close()
            raise

    def items(self) -> Iterator[Item]:
        """Pictures and sound in order of time; raises SourceLost when the file breaks off."""
        return self._items

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self._container.close()

    def _prepare(self) -> None:
        self._video, self._audio = choose_streams(self._container, self._path)
        refuse_channel(self._options.channel, self._audio.channels)
        self._rate = told_rate(self._video) or USUAL_RATE
        # a start a little below 0 is what the sound's decoder swallows: the medium itself begins at 0
        self._origin = max(self._container.start_time or 0, 0) / MICROSECONDS
        self._duration = self._declared_length()
        self._reached = 0.0
        self._picture = PictureReader(self._video.sample_aspect_ratio)
        self._waveform = Waveform(self._audio.rate, self._options.channel, self.faults)
        self._video_stamps, self._audio_stamps = Stamps(self.faults), Stamps(self.faults)
        self._video_stamps.other, self._audio_stamps.other = self._audio_stamps, self._video_stamps
        self._skip_ahead()
        self._packets = Packets(self._container, (self._video, self._audio), self.faults, self._origin)

    def _declared_length(self) -> float | None:
        """Seconds of the medium, or None where the container does not tell."""
        declared = (self._container.duration or 0) / MICROSECONDS
        if "matroska" in self._container.format.name:
            declared -= self._origin  # what Matroska declares is the end, counted from a stamp of 0
        return declared if declared > 0 else None

    def _skip_ahead(self) -> None:
        start = self._options.start
        if self._duration is not None and start >= self._duration:
            raise OptionError(
                f"start={start:g} s: want less than the medium's length, {self._duration:.2f} s"
            )
        if start > PREROLL:
            try:
                self._container.seek(int((self._origin + start - PREROLL) * MICROSECONDS))
            except av.FFmpegError:
                return  # a medium that cannot be searched is read from its beginning

    def _describe(self) -> tuple[Description, Iterator[Item]]:
        """Read up to the first picture: only then its size and turn are known."""
        items = self._read()
        head: list[Item] = []
        while not head or isinstance(head[-1], SoundBlock):
            try:
                head.append(next(items))
            except (StopIteration, SourceLost):
                raise self._no_picture() from None
        height, width = head[-1].pixels.shape[:2]
        refuse_picture(width, height, self._rate, self._path)
        description = Description(
            str(self._path), width, height, self._rate, self._audio.rate, self._duration
        )
        return description, chain(head, items)

    def _no_picture(self) -> SoundspotError:
        if self._options.start > 0:
            return OptionError(
                f"start={self._options.start:g} s: no picture comes after it; want less than "
                f"{self._reached:.2f} s, where the medium ends"
            )
        return SourceError(f"source={self._path}: no picture in it can be decoded; convert it")

    def _read(self) -> Iterator[Item]:
        yield from between(in_order(self._frames(), self._blocks()), self._options)
        if self._options.end is None or self._reached < self._options.end:
            self._hold_to_promise()

    def _frames(self) -> Iterator[VideoFrame | None]:
        """The pictures; None where the next one is not in reach yet."""
        index, last = -1, float("-inf")
        for frame in self._packets.decode(self._video):
            if frame is None:
                yield None
                continue
            time = self._video_stamps.place(self._raw_time(frame.time), 1 / self._rate)
            index = index + 1 if index >= 0 else round((time or 0.0) * self._rate)
            if time is None:
                continue
            if time <= last:
                self.faults.add(
                    "repeated_frame", last, f"frames with a stamp not after {last:.2f} s are left out"
                )
                continue
            last = time
            self._reached = max(self._reached, time + 1 / self._rate)
            if time >= self._options.start:
                yield VideoFrame(frozen(self._picture.read(frame)), time, index)

    def _blocks(self) -> Iterator[SoundBlock | None]:
        """The sound; None where the next block is not in reach yet."""
        for frame in self._packets.decode(self._audio):
            if frame is None:
                yield None
                continue
            duration = frame.samples / frame.sample_rate
            time = self._audio_stamps.place(self._raw_time(frame.time), duration)
            if time is not None:
                self._reached = max(self._reached, time + duration)
                yield from self._waveform.blocks(frame, time)

    def _raw_time(self, stamp: float | None) -> float | None:
        return None if stamp is None else stamp - self._origin

    def _hold_to_promise(self) -> None:
        """Raises SourceLost when the file ended before it should."""
        formats = self._container.format.name
        promised = self._duration if any(name in formats for name in PROMISING) else None
        # where stamps that jump were joined, the declared end is on another clock
        joined = self.faults.counts["time_jump"] > 0
        short = promised is not None and not joined and self._reached < promised - EARLY
        if self._packets.broken is None and not short and not is_cut_off(self._path, formats):
            return
        of = f" of {promised:.2f} s" if short else ""
        raise SourceLost(
            f"source={self._path}: breaks off at {self._reached:.2f} s{of}, the file is cut short; "
            "what was readable is done, copy or record it again"
        )


def in_order(frames: Iterator[VideoFrame | None], blocks: Iterator[SoundBlock | None]) -> Iterator[Item]:
    """Both streams merged by time, the frame first where times are equal; None means "not in reach yet"."""
    streams: list[Iterator[Item | None]] = [frames, blocks]
    heads: list[Item | None] = [None, None]
    ended = [False, False]
    while not all(ended):
        for side in (0, 1):
            if heads[side] is None and not ended[side]:
                try:
                    heads[side] = next(streams[side])
                except StopIteration:
                    ended[side] = True
        ready = [(head.time, side) for side, head in enumerate(heads) if head is not None]
        if ready:
            _, side = min(ready)
            head, heads[side] = heads[side], None
            if head is not None:
                yield head
