"""A stream of the network as a feed: RTSP, RTMP, SRT, HTTP, by PyAV."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet

from ..core.errors import SourceError, SourceLost
from .address import limits, read_address
from .feed import BOTH, PATIENCE, Arrival, Offer, Picture, Track
from .opening import STALL, Opening
from .refusal import OPENING, is_refused_transport, reason_of, told
from .source import Faults, SourceOptions, redact
from .tracks import Tracks

FIRST_PICTURE = 12.0  # s: cameras send a key frame every 1 to 10 s
ANALYSIS = "200000"  # µs of looking into a stream: RTSP tells what it holds, the rest is 1 s of waiting
OUT_OF_PACE = 10.0  # s by which a recording's stamps may differ from its pace: more is a jump


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
        self._tracks: Tracks | None = None
        self._sound_rate = 0  # Hz, of the first opening ever after
        self._zero: float | None = None  # s of the monotonic clock at which a recording's stamp 0 is due

    def open(self, stop: threading.Event) -> Offer:
        """Connect, and read up to the first picture. Raises SourceError."""
        self.close()
        self._container = self._connect(stop)
        try:
            self._choose(self._container)
            self._head = list(self._until_picture(stop))
            return self._offer()
        except BaseException:
            self.close()
            raise

    def arrivals(self, stop: threading.Event) -> Iterator[Arrival | None]:
        """What comes; raises SourceLost when the connection ends, but for a recording, which just ends."""
        head, self._head = self._head, []
        if self._paced:
            # it has waited for whoever reads it, so its time begins now
            now, self._zero = time.monotonic(), None
            head = [replace(arrival, arrived=now) for arrival in head]
        yield from head
        for batch in self._read(stop):
            yield from batch
            if not batch:
                yield None

    def close(self) -> None:
        """Let go of the connection; may be called twice."""
        container, self._container = self._container, None
        if container is not None:
            container.close()

    @property
    def shift(self) -> float:
        """What is added to the stamps of the sound, in s."""
        return self._tracks.shift if self._tracks else 0.0

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
                raise SourceError(f"source={self.name}: {reason_of(error)}") from None
            self._transports = [transport]
            return container
        raise AssertionError("there is a transport")

    def _choose(self, container: InputContainer) -> None:
        """What to read of it, held against the limits."""
        tracks = Tracks(container, self.name, self.provides, self._address.is_rtsp, self.faults)
        self._sound_rate = tracks.begin_sound(self._sound_rate, self._options.channel)
        self._tracks = tracks
        self._packets = container.demux(*tracks.streams)
        self._ended = 0  # tracks of a recording that have come to their end
        self._paced = self._address.scheme in ("http", "https") and (container.duration or 0) > 0
        self._zero = None

    def _until_picture(self, stop: threading.Event) -> Iterator[Arrival]:
        assert self._tracks is not None
        if self._tracks.video is None:
            return
        limit, bad = time.monotonic() + FIRST_PICTURE, self.faults.counts["bad_data"]
        for batch in self._from_beginning(stop):
            yield from batch
            if any(isinstance(arrival, Picture) for arrival in batch):
                return
            if time.monotonic() > limit:
                break
        if self.faults.counts["bad_data"] > bad or not self._tracks.video.width:
            raise SourceError(f"source={self.name}: its picture cannot be decoded, or is above 16 Mpx")
        raise SourceError(f"source={self.name}: no picture came within {FIRST_PICTURE:g} s; is it sending?")

    def _from_beginning(self, stop: threading.Event) -> Iterator[list[Arrival]]:
        try:
            yield from self._read(stop)
        except SourceLost as error:
            if not self._paced:
                raise
            raise SourceError(
                f"{error}; where the index of a recording is at its end, the server must be able to skip: "
                "download it, or write it again with FFmpeg's `-movflags +faststart`"
            ) from None

    def _offer(self) -> Offer:
        assert self._tracks is not None
        if self._tracks.video is None:
            return Offer(sound_rate=self._sound_rate)
        first = self._head[-1]
        assert isinstance(first, Picture)
        height, width = first.pixels.shape[:2]
        return Offer(width, height, self._tracks.rate, self._sound_rate)

    def _read(self, stop: threading.Event) -> Iterator[list[Arrival]]:
        """What each packet holds; nothing when none came for a while."""
        tracks = self._tracks
        assert tracks is not None
        while not stop.is_set() and self._ended < len(tracks.streams):
            packet = self._next_packet(tracks)
            if packet is None:
                yield []
                continue
            # a recording's last packet of each track has neither data nor date: it brings out what the
            # decoder still holds
            self._ended += self._paced and not packet.size and packet.dts is None
            self._wait_for_turn(packet, stop)
            yield [*tracks.arrivals(packet, time.monotonic())]

    def _next_packet(self, tracks: Tracks) -> "Packet[Any] | None":
        """The next packet; None when none came for a while. Raises SourceLost."""
        try:
            return next(self._packets)
        except StopIteration:
            raise SourceLost(f"source={self.name}: the server ended the stream") from None
        except av.ExitError:
            if not self._address.is_rtsp:
                # what was read of it in vain is missing: it fails again and again at once
                raise SourceLost(f"source={self.name}: nothing has come for {STALL:g} s") from None
            assert self._container is not None
            self._packets = self._container.demux(*tracks.streams)
            return None
        except (av.FFmpegError, OSError) as error:
            raise SourceLost(f"source={self.name}: it broke off ({told(error)})") from None

    def _wait_for_turn(self, packet: "Packet[Any]", stop: threading.Event) -> None:
        """Hold a recording to its own pace, which begins anew where its stamps jump."""
        if not self._paced or packet.dts is None:
            return
        now, stamp = time.monotonic(), float(packet.dts * packet.time_base)
        ahead = 0.0 if self._zero is None else self._zero + stamp - now
        if self._zero is None or abs(ahead) > OUT_OF_PACE:
            self._zero, ahead = now - stamp, 0.0
        stop.wait(min(max(0.0, ahead), PATIENCE))


def transports(is_rtsp: bool, wanted: str) -> list[str]:
    """What to try, in this order."""
    return ["tcp", "udp"] if is_rtsp and wanted == "auto" else [wanted]
