"""Dense inverse search between two pictures: OpenCV's DIS (Kroeger et al. 2016), to the last digit.

What a picture contributes, its pyramid, gradients and their sums over patches, is worked out once, where
OpenCV does so for each of the four ways that lead from it or to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .kernels import search as kernels
from .kernels.densify import spread_patches
from .kernels.search import BORDER, PATCH, STRIDE

Field = NDArray[np.float32]

FINEST = 1  # the level at which the search ends: half size
EPSILON = 0.01  # of the refinement, as DIS has it


@dataclass(frozen=True, slots=True)
class Level:
    """A picture at one size: `grey` uint8 (h, w); `flat` float32, the same with its border, row after row;
    `gradient` float32 (2, h, w), across and down; `tensors` float32 (5, rows, columns), sums over patches."""

    grey: NDArray[np.uint8]
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
    return Level(grey, wide.astype(np.float32).ravel(), gradient, tensors)


class Search:
    """Finds the way from one picture to another."""

    def __init__(self, descents: int, refinements: int) -> None:
        """At most `descents` of a patch in each of two rounds, `refinements` of the dense way."""
        self._descents = descents
        self._refine = cv2.VariationalRefinement.create()
        self._refine.setFixedPointIterations(refinements)
        self._refine.setEpsilon(EPSILON)

    def way(self, first: tuple[Level, ...], second: tuple[Level, ...], guess: Field) -> Field:
        """float32 (h, w, 2) px from the `first` to the `second` picture, of which `guess` is an idea."""
        dense, parts = np.zeros((2, *first[-1].grey.shape), np.float32), split(guess)
        for scale in range(len(first) - 1, -1, -1):
            dense = self._at_level(first[scale], second[scale], dense, parts, 0.5 ** (scale + FINEST))
        height, width, _ = guess.shape
        flow = cv2.resize(cv2.merge((dense[0], dense[1])), (width, height))
        return np.asarray(np.multiply(flow, 2**FINEST, out=flow), np.float32)

    def _at_level(
        self, first: Level, second: Level, coarse: Field, guess: Sequence[Field], share: float
    ) -> Field:
        """The way (2, h, w) in px of this level, `share` as large as those of the `guess`."""
        height, width = first.grey.shape
        if coarse.shape[1:] != first.grey.shape:
            coarse = resized(coarse, width, height)
            coarse *= 2
        found, dense = np.empty((2, *first.tensors.shape[1:]), np.float32), np.empty_like(coarse)
        kernels.search_patches(
            first.flat,
            second.flat,
            first.gradient,
            first.tensors,
            coarse,
            resized(guess, width, height),
            np.float32(share),
            self._descents,
            found,
        )
        spread_patches(first.flat, second.flat, found, dense)
        if self._refine.getFixedPointIterations():
            self._refine.calcUV(first.grey, second.grey, dense[0], dense[1])
        return dense


def split(field: Field) -> list[Field]:
    """Both parts of a field (h, w, 2)."""
    return [np.asarray(part, np.float32) for part in cv2.split(field)]


def resized(parts: Sequence[Field] | Field, width: int, height: int) -> Field:
    """Both `parts` of a field at another size, (2, height, width); one by one, as together they are rounded
    otherwise."""
    return np.stack([np.asarray(cv2.resize(part, (width, height)), np.float32) for part in parts])
