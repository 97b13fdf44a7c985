"""The loop that adds up how brightness changes."""

import numpy as np

from . import loop


@loop()
def add_changes(labels, picture, last, following, slope, shares, sums):
    """Add up for every label (h, w), into `sums` (rows, 3): by how many grey levels the `picture` uint8
    (h, w) differs from the `last` and from the `following` one, times the `shares` (2,) of the two; its
    `slope` float32 (h, w); and one for each pixel."""
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            row = labels[y, x]
            if row < 0:
                continue
            grey = np.int32(picture[y, x])
            before, after = abs(np.int32(last[y, x]) - grey), abs(np.int32(following[y, x]) - grey)
            sums[row, 0] += np.float32(before) * shares[0] + np.float32(after) * shares[1]
            sums[row, 1] += slope[y, x]
            sums[row, 2] += np.float32(1)
