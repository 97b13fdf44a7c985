"""Flashes in pictures, clicks in sound, and by how much the clicks come after the flashes.

A frame dated t is taken to show what happens from t to the next frame's time, as in a rendered film: a frame
that is only half as bright as the next one caught the second half of the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ..core.values import SoundBlock, VideoFrame

GRID = (16, 12)  # cells of a picture: a screen that fills a fiftieth of it is seen
BRIGHTEST = 4  # cells that a flash must light
FAINTEST = 20.0  # of 255: a smaller rise of these cells is no flash
APART = 0.25  # s between two flashes, or two clicks, at least
SOFTEST = 0.003  # of full scale: -50 dB
OUTSTANDING = 8.0  # times the usual change from sample to sample that a click must reach
ALIKE = 0.4  # share of the third strongest that the others must reach
BEGUN = 0.3  # share of a click's peak that counts as its begin: an encoder's echo before it has less
WINDOW = 0.002  # s of sound that is looked at as one
ATTACK = 0.012  # s that a click takes to its peak
REACH = 1.0  # s of the largest offset looked for
TOGETHER = 0.04  # s by which the pairs' offsets may differ
FEWEST = 3  # pairs that make an offset believable
TO_DEVIATION = 1.48  # median deviation -> standard deviation of a normal distribution
FRAME_DOUBT = 0.1  # of a frame: how far a part of its brightness tells when it began
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Offset:
    """The sound comes `seconds` after the picture, by `pairs` flashes with their clicks; `uncertainty` s."""

    seconds: float
    uncertainty: float
    pairs: int


class Watch:
    """Gathers frames and sound; a minute of them is little, as of a picture only its cells are kept."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._cells: list[Array] = []
        self._blocks: list[SoundBlock] = []

    def take(self, item: VideoFrame | SoundBlock) -> None:
        """Keep what a source gives."""
        if isinstance(item, SoundBlock):
            self._blocks.append(item)
        else:
            self._times.append(item.time)
            self._cells.append(frame_to_cells(item.pixels))

    def flashes(self) -> Array:
        """When they began, s (n,)."""
        return find_flashes(np.array(self._times), np.array(self._cells).reshape(len(self._times), -1))

    def clicks(self) -> Array:
        """When they began, s (n,)."""
        sounding = [block for block in self._blocks if block.samples.size]
        return find_clicks(*lay(sounding)) if sounding else np.zeros(0)

    def frame_step(self) -> float:
        """The usual s from frame to frame."""
        return float(np.median(np.diff(self._times))) if len(self._times) > 1 else 0.0


def frame_to_cells(pixels: NDArray[np.uint8]) -> Array:
    """Brightness (cells,) of a picture uint8 (h, w, 3)."""
    small = cv2.resize(pixels, GRID, interpolation=cv2.INTER_AREA)
    return np.asarray(small.mean(axis=2, dtype=np.float64).ravel())


def find_flashes(times: Array, cells: Array) -> Array:
    """When flashes began, s (m,), of frames at `times` (n,) with brightness `cells` (n, cells)."""
    if len(times) < FEWEST:
        return np.zeros(0)
    rises = np.diff(cells, axis=0)
    strength = np.sort(rises, axis=1)[:, -BRIGHTEST:].mean(axis=1)
    limit = max(FAINTEST, ALIKE * third(strength))
    return np.array(
        [begin_of_flash(times, cells, k + 1, rises[k]) for k in starts(strength, times[1:], limit)]
    )


def begin_of_flash(times: Array, cells: Array, frame: int, rise: Array) -> float:
    """When the flash began that made `frame` brighter than the one before by `rise` (cells,)."""
    lit = np.argsort(rise)[-BRIGHTEST:]
    level = cells[max(frame - 2, 0) : frame + 3, lit].mean(axis=1)
    shown = times[max(frame - 2, 0) : frame + 3]
    share = (level - level[0]) / (level.max() - level[0])
    first = int(np.argmax(share > FRAME_DOUBT))
    step = shown[first + 1] - shown[first] if first + 1 < len(shown) else shown[first] - shown[first - 1]
    return float(shown[first] + (1 - min(share[first], 1.0)) * step)


def lay(blocks: Sequence[SoundBlock]) -> tuple[float, int, NDArray[np.float32]]:
    """Start in s, rate in Hz and the samples (n,) of blocks with at least one sample; gaps become silence."""
    start, rate = blocks[0].time, blocks[0].rate
    places = [round((block.time - start) * rate) for block in blocks]
    sound = np.zeros(max(p + b.samples.size for p, b in zip(places, blocks, strict=True)), np.float32)
    for place, block in zip(places, blocks, strict=True):
        if place >= 0:
            sound[place : place + block.samples.size] = block.samples
    return start, rate, sound


def find_clicks(start: float, rate: int, sound: NDArray[np.float32]) -> Array:
    """When clicks began, s (m,), in sound (n,) of `rate` Hz that begins at `start` s."""
    change = np.abs(np.diff(sound, prepend=sound[:1])).astype(np.float64)  # mains hum changes slowly
    size = max(1, round(WINDOW * rate))
    loudest = change[: change.size // size * size].reshape(-1, size).max(axis=1)
    if not loudest.size:
        return np.zeros(0)
    limit = max(
        SOFTEST, OUTSTANDING * float(np.median(loudest)), ALIKE * third(loudest, round(APART / WINDOW))
    )
    moments = np.arange(loudest.size) * size / rate
    return np.array([begin_of_click(start, rate, change, k * size) for k in starts(loudest, moments, limit)])


def begin_of_click(start: float, rate: int, change: Array, place: int) -> float:
    """When the click began that is loud at sample `place`."""
    before = max(0, place - round(WINDOW * rate))
    attack = change[before : place + round(ATTACK * rate)]
    return start + (before + int(np.argmax(attack > BEGUN * attack.max()))) / rate


def third(strength: Array, apart: int = 1) -> float:
    """The third strongest value, counting one in every `apart` that follow each other."""
    groups = np.pad(strength, (0, -strength.size % apart)).reshape(-1, apart).max(axis=1)
    return float(np.sort(groups)[-FEWEST]) if groups.size >= FEWEST else 0.0


def starts(strength: Array, moments: Array, limit: float) -> list[int]:
    """Where the strength (n,) rises above the limit after at least APART s beneath it."""
    found: list[int] = []
    last = -np.inf
    for k in np.flatnonzero(strength > limit):
        if moments[k] - last > APART:
            found.append(int(k))
        last = moments[k]
    return found


def match(flashes: Array, clicks: Array, frame_step: float) -> Offset | None:
    """The offset at which most flashes have a click, the smallest of several; None where too few have."""
    differences = (clicks[None, :] - flashes[:, None]).ravel()
    differences = differences[np.abs(differences) <= REACH]
    if differences.size < FEWEST:
        return None
    votes = (np.abs(differences[:, None] - differences[None, :]) <= TOGETHER / 2).sum(axis=1)
    most = differences[votes == votes.max()]
    about = most[np.argmin(np.abs(most))]
    pairs = differences[np.abs(differences - about) <= TOGETHER]
    if pairs.size < max(FEWEST, len(flashes) / 2):
        return None
    seconds = float(np.median(pairs))
    deviation = TO_DEVIATION * float(np.median(np.abs(pairs - seconds)))
    return Offset(
        seconds, float(np.hypot(2 * deviation / np.sqrt(pairs.size), FRAME_DOUBT * frame_step)), pairs.size
    )
