"""Loops between the levels of the search: ways at patches' centres, and ways for a larger picture."""

import numpy as np

from . import inner, loop
from .search import PATCH, STRIDE, UNIT


@loop()
def sample_ways(ways, share, height, width, sampled):
    """Fill `sampled` (2, rows, columns) with the `ways` (2, h, w) at each patch's centre in a picture of
    `height` x `width` px, times `share`: what would lie there if all of them were resized."""
    down, across = ways.shape[1] / height, ways.shape[2] / width
    for row in range(sampled.shape[1]):
        top, bottom, below = between(STRIDE * row + PATCH // 2, down, ways.shape[1])
        for column in range(sampled.shape[2]):
            left, end, right = between(STRIDE * column + PATCH // 2, across, ways.shape[2])
            for part in range(2):
                upper = ways[part, top, left] * (UNIT - right) + ways[part, top, end] * right
                lower = ways[part, bottom, left] * (UNIT - right) + ways[part, bottom, end] * right
                sampled[part, row, column] = (upper * (UNIT - below) + lower * below) * share


@loop()
def enlarge(dense, factor, flow):
    """Fill `flow` (h, w, 2) with the ways `dense` (2, rows, columns), between four of them each, times
    `factor`."""
    rows, columns = dense.shape[1:]
    height, width, _ = flow.shape
    lines = np.empty((2, columns), np.float32)
    lefts, ends = np.empty(width, np.uint64), np.empty(width, np.uint64)
    rights = np.empty(width, np.float32)
    for x in range(width):
        lefts[x], ends[x], rights[x] = between(x, columns / width, columns)
    for y in range(height):
        top, bottom, below = between(y, rows / height, rows)
        for part in range(2):
            for column in range(columns):
                upper, lower = dense[part, top, column], dense[part, bottom, column]
                lines[part, column] = factor * (upper * (UNIT - below) + lower * below)
        for x in range(width):
            right, left, end = rights[x], lefts[x], ends[x]
            flow[y, x, 0] = lines[0, left] * (UNIT - right) + lines[0, end] * right
            flow[y, x, 1] = lines[1, left] * (UNIT - right) + lines[1, end] * right


@inner()
def between(place, factor, side):
    """Between which two of `side` px, `factor` times as many, a `place` lies, and the share of the second."""
    exact = min(max((place + 0.5) * factor - 0.5, 0.0), side - 1.0)
    first = int(exact)
    return first, min(first + 1, side - 1), np.float32(exact - first)
