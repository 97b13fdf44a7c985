"""Reader: reads one feed in a thread, and opens it again when it goes away."""

import threading

from ..core.errors import OptionError, SoundspotError, SourceError, SourceLost
from ..core.values import SoundBlock, VideoFrame
from .clock import Clock
from .dating import Dating
from .feed import Feed
from .retry import EAGER, Retry
from .ring import Ring
from .source import SourceOptions
from .watchdog import Watchdog

AT_ONCE = 0.1  # s before the first attempt to open again
DEAD = 3.0  # s without anything at all after which a connection is given up for a new one
HALF_DEAD = 10.0  # s without one of its tracks
SETTLED = 15.0  # s that a connection is given before it counts as half dead


class Reader:
    """Puts what a feed gives, dated, into `frames` and `sounds`, and tells the watchdog of it."""

    def __init__(
        self,
        feed: Feed,
        dating: Dating,
        watchdog: Watchdog,
        clock: Clock,
        begun: float,
        options: SourceOptions,
    ) -> None:
        self._feed = feed
        self.dating = dating
        self._watchdog = watchdog
        self._clock = clock
        self._begun = begun
        self._options = options
        self._opened = clock.now()
        self._heard = clock.now()  # when something came last
        self._retry: Retry | None = None

    def run(self, frames: Ring[VideoFrame], sounds: Ring[SoundBlock], stop: threading.Event) -> None:
        """The thread's work, until `stop` or the end of the medium. Raises SourceLost when it gives up."""
        while True:
            try:
                self._read(frames, sounds, stop)
                return
            except (SourceError, OptionError) as error:
                if stop.is_set():
                    return
                self._watchdog.gone(self._feed.provides, self._without_name(error))
            finally:
                self._feed.close()
            if not self._open_again(stop):
                return

    def _read(self, frames: Ring[VideoFrame], sounds: Ring[SoundBlock], stop: threading.Event) -> None:
        self._opened = self._heard = self._clock.now()
        self.dating.restart(self._opened, "picture" in self._feed.provides)
        end = self._options.end
        for arrival in self._feed.arrivals(stop):
            if stop.is_set() or (end is not None and self._now() >= end):
                return
            for item in self.dating.items(arrival) if arrival is not None else ():
                if isinstance(item, VideoFrame):
                    self._watchdog.seen("picture", self._now())
                    frames.put(item)
                else:
                    self._watchdog.seen("sound", self._now())
                    # nobody takes it while there are no pictures, and it would pile up
                    if not self._watchdog.is_lost("picture"):
                        sounds.put(item)
            self._hold_alive(arrival is not None)

    def _hold_alive(self, came: bool) -> None:
        """Raises SourceLost for a connection that no longer brings what it should."""
        now = self._clock.now()
        if came:
            self._heard = now
        if now - self._heard > DEAD:
            raise SourceLost(f"nothing has come for {DEAD:g} s")
        lost = max(self._watchdog.lost_for(track, self._now()) for track in self._feed.provides)
        if lost > HALF_DEAD and now - self._opened > SETTLED:
            raise SourceLost(f"a part of it has not come for {lost:.0f} s, so it is opened anew")

    def _open_again(self, stop: threading.Event) -> bool:
        """Try until it is open; False when `stop` was set. Raises SourceLost when it is time to give up."""
        lost_at = self._clock.now()
        if self._retry is None or lost_at - self._opened > EAGER:
            self._retry, pause = Retry(lost_at), AT_ONCE
        else:
            # what breaks off again and again is called no more often than what cannot be opened
            pause = self._retry.pause(lost_at)
        why = "the connection broke off"
        while not stop.wait(pause):
            try:
                self._feed.open(stop)
                return True
            except (SourceError, OptionError) as error:
                # an option that fitted may not fit what the device has become
                why = self._without_name(error)
            pause = self._retry.pause(self._clock.now())
            away = self._clock.now() - lost_at
            if self._options.give_up is not None and away + pause > self._options.give_up:
                raise SourceLost(f"source={self._feed.name}: {why}; given up after {away:.1f} s")
        return False

    def _without_name(self, error: SoundspotError) -> str:
        return str(error).removeprefix(f"source={self._feed.name}: ")

    def _now(self) -> float:
        return self._clock.now() - self._begun
