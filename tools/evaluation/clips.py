"""Real clips with sound: found in a folder, read whole, looped when short."""

from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ...core.errors import SoundspotError, SourceError, SourceLost
from ...core.values import SoundBlock, VideoFrame, frozen
from ...stream.media import MediaSource
from ...stream.source import SourceOptions
from .truth import ClipTruth, read_truth

SUFFIXES = {".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ts", ".webm", ".wmv"}
SHORT = 8.0  # s: a clip shorter than this is looped
BLOCK = 1024  # samples that come at a time, about what a sound card hands over
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Medium:
    """A clip that was not read yet; `frame_rate` 1/s and `seconds` as declared, 0 where they are not."""

    path: Path
    frame_rate: float
    seconds: float
    truth: ClipTruth | None

    @property
    def silent(self) -> bool:
        """Whether nothing visible sounds in it, as far as is known."""
        return self.truth is not None and not self.truth.boxes


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip in memory: `pictures` uint8 (h, w, 3) BGR at `times` s, mono `sound` at `rate` Hz from 0 s on.

    `length` s is that of one round when the clip is looped.
    """

    name: str
    pictures: Sequence[Pixels]
    times: NDArray[np.float64]
    sound: NDArray[np.float32]
    rate: int
    length: float
    truth: ClipTruth | None

    def picture_at(self, time: float) -> Pixels:
        """The picture that is shown at `time` s, in whichever round that is."""
        shown = int(np.searchsorted(self.times, time % self.length + 1e-6)) - 1
        return self.pictures[max(shown, 0)]

    def frame_times(self, seconds: float) -> NDArray[np.float64]:
        """When pictures come, over as many rounds as fit into `seconds`."""
        rounds = int(np.ceil(seconds / self.length))
        times = (self.times + self.length * np.arange(rounds)[:, None]).ravel()
        return np.asarray(times[times < seconds])

    def sound_for(self, seconds: float) -> NDArray[np.float32]:
        """float32 (seconds * rate,): the sound, looped as the pictures are."""
        return np.resize(self.sound, round(seconds * self.rate))


def find_clips(folder: Path) -> list[Path]:
    """The media files of a folder by name. Raises SourceError where there are none."""
    if not folder.is_dir():
        raise SourceError(f"folder={folder}: want a folder of clips with sound")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)
    if not found:
        raise SourceError(f"folder={folder}: holds no clip; want files such as NAME.mp4, with sound")
    return found


def readable_clips(folder: Path) -> tuple[dict[str, Medium], list[str]]:
    """The clips that open, by name, and one line for each that does not. Raises SourceError without any."""
    good: dict[str, Medium] = {}
    refusals: list[str] = []
    for path in find_clips(folder):
        try:
            with closing(MediaSource(path, SourceOptions())) as source:
                told = source.description
                good[path.stem] = Medium(path, told.frame_rate, told.duration or 0.0, read_truth(path))
        except SoundspotError as error:
            refusals.append(str(error))
    if not good:
        raise SourceError(refusals[0])
    return good, refusals


def read_clip(path: Path, seconds: float, size: tuple[int, int] | None = None) -> Clip:
    """The first `seconds` of a clip, its pictures scaled to `size` (width, height) px if told.

    Raises SourceError for what cannot be read; of a clip that breaks off it takes what there is.
    """
    pictures: list[Pixels] = []
    times: list[float] = []
    blocks: list[SoundBlock] = []
    with closing(MediaSource(path, SourceOptions(end=seconds))) as source, suppress(SourceLost):
        for item in source.items():
            if isinstance(item, SoundBlock):
                blocks.append(item)
            else:
                pictures.append(scaled(item.pixels, size))
                times.append(item.time)
    if not blocks or len(times) < 2:
        raise SourceError(f"clip={path}: want at least two pictures and some sound; take another clip")
    stamps = np.array(times)
    length = min(seconds, float(stamps[-1] + np.median(np.diff(stamps))))
    sound = joined(blocks, length)
    return Clip(path.stem, pictures, stamps, sound, blocks[0].rate, length, read_truth(path))


def scaled(pixels: Pixels, size: tuple[int, int] | None) -> Pixels:
    """The picture at `size` (width, height) px."""
    if size is None or size == (pixels.shape[1], pixels.shape[0]):
        return pixels
    return frozen(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))


def joined(blocks: Sequence[SoundBlock], length: float) -> NDArray[np.float32]:
    """float32 (length * rate,): the blocks where their numbers place them, silence where none is."""
    rate = blocks[0].rate
    sound = np.zeros(max(1, round(length * rate)), np.float32)
    start = round(blocks[0].time * rate) - blocks[0].first
    for block in blocks:
        place = start + block.first
        part = block.samples[max(0, -place) : max(0, sound.size - place)]
        sound[max(0, place) :][: part.size] = part
    return sound


def clip_items(
    times: NDArray[np.float64], pictures: Iterator[Pixels], sound: NDArray[np.float32], rate: int
) -> Iterator[VideoFrame | SoundBlock]:
    """Pictures and sound blocks in order of time, as a source yields them."""
    first = 0
    for index, (time, picture) in enumerate(zip(times, pictures, strict=True)):
        while first / rate < time and first < sound.size:
            yield SoundBlock(sound[first : first + BLOCK], first, rate, first / rate)
            first += BLOCK
        yield VideoFrame(picture, float(time), index)
    for rest in range(first, sound.size, BLOCK):
        yield SoundBlock(sound[rest : rest + BLOCK], rest, rate, rest / rate)
