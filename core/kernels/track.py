"""Loops of the live tracker over label pictures: carry, refine, measure."""

import math

import numpy as np
from numba import njit

UNLABELLED = -1


@njit(cache=True, nogil=True)
def carry_labels(labels, remainder, backward, forward, tolerance):
    """Labels (h, w) of the last picture carried to this one along `backward` (h, w, 2) px, this -> last.

    `remainder` (h, w, 2) px is what rounding left over earlier; the new one is returned beside the labels.
    A pixel whose way back and `forward` again misses itself by more than `tolerance` px came into view
    just now and stays UNLABELLED, as does one that comes from outside.
    """
    height, width = labels.shape
    carried = np.empty((height, width), np.int32)
    left_over = np.empty((height, width, 2), np.float32)
    for y in range(height):
        for x in range(width):
            back_x = x + backward[y, x, 0]
            back_y = y + backward[y, x, 1]
            near_x = min(max(math.floor(back_x + 0.5), 0), width - 1)
            near_y = min(max(math.floor(back_y + 0.5), 0), height - 1)
            miss_x = back_x + forward[near_y, near_x, 0] - x
            miss_y = back_y + forward[near_y, near_x, 1] - y
            exact_x = back_x + remainder[near_y, near_x, 0]
            exact_y = back_y + remainder[near_y, near_x, 1]
            from_x = math.floor(exact_x + 0.5)
            from_y = math.floor(exact_y + 0.5)
            inside = 0 <= from_x < width and 0 <= from_y < height
            if inside and miss_x * miss_x + miss_y * miss_y <= tolerance * tolerance:
                carried[y, x] = labels[from_y, from_x]
                left_over[y, x, 0] = exact_x - from_x
                left_over[y, x, 1] = exact_y - from_y
            else:
                carried[y, x] = UNLABELLED
                left_over[y, x, 0] = 0.0
                left_over[y, x, 1] = 0.0
    return carried, left_over


@njit(cache=True, nogil=True)
def measure_regions(labels, luv, backward, areas, centres, colours, motions):
    """Write area (rows,) px, centre (rows, 2) px, mean colour (rows, 3) and mean `backward` motion (rows,
    2) px of every label; zeros where none."""
    areas[:] = 0
    centres[:] = 0.0
    colours[:] = 0.0
    motions[:] = 0.0
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            row = labels[y, x]
            if row >= 0:
                areas[row] += 1
                centres[row, 0] += x
                centres[row, 1] += y
                motions[row, 0] += backward[y, x, 0]
                motions[row, 1] += backward[y, x, 1]
                for channel in range(3):
                    colours[row, channel] += luv[y, x, channel]
    for row in range(areas.shape[0]):
        if areas[row] > 0:
            for axis in range(2):
                centres[row, axis] /= areas[row]
                motions[row, axis] /= areas[row]
            for channel in range(3):
                colours[row, channel] /= areas[row]


@njit(cache=True, nogil=True)
def region_cost(row, x, y, luv, backward, centres, colours, motions, scales):
    """How badly pixel (x, y) fits region `row`: squared distances in colour, place and motion, each in its
    own of the three `scales`; motion counts up to the limit in the fourth."""
    colour = 0.0
    for channel in range(3):
        difference = luv[y, x, channel] - colours[row, channel]
        colour += difference * difference
    away_x = x - centres[row, 0]
    away_y = y - centres[row, 1]
    motion_x = backward[y, x, 0] - motions[row, 0]
    motion_y = backward[y, x, 1] - motions[row, 1]
    motion = (motion_x * motion_x + motion_y * motion_y) / (scales[2] * scales[2])
    place = (away_x * away_x + away_y * away_y) / (scales[1] * scales[1])
    return colour / (scales[0] * scales[0]) + place + min(motion, scales[3])


@njit(cache=True, nogil=True)
def refine_boundaries(labels, luv, backward, centres, colours, motions, scales):
    """One pass in place: every pixel beside another region takes the best label among its neighbours'.

    `scales` as of `region_cost`. Returns how many pixels are still UNLABELLED.
    """
    height, width = labels.shape
    unlabelled = 0
    for y in range(height):
        for x in range(width):
            own = labels[y, x]
            left = labels[y, x - 1] if x > 0 else own
            right = labels[y, x + 1] if x < width - 1 else own
            above = labels[y - 1, x] if y > 0 else own
            below = labels[y + 1, x] if y < height - 1 else own
            if left == own and right == own and above == own and below == own:
                if own == UNLABELLED:
                    unlabelled += 1
                continue
            best = own
            least = np.inf
            if own >= 0:
                least = region_cost(own, x, y, luv, backward, centres, colours, motions, scales)
            for other in (left, right, above, below):
                if other >= 0 and other != best:
                    cost = region_cost(other, x, y, luv, backward, centres, colours, motions, scales)
                    if cost < least:
                        least = cost
                        best = other
            labels[y, x] = best
            if best == UNLABELLED:
                unlabelled += 1
    return unlabelled


@njit(cache=True, nogil=True)
def sum_products(labels, order, centres, products):
    """Add up `products` (n, 2, 2), the second moments in px² of the regions that have a place 0 … n - 1 in
    `order` (rows,), about their `centres` (rows, 2) px."""
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            row = labels[y, x]
            if row >= 0 and order[row] >= 0:
                away_x = x - centres[row, 0]
                away_y = y - centres[row, 1]
                moments = products[order[row]]
                moments[0, 0] += away_x * away_x
                moments[0, 1] += away_x * away_y
                moments[1, 0] += away_x * away_y
                moments[1, 1] += away_y * away_y


@njit(cache=True, nogil=True)
def label_halves(labels, order, centres, axes, halves, sums):
    """Fill `halves` (h, w): 2k for the pixels of the k-th region in `order` (rows,), 2k + 1 for those beyond
    the line through its centre across its axis in `axes` (n, 2), -1 elsewhere; add up each half's pixels, x
    and y in `sums` (2n, 3)."""
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            halves[y, x] = -1
            row = labels[y, x]
            if row >= 0 and order[row] >= 0:
                axis = axes[order[row]]
                beyond = (x - centres[row, 0]) * axis[0] + (y - centres[row, 1]) * axis[1] > 0
                half = 2 * order[row] + (1 if beyond else 0)
                halves[y, x] = half
                sums[half, 0] += 1
                sums[half, 1] += x
                sums[half, 2] += y


@njit(cache=True, nogil=True)
def measure_motion(labels, acceleration, velocity, trusted, sums, counts, speeds, areas):
    """Add up for every label: |acceleration| over the trusted pixels into `sums` (rows,) and their number
    into `counts` (rows,); the velocity of all pixels into `speeds` (rows, 2), their number into `areas`."""
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            row = labels[y, x]
            if row < 0:
                continue
            speeds[row, 0] += velocity[y, x, 0]
            speeds[row, 1] += velocity[y, x, 1]
            areas[row] += 1
            if trusted[y, x]:
                g_x = acceleration[y, x, 0]
                g_y = acceleration[y, x, 1]
                sums[row] += math.sqrt(g_x * g_x + g_y * g_y)
                counts[row] += 1
