"""Loops that find the patches of a picture that stay where they are: most of them, before a fixed camera."""

import numpy as np

from . import inner, loop
from .search import BORDER, NEAR, PIXELS, STRIDE

LITTLE = np.float32(0.1)  # px across plus px down: a start no farther, as refinement leaves it, leads nowhere
# of the squares: a step across, or one down, explains 1/64 of noise in the mean, and much of a motion that is
# as faint as noise
CHANCE = np.float32(0.1)


@loop(error_model="numpy")
def find_still(first, second, gradient, tensors, coarse, guess, limit, still):
    """Mark in `still` (rows, columns) the patches that stay where they are: neither the `coarse` way nor the
    `guess` (2, rows, columns) takes them anywhere, their pixels differ about their mean by squares of at
    most `limit` in the mean, and no step along the `gradient` (2, h, w), of which the patches have `tensors`,
    explains much of that.

    Both pictures are flat and with their BORDER.
    """
    rows, columns = still.shape
    sums = np.zeros((4, rows + 1, columns + 1), np.float32)
    sum_blocks(first, second, gradient, sums)
    for row in range(rows):
        for column in range(columns):
            start = abs(coarse[0, row, column]) + abs(coarse[1, row, column])
            led = abs(guess[0, row, column]) + abs(guess[1, row, column])
            if start > LITTLE or led > LITTLE:
                continue
            total, squares = four_blocks(sums[0], row, column), four_blocks(sums[1], row, column)
            right = four_blocks(sums[2], row, column) - total * tensors[3, row, column] / PIXELS
            below = four_blocks(sums[3], row, column) - total * tensors[4, row, column] / PIXELS
            fit = squares - total * total / PIXELS
            across = right * right / max(tensors[0, row, column], NEAR)
            down = below * below / max(tensors[1, row, column], NEAR)
            still[row, column] = fit <= limit * PIXELS and max(across, down) <= CHANCE * fit


@inner()
def sum_blocks(first, second, gradient, sums):
    """Add up the differences of two pictures, their squares and their products with the `gradient` in `sums`
    (4, rows, columns), one for every STRIDE px each way: a patch is four of them."""
    wide = gradient.shape[2] + 2 * BORDER
    for row in range(sums.shape[1]):
        for y in range(STRIDE * row, STRIDE * (row + 1)):
            line = (y + BORDER) * wide + BORDER
            for column in range(sums.shape[2]):
                for x in range(STRIDE * column, STRIDE * (column + 1)):
                    difference = second[line + x] - first[line + x]
                    sums[0, row, column] += difference
                    sums[1, row, column] += difference * difference
                    sums[2, row, column] += difference * gradient[0, y, x]
                    sums[3, row, column] += difference * gradient[1, y, x]


@inner()
def four_blocks(sums, row, column):
    """What a patch sums up to, of its blocks' `sums`."""
    upper = sums[row, column] + sums[row, column + 1]
    return upper + sums[row + 1, column] + sums[row + 1, column + 1]
