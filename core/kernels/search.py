"""Loops of dense inverse search (Kroeger et al. 2016): where does each patch of a picture go?

They add up in OpenCV's order, in four lanes, columns k and k + 4 of a patch together, so that the answer is
OpenCV's to the last digit. Columns are written out and places are unsigned (a signed one might count from
the end), so that the compiler works on four columns at once: a patch takes half of the time.
"""

import math

import numpy as np
from numba import uint64

from . import inner, loop

PATCH, STRIDE = 8, 4  # px, the side of a patch and the distance between two
BORDER = 16  # px by which a picture goes on beyond its edges
STRIPES = 8  # of patches, between which no way spreads
PIXELS = np.float32(PATCH * PATCH)
FAR, NEAR = np.float32(1e10), np.float32(0.001)
ZERO, UNIT = np.float32(0), np.float32(1)
ONE, TWO, THREE, FOUR = uint64(1), uint64(2), uint64(3), uint64(4)
FIVE, SIX, SEVEN, EIGHT = uint64(5), uint64(6), uint64(7), uint64(8)


@loop()
def sum_patches(across, down, tensors):
    """Fill `tensors` (5, rows, columns) with sums over each patch of the gradient `across` and `down`, int16
    (h, w): of its squares, its product, and itself."""
    height, columns = across.shape[0], tensors.shape[2]
    lines = np.zeros((height, 5, columns), np.float32)
    for y in range(height):
        for column in range(columns):
            for x in range(STRIDE * column, STRIDE * column + PATCH):
                right, below = np.float32(across[y, x]), np.float32(down[y, x])
                lines[y, 0, column] += right * right
                lines[y, 1, column] += below * below
                lines[y, 2, column] += right * below
                lines[y, 3, column] += right
                lines[y, 4, column] += below
    total = np.zeros((5, columns), np.float32)
    for y in range(height):
        for part in range(5):
            for column in range(columns):
                gone = lines[y - PATCH, part, column] if y >= PATCH else ZERO
                total[part, column] += lines[y, part, column] - gone
                if y >= PATCH - 1 and (y + 1) % STRIDE == 0:
                    tensors[part, (y + 1 - PATCH) // STRIDE, column] = total[part, column]


@loop(error_model="numpy")
def search_patches(first, second, gradient, tensors, guess, still, descents, found):
    """Fill `found` (2, rows, columns) with the way x, y px of each patch of the `first` picture to the
    `second`, both flat and with their BORDER; `gradient` (2, h, w) and `tensors` are the first one's.

    A patch starts from what is `found` already, as the level before has it, its `guess` (2, rows, columns),
    or a neighbour's way, whichever fits best, and makes at most so many `descents`; in reading order, then
    back. Patches that are `still` (rows, columns) go nowhere.
    """
    rows, columns = found.shape[1:]
    across, down = gradient[0].ravel(), gradient[1].ravel()
    lanes = np.empty(16, np.float32)
    each = math.ceil(rows / STRIPES)
    for stripe in range(STRIPES):
        begin, end = min(stripe * each, rows), min((stripe + 1) * each, rows)
        for turn in range(2):
            beside = 2 * turn - 1
            for step in range((end - begin) * columns):
                place = step if turn == 0 else (end - begin) * columns - 1 - step
                row, column = begin + place // columns, place % columns
                if still[row, column]:
                    found[0, row, column], found[1, row, column] = ZERO, ZERO
                    continue
                y, x = STRIDE * row + PATCH // 2, STRIDE * column + PATCH // 2
                way_x, way_y = best_start(
                    first, second, gradient, guess, found, row, column, beside, begin, end, x, y, lanes
                )
                tensor = tensors[0, row, column], tensors[1, row, column], tensors[2, row, column]
                sums = tensors[3, row, column], tensors[4, row, column]
                to_x, to_y = descend(
                    first, second, gradient, across, down, tensor, sums, descents, x, y, way_x, way_y, lanes
                )
                off_x, off_y = np.float64(to_x - way_x), np.float64(to_y - way_y)
                near = math.sqrt(off_x * off_x + off_y * off_y) <= PATCH  # or else it went astray
                found[0, row, column] = to_x if near else way_x
                found[1, row, column] = to_y if near else way_y


@inner(error_model="numpy", forceinline=True)
def best_start(first, second, field, guess, found, row, column, beside, begin, end, x, y, lanes):
    """The way x, y px that fits a patch about (x, y) px best: the one `found` for it so far, its `guess`, or
    that of a neighbour `beside` it, 1 on or 1 back, in the rows from `begin` to `end`."""
    columns = found.shape[2]
    way_x, way_y = found[0, row, column], found[1, row, column]
    least = misfit(first, second, field, x, y, way_x, way_y, lanes)
    for candidate in range(3):
        if candidate == 0:
            to_x, to_y = guess[0, row, column], guess[1, row, column]
        elif candidate == 1 and 0 <= column + beside < columns:
            to_x, to_y = found[0, row, column + beside], found[1, row, column + beside]
        elif candidate == 2 and begin <= row + beside < end:
            to_x, to_y = found[0, row + beside, column], found[1, row + beside, column]
        else:
            continue
        if to_x == way_x and to_y == way_y:
            continue
        other = misfit(first, second, field, x, y, to_x, to_y, lanes)
        if other < least:
            least, way_x, way_y = other, to_x, to_y
    return way_x, way_y


@inner(error_model="numpy", forceinline=True)
def aim(field, x, y, way_x, way_y):
    """Where a patch about (x, y) px lands in a flat picture as large as the `field` (2, h, w): the place of
    its first pixel, and what the four pixels about each place weigh."""
    height, width = field.shape[1:]
    low, border = np.float32(BORDER - PATCH + 1), np.float32(BORDER)
    to_x = min(max(np.float32(x - PATCH // 2) + way_x + border, low), np.float32(BORDER + width - 1))
    to_y = min(max(np.float32(y - PATCH // 2) + way_y + border, low), np.float32(BORDER + height - 1))
    left, top = int(to_x), int(to_y)
    right, below = to_x - np.float32(left), to_y - np.float32(top)
    less_right, less_below = np.float32(left) + UNIT - to_x, np.float32(top) + UNIT - to_y
    weights = less_below * less_right, less_below * right, below * less_right, below * right
    return uint64(top) * uint64(width + 2 * BORDER) + uint64(left), weights


@inner(error_model="numpy", inline="always")
def differ(first, second, at, to, wide, weights):
    """By how much eight pixels of the second picture from `to` on, each between four, differ from the first's
    from `at` on."""
    w0, w1, w2, w3 = weights
    under = to + wide
    p0, p1, p2, p3 = second[to], second[to + ONE], second[to + TWO], second[to + THREE]
    p4, p5, p6, p7 = second[to + FOUR], second[to + FIVE], second[to + SIX], second[to + SEVEN]
    q0, q1, q2, q3 = second[under], second[under + ONE], second[under + TWO], second[under + THREE]
    q4, q5, q6, q7 = second[under + FOUR], second[under + FIVE], second[under + SIX], second[under + SEVEN]
    p8, q8 = second[to + EIGHT], second[under + EIGHT]
    return (
        w0 * p0 + w1 * p1 + w2 * q0 + w3 * q1 - first[at],
        w0 * p1 + w1 * p2 + w2 * q1 + w3 * q2 - first[at + ONE],
        w0 * p2 + w1 * p3 + w2 * q2 + w3 * q3 - first[at + TWO],
        w0 * p3 + w1 * p4 + w2 * q3 + w3 * q4 - first[at + THREE],
        w0 * p4 + w1 * p5 + w2 * q4 + w3 * q5 - first[at + FOUR],
        w0 * p5 + w1 * p6 + w2 * q5 + w3 * q6 - first[at + FIVE],
        w0 * p6 + w1 * p7 + w2 * q6 + w3 * q7 - first[at + SIX],
        w0 * p7 + w1 * p8 + w2 * q7 + w3 * q8 - first[at + SEVEN],
    )


@inner(error_model="numpy", forceinline=True)
def misfit(first, second, field, x, y, way_x, way_y, lanes):
    """Sum of squares of a patch's differences about their mean. The `lanes` (16,) are of no use afterwards:
    it is where they are put side by side that the compiler begins to join them."""
    to, weights = aim(field, x, y, way_x, way_y)
    wide = uint64(field.shape[2] + 2 * BORDER)
    at = uint64(y + BORDER - PATCH // 2) * wide + uint64(x + BORDER - PATCH // 2)
    s0 = s1 = s2 = s3 = ZERO
    q0 = q1 = q2 = q3 = ZERO
    for _ in range(PATCH):
        a0, a1, a2, a3, b0, b1, b2, b3 = differ(first, second, at, to, wide, weights)
        s0, s1, s2, s3 = s0 + (a0 + b0), s1 + (a1 + b1), s2 + (a2 + b2), s3 + (a3 + b3)
        q0, q1 = q0 + (a0 * a0 + b0 * b0), q1 + (a1 * a1 + b1 * b1)
        q2, q3 = q2 + (a2 * a2 + b2 * b2), q3 + (a3 * a3 + b3 * b3)
        at += wide
        to += wide
    lanes[0], lanes[1], lanes[2], lanes[3] = s0, s1, s2, s3
    lanes[4], lanes[5], lanes[6], lanes[7] = q0, q1, q2, q3
    total, squares = (s0 + s2) + (s1 + s3), (q0 + q2) + (q1 + q3)
    return squares - total * total / PIXELS


@inner(error_model="numpy", forceinline=True)
def descend(first, second, field, across, down, tensor, sums, descents, x, y, way_x, way_y, lanes):
    """The way x, y px that Gauss and Newton lead to from here, as long as the patch fits better; `across` and
    `down` the flat gradient, `tensor` and `sums` what the patch sums up of its products and of itself."""
    xx, yy, xy = tensor
    size = xx * yy - xy * xy
    if abs(size) < NEAR:
        size = NEAR
    inverse_x, inverse_xy, inverse_y = yy / size, -xy / size, xx / size
    wide, narrow = uint64(field.shape[2] + 2 * BORDER), uint64(field.shape[2])
    last = FAR
    for _ in range(descents):
        to, weights = aim(field, x, y, way_x, way_y)
        at = uint64(y + BORDER - PATCH // 2) * wide + uint64(x + BORDER - PATCH // 2)
        g = uint64(y - PATCH // 2) * narrow + uint64(x - PATCH // 2)
        s0 = s1 = s2 = s3 = ZERO
        q0 = q1 = q2 = q3 = ZERO
        x0 = x1 = x2 = x3 = ZERO
        y0 = y1 = y2 = y3 = ZERO
        for _ in range(PATCH):
            a0, a1, a2, a3, b0, b1, b2, b3 = differ(first, second, at, to, wide, weights)
            x0 = x0 + (a0 * across[g] + b0 * across[g + FOUR])
            x1 = x1 + (a1 * across[g + ONE] + b1 * across[g + FIVE])
            x2 = x2 + (a2 * across[g + TWO] + b2 * across[g + SIX])
            x3 = x3 + (a3 * across[g + THREE] + b3 * across[g + SEVEN])
            y0 = y0 + (a0 * down[g] + b0 * down[g + FOUR])
            y1 = y1 + (a1 * down[g + ONE] + b1 * down[g + FIVE])
            y2 = y2 + (a2 * down[g + TWO] + b2 * down[g + SIX])
            y3 = y3 + (a3 * down[g + THREE] + b3 * down[g + SEVEN])
            s0, s1, s2, s3 = s0 + (a0 + b0), s1 + (a1 + b1), s2 + (a2 + b2), s3 + (a3 + b3)
            q0, q1 = q0 + (a0 * a0 + b0 * b0), q1 + (a1 * a1 + b1 * b1)
            q2, q3 = q2 + (a2 * a2 + b2 * b2), q3 + (a3 * a3 + b3 * b3)
            at += wide
            to += wide
            g += narrow
        lanes[0], lanes[1], lanes[2], lanes[3] = s0, s1, s2, s3
        lanes[4], lanes[5], lanes[6], lanes[7] = q0, q1, q2, q3
        lanes[8], lanes[9], lanes[10], lanes[11] = x0, x1, x2, x3
        lanes[12], lanes[13], lanes[14], lanes[15] = y0, y1, y2, y3
        total, squares = (s0 + s2) + (s1 + s3), (q0 + q2) + (q1 + q3)
        slope_x = (x0 + x2) + (x1 + x3) - total * sums[0] / PIXELS
        slope_y = (y0 + y2) + (y1 + y3) - total * sums[1] / PIXELS
        way_x -= inverse_x * slope_x + inverse_xy * slope_y
        way_y -= inverse_xy * slope_x + inverse_y * slope_y
        fit = squares - total * total / PIXELS
        if fit >= last:
            break
        last = fit
    return way_x, way_y
