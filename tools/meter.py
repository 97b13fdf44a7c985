"""A level meter and a frame rate, for as long as it takes to wave at the camera and to clap."""

import sys
import time
from collections.abc import Sequence
from functools import partial
from threading import Event

import numpy as np

from ..core.errors import SoundspotError
from ..stream.crew import Crew
from ..stream.feed import Arrival, Feed, Picture

TICK = 0.5  # s between two looks on a terminal
LINE = 1.0  # s between two lines where there is none
QUIET = -60.0  # dB of full scale at which the bar begins
BAR = 30  # characters
NEXT_LINE = "\n"  # where the meter stands in the line
SILENCE = 1e-5  # of full scale: -100 dB, as digital silence has no level


class Meter:
    """What came since it was last read."""

    def __init__(self) -> None:
        self.feeds = 0  # that are read
        self.pictures = 0
        self.loudest: float | None = None  # dB of full scale; None before any sound
        self.lost = 0
        self.size = ""

    def take(self, arrival: Arrival) -> None:
        """Count it."""
        if isinstance(arrival, Picture):
            self.pictures += 1
            height, width = arrival.pixels.shape[:2]
            self.size = f" of {width}x{height} px"
        elif arrival.samples.size:
            self.loudest = max(level(arrival.samples), -np.inf if self.loudest is None else self.loudest)
            self.lost += arrival.lost

    def words(self, seconds: float) -> str:
        """`29.8 pictures/s of 640x480 px   -32 dB |######    |`."""
        words = [f"{self.pictures / seconds:.1f} pictures/s{self.size}" if self.size else "no picture"]
        if self.loudest is None:
            return "   ".join([*words, "no sound"])
        filled = round(BAR * min(max(1 - self.loudest / QUIET, 0), 1))
        words.append(f"sound {self.loudest:4.0f} dB |{'#' * filled:<{BAR}}|")
        return "   ".join(words + ([f"lost {self.lost} times"] if self.lost else []))


def level(samples: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> float:
    """Of sound (n,) in -1 … 1: decibels of full scale."""
    return float(20 * np.log10(max(np.sqrt(np.mean(np.square(samples, dtype=np.float64))), SILENCE)))


def watch(feeds: Sequence[Feed], stop: Event, seconds: float) -> None:
    """Open the feeds and print what they give for so many s; of one that is not there, or goes away, why."""
    meter = Meter()
    meter.feeds = len(feeds)
    with Crew() as crew:
        for feed in feeds:
            crew.start(feed.name, partial(measure, feed, meter, crew.stop))
        show(meter, stop, seconds)


def measure(feed: Feed, meter: Meter, stop: Event) -> None:
    """Read one feed until `stop`; an error is a line like another."""
    try:
        feed.open(stop)
        for arrival in feed.arrivals(stop):
            if arrival is not None:
                meter.take(arrival)
    except SoundspotError as error:
        if not stop.is_set():
            print(f"{NEXT_LINE * sys.stdout.isatty()}  {error}", flush=True)
    finally:
        feed.close()
        meter.feeds -= 1


def show(meter: Meter, stop: Event, seconds: float) -> None:
    """Print the meter until the time is over: on a terminal in one line."""
    on_terminal = sys.stdout.isatty()
    tick = TICK if on_terminal else LINE
    before = begun = time.monotonic()
    while meter.feeds and before < begun + seconds and not stop.wait(tick):
        now = time.monotonic()
        words = meter.words(now - before)
        meter.pictures, meter.loudest, meter.lost = 0, None, 0
        before = now
        print(
            f"\r  {words:<100}" if on_terminal else f"  {words}", end="" if on_terminal else "\n", flush=True
        )
    if on_terminal:
        print()
