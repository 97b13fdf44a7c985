"""Regions that grew too large -> their halves across the longer axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .appearance import luv_histograms
from .kernels.halves import find_pixels, label_halves, sum_products


@dataclass(frozen=True, slots=True)
class Pixels:
    """The pixels of n regions, one region after another: their `places` int64 (pixels,) in the picture, and
    which of the `regions` 0 … n - 1 each belongs to, int32 (pixels,)."""

    places: NDArray[np.int64]
    regions: NDArray[np.int32]

    def looks(self, luv: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """Histograms (count, 125) of the regions in the picture `luv` (h, w, 3)."""
        return luv_histograms(luv.reshape(-1, 3)[None, self.places], self.regions[None], count)


@dataclass(frozen=True, slots=True)
class Halves:
    """The halves of n regions: the `pixels` of both, 2k and 2k + 1 on the two halves of region k; the `sums`
    int32 (2n, 3) of their pixels, x and y; `centres` (n, 2, 2) px, x then y, and `looks` (n, 2, 125)."""

    pixels: Pixels
    sums: NDArray[np.int32]
    centres: NDArray[np.float64]
    looks: NDArray[np.float32]


def region_pixels(labels: NDArray[np.int32], rows: NDArray[np.int64], boxes: NDArray[np.int32]) -> Pixels:
    """The pixels of the regions `rows` (n,) of `labels` (h, w), which lie in `boxes` (n, 4) px: left, top,
    right and bottom.

    They are few: what is asked of them needs no look at the whole picture.
    """
    sides = boxes[:, 2:] - boxes[:, :2] + 1
    room = int(sides.prod(axis=1).sum())
    places, regions = np.empty(room, np.int64), np.empty(room, np.int32)
    count = find_pixels(labels, rows, boxes, places, regions)
    return Pixels(places[:count], regions[:count])


def halve_regions(
    labels: NDArray[np.int32],
    luv: NDArray[np.float32],
    rows: NDArray[np.int64],
    centres: NDArray[np.float32],
    boxes: NDArray[np.int32],
) -> Halves:
    """The halves of the regions `rows` (n,) of `labels` (h, w) about their `centres` (n, 2) px; the `boxes`
    (n, 4) px hold them."""
    pixels, width = region_pixels(labels, rows, boxes), labels.shape[1]
    products = np.zeros((rows.size, 2, 2))
    sum_products(pixels.places, pixels.regions, width, centres, products)
    axes = np.linalg.eigh(products)[1][:, :, 1]
    halves, sums = np.empty_like(pixels.regions), np.zeros((2 * rows.size, 3))
    label_halves(pixels.places, pixels.regions, width, centres, axes, halves, sums)
    places = (sums[:, 1:] / np.maximum(sums[:, :1], 1)).reshape(-1, 2, 2)
    both = Pixels(pixels.places, halves)
    return Halves(
        both, sums.astype(np.int32), places, both.looks(luv, 2 * rows.size).reshape(rows.size, 2, -1)
    )
