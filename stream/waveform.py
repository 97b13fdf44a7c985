"""Decoded sound -> blocks of one channel, numbered by sample, with the gaps told."""

from collections.abc import Iterator
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from ..core.values import SoundBlock
from .source import Faults

LONGEST = 0.05  # s of a block: pictures and sound stay interleaved
JITTER = 0.015  # s; containers round stamps to 1 ms, and the shortest lost AAC packet at 48 kHz is 21 ms
FOLLOW = (
    0.02  # share of the difference to the stamps that one block takes up: clocks drift, rounding does not
)
Samples = NDArray[np.float32]


class Waveform:
    """Turns decoded sound into SoundBlocks of `rate` Hz, mono.

    The samples are counted, and the count is held against the time stamps: where these are ahead, sound is
    lost and the next block says so; where they are behind, what came twice is left out. A sample that is no
    number becomes 0, as neither a curve nor an encoder can take it.
    """

    def __init__(self, rate: int, channel: int | None, faults: Faults, follow: float = 0.0) -> None:
        """`follow` is the drift of a device's clock that is taken up without a gap, in s a second."""
        self._follow = follow
        self.rate = rate
        self._channel = channel
        self._faults = faults
        self._resampler: av.AudioResampler | None = None
        self._count = 0
        self._anchor: float | None = None  # s, the time of sample 0
        self._lost = False
        self._latest = 0  # samples of the newest block

    def blocks(self, frame: AudioFrame, time: float) -> Iterator[SoundBlock]:
        """The blocks of a decoded frame that begins at `time` s."""
        yield from self.lay(self.mixed(frame), time)

    def mixed(self, frame: AudioFrame) -> Samples:
        """The samples (n,) of a decoded frame, at this rate and in one channel."""
        parts = [self._one_channel(part) for part in self._resampled(frame)]
        return np.concatenate(parts or [np.empty(0)]).astype(np.float32)

    def lay(self, samples: Samples, time: float, lost: bool = False) -> Iterator[SoundBlock]:
        """The blocks of samples (n,) that begin at `time` s; `lost`: a gap, if a short one, precedes them."""
        yield from self._cut(self._joined(self._finite(samples, time), time, lost))

    def _resampled(self, frame: AudioFrame) -> list[AudioFrame]:
        if frame.sample_rate == self.rate:
            return [frame]
        if self._resampler is None:
            self._resampler = av.AudioResampler(format="fltp", layout=frame.layout, rate=self.rate)
        return self._resampler.resample(frame)

    def _one_channel(self, frame: AudioFrame) -> NDArray[np.float64]:
        channels = frame_to_channels(frame)
        # a recording may lose channels on its way; then all that are left speak for the chosen one
        if self._channel is None or self._channel >= len(channels):
            return np.asarray(channels.mean(axis=0))
        return np.asarray(channels[self._channel])

    def _finite(self, samples: Samples, time: float) -> Samples:
        good = np.isfinite(samples)
        if good.all():
            return samples
        self._faults.add(
            "bad_sound", time, f"sound at {time:.2f} s holds values that are no numbers; taken as 0"
        )
        return np.where(good, samples, np.float32(0))

    def _joined(self, samples: Samples, time: float, lost: bool) -> Samples:
        """Hold the count against the stamp; what is left of the samples."""
        if self._anchor is None:
            self._anchor = time
        ahead = time - (self._anchor + self._count / self.rate)
        if abs(ahead) <= JITTER and not (lost and ahead > 0):
            # by half a sample, or half of the block before: times must grow however short the blocks are
            step = max(0.5, min(self._follow * samples.size, 0.5 * self._latest)) / self.rate
            self._anchor += float(np.clip(FOLLOW * ahead, -step, step))
            return samples
        self._lost = True
        if ahead < 0:
            return samples[round(-ahead * self.rate) :]
        self._faults.add("sound_gap", time, f"{ahead:.2f} s of sound are missing before {time:.2f} s")
        self._count += round(ahead * self.rate)
        return samples

    def _cut(self, samples: Samples) -> Iterator[SoundBlock]:
        assert self._anchor is not None
        length = max(1, int(LONGEST * self.rate))
        for start in range(0, samples.size, length):
            part = samples[start : start + length].copy()
            yield SoundBlock(part, self._count, self.rate, self._anchor + self._count / self.rate, self._lost)
            self._count += part.size
            self._latest = part.size
            self._lost = False


def frame_to_channels(frame: AudioFrame) -> NDArray[np.float64]:
    """float64 (channels, n) in -1 … 1 of a decoded frame in any sample format."""
    raw: NDArray[Any] = frame.to_ndarray()
    if not frame.format.is_planar:
        raw = raw.reshape(-1, len(frame.layout.channels)).T
    if raw.dtype == np.uint8:
        return (raw.astype(np.float64) - 128) / 128
    if raw.dtype.kind == "i":
        return raw.astype(np.float64) / (float(np.iinfo(raw.dtype).max) + 1)
    return raw.astype(np.float64)
