"""Where pictures and sound come from: the protocol of every source, and `open_source`."""

import os
import re
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from ..core.errors import OptionError, SourceError
from ..core.options import check_options, option
from ..core.values import SoundBlock, VideoFrame
from .sink import Notice

SCENE = "scene:"
DEMO = "demo"
CAMERA = "camera"
NETWORK = ("rtsp", "rtsps", "rtmp", "rtmps", "http", "https", "srt")
KNOWN = "want a video file with sound, a URL, camera, demo, or scene:NAME"
CAMERA_OPTIONS = ("camera_size", "camera_rate")
LIVE_OPTIONS = ("sound", "give_up", "rtsp_transport", "playlist")
TOLD_EACH_TIME = ("offset_corrected",)  # kinds of faults of which every single one is news


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """How a source is read. Raises OptionError for a value out of its range."""

    start: float = option(0.0, "skip this much of the medium", unit="s", low=0.0, high=1e6)
    end: float | None = option(None, "stop at this time of the medium", unit="s", low=0.0, high=1e6)
    channel: int | None = option(
        None, "use one sound channel, counted from 0; all are mixed otherwise", low=0, high=63
    )
    av_offset: float = option(
        0.0,
        "by how much the sound comes after its picture: taken off",
        unit="s",
        low=-5,
        high=5,
    )
    sound: str | None = option(
        None,
        "live: sound from elsewhere, a URL or a microphone (default, name or number)",
        form="WHERE",
    )
    camera_size: str | None = option(
        None, "camera: ask for pictures of this size; 640x480 otherwise", unit="px", form="WIDTHxHEIGHT"
    )
    camera_rate: float | None = option(
        None, "camera: ask for so many pictures a second; 30 otherwise", unit="1/s", low=1.0, high=240.0
    )
    rtsp_transport: str = option(
        "auto", "live: how RTSP brings the packets; auto tries tcp first", choices=("auto", "tcp", "udp")
    )
    give_up: float | None = option(
        None, "live: end when a lost source stays away for so long", unit="s", low=0.0, high=1e6
    )
    playlist: bool = option(False, "live: take an HLS or DASH playlist, which may lead to any other address")

    def __post_init__(self) -> None:
        check_options(self)
        if self.end is not None and self.end <= self.start:
            raise OptionError(f"end={self.end:g} s: want more than start={self.start:g} s")


@dataclass(frozen=True, slots=True)
class Description:
    """What a source offers: `uri` without password, picture size in px as displayed, nominal `frame_rate`
    in 1/s, `sound_rate` Hz, `duration` s or None when unknown or endless."""

    uri: str
    width: int
    height: int
    frame_rate: float
    sound_rate: int
    duration: float | None


class Faults:
    """What a source had to leave out or mend: `counts` by kind; the first of each kind becomes a Notice."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._untold: list[Notice] = []
        self._lock = threading.Lock()  # live sources find faults in threads of their own

    def add(self, kind: str, time: float, text: str) -> None:
        """Count one, at `time` s; `text` is one line for the user."""
        with self._lock:
            if not self.counts[kind] or kind in TOLD_EACH_TIME:
                self._untold.append(Notice(time, kind, text))
            self.counts[kind] += 1

    def take_notices(self) -> list[Notice]:
        """What happened since it was last asked."""
        with self._lock:
            notices, self._untold = self._untold, []
        return notices


class Source(Protocol):
    """An open source. `items` yields frames and sound blocks, each in order of its own time."""

    description: Description
    faults: Faults

    def items(self) -> Iterator[VideoFrame | SoundBlock]:
        """Pictures and sound in order of time; raises SourceLost when the source breaks off."""

    def close(self) -> None:
        """Let go of file or device; may be called twice."""


def open_source(uri: str, options: SourceOptions) -> Source:
    """The source that `uri` names: a file (also file://…), `demo`, `scene:NAME`, `camera…`, or a URL.

    Raises SourceError for what cannot be opened, OptionError for options that do not fit it.
    """
    refuse_unfit_options(uri, options)
    # late imports: who opens a scene needs no decoder
    if is_live(uri):
        from .live import open_live  # noqa: PLC0415

        return open_live(uri, options)
    if uri == DEMO or uri.startswith(SCENE):
        from .rendered import open_scene  # noqa: PLC0415

        return open_scene(uri, options)
    from .media import MediaSource  # noqa: PLC0415

    return MediaSource(uri_to_path(uri), options)


def is_live(uri: str) -> bool:
    """Whether the source runs on its own time: a camera, or an address of the network."""
    return is_camera(uri) or (uri.partition("://")[0].lower() in NETWORK and "://" in uri)


def is_camera(uri: str) -> bool:
    """Whether it is `camera`, `camera:1`, `camera:/dev/video2`."""
    return (uri == CAMERA or uri.startswith(CAMERA + ":")) and not Path(uri).exists()


def refuse_unfit_options(uri: str, options: SourceOptions) -> None:
    """Raises OptionError for options that such a source has no use for."""
    if not is_live(uri):
        refuse_given(LIVE_OPTIONS, options, f"{redact(uri)} is not live; want it with a camera or a URL only")
    if not any(place.lower().startswith("rtsp") for place in (uri, options.sound or "")):
        refuse_given(("rtsp_transport",), options, f"{redact(uri)} is not RTSP; want it with rtsp://… only")
    if not is_camera(uri):
        refuse_given(CAMERA_OPTIONS, options, f"{redact(uri)} is no camera; want it with a camera only")


def refuse_given(names: Iterable[str], options: SourceOptions, why: str) -> None:
    """Raises OptionError for one of these options that is not as it is by default."""
    usual = SourceOptions()
    for name in names:
        if (value := getattr(options, name)) != getattr(usual, name):
            raise OptionError(f"{name}={redact(str(value))}: {why}")


def uri_to_path(uri: str) -> Path:
    """The file that `uri` names. Raises SourceError for another kind of source."""
    if os.path.exists(uri):  # which also answers to a name that is too long
        return Path(uri)
    if uri.startswith("file://"):
        return Path(unquote(urlsplit(uri).path))
    if re.match(r"\w[\w+.-]+://", uri) or re.match(r"microphone(:|$)", uri):
        raise SourceError(f"source={redact(uri)}: this kind of source is not known here; {KNOWN}")
    return Path(uri)


def refuse_channel(channel: int | None, count: int) -> None:
    """Raises OptionError when the sound has not got that channel."""
    if channel is not None and channel >= count:
        has = "1 channel; want 0" if count == 1 else f"{count} channels; want 0 to {count - 1}"
        raise OptionError(f"channel={channel}: the sound has {has}")


def between(
    items: Iterable[VideoFrame | SoundBlock], options: SourceOptions
) -> Iterator[VideoFrame | SoundBlock]:
    """The items, in order of time, from `options.start` on and before `options.end`; nothing is re-dated but
    the sound, by `options.av_offset`."""
    for item in items:
        if options.end is not None and item.time >= options.end:
            return
        length = item.samples.size / item.rate if isinstance(item, SoundBlock) else 0.0
        if item.time >= options.start or item.time + length > options.start:
            yield without_offset(item, options.av_offset)


def without_offset(item: VideoFrame | SoundBlock, offset: float) -> VideoFrame | SoundBlock:
    """Sound that comes `offset` s too late at its own time; pictures as they are."""
    return replace(item, time=item.time - offset) if offset and isinstance(item, SoundBlock) else item


def redact(text: str) -> str:
    """The text without what may be a password: user and password of a URL, and values of telling names."""
    # after the / and _ also: some cameras want user=admin_password=secret_channel=1 in the path
    text = re.sub(r"(?i)([?&;/_](?:pass\w*?|pwd|token|key|auth\w*?|secret)=)[^&;\s]*", r"\1***", text)
    # up to the last @ of the word: a password may hold @, / and : unescaped
    return re.sub(r"(\w[\w+.-]*://)\S*@", r"\1***@", text)
