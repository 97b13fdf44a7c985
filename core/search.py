"""Dense inverse search between two pictures: OpenCV's DIS (Kroeger et al. 2016), to 0.0001 px before it is
refined and to 0.001 px of OpenCV 5 afterwards, unless patches that stay still are left out.

What a picture contributes, its pyramid, gradients and their sums over patches, is worked out once, where
OpenCV does so for each of the four ways that lead from it or to it.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .kernels import search as kernels
from .kernels.densify import spread_patches
from .kernels.refine import refine_way
from .kernels.resample import enlarge, sample_ways
from .kernels.search import BORDER, PATCH, STRIDE
from .kernels.still import find_still

Field = NDArray[np.float32]

FINEST = 1  # the level at which the search ends: half size


@dataclass(frozen=True, slots=True)
class Level:
    """A picture (h, w) at one size: `flat` float32, its grey levels with a border, row after row; `gradient`
    float32 (2, h, w), across and down; `tensors` float32 (5, rows, columns), sums over patches."""

    flat: Field
    gradient: Field
    tensors: Field


def make_levels(grey: NDArray[np.uint8]) -> tuple[Level, ...]:
    """The levels of a picture (h, w), the finest first."""
    height, width = grey.shape
    small, levels = grey, []
    for scale in range(FINEST, coarsest_level(height, width) + 1):
        size = width >> scale, height >> scale
        small = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)
        levels.append(make_level(small))
    return tuple(levels)


def coarsest_level(height: int, width: int) -> int:
    """The level at which a patch is a quarter of the picture, or the last that holds a patch."""
    quarter = int(math.log2(max(height, width) / (4 * PATCH)) + 0.5)
    return max(FINEST, min(quarter, int(math.log2(min(height, width) // PATCH))))


def make_level(grey: NDArray[np.uint8]) -> Level:
    """One level of a picture (h, w)."""
    height, width = grey.shape
    wide = cv2.copyMakeBorder(grey, BORDER, BORDER, BORDER, BORDER, cv2.BORDER_REPLICATE)
    across, down = cv2.spatialGradient(grey)
    rows, columns = (1 + (side - PATCH) // STRIDE for side in (height, width))
    tensors = np.empty((5, rows, columns), np.float32)
    kernels.sum_patches(across, down, tensors)
    gradient = np.empty((2, height, width), np.float32)
    gradient[0], gradient[1] = across, down
    return Level(wide.astype(np.float32).ravel(), gradient, tensors)


class Search:
    """Finds the way from one picture to another."""

    def __init__(self, descents: int, still: float = 0.0, *, refined: bool = True) -> None:
        """At most `descents` of a patch in each of two rounds, and whether the dense way is `refined`.

        A patch goes nowhere if nothing leads it anywhere, it differs by squares of at most `still` grey
        levels² a pixel, and no step along its gradient explains them: with 0 all is as OpenCV has it.
        """
        self._descents, self._still, self._refined = descents, np.float32(still), refined

    def way(self, first: tuple[Level, ...], second: tuple[Level, ...], guess: Field) -> Field:
        """float32 (h, w, 2) px from the `first` to the `second` picture, of which `guess` is an idea."""
        dense, idea = np.zeros((2, *first[-1].gradient.shape[1:]), np.float32), guess.transpose(2, 0, 1)
        for scale in range(len(first) - 1, -1, -1):
            start = at_patches(dense, first[scale], 2)
            expected = at_patches(idea, first[scale], 0.5 ** (scale + FINEST))
            dense = self._at_level(first[scale], second[scale], start, expected)
            if self._refined:
                refine_way(first[scale].flat, second[scale].flat, dense)
        flow = np.empty_like(guess)
        enlarge(dense, np.float32(2**FINEST), flow)
        return flow

    def _at_level(self, first: Level, second: Level, start: Field, expected: Field) -> Field:
        """The way (2, h, w) in px of this level, from patches that `start` somewhere and are `expected`
        elsewhere, (2, rows, columns); `start` is where it is found, and no longer what it was."""
        still, dense = self._still_patches(first, second, start, expected), np.empty_like(first.gradient)
        kernels.search_patches(
            first.flat,
            second.flat,
            first.gradient,
            first.tensors,
            expected,
            still,
            self._descents,
            start,
        )
        spread_patches(first.flat, second.flat, start, dense)
        return dense

    def _still_patches(self, first: Level, second: Level, start: Field, expected: Field) -> NDArray[np.bool_]:
        """Which patches (rows, columns) need no search."""
        still = np.zeros(start.shape[1:], np.bool_)
        if self._still > 0:
            find_still(
                first.flat,
                second.flat,
                first.gradient,
                first.tensors,
                start,
                expected,
                self._still,
                still,
            )
        return still


def at_patches(ways: Field, level: Level, share: float) -> Field:
    """`ways` (2, h, w) px at the patches of a `level`, (2, rows, columns), where they are `share` as long."""
    height, width = level.gradient.shape[1:]
    sampled = np.empty((2, *level.tensors.shape[1:]), np.float32)
    sample_ways(ways, np.float32(share), height, width, sampled)
    return sampled
