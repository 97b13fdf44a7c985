"""Loops that make a picture smaller, each pixel the mean of the area that it covers."""

import numpy as np
from numba import uint64

from . import inner, loop

ONE, TWO, THREE = uint64(1), uint64(2), uint64(3)
HALF = np.float32(0.5)


@loop()
def shrink(picture, rows, row_weights, columns, column_weights, small):
    """Fill `small` uint8 (h, w, 3) with means of `picture` uint8 (H, W, 3): of the lines from `rows` (h,) on
    by the `row_weights` (h, n), of the pixels from `columns` (w,) on by the `column_weights` (w, m).

    Lines first: that takes many pixels at once, and leaves fewer for the sums across.
    """
    line = np.empty(picture.shape[1] * 3, np.float32)
    for y in range(small.shape[0]):
        line[:] = 0
        for k in range(row_weights.shape[1]):
            add_line(picture[rows[y] + k].ravel(), row_weights[y, k], line)
        for x in range(small.shape[1]):
            at = THREE * uint64(columns[x])
            blue = green = red = HALF  # to be rounded
            for k in range(column_weights.shape[1]):
                weight = column_weights[x, k]
                blue += weight * line[at]
                green += weight * line[at + ONE]
                red += weight * line[at + TWO]
                at += THREE
            small[y, x, 0], small[y, x, 1], small[y, x, 2] = int(blue), int(green), int(red)


@inner()
def add_line(source, weight, line):
    """Add `source` (n,) times `weight` to `line` (n,)."""
    for k in range(line.shape[0]):
        line[k] += weight * np.float32(source[k])
