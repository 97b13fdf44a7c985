"""Regions that grew too large -> their halves across the longer axis."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .appearance import luv_histograms
from .kernels.track import label_halves, sum_products


@dataclass(frozen=True, slots=True)
class Halves:
    """The halves of n regions: `labels` int32 (h, w), 2k and 2k + 1 on the two halves of region k and -1
    elsewhere; their `centres` (n, 2, 2) px, x then y, and `looks` (n, 2, 125)."""

    labels: NDArray[np.int32]
    centres: NDArray[np.float64]
    looks: NDArray[np.float32]


def halve_regions(
    labels: NDArray[np.int32],
    luv: NDArray[np.float32],
    rows: NDArray[np.int64],
    centres: NDArray[np.float32],
) -> Halves:
    """The halves of the regions `rows` (n,) of `labels` (h, w), whose centres are `centres` (rows, 2) px."""
    order = np.full(len(centres), -1, np.int32)
    order[rows] = np.arange(rows.size)
    products = np.zeros((rows.size, 2, 2))
    sum_products(labels, order, centres, products)
    axes = np.linalg.eigh(products)[1][:, :, 1]
    halves, sums = np.empty_like(labels), np.zeros((2 * rows.size, 3))
    label_halves(labels, order, centres, axes, halves, sums)
    places = (sums[:, 1:] / np.maximum(sums[:, :1], 1)).reshape(-1, 2, 2)
    looks = luv_histograms(luv, halves, 2 * rows.size).reshape(rows.size, 2, -1)
    return Halves(halves, places, looks)
