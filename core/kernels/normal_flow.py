"""The loop that adds up how brightness changes."""

import numpy as np

from . import loop


@loop()
def add_changes(layers, picture, last, following, light, slope, sums):
    """Add up for every label of each of the `layers` (n, h, w), into `sums` (rows, 3): by how many grey
    levels the `picture` uint8 (h, w) differs from the `last` and from the `following` one, which are brighter
    by `light` (2,) grey levels anyway; its `slope` float32 (h, w); and one for each pixel."""
    count, height, width = layers.shape
    for y in range(height):
        for x in range(width):
            grey = np.float32(picture[y, x])
            before = abs(np.float32(last[y, x]) - light[0] - grey)
            after = abs(np.float32(following[y, x]) - light[1] - grey)
            for layer in range(count):
                row = layers[layer, y, x]
                if row >= 0:
                    sums[row, 0] += before + after
                    sums[row, 1] += slope[y, x]
                    sums[row, 2] += np.float32(1)
