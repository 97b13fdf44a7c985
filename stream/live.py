"""LiveSource: devices and network streams on one clock, watched, and opened again when they go away."""

import threading
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..core.errors import OptionError, SourceLost
from ..core.values import SoundBlock, VideoFrame
from .clock import Clock, SystemClock
from .crew import Crew
from .dating import Dating
from .feed import BOTH, Feed, Offer
from .network import NetworkFeed
from .reader import Reader
from .ring import Ring
from .sink import Absence, Notice
from .source import Description, Faults, SourceOptions, is_camera, is_live, redact
from .vitals import ClockState
from .watchdog import Watchdog

BEFORE = 0.5  # s from t = 0 until it is open: what is drained from a buffer is dated before it arrived
SOUND_KEPT, WAIT = 2.0, 0.1  # s of sound that may wait for whoever reads `items`; of one wait for a frame
DEFAULT_MICROPHONE = "default"


class FeedFaults(Faults):
    """What a feed finds, at times of the monotonic clock, handed on at times since `begun` s."""

    def __init__(self, faults: Faults, begun: float) -> None:
        super().__init__()
        self.begun = begun
        self._faults = faults

    def add(self, kind: str, time: float, text: str) -> None:
        """Count one, in the session's faults as well."""
        self.counts[kind] += 1
        self._faults.add(kind, time - self.begun, text)


class LiveSource:
    """One feed with picture and sound, or two feeds. Opens them; raises SourceError where one cannot be.

    Like a `Replay` it feeds rings from threads of its own and waits for nobody. A feed that goes away is
    opened again and again; `news` tells what happened, and every second what is missing. Times are s since
    shortly before it was open.
    """

    def __init__(
        self, uri: str, feeds: Sequence[Feed], options: SourceOptions, clock: Clock | None = None
    ) -> None:
        if options.start:
            raise OptionError(f"start={options.start:g} s: {redact(uri)} is live; leave --start out")
        self.faults = Faults()
        self.lost: SourceLost | None = None
        self._clock = clock or SystemClock()
        self._feeds, self._options = list(feeds), options
        offers = self._open()
        self.description = describe(uri, offers)
        self._watchdog = Watchdog(BOTH, BEFORE)
        self._readers = [self._reader(feed, offer) for feed, offer in zip(self._feeds, offers, strict=True)]
        self._sounds: Ring[SoundBlock] | None = None

    def due(self, time: float) -> float:
        """The moment of the clock that is `time` s of the session."""
        return self._begun + time

    def feed(self, crew: Crew, frames: Ring[VideoFrame], sounds: Ring[SoundBlock]) -> None:
        """Start the threads; they close the rings at the end, also when they give up (see `lost`)."""
        self._sounds = sounds
        for track in BOTH:
            self._watchdog.seen(track, self._now())
        for feed, reader in zip(self._feeds, self._readers, strict=True):
            rings: list[Ring[Any]] = [frames] if "picture" in feed.provides else []
            rings += [sounds] if "sound" in feed.provides else []
            work = partial(self._read, reader, frames, sounds, crew.stop)
            crew.start(" and ".join(sorted(feed.provides)), work, *rings)

    def items(self) -> Iterator[VideoFrame | SoundBlock]:
        """Frames and blocks as they come: all sound, and the newest frame. Raises SourceLost on giving up."""
        frames: Ring[VideoFrame] = Ring(1)
        sounds: Ring[SoundBlock] = Ring(SOUND_KEPT, lambda block: block.samples.size / block.rate)
        with Crew() as crew:
            self.feed(crew, frames, sounds)
            while not (frames.ended and sounds.ended):
                newest = frames.take(WAIT)
                yield from sounds.take(WAIT if frames.ended else 0)
                yield from newest
                self.news()
        if self.lost is not None:
            raise self.lost

    def news(self) -> list[Notice | Absence]:
        """What happened since it was last asked; to be asked some times a second."""
        news = self._watchdog.news(self._now())
        if self._watchdog.is_lost("sound"):
            self._tell_silence()
        return news

    def clocks(self) -> ClockState:
        """How the clocks stand."""
        fits = [reader.dating.fit for reader in self._readers]
        shift = sum(float(getattr(feed, "shift", 0.0)) for feed in self._feeds)
        return ClockState(
            self._options.av_offset - shift,
            max(fit.uncertainty for fit in fits),
            fits[0].drift,
            fits[-1].drift,
        )

    def close(self) -> None:
        """Let go of every device; may be called twice."""
        for feed in self._feeds:
            feed.close()

    def _open(self) -> list[Offer]:
        faults = FeedFaults(self.faults, self._clock.now())
        never = threading.Event()
        try:
            offers = []
            for feed in self._feeds:
                feed.faults = faults
                offers.append(feed.open(never))
        except BaseException:
            self.close()
            raise
        self._begun = faults.begun = self._clock.now() - BEFORE
        return offers

    def _reader(self, feed: Feed, offer: Offer) -> Reader:
        counted = feed.provides == {"sound"} and not isinstance(feed, NetworkFeed)
        dating = Dating(self.faults, offer.sound_rate, self._begun, self._options.av_offset, counted)
        return Reader(feed, dating, self._watchdog, self._clock, self._begun, self._options)

    def _read(
        self, reader: Reader, frames: Ring[VideoFrame], sounds: Ring[SoundBlock], stop: threading.Event
    ) -> None:
        try:
            reader.run(frames, sounds, stop)
        except SourceLost as error:
            # an end like another one: what came before it is still to be taken
            self.lost = error
        finally:
            # picture without sound, or sound without picture, is nothing
            stop.set()

    def _tell_silence(self) -> None:
        """Let the analysis know that the sound up to now will not come, so that it need not wait for it."""
        if self._sounds is not None:
            rate = self.description.sound_rate
            nothing = np.zeros(0, np.float32)
            self._sounds.put(SoundBlock(nothing, 0, rate, self._now(), lost=True))

    def _now(self) -> float:
        return self._clock.now() - self._begun


def describe(uri: str, offers: Sequence[Offer]) -> Description:
    """What the feeds give together."""
    return Description(
        redact(uri),
        max(offer.width for offer in offers),
        max(offer.height for offer in offers),
        max(offer.frame_rate for offer in offers),
        max(offer.sound_rate for offer in offers),
        None,
    )


def open_live(uri: str, options: SourceOptions) -> LiveSource:
    """The live source that `uri` and `options.sound` name. Raises SourceError for what cannot be opened."""
    if is_camera(uri):
        # late: only who has a camera needs what drives it
        from .camera import open_camera  # noqa: PLC0415

        camera: Feed = open_camera(uri, options)
        return LiveSource(uri, [camera, sound_feed(options.sound or DEFAULT_MICROPHONE, options)], options)
    if options.sound is None:
        return LiveSource(uri, [NetworkFeed(uri, options)], options)
    picture = NetworkFeed(uri, options, frozenset({"picture"}))
    return LiveSource(uri, [picture, sound_feed(options.sound, options)], options)


def sound_feed(where: str, options: SourceOptions) -> Feed:
    """The feed of a sound alone: a URL, or a microphone. Raises SourceError."""
    if is_live(where) and not is_camera(where):
        return NetworkFeed(where, options, frozenset({"sound"}))
    # late: without PortAudio it cannot be imported
    from .microphone import open_microphone  # noqa: PLC0415

    return open_microphone(where, options)
