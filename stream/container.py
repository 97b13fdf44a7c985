"""Opening a media file: what can be read, and one line for what cannot."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from ..core.errors import SourceError
from ..core.values import SMALLEST_PICTURE
from .integrity import lacks_index
from .source import KNOWN

LARGEST_PICTURE = 16 * 2**20  # px: beyond any camera, and 48 MB a frame
FASTEST_PICTURES = 240  # 1/s
FASTEST_SOUND = 384_000  # Hz
MOST_CHANNELS = 16
THREADS = 2  # a decoder with more takes the processor from the analysis
# a playlist in disguise must not make us read anything but files; both hold from the first probing on
LIMITS = {"protocol_whitelist": "file", "max_pixels": str(LARGEST_PICTURE)}

Kind = TypeVar("Kind", bound=Stream)


def open_container(path: Path) -> InputContainer:
    """The opened medium. Raises SourceError when it is none, or not there."""
    try:
        refuse_no_file(path)
        # with the protocol told, a colon in a file's name is no protocol
        return av.open(f"file:{path}", options=LIMITS)
    except SourceError:
        raise
    except (av.FFmpegError, OSError) as error:
        why = error.strerror or type(error).__name__
        raise SourceError(
            f"source={path}: cannot be read ({why}); want mp4, mkv, webm, avi, mov or ts"
        ) from error


def refuse_no_file(path: Path) -> None:
    """Raises SourceError unless there is a file that may hold pictures and sound."""
    if not path.exists():
        raise SourceError(f"source={path}: no such file; {KNOWN}")
    if path.is_dir():
        raise SourceError(f"source={path}: is a folder; name a video file in it")
    if path.is_file() and not path.stat().st_size:
        raise SourceError(f"source={path}: is empty (0 bytes); want a video file with sound")
    if path.is_file() and lacks_index(path):
        raise SourceError(
            f"source={path}: its index (moov) is missing, the recording was never finished; "
            "repair or record it again"
        )


def choose_streams(container: InputContainer, path: Path) -> tuple[VideoStream, AudioStream]:
    """The main picture and the main sound; an album cover is no picture. Raises SourceError without one."""
    pictures = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    video, audio = main_stream(pictures), main_stream(container.streams.audio)
    if video is None and audio is None:
        raise SourceError(f"source={path}: has neither picture nor sound; want a video file with sound")
    if video is None:
        raise SourceError(f"source={path}: has sound but no picture; want a video file with sound")
    if audio is None:
        raise SourceError(f"source={path}: has no sound; want a video file with sound")
    for stream in (video, audio):
        refuse_unknown(stream, path)
    refuse_picture(video.width, video.height, told_rate(video), path)
    refuse_sound(audio.rate, audio.channels, path)
    prepare(video)
    return video, audio


def told_rate(video: VideoStream) -> float:
    """Frames per second as the container tells, 0 where it does not.

    It tells an average and a guess. After a jump of the time stamps either may be the clock's rate instead,
    so the first one that a camera can have is taken.
    """
    rates = [float(rate) for rate in (video.average_rate, video.guessed_rate) if rate]
    return next((rate for rate in rates if rate <= FASTEST_PICTURES), max(rates, default=0.0))


def main_stream(streams: Sequence[Kind]) -> Kind | None:
    """The one marked as the default, or else the first."""
    return max(streams, key=lambda stream: bool(stream.disposition & Disposition.default), default=None)


def refuse_unknown(stream: Stream, path: Path) -> None:
    """Raises SourceError when there is no decoder."""
    if stream.codec_context is None:
        raise SourceError(f"source={path}: no decoder for its {stream.type}; convert it to H.264 and AAC")


def refuse_picture(width: int, height: int, rate: float, path: Path | str) -> None:
    """Raises SourceError for a picture (px, 1/s) too small to see a thing in, or too large to hold."""
    if not width * height:
        # a decoder that refuses a size does not tell it
        raise SourceError(
            f"source={path}: picture of unknown size, or above 16 Mpx; scale it down or convert it"
        )
    if min(width, height) < SMALLEST_PICTURE:
        raise SourceError(
            f"source={path}: picture={width}x{height} px: want at least "
            f"{SMALLEST_PICTURE} px on either side; take a larger picture"
        )
    if width * height > LARGEST_PICTURE:
        raise SourceError(f"source={path}: picture={width}x{height} px: want at most 16 Mpx; scale it down")
    if rate > FASTEST_PICTURES:
        raise SourceError(
            f"source={path}: frame_rate={rate:g} 1/s: want at most {FASTEST_PICTURES} 1/s; "
            "take every second frame"
        )


def refuse_sound(rate: int, channels: int, path: Path | str) -> None:
    """Raises SourceError for sound (Hz) beyond what any recorder makes."""
    if not 0 < rate <= FASTEST_SOUND:
        raise SourceError(f"source={path}: sound_rate={rate} Hz: want 1 to {FASTEST_SOUND} Hz; resample it")
    if not 0 < channels <= MOST_CHANNELS:
        raise SourceError(f"source={path}: channels={channels}: want 1 to {MOST_CHANNELS}; mix them down")


def prepare(video: VideoStream) -> None:
    """Set up the picture's decoder: threads, and no picture larger than allowed even if one hides inside."""
    context = video.codec_context
    context.thread_type = "AUTO"
    context.thread_count = THREADS
    context.options = {"max_pixels": LIMITS["max_pixels"]}
