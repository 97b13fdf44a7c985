"""Blocks of sound to one unbroken track that starts at time 0: what is missing becomes silence."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..core.values import SoundBlock

JITTER = 0.02  # s; time stamps of blocks that follow each other may be off by less than one hears
SLACK = 0.005  # s off their times at which samples are drawn out or together: containers round by 1 ms
STRETCH = 0.002  # of a block, or one sample: twice the drift of the worst crystal, and nobody hears it


class SoundTrack:
    """Lays blocks of `rate` Hz on a track in order of time; `length` counts the samples laid so far.

    `start` is the session time in s at which the track begins; earlier sound is left out. A device's clock
    that runs fast or slow is followed without a break.
    """

    def __init__(self, rate: int, start: float) -> None:
        self.rate = rate
        self.start = start
        self.length = 0

    def lay(self, block: SoundBlock) -> Iterator[NDArray[np.float32]]:
        """What the track gets from a block: silence (n,) for a gap before it, then its new samples."""
        gap = self.samples_at(block.time) - self.length
        if abs(gap) <= JITTER * self.rate and not block.lost and self.length:
            yield from self.append(self.followed(block.samples, gap))
        else:
            yield from self.rest(gap)
            yield from self.append(block.samples[max(-gap, 0) :])

    def fill(self, time: float) -> Iterator[NDArray[np.float32]]:
        """The silence (n,) that the track needs to reach `time` s; nothing when it is there already."""
        yield from self.rest(self.samples_at(time) - self.length)

    def rest(self, count: int) -> Iterator[NDArray[np.float32]]:
        """`count` samples of silence, in pieces of a second: a gap may be hours long."""
        while count > 0:
            piece = min(count, self.rate)
            yield from self.append(np.zeros(piece, np.float32))
            count -= piece

    def followed(self, samples: NDArray[np.float32], gap: int) -> NDArray[np.float32]:
        """The samples (n,) of a block that begins `gap` samples after the track's end, so many more or less
        of them that the gap shrinks."""
        if abs(gap) <= SLACK * self.rate or samples.size < 2:
            return samples
        most = max(1, round(STRETCH * samples.size))
        return stretched(samples, samples.size + min(max(gap, -most), most))

    def append(self, samples: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
        """The samples as an encoder can take them: finite, in -1 … 1."""
        if len(samples):
            self.length += len(samples)
            yield np.clip(np.nan_to_num(samples), -1, 1)

    def samples_at(self, time: float) -> int:
        """The number of samples from the track's start to `time` s."""
        return round((time - self.start) * self.rate)


def stretched(samples: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """The samples (n,), drawn out or together to `count`."""
    places = np.linspace(0, samples.size - 1, count)
    return np.interp(places, np.arange(samples.size), samples).astype(np.float32)
