"""Sound blocks -> audio curves on the slots' times (paper 4.1).

The paper has one curve, the energy, which breaks under background music (its Fig. 8); and acceleration
answers to the rise of a sound more than to its level (measured beforehand). So `live` takes five.
"""

from collections import deque
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .errors import ShapeError
from .history import Row, SlotFilter
from .pitch import pitch_of
from .values import SoundBlock, frozen

BANDS = ((60, 200), (200, 500), (500, 1000), (1000, 2000), (2000, 4000), (4000, 8000))  # Hz
HUM = 1e-7  # mean square, -70 dB of full scale: quieter is silence
JUMP = 0.02  # s by which a block may miss its expected time before sound counts as lost
FOLLOW = 1.0  # s in which the line takes up a smaller miss: a clock's drift must never sum up to a jump
ENERGY = 0  # column of the raw measurements; the bands follow


class SoundStore:
    """The newest stretch of sound as one line of samples; lost stretches are NaN."""

    def __init__(self) -> None:
        self.rate = 0
        self._start = 0.0  # s of sample 0 of the line
        self._first = 0  # number, from the start of the line, of the oldest kept sample
        self._parts = np.zeros(0, np.float32)

    @property
    def end(self) -> float:
        """Time in s up to which sound has come; -inf before the first block."""
        return self._start + (self._first + self._parts.size) / self.rate if self.rate else -np.inf

    def add(self, block: SoundBlock) -> None:
        """Append a block; a gap before it becomes NaN, an overlap is dropped, and what is too small for
        either moves the line. Raises ShapeError when the rate changes."""
        if not self.rate:
            self.rate, self._start = block.rate, block.time
        if block.rate != self.rate:
            raise ShapeError(f"rate={block.rate} Hz: want {self.rate} Hz as before; resample the sound")
        samples = np.clip(np.nan_to_num(block.samples, nan=0.0), -1.0, 1.0)
        missing = round((block.time - self.end) * self.rate)
        if abs(missing) > JUMP * self.rate:
            lost = np.full(min(max(missing, 0), 10 * self.rate), np.nan, np.float32)
            if missing > lost.size:  # a gap too long to be kept: what came before it is forgotten, not moved
                self._first += self._parts.size + missing - lost.size
                self._parts = self._parts[:0]
            samples = np.concatenate([lost, samples[max(-missing, 0) :]])
        else:
            self._start += missing / self.rate * min(1.0, samples.size / (FOLLOW * self.rate))
        self._parts = np.concatenate([self._parts, samples])

    def cut(self, start: float, length: int) -> NDArray[np.float32]:
        """`length` samples from `start` s on, and forget all before; NaN where there are none."""
        first = round((start - self._start) * self.rate) - self._first
        dropped = min(max(first, 0), self._parts.size)
        self._parts = self._parts[dropped:]
        self._first += dropped
        before = min(max(-first, 0), length)
        piece = self._parts[: max(0, length - before)] if first - dropped <= 0 else self._parts[:0]
        after = length - before - piece.size
        return np.pad(piece, (before, after), constant_values=np.nan)


class SoundCurves:
    """Turns sound into the curves `names`, one value a slot and curve, once the sound for it has come."""

    def __init__(self, names: tuple[str, ...], rate: float, *, pitched: bool = False) -> None:
        """`rate` slots a second; `pitched`: the pitch is told, too."""
        self.names = names
        self.ended = False
        self._rate, self._pitched = rate, pitched
        self._store = SoundStore()
        self._filter = SlotFilter(len(names), rate)
        self._last = np.full(1 + len(BANDS), np.nan)  # log measurements of the slot before
        self._energies: deque[float] = deque(maxlen=self._filter.reach + 1)
        self._pitches: deque[float] = deque(maxlen=self._filter.reach + 1)
        self.pitch = np.nan  # log2 Hz, of the slot that was taken last; NaN where it has none
        self._next: int | None = None  # raw slot

    @property
    def half_window(self) -> float:
        """Half of the window h in s; windows overlap by half, as in the paper."""
        return 1.0 / self._rate

    @property
    def reach(self) -> int:
        """How many slots of sound a finished value needs beyond its own."""
        return self._filter.reach

    def push(self, block: SoundBlock) -> None:
        """Take the next block."""
        self._store.add(block)

    def known(self, slot: int) -> bool:
        """Whether all sound that the slot needs has come, or never will."""
        return self.ended or self._store.end >= (slot + self.reach) / self._rate + self.half_window

    def take(self, slot: int) -> tuple[float, Row]:
        """(energy, a mean square, and curves (n,)) of a slot; NaN where sound was lost. Slots must rise."""
        if self._next is None:
            self._next = slot
        energy, curves = np.nan, np.full(len(self.names), np.nan, np.float32)
        for raw_slot in range(max(self._next, slot - 2 * self.reach), slot + self.reach + 1):
            piece = self._piece(raw_slot / self._rate)
            raw = self._measure(piece)
            self._energies.append(float(raw[ENERGY]))
            asked = self._pitched and piece.size > 0
            self._pitches.append(pitch_of(piece, self._store.rate) if asked else np.nan)
            energy, curves = self._energies[0], self._filter.push(self._curves(raw))
        self.pitch = self._pitches[0]
        self._next = slot + self.reach + 1
        return energy, curves

    def _piece(self, time: float) -> NDArray[np.float64]:
        """The samples (n,) around `time` s; none where all are lost."""
        if not self._store.rate:
            return np.zeros(0)
        length = 2 * round(self.half_window * self._store.rate)
        piece = self._store.cut(time - self.half_window, length).astype(np.float64)
        return np.zeros(0) if np.isnan(piece).all() else np.nan_to_num(piece)

    def _measure(self, piece: NDArray[np.float64]) -> NDArray[np.float64]:
        """Energy, a mean square (paper 4.1 by Parseval), and the bands' energies of a piece (n,)."""
        if not piece.size:
            return np.full(1 + len(BANDS), np.nan)
        shape, bounds = window_and_bands(piece.size, self._store.rate)
        power = np.abs(np.fft.rfft(piece * shape)) ** 2 * (16 / 3) / piece.size**2
        bands = [power[low:high].sum() for low, high in bounds]
        return np.array([np.mean(piece**2), *bands])

    def _curves(self, raw: NDArray[np.float64]) -> Row:
        level = np.log(raw + HUM)
        rise = np.maximum(level - np.where(np.isnan(self._last), level, self._last), 0.0)
        self._last = level
        known = {
            "energy": raw[ENERGY],
            "onset": rise[ENERGY],
            "flux": rise[1:].sum(),
            "level": level[ENERGY],
            "low": level[2],
            "high": level[6],
        }
        return np.array([known[name] for name in self.names], np.float32)


@cache
def window_and_bands(length: int, rate: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """A Hann window (length,), and where in the spectrum of so many samples each of the BANDS begins and
    ends, (bands, 2)."""
    hertz = np.fft.rfftfreq(length, 1 / rate)
    return frozen(np.hanning(length)), np.searchsorted(hertz, BANDS)
