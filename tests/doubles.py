"""Stand-ins for the parts around a session: a source, a localizer and a sink that remember."""

import threading

import numpy as np
from soundspot.core.look import Look
from soundspot.core.values import Sighting, SoundBlock, VideoFrame
from soundspot.stream.sink import Header
from soundspot.stream.source import Description, Faults

RATE = 8000
HEADER = Header("test", 32, 32, 30.0, RATE, "2000-01-01T00:00:00+00:00", 0.1)


def frame(index):
    return VideoFrame(np.zeros((32, 32, 3), np.uint8), index / 30, index)


def block(number, size=400):
    return SoundBlock(np.zeros(size, np.float32), number * size, RATE, number * size / RATE)


def media(seconds):
    """Frames at 30 1/s and blocks of 50 ms, in order."""
    items = [frame(k) for k in range(round(seconds * 30))] + [block(k) for k in range(round(seconds * 20))]
    return sorted(items, key=lambda item: item.time)


class FakeSource:
    """Gives the items; `error` comes after them, `before` is called with each."""

    def __init__(self, items, error=None, before=lambda item: None):
        self.description = Description("test", 32, 32, 30.0, RATE, None)
        self.faults = Faults()
        self._given = (items, error, before)

    def items(self):
        items, error, before = self._given
        for item in items:
            before(item)
            yield item
        if error is not None:
            raise error

    def close(self):
        pass


class FakeLocalizer:
    """Answers each frame two frames later, from `found_at` s on with a finding; `work` is called before."""

    delay = 0.1
    width = 320

    def __init__(self, found_at=float("inf"), work=lambda item: None):
        self.found_at, self.work = found_at, work
        self.held, self.blocks, self.frames = [], [], []

    def resize(self, width):
        self.width = width

    def look(self, frame):
        return Look(frame, "next", None, None, None, None, (0,))

    def push_look(self, look):
        item = look.frame
        self.work(item)
        self.frames.append(item)
        state = "found" if item.time >= self.found_at else "nobody"
        self.held.append(Sighting(item, state, None, 0.01, None))
        return [self.held.pop(0)] if len(self.held) > 2 else []

    def push_sound(self, item):
        self.blocks.append(item)
        return []

    def finish(self):
        return [self.held.pop(0) for _ in list(self.held)]


class Memory:
    """Keeps the calls in their order, and the threads that they came from."""

    def __init__(self, work=lambda: None):
        self.calls, self.threads, self.work = [], set(), work

    def start(self, header):
        self._keep("start", header)

    def take_sound(self, item):
        self._keep("sound", item)

    def take(self, sighting):
        self._keep("sighting", sighting)
        self.work()

    def absent(self, absence):
        self._keep("absence", absence)

    def notice(self, notice):
        self._keep("notice", notice)

    def close(self, end):
        self._keep("close", end)

    def _keep(self, name, value):
        self.calls.append((name, value))
        self.threads.add(threading.get_ident())

    def all(self, name):
        return [value for kind, value in self.calls if kind == name]


def check_order(sink):
    """start first, close last, each once, from one thread; times of sightings increase."""
    names = [name for name, _ in sink.calls]
    assert names[0] == "start" and names[-1] == "close"
    assert names.count("start") == names.count("close") == 1
    assert len(sink.threads) == 1
    times = [sighting.frame.time for sighting in sink.all("sighting")]
    assert times == sorted(set(times))
