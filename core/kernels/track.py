"""Loops of the live tracker over label pictures: carry them, measure their regions, look them up."""

import numpy as np

from . import inner, loop

UNLABELLED = -1


@loop()
def carry_labels(labels, remainder, backward, forward, tolerance):
    """Labels (h, w) of the last picture carried to this one along `backward` (h, w, 2) px, this -> last.

    `remainder` (h, w, 2) px is what rounding left over earlier; the new one is returned beside the labels.
    A pixel whose way back and `forward` again misses itself by more than `tolerance` px came into view
    just now and stays UNLABELLED, as does one that comes from outside.
    """
    height, width = labels.shape
    carried = np.empty((height, width), np.int32)
    left_over = np.empty((height, width, 2), np.float32)
    half, limit = np.float32(0.5), np.float32(tolerance * tolerance)
    for y in range(height):
        for x in range(width):
            move_x = backward[y, x, 0]
            move_y = backward[y, x, 1]
            near_x = min(max(x + int(np.floor(move_x + half)), 0), width - 1)
            near_y = min(max(y + int(np.floor(move_y + half)), 0), height - 1)
            miss_x = move_x + forward[near_y, near_x, 0]
            miss_y = move_y + forward[near_y, near_x, 1]
            exact_x = move_x + remainder[near_y, near_x, 0]
            exact_y = move_y + remainder[near_y, near_x, 1]
            step_x = np.floor(exact_x + half)
            step_y = np.floor(exact_y + half)
            from_x = x + int(step_x)
            from_y = y + int(step_y)
            inside = 0 <= from_x < width and 0 <= from_y < height
            if inside and miss_x * miss_x + miss_y * miss_y <= limit:
                carried[y, x] = labels[from_y, from_x]
                left_over[y, x, 0] = exact_x - step_x
                left_over[y, x, 1] = exact_y - step_y
            else:
                carried[y, x] = UNLABELLED
                left_over[y, x, 0] = 0.0
                left_over[y, x, 1] = 0.0
    return carried, left_over


@loop()
def measure_regions(labels, luv, backward, sums, boxes, colours, motions):
    """Write the `sums` int32 (rows, 3) of every label's pixels, their x and their y, the `boxes` int32 (rows,
    4) px that hold them, left, top, right and bottom, and their mean colour (rows, 3) and `backward` motion
    (rows, 2) px; zeros where none. A region's pixels side by side are added up before it is looked up."""
    height, width = labels.shape
    for row in range(sums.shape[0]):
        for k in range(3):
            sums[row, k] = 0
            colours[row, k] = 0.0
        motions[row, 0] = motions[row, 1] = 0.0
        boxes[row, 0], boxes[row, 1], boxes[row, 2], boxes[row, 3] = width, height, -1, -1
    for y in range(height):
        x = 0
        while x < width:
            row, begin = labels[y, x], x
            if row < 0:
                x += 1
                continue
            light, u, v = colours[row, 0], colours[row, 1], colours[row, 2]
            right, down = motions[row, 0], motions[row, 1]
            while x < width and labels[y, x] == row:
                light += luv[y, x, 0]
                u += luv[y, x, 1]
                v += luv[y, x, 2]
                right += backward[y, x, 0]
                down += backward[y, x, 1]
                x += 1
            colours[row, 0], colours[row, 1], colours[row, 2] = light, u, v
            motions[row, 0], motions[row, 1] = right, down
            sums[row, 0] += x - begin
            sums[row, 1] += (x - begin) * (begin + x - 1) // 2
            sums[row, 2] += (x - begin) * y
            stretch(boxes, row, begin, y)
            stretch(boxes, row, x - 1, y)
    for row in range(sums.shape[0]):
        if sums[row, 0] > 0:
            for k in range(3):
                colours[row, k] /= sums[row, 0]
            motions[row, 0] /= sums[row, 0]
            motions[row, 1] /= sums[row, 0]


@inner(inline="always")
def stretch(boxes, row, x, y):
    """Let a row's box, of all `boxes` (rows, 4) px, hold a pixel as well."""
    boxes[row, 0] = min(boxes[row, 0], x)
    boxes[row, 1] = min(boxes[row, 1], y)
    boxes[row, 2] = max(boxes[row, 2], x)
    boxes[row, 3] = max(boxes[row, 3], y)


@loop()
def look_up(table, labels, found):
    """Fill `found` (h, w) with the entries of `table` (rows + 1,), the last one where there is no label."""
    for y in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            found[y, x] = table[labels[y, x]]
