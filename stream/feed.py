"""Feed: one live device or network stream, as the live way reads it; what every kind of it must hold to.

Who makes them: `network.NetworkFeed`, `camera.open_camera(uri, options)`, `microphone.open_microphone(name,
options)`. Who uses them: `live.LiveSource`, which runs each feed in a thread of its own, dates what comes,
watches over it and opens it again.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from .source import Faults

Track = Literal["picture", "sound"]
BOTH: frozenset[Track] = frozenset({"picture", "sound"})
PATIENCE = 1.0  # s that `arrivals` may take at most between two items, None among them


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded picture: `pixels` uint8 (h, w, 3) BGR, upright, a new array; `stamp` s on the device's own
    clock, of the picture; `arrived` s of the monotonic clock, when the machine had it."""

    pixels: NDArray[np.uint8]
    stamp: float
    arrived: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of sound: `samples` float32 (n,) in -1 … 1, mono; `stamp` s on the device's own clock, of the
    first sample (a microphone: samples counted / rate, lost ones as well as they are known); `arrived` s of
    the monotonic clock, when the machine had its last sample; `lost` says that a gap precedes it."""

    samples: NDArray[np.float32]
    stamp: float
    arrived: float
    lost: bool = False


Arrival = Picture | Piece


@dataclass(frozen=True, slots=True)
class Offer:
    """What an open feed gives: picture size in px and nominal rate in 1/s (0 without picture), sound rate in
    Hz (0 without sound). After it was opened again the size may be another one; the sound rate never is:
    the feed resamples."""

    width: int = 0
    height: int = 0
    frame_rate: float = 0.0
    sound_rate: int = 0


class Feed(Protocol):
    """A device or stream that can be opened, read and closed, again and again.

    All is called from one thread at a time. `name` is what the user is told, without password. Faults that
    the feed sees (`faults.add(kind, time, text)`, time in s of the monotonic clock) are told and counted.
    """

    name: str
    provides: frozenset[Track]
    faults: Faults

    def open(self, stop: threading.Event) -> Offer:
        """Open it. Raises SourceError when that fails, or when `stop` is set; never blocks without a limit,
        and sees `stop` within a second."""

    def arrivals(self, stop: threading.Event) -> Iterator[Arrival | None]:
        """What comes, as it comes; None when nothing came for a while, at least every PATIENCE s.

        Raises SourceLost when the device went away; returns when `stop` is set, or when there will never be
        more (a recording's end).
        """

    def close(self) -> None:
        """Let go of it; may be called twice, and while it is not open."""
