"""The session as a video file: H.264 with the answer drawn in, and the sound as AAC, in sync.

The file grows as PATH.part, in fragments of about a second, so that whatever ends the program leaves a
playable piece; only a good close gives it its name.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path

import av
import av.container
import cv2
import numpy as np
from av.audio.stream import AudioStream
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from numpy.typing import NDArray

from ..core.errors import OptionError, SinkError
from ..core.values import Sighting, SoundBlock
from .overlay import draw
from .sink import Absence, End, Header, Notice, unmarked
from .soundtrack import SoundTrack

# hybrid_fragmented would end in a plain mp4, but before FFmpeg 8.1 it writes files that do not decode
FRAGMENTED = {"movflags": "frag_keyframe+delay_moov+default_base_moof"}
FORMATS = {
    ".mp4": ("mp4", FRAGMENTED),
    ".mov": ("mov", FRAGMENTED),
    ".mkv": ("matroska", {"cluster_time_limit": "1000"}),
}
WRITE_SOON = {"flush_packets": "1", "max_interleave_delta": "2000000"}
TICKS = 90_000  # a second of picture time, MPEG's clock
KEY_FRAME_EVERY = TICKS
LATE_SOUND = 3.0  # s; sound this late is given up, so that the pictures need not wait in memory
X264 = {"preset": "superfast", "crf": "21", "bf": "0", "forced-idr": "1"}
BT709 = 1  # ITU-T H.273: the number of BT.709 as primaries, transfer and matrix


class RecorderSink:
    """Writes PATH (.mp4, .mov or .mkv), replacing a file of that name at the good close.

    `draw` makes the picture from a sighting. `start` is the session time in s at which the file begins.
    Raises OptionError for an unknown suffix, SinkError for a place that cannot be written.
    """

    def __init__(
        self, path: str, draw: Callable[[Sighting], NDArray[np.uint8]] = draw, start: float = 0.0
    ) -> None:
        suffix = Path(path).suffix.lower()
        if suffix not in FORMATS:
            raise OptionError(f"video={path}: want a name that ends in {', '.join(FORMATS)}")
        self.path = path
        self.part = f"{path}.part"
        self.format, self.format_options = FORMATS[suffix]
        self.draw = draw
        self.begin = start
        self.container: av.container.OutputContainer | None = None
        self.pictures: VideoStream | None = None
        self.sound: AudioStream | None = None
        self.track = SoundTrack(1, start)
        self.last: Sighting | None = None
        self.last_ticks = -1
        self.next_key = 0

    def start(self, header: Header) -> None:
        """Open PATH.part for pictures of the header's size, and for sound where there is a sound rate."""
        if Path(self.path).is_dir():
            raise SinkError(f"video={self.path}: is a folder; want the name of a file")
        with self.refusals():
            options = WRITE_SOON | self.format_options
            container = av.open(self.part, "w", format=self.format, container_options=options)
            self.container = container
            self.pictures = add_pictures(container, header)
            if header.sound_rate:
                self.track = SoundTrack(header.sound_rate, self.begin)
                self.sound = add_sound(container, header.sound_rate)
            container.start_encoding()

    def take_sound(self, block: SoundBlock) -> None:
        """Encode one block at its own time."""
        self.encode_sound(self.track.lay(block))

    def take(self, sighting: Sighting) -> None:
        """Draw and encode one picture at its own time."""
        if self.container is None or self.pictures is None:
            return
        self.last = sighting
        time = sighting.frame.time
        self.encode_sound(self.track.fill(time - LATE_SOUND))
        frame = picture_to_frame(self.draw(sighting), self.pictures.width, self.pictures.height)
        frame.time_base = Fraction(1, TICKS)
        frame.pts = max(round((time - self.begin) * TICKS), self.last_ticks + 1)
        if frame.pts >= self.next_key:
            frame.pict_type = PictureType.I
            self.next_key = frame.pts + KEY_FRAME_EVERY
        self.last_ticks = frame.pts
        with self.refusals():
            self.container.mux(self.pictures.encode(frame))

    def absent(self, absence: Absence) -> None:
        """The last picture once more, without marks: a film shows a picture until the next one comes."""
        if self.last is not None:
            self.take(unmarked(self.last, absence))

    def notice(self, notice: Notice) -> None:
        """Notices are not drawn."""

    def close(self, end: End) -> None:
        """Finish the file and give it its name; a file without a picture is taken away."""
        if self.container is None:
            return
        with self.refusals():
            for stream in (self.pictures, self.sound):
                if stream is not None:
                    self.container.mux(stream.encode(None))
            container, self.container = self.container, None
            container.close()
            if self.last_ticks < 0:
                os.remove(self.part)
            else:
                os.replace(self.part, self.path)

    def encode_sound(self, pieces: Iterator[NDArray[np.float32]]) -> None:
        """Encode what the track hands out."""
        if self.container is None or self.sound is None:
            return
        for samples in pieces:
            frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
            frame.sample_rate = self.track.rate
            frame.time_base = Fraction(1, self.track.rate)
            frame.pts = self.track.length - len(samples)
            with self.refusals():
                self.container.mux(self.sound.encode(frame))

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """What the world refuses, as SinkError; the file is let go and what was written stays."""
        try:
            yield
        except (OSError, av.FFmpegError) as error:
            container, self.container = self.container, None
            if container is not None:
                with suppress(OSError, av.FFmpegError):
                    container.close()
            raise SinkError(self.refusal(error)) from error

    def refusal(self, error: Exception) -> str:
        """The one line that says what the world refused."""
        why = getattr(error, "strerror", None) or str(error)
        if self.last_ticks < 0:
            return f"video={self.path}: {why}; want a file in a folder that can be written and has room"
        return (
            f"video={self.path}: {why}; what was written stays playable as {self.part}; make room, run again"
        )


def add_pictures(container: av.container.OutputContainer, header: Header) -> VideoStream:
    """The picture stream: sides rounded up to even, as H.264's halved colour planes want it."""
    rate = Fraction(header.frame_rate or 30).limit_denominator(1001)
    stream = container.add_stream("libx264", rate=rate, options=X264)
    stream.width, stream.height = header.width + header.width % 2, header.height + header.height % 2
    stream.pix_fmt = "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS)
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = ColorRange.MPEG
    return stream


def add_sound(container: av.container.OutputContainer, rate: int) -> AudioStream:
    """The sound stream, at the session's rate if AAC knows it, else resampled to 48 kHz."""
    known = av.Codec("aac", "w").audio_rates or []
    return container.add_stream("aac", rate=rate if rate in known else 48_000, layout="mono")


def picture_to_frame(picture: NDArray[np.uint8], width: int, height: int) -> av.VideoFrame:
    """A picture uint8 (h, w, 3) BGR as a frame of width x height in H.264's colours."""
    frame = av.VideoFrame.from_ndarray(fit(picture, width, height), format="bgr24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG)


def fit(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """The picture (h, w, 3) in another size: its last row or column repeated to make a side even, otherwise
    (the source changed its resolution) scaled to fit and set on black."""
    lower, right = height - picture.shape[0], width - picture.shape[1]
    if {lower, right} <= {0, 1}:
        return np.pad(picture, ((0, lower), (0, right), (0, 0)), "edge")
    scale = min(width / picture.shape[1], height / picture.shape[0])
    w, h = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    canvas = np.zeros((height, width, 3), np.uint8)
    x, y = (width - w) // 2, (height - h) // 2
    canvas[y : y + h, x : x + w] = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
    return canvas
