"""Patches' ways -> a way for every pixel (Kroeger et al. 2016), in OpenCV's order, as search.py."""

import numpy as np
from numba import uint64

from . import inner, loop
from .search import BORDER, FIVE, FOUR, NEAR, ONE, PATCH, SEVEN, SIX, STRIDE, THREE, TWO, UNIT, ZERO

TINY = np.float32(1e-20)


@loop(error_model="numpy")
def spread_patches(first, second, found, dense):
    """Fill `dense` (2, h, w) with the mean way of the patches over each pixel, of all `found` (2, rows,
    columns): the less a pixel differs where a patch takes it, the more this one counts. The last patches
    reach to the edges; the `first` and the `second` picture come flat and with their BORDER.

    A patch that goes nowhere, as those around it do, need not be looked at: where it lies nothing moves.
    """
    height, width = dense.shape[1:]
    rows, columns = found.shape[1:]
    sums = np.zeros((3, height * width), np.float32)  # of ways x and y by their shares, and of the shares
    for row in range(rows):
        bottom = height if row == rows - 1 else STRIDE * row + PATCH
        for column in range(columns):
            end = width if column == columns - 1 else STRIDE * column + PATCH
            if rests(found, row, column):
                continue
            way_x, way_y = found[0, row, column], found[1, row, column]
            for y in range(STRIDE * row, bottom):
                spread_row(first, second, way_x, way_y, STRIDE * column, end, y, height, width, sums)
    flat = dense.reshape(2, -1)
    for pixel in range(height * width):
        share = max(sums[2, pixel], TINY)  # nothing where nothing moves
        flat[0, pixel] = sums[0, pixel] / share
        flat[1, pixel] = sums[1, pixel] / share


@inner()
def rests(found, row, column):
    """Whether a patch and all around it go nowhere, of all `found` (2, rows, columns)."""
    rows, columns = found.shape[1:]
    for beside in range(max(row - 1, 0), min(row + 2, rows)):
        for other in range(max(column - 1, 0), min(column + 2, columns)):
            if found[0, beside, other] != ZERO or found[1, beside, other] != ZERO:
                return False
    return True


@inner(error_model="numpy", forceinline=True)
def spread_row(first, second, way_x, way_y, x, end, y, height, width, sums):
    """Add the row `y` of a patch, from `x` to `end`, to `sums`."""
    wide = uint64(width + 2 * BORDER)
    most = np.float32(width - 1) - NEAR
    to_y = min(max(np.float32(y) + way_y, ZERO), np.float32(height - 1) - NEAR)
    top = int(to_y)
    below = to_y - np.float32(top), np.float32(top + 1) - to_y
    line = uint64(y + BORDER) * wide + uint64(BORDER)
    upper = uint64(top + BORDER) * wide + uint64(BORDER)
    to_x, to_end = np.float32(x) + way_x, np.float32(x + PATCH - 1) + way_x
    # eight neighbours land on neighbours, unless at the edge, or where one of them is rounded across a pixel
    if to_x >= ZERO and to_end <= most and int(to_end) - int(to_x) == PATCH - 1:
        at, to = line + uint64(x), upper + uint64(int(to_x))
        pixel = uint64(y * width + x)
        add_row(first, second, at, to, to + wide, x, int(to_x), below, way_x, way_y, pixel, sums)
        x += PATCH
    while x < end:
        to_x = min(max(np.float32(x) + way_x, ZERO), most)
        left = int(to_x)
        at, to = line + uint64(x), upper + uint64(left)
        part = share_at(first, second, at, to, to + wide, to_x, left, below)
        sums[0, y * width + x] += part * way_x
        sums[1, y * width + x] += part * way_y
        sums[2, y * width + x] += part
        x += 1


@inner(error_model="numpy", forceinline=True)
def share_at(first, second, at, to, under, to_x, left, below):
    """What a pixel counts for that lands at `to_x`, right of `left`; `below` and less so than it by the two
    shares of the row."""
    right, less_right = to_x - np.float32(left), np.float32(left + 1) - to_x
    difference = right * below[0] * second[under + ONE] + less_right * below[0] * second[under]
    difference = difference + right * below[1] * second[to + ONE] + less_right * below[1] * second[to]
    return UNIT / max(UNIT, abs(difference - first[at]))


@inner(error_model="numpy", forceinline=True)
def add_row(first, second, at, to, under, x, left, below, way_x, way_y, pixel, sums):
    """Add eight pixels from `x` on, which land from `left` on, to `sums` from `pixel` on."""
    s0 = share_at(first, second, at, to, under, np.float32(x) + way_x, left, below)
    s1 = share_at(first, second, at + ONE, to + ONE, under + ONE, np.float32(x + 1) + way_x, left + 1, below)
    s2 = share_at(first, second, at + TWO, to + TWO, under + TWO, np.float32(x + 2) + way_x, left + 2, below)
    s3 = share_at(
        first, second, at + THREE, to + THREE, under + THREE, np.float32(x + 3) + way_x, left + 3, below
    )
    s4 = share_at(
        first, second, at + FOUR, to + FOUR, under + FOUR, np.float32(x + 4) + way_x, left + 4, below
    )
    s5 = share_at(
        first, second, at + FIVE, to + FIVE, under + FIVE, np.float32(x + 5) + way_x, left + 5, below
    )
    s6 = share_at(first, second, at + SIX, to + SIX, under + SIX, np.float32(x + 6) + way_x, left + 6, below)
    s7 = share_at(
        first, second, at + SEVEN, to + SEVEN, under + SEVEN, np.float32(x + 7) + way_x, left + 7, below
    )
    for line, way in ((sums[0], way_x), (sums[1], way_y), (sums[2], UNIT)):
        line[pixel] += s0 * way
        line[pixel + ONE] += s1 * way
        line[pixel + TWO] += s2 * way
        line[pixel + THREE] += s3 * way
        line[pixel + FOUR] += s4 * way
        line[pixel + FIVE] += s5 * way
        line[pixel + SIX] += s6 * way
        line[pixel + SEVEN] += s7 * way
