"""The picture and the sound of one connection: held against the limits, decoded, brought together."""

import time
from collections.abc import Iterator
from typing import Any

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ..core.errors import SourceError, SourceLost
from .alignment import Alignment
from .container import (
    FASTEST_PICTURES,
    LARGEST_PICTURE,
    THREADS,
    main_stream,
    refuse_picture,
    refuse_sound,
    told_rate,
)
from .feed import BOTH, Arrival, Picture, Piece, Track
from .picture import PictureReader
from .source import Faults, refuse_channel
from .waveform import Waveform

USUAL_RATE = 30.0  # 1/s, where the stream does not tell
COUNTING = 5.0  # s over which pictures are counted, whatever rate was told
HOLE = 0.004  # s between two pieces of sound: a lost packet, as short as any is; containers round by 1 ms
AT_ONCE = 1.0  # s of pictures that may wait at a server and come at once


class Tracks:
    """What of an open container is read, and how. `is_rtsp`: the two have clocks of their own.

    Raises SourceError for what is missing or beyond the limits, OptionError for a channel that is not there.
    """

    def __init__(
        self, container: InputContainer, name: str, wanted: frozenset[Track], is_rtsp: bool, faults: Faults
    ) -> None:
        self.name = name
        self.faults = faults
        self.video: VideoStream | None = None
        self.rate = 0.0  # of the pictures, as told
        self._audio: AudioStream | None = None
        self._sound_end: float | None = None  # s, the stamp at which the newest piece of sound ended
        self._is_rtsp = is_rtsp
        if "picture" in wanted:
            self.video = self._picture_of(main_stream(container.streams.video))
        if "sound" in wanted:
            self._audio = self._sound_of(main_stream(container.streams.audio))
        self.streams = [stream for stream in (self.video, self._audio) if stream is not None]
        self._aligned = Alignment() if is_rtsp and wanted == BOTH else None
        self._counted_since, self._pictures = time.monotonic(), 0

    @property
    def shift(self) -> float:
        """What is added to the stamps of the sound, in s."""
        return self._aligned.shift if self._aligned else 0.0

    def begin_sound(self, rate: int, channel: int | None) -> int:
        """From now on sound comes at `rate` Hz, 0 for its own; that rate, 0 without sound."""
        if self._audio is None:
            return 0
        refuse_channel(channel, self._audio.channels)
        self._waveform = Waveform(rate or self._audio.rate, channel, self.faults)
        return self._waveform.rate

    def arrivals(self, packet: "Packet[Any]", arrived: float) -> Iterator[Arrival]:
        """What a packet that came at `arrived` s holds."""
        try:
            frames: list[Any] = packet.decode()
        except av.FFmpegError:
            self.faults.add("bad_data", arrived, f"{packet.stream.type} that cannot be decoded is left out")
            return
        trusted = packet.has_sidedata("prft")  # FFmpeg dates what a sender report has dated
        for frame in frames:
            # the first picture of an RTSP stream has none
            if frame.time is None:
                continue
            if isinstance(frame, VideoFrame):
                yield self._picture(frame, frame.time, arrived, trusted)
            else:
                yield self._piece(frame, frame.time, arrived, trusted)

    def _picture_of(self, video: VideoStream | None) -> VideoStream:
        if video is None or video.codec_context is None:
            raise SourceError(
                f"source={self.name}: has no picture that can be decoded; want picture and sound"
            )
        self.rate = told_rate(video) or USUAL_RATE
        if video.width:
            refuse_picture(video.width, video.height, self.rate, self.name)
        context = video.codec_context
        # by slices: threads that take whole frames each would hold some of them back
        context.thread_type, context.thread_count = "SLICE", THREADS
        context.options = {"max_pixels": str(LARGEST_PICTURE)}
        self._reader = PictureReader(video.sample_aspect_ratio)
        self._coded: tuple[int, int] | None = None
        return video

    def _sound_of(self, audio: AudioStream | None) -> AudioStream:
        if audio is None or audio.codec_context is None:
            raise SourceError(
                f"source={self.name}: has no sound; switch the camera's microphone on, or name another sound "
                "with --sound"
            )
        refuse_sound(audio.rate, audio.channels, self.name)
        if audio.codec_context.name == "aac" and self._is_rtsp:
            self.faults.add(
                "sound_offset",
                time.monotonic(),
                f"AAC over RTSP may come late by {1024 / audio.rate:.3f} s, which no time stamp shows; "
                "soundspot calibrate measures it, --av-offset takes it off",
            )
        return audio

    def _picture(self, frame: VideoFrame, stamp: float, arrived: float, trusted: bool) -> Picture:
        self._refuse_flood(frame, arrived)
        if (frame.width, frame.height) != self._coded:
            refuse_picture(frame.width, frame.height, self.rate, self.name)
            self._coded, self._reader.size = (frame.width, frame.height), None
        self._align("picture", stamp, arrived, trusted)
        return Picture(self._reader.read(frame), stamp, arrived)

    def _refuse_flood(self, frame: VideoFrame, arrived: float) -> None:
        """Raises SourceError when more pictures come than any camera takes."""
        if arrived - self._counted_since > COUNTING:
            self._counted_since, self._pictures = arrived, 0
        self._pictures += 1
        if self._pictures > FASTEST_PICTURES * (COUNTING + AT_ONCE):
            refuse_picture(frame.width, frame.height, self._pictures / COUNTING, self.name)

    def _piece(self, frame: AudioFrame, stamp: float, arrived: float, trusted: bool) -> Piece:
        try:
            samples = self._waveform.mixed(frame)
        except (av.FFmpegError, ValueError):
            raise SourceLost(f"source={self.name}: its sound has changed its form") from None
        follows = self._sound_end is None or stamp - self._sound_end < HOLE
        self._sound_end = stamp + frame.samples / frame.sample_rate
        self._align("sound", self._sound_end, arrived, trusted)
        return Piece(samples, stamp + self.shift, arrived, lost=not follows)

    def _align(self, track: Track, stamp: float, arrived: float, trusted: bool) -> None:
        if self._aligned is None or not self._aligned.add(track, stamp, arrived, trusted):
            return
        told = f"the sound's time stamps are off by {-self.shift:+.2f} s against their arrival: corrected"
        if not self.shift:
            told = "the sound's time stamps fit their arrival: no longer corrected"
        self.faults.add("offset_corrected", arrived, told)
