"""A container's packets, stream by stream: read no further ahead than asked, and never without a bound."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream

from .source import Faults

LOOK_AHEAD = 32 * 2**20  # bytes of compressed data: minutes of a usual file
PACKET_WEIGHT = 1024  # bytes that a packet costs beside its data


class Packets:
    """Decodes two streams independently of how the container interleaves them.

    `broken` holds the error that ended reading early, or None. Packets that cannot be decoded are counted as
    `bad_data` and skipped. `origin` is the container's time in s at which the medium begins.
    """

    def __init__(
        self, container: InputContainer, streams: tuple[Stream, Stream], faults: Faults, origin: float = 0.0
    ) -> None:
        self.broken: av.FFmpegError | None = None
        self._reading: Iterator[Packet[Any]] | None = container.demux(*streams)
        self._waiting: dict[int, deque[Packet[Any]]] = {stream.index: deque() for stream in streams}
        self._ahead = 0
        self._faults = faults
        self._origin = origin
        self._time = 0.0  # s of the medium at the last packet that had a stamp

    def decode(self, stream: Stream) -> Iterator[Any]:
        """The stream's decoded frames in their order; None where the next one is beyond the look-ahead."""
        waiting = self._waiting[stream.index]
        while True:
            while not waiting and self._reading is not None and self._ahead < LOOK_AHEAD:
                self._read_on()
            if waiting:
                yield from self._decode(self._take(waiting))
            elif self._reading is None:
                return
            else:
                yield None

    def _read_on(self) -> None:
        assert self._reading is not None
        try:
            packet = next(self._reading)
        except StopIteration:
            self._reading = None
        except av.FFmpegError as error:
            self.broken, self._reading = error, None
        else:
            self._waiting[packet.stream.index].append(packet)  # its own stream_index is 0 in the last ones
            self._ahead += packet.size + PACKET_WEIGHT

    def _take(self, waiting: "deque[Packet[Any]]") -> "Packet[Any]":
        packet = waiting.popleft()
        self._ahead -= packet.size + PACKET_WEIGHT
        return packet

    def _decode(self, packet: "Packet[Any]") -> list[Any]:
        if packet.pts is not None:
            self._time = max(0.0, float(packet.pts * packet.time_base) - self._origin)
        try:
            return packet.decode()
        except av.FFmpegError:
            kind, time = packet.stream.type, self._time
            self._faults.add("bad_data", time, f"{kind} near {time:.2f} s cannot be decoded; it is left out")
            return []
