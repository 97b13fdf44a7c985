"""Watchdog: notices, track by track, that nothing comes any more, and that it comes again."""

import threading
from collections.abc import Iterable

from .feed import Track
from .sink import Absence, Notice

LIMIT = 2.0  # s without an arrival after which a track is lost
TOGETHER = 0.5  # s: tracks that fell silent this close to each other are told of together
AGAIN = 1.0  # s between two answers that say what is missing


class Watchdog:
    """Told of every arrival by the threads that read, asked for news by the one that answers. Times in s of
    the session."""

    def __init__(self, tracks: Iterable[Track], now: float) -> None:
        self._lock = threading.Lock()
        self._last: dict[Track, float] = dict.fromkeys(tracks, now)
        self._gone: dict[Track, str] = {}  # why the device of a track is known to be gone
        self._lost: dict[Track, float] = {}  # since when
        self._told = -AGAIN

    def seen(self, track: Track, now: float) -> None:
        """Something of the track arrived."""
        with self._lock:
            self._last[track] = now
            self._gone.pop(track, None)

    def gone(self, tracks: Iterable[Track], why: str) -> None:
        """The device of these tracks went away; `why` is one line."""
        with self._lock:
            self._gone.update(dict.fromkeys(tracks, why))

    def lost_for(self, track: Track, now: float) -> float:
        """For how many s the track has been lost; 0 when it is not."""
        with self._lock:
            return now - self._lost[track] if track in self._lost else 0.0

    def is_lost(self, track: Track) -> bool:
        """Whether it is told to be lost."""
        return track in self._lost

    def news(self, now: float) -> list[Notice | Absence]:
        """What is to be told at `now` s: a loss and a return once, and what is missing every second."""
        with self._lock:
            news: list[Notice | Absence] = [*self._losses(now), *self._returns(now)]
            if self._lost and now - self._told >= AGAIN:
                self._told = now
                news.append(Absence(now, "lost_video" if "picture" in self._lost else "lost_sound"))
            elif not self._lost:
                self._told = -AGAIN
        return news

    def _losses(self, now: float) -> list[Notice]:
        silent = {track: now - last for track, last in self._last.items() if track not in self._lost}
        new = [track for track in silent if track in self._gone or silent[track] > LIMIT]
        if new:
            new = [track for track in silent if track in new or silent[track] > LIMIT - TOGETHER]
        self._lost.update({track: self._last[track] for track in new})
        whys = {self._gone.get(track, f"nothing has come for {LIMIT:g} s") for track in new}
        return [loss(new, now, "; ".join(sorted(whys)))] if new else []

    def _returns(self, now: float) -> list[Notice]:
        back = [t for t, since in self._lost.items() if self._last[t] > since and t not in self._gone]
        longest = max((now - self._lost.pop(track) for track in back), default=0.0)
        return [returned(back, now, longest)] if back else []


def loss(tracks: list[Track], now: float, why: str) -> Notice:
    """The notice of a loss."""
    if len(tracks) > 1:
        return Notice(now, "source_lost", f"neither picture nor sound: {why}; trying again")
    if tracks[0] == "picture":
        return Notice(now, "lost_video", f"no picture: {why}; trying again")
    return Notice(now, "lost_sound", f"no sound: {why}; trying again")


def returned(tracks: list[Track], now: float, away: float) -> Notice:
    """The notice of a return, `away` s after the last arrival."""
    what = " and ".join("picture" if track == "picture" else "sound" for track in sorted(tracks))
    return Notice(now, "source_back", f"{what} back after {away:.1f} s")
