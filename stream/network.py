"""A stream of the network as a feed: RTSP, RTMP, SRT, HTTP, by PyAV."""

import threading
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
from .address import PASSWORD, USER, limits, read_address
from .alignment import Alignment
from .container import FASTEST_PICTURES, THREADS, main_stream, refuse_picture, refuse_sound, told_rate
from .feed import BOTH, PATIENCE, Arrival, Offer, Picture, Piece, Track
from .opening import Opening
from .picture import PictureReader
from .source import Faults, SourceOptions, redact, refuse_channel
from .waveform import Waveform

OPENING = 5.0  # s for connecting, and again for looking into the stream
FIRST_PICTURE = 12.0  # s: cameras send a key frame every 1 to 10 s
ANALYSIS = "200000"  # µs of looking into a stream: RTSP tells what it holds, the rest is 1 s of waiting
USUAL_RATE = 30.0  # 1/s, where the stream does not tell
OUT_OF_PACE = 10.0  # s by which a recording's stamps may differ from its pace: more is a jump
COUNTING = 5.0  # s over which pictures are counted, whatever rate was told
AT_ONCE = 1.0  # s of pictures that may wait at a server and come at once


class NetworkFeed:
    """A stream of the network. Raises SourceError for an address that is none.

    Two streams whose stamps do not belong together are seen and brought together (see alignment.py). A
    recording that is served by HTTP is read at its own pace.
    """

    def __init__(self, uri: str, options: SourceOptions, wanted: frozenset[Track] = BOTH) -> None:
        self.name = redact(uri)
        self.provides = wanted
        self.faults = Faults()
        self._address = read_address(uri)
        self._options = options
        self._transports = transports(self._address.is_rtsp, options.rtsp_transport)
        self._container: InputContainer | None = None
        self._aligned: Alignment | None = None
        self._sound_rate = 0

    def open(self, stop: threading.Event) -> Offer:
        """Connect, and read up to the first picture. Raises SourceError."""
        self.close()
        self._container = self._connect(stop)
        try:
            self._choose()
            self._head = list(self._until_picture(stop))
            return self._offer()
        except BaseException:
            self.close()
            raise

    def arrivals(self, stop: threading.Event) -> Iterator[Arrival | None]:
        """What comes; raises SourceLost when the connection ends, but for a recording, which just ends."""
        yield from self._head
        self._head = []
        yield from self._read(stop)

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        container, self._container = self._container, None
        if container is not None:
            container.close()

    @property
    def shift(self) -> float:
        """What is added to the stamps of the sound, in s."""
        return self._aligned.shift if self._aligned else 0.0

    def _connect(self, stop: threading.Event) -> InputContainer:
        for transport in list(self._transports):
            options = {"analyzeduration": ANALYSIS, **limits(self._address, self._options.playlist)}
            if self._address.is_rtsp:
                options["rtsp_transport"] = transport
            try:
                container = Opening(self._address, options, OPENING).container(stop)
            except (av.FFmpegError, OSError, ValueError) as error:
                if isinstance(error, SourceError):
                    raise SourceError(f"source={self.name}: {error}") from None
                if is_refused_transport(error) and transport != self._transports[-1]:
                    continue
                # without the error itself: its text holds the password
                raise SourceError(self._refusal(error)) from None
            self._transports = [transport]
            return container
        raise AssertionError("there is a transport")

    def _refusal(self, error: Exception) -> str:
        return f"source={self.name}: {reason_of(error)}"

    def _choose(self) -> None:
        """The streams to read, held against the limits."""
        assert self._container is not None
        container, self._video, self._audio = self._container, None, None
        if "picture" in self.provides:
            self._video = self._checked_picture(main_stream(container.streams.video))
        if "sound" in self.provides:
            self._audio = self._checked_sound(main_stream(container.streams.audio))
        self._paced = self._address.scheme in ("http", "https") and (container.duration or 0) > 0
        self._zero: float | None = None  # s of the monotonic clock at which a recording's stamp 0 is due
        self._counted_since, self._pictures = time.monotonic(), 0
        self._aligned = Alignment() if self._address.is_rtsp and self.provides == BOTH else None
        self._streams = [stream for stream in (self._video, self._audio) if stream is not None]
        self._packets = container.demux(*self._streams)

    def _checked_picture(self, video: VideoStream | None) -> VideoStream:
        if video is None or video.codec_context is None:
            raise SourceError(
                f"source={self.name}: has no picture that can be decoded; want picture and sound"
            )
        self._rate = told_rate(video) or USUAL_RATE
        if video.width:
            refuse_picture(video.width, video.height, self._rate, self.name)
        context = video.codec_context
        # by slices: threads that take whole frames each would hold some of them back
        context.thread_type, context.thread_count = "SLICE", THREADS
        context.options = {"max_pixels": limits(self._address, False)["max_pixels"]}
        self._reader = PictureReader(video.sample_aspect_ratio)
        self._coded: tuple[int, int] | None = None
        return video

    def _checked_sound(self, audio: AudioStream | None) -> AudioStream:
        if audio is None or audio.codec_context is None:
            raise SourceError(
                f"source={self.name}: has no sound; switch the camera's microphone on, or name another sound "
                "with --sound"
            )
        refuse_sound(audio.rate, audio.channels, self.name)
        refuse_channel(self._options.channel, audio.channels)
        self._sound_rate = self._sound_rate or audio.rate
        self._waveform = Waveform(self._sound_rate, self._options.channel, self.faults)
        if audio.codec_context.name == "aac" and self._address.is_rtsp:
            self.faults.add(
                "sound_offset",
                time.monotonic(),
                f"AAC over RTSP may come late by {1024 / audio.rate:.3f} s, which no time stamp shows; "
                "soundspot calibrate measures it, --av-offset takes it off",
            )
        return audio

    def _until_picture(self, stop: threading.Event) -> Iterator[Arrival]:
        if self._video is None:
            return
        limit, bad = time.monotonic() + FIRST_PICTURE, self.faults.counts["bad_data"]
        for arrival in self._read(stop):
            if arrival is not None:
                yield arrival
            if isinstance(arrival, Picture):
                return
            if time.monotonic() > limit:
                break
        if self.faults.counts["bad_data"] > bad or not self._video.width:
            raise SourceError(f"source={self.name}: its picture cannot be decoded, or is above 16 Mpx")
        raise SourceError(f"source={self.name}: no picture came within {FIRST_PICTURE:g} s; is it sending?")

    def _offer(self) -> Offer:
        if self._video is None:
            return Offer(sound_rate=self._sound_rate)
        first = self._head[-1]
        assert isinstance(first, Picture)
        height, width = first.pixels.shape[:2]
        return Offer(width, height, self._rate, self._sound_rate)

    def _read(self, stop: threading.Event) -> Iterator[Arrival | None]:
        while not stop.is_set():
            packet = self._next_packet()
            if packet is None:
                yield None
            elif packet.size or not self._paced:
                self._wait_for_turn(packet, stop)
                yield from self._decode(packet, time.monotonic())
            else:
                return

    def _next_packet(self) -> "Packet[Any] | None":
        """The next packet; None when none came for a while. Raises SourceLost."""
        try:
            return next(self._packets)
        except StopIteration:
            raise SourceLost(f"source={self.name}: the server ended the stream") from None
        except av.ExitError:
            assert self._container is not None
            self._packets = self._container.demux(*self._streams)
            return None
        except (av.FFmpegError, OSError) as error:
            raise SourceLost(self._refusal(error)) from None

    def _wait_for_turn(self, packet: "Packet[Any]", stop: threading.Event) -> None:
        """Hold a recording to its own pace, which begins anew where its stamps jump."""
        if not self._paced or packet.dts is None:
            return
        now, stamp = time.monotonic(), float(packet.dts * packet.time_base)
        ahead = 0.0 if self._zero is None else self._zero + stamp - now
        if self._zero is None or abs(ahead) > OUT_OF_PACE:
            self._zero, ahead = now - stamp, 0.0
        stop.wait(min(max(0.0, ahead), PATIENCE))

    def _decode(self, packet: "Packet[Any]", arrived: float) -> Iterator[Arrival | None]:
        try:
            frames: list[Any] = packet.decode()
        except av.FFmpegError:
            self.faults.add("bad_data", arrived, f"{packet.stream.type} that cannot be decoded is left out")
            frames = []
        trusted = packet.has_sidedata("prft")  # FFmpeg dates what a sender report has dated
        for frame in frames:
            # the first picture of an RTSP stream has none
            if frame.time is not None:
                yield self._arrival(frame, frame.time, arrived, trusted)
        if not frames:
            yield None

    def _arrival(self, frame: Any, stamp: float, arrived: float, trusted: bool) -> Arrival:
        if isinstance(frame, VideoFrame):
            return self._picture(frame, stamp, arrived, trusted)
        return self._piece(frame, stamp, arrived, trusted)

    def _picture(self, frame: VideoFrame, stamp: float, arrived: float, trusted: bool) -> Picture:
        self._refuse_flood(frame, arrived)
        if (frame.width, frame.height) != self._coded:
            refuse_picture(frame.width, frame.height, self._rate, self.name)
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
        self._align("sound", stamp + frame.samples / frame.sample_rate, arrived, trusted)
        return Piece(samples, stamp + self.shift, arrived)

    def _align(self, track: Track, stamp: float, arrived: float, trusted: bool) -> None:
        if self._aligned is None or not self._aligned.add(track, stamp, arrived, trusted):
            return
        shift = self._aligned.shift
        told = f"the sound's time stamps are off by {-shift:+.2f} s against their arrival: corrected"
        if not shift:
            told = "the sound's time stamps fit their arrival: no longer corrected"
        self.faults.add("offset_corrected", arrived, told)


def transports(is_rtsp: bool, wanted: str) -> list[str]:
    """What to try, in this order."""
    return ["tcp", "udp"] if is_rtsp and wanted == "auto" else [wanted]


def is_refused_transport(error: Exception) -> bool:
    """Whether a server speaks RTSP, but not over this transport."""
    return isinstance(error, OSError) and "rotocol not supported" in str(error.strerror)


def reason_of(error: Exception) -> str:
    """Why a stream cannot be had, and what to do, in a line; without anything that holds the address."""
    if isinstance(error, av.HTTPUnauthorizedError | av.HTTPForbiddenError):
        return f"wrong user or password; want USER:PASSWORD@HOST, or them in {USER} and {PASSWORD}"
    if isinstance(error, av.HTTPNotFoundError):
        return "the server has no such stream; look for the address in the camera's manual"
    if isinstance(error, ConnectionRefusedError):
        return "nobody answers at this address and port; is it switched on?"
    if isinstance(error, TimeoutError | av.ExitError):
        return f"no answer within {OPENING:g} s; is it switched on, and the address right?"
    if is_refused_transport(error):
        return "the server does not speak RTSP this way; want another --rtsp-transport"
    if isinstance(error, av.ProtocolNotFoundError):
        return "PyAV's FFmpeg was built without this protocol; want another one, as rtsp"
    if isinstance(error, av.InvalidDataError):
        return "no stream that can be read, or no answer; want RTSP, RTMP, SRT or HTTP with picture and sound"
    told = getattr(error, "strerror", None) or type(error).__name__
    return f"cannot be opened ({told.split(':')[0]}); want an address with picture and sound"
