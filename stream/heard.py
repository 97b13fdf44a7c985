"""What a microphone's callback hands over -> dated pieces of one channel, with what was lost counted."""

from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from numpy.typing import NDArray

from .adc import AdcTime
from .feed import Piece
from .source import Faults

LEAST = 0.002  # s; less than that goes missing only in the clocks' jitter
Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Heard:
    """One callback's block: `samples` float32 (n, channels), `first` the count of samples before it, `lost`
    as PortAudio flagged it, `now` s of the monotonic clock; `recorded` and `told_now` s are PortAudio's times
    of the first sample and of the callback, on a clock of its own."""

    samples: Samples
    first: int
    lost: bool
    now: float
    recorded: float
    told_now: float


class Listener:
    """Makes pieces of `rate` Hz of blocks of `recorded_rate` Hz.

    What fell out before it was read, and what the driver flagged as lost, is counted into the stamps. What
    goes missing without a flag shows only in the arrivals: see device_clock.py.
    """

    def __init__(self, recorded_rate: int, rate: int, channel: int | None, faults: Faults) -> None:
        self._recorded_rate = recorded_rate
        self._rate = rate
        self._channel = channel
        self._faults = faults
        self._adc = AdcTime(recorded_rate)
        self._next = 0  # count that the next block is expected to begin with
        self._missing = 0  # samples that the driver owned up to
        self._ended = float("inf")  # s at which the block before had arrived
        self._resampler: av.AudioResampler | None = None

    def piece(self, heard: Heard) -> Piece:
        """The block as a piece of sound."""
        count = len(heard.samples)
        arrived = self._adc.arrived(
            heard.first + self._missing, count, heard.now, heard.recorded, heard.told_now
        )
        fell_out = heard.first - self._next
        if fell_out:
            self._tell(fell_out, heard.now)
        elif heard.lost:
            pause = arrived - self._ended - count / self._recorded_rate
            if pause > LEAST:
                self._missing += round(pause * self._recorded_rate)
                self._tell(round(pause * self._recorded_rate), heard.now)
        self._next, self._ended = heard.first + count, arrived
        stamp = (heard.first + self._missing) / self._recorded_rate
        return Piece(self._resampled(self._mixed(heard.samples)), stamp, arrived, heard.lost or fell_out > 0)

    def _tell(self, samples: int, time: float) -> None:
        seconds = samples / self._recorded_rate
        self._faults.add(
            "sound_gap", time, f"{seconds:.2f} s of the microphone's sound came too late or were lost"
        )

    def _mixed(self, samples: Samples) -> Samples:
        if self._channel is not None:
            return np.ascontiguousarray(samples[:, self._channel])
        return samples[:, 0].copy() if samples.shape[1] == 1 else samples.mean(axis=1)

    def _resampled(self, samples: Samples) -> Samples:
        if self._rate == self._recorded_rate:
            return samples
        if self._resampler is None:
            self._resampler = av.AudioResampler(format="flt", layout="mono", rate=self._rate)
        frame = av.AudioFrame.from_ndarray(samples[None], "flt", "mono")
        frame.sample_rate, frame.time_base = self._recorded_rate, Fraction(1, self._recorded_rate)
        parts = [part.to_ndarray()[0] for part in self._resampler.resample(frame)]
        return np.concatenate([np.zeros(0, np.float32), *parts])
