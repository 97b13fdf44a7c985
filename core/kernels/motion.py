"""The loop that measures how regions move."""

import math

from . import loop


@loop()
def measure_motion(layers, forward, backward, weights, trusted, sums, counts, speeds, areas):
    """Add up for every label of each of the `layers` (n, h, w): over the trusted pixels acceleration, its
    magnitude, across and down, and velocity, across and down, into `sums` (rows, 5) and their number into
    `counts` (rows,); the velocity of all pixels into `speeds` (rows, 2), their number into `areas`.

    Acceleration and velocity are the sums of the two ways (h, w, 2), each in its share: `weights` (2, 2) are
    those of `forward` and `backward` in the acceleration, then in the velocity.
    """
    count, height, width = layers.shape
    (to_g, from_g), (to_v, from_v) = weights
    for y in range(height):
        for x in range(width):
            to_x, to_y = forward[y, x, 0], forward[y, x, 1]
            from_x, from_y = backward[y, x, 0], backward[y, x, 1]
            v_x = to_x * to_v + from_x * from_v
            v_y = to_y * to_v + from_y * from_v
            g_x = to_x * to_g + from_x * from_g
            g_y = to_y * to_g + from_y * from_g
            g = math.sqrt(g_x * g_x + g_y * g_y)
            for layer in range(count):
                row = layers[layer, y, x]
                if row < 0:
                    continue
                speeds[row, 0] += v_x
                speeds[row, 1] += v_y
                areas[row] += 1
                if trusted[y, x]:
                    sums[row, 0] += g
                    sums[row, 1] += g_x
                    sums[row, 2] += g_y
                    sums[row, 3] += v_x
                    sums[row, 4] += v_y
                    counts[row] += 1
