"""Loops of the live tracker over label pictures: carry, measure, halve."""

import math

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


@loop()
def find_pixels(labels, rows, boxes, places, regions):
    """Fill `places` and `regions` with the pixels of the regions `rows` (n,), one region after another, each
    in reading order, and with which of them, 0 … n - 1, it is; returns how many there are. Each lies within
    its one of the `boxes` (n, 4) px: left, top, right and bottom."""
    width = labels.shape[1]
    count = 0
    for k in range(rows.shape[0]):
        for y in range(boxes[k, 1], boxes[k, 3] + 1):
            for x in range(boxes[k, 0], boxes[k, 2] + 1):
                if labels[y, x] == rows[k]:
                    places[count] = y * width + x
                    regions[count] = k
                    count += 1
    return count


@loop()
def sum_products(places, regions, width, centres, products):
    """Add up `products` (n, 2, 2), the second moments in px² of regions about their `centres` (n, 2) px, of
    the pixels at `places` in a picture `width` px wide that belong to `regions`, (pixels,) both."""
    for k in range(places.shape[0]):
        region = regions[k]
        away_x = places[k] % width - centres[region, 0]
        away_y = places[k] // width - centres[region, 1]
        products[region, 0, 0] += away_x * away_x
        products[region, 0, 1] += away_x * away_y
        products[region, 1, 0] += away_x * away_y
        products[region, 1, 1] += away_y * away_y


@loop()
def label_halves(places, regions, width, centres, axes, halves, sums):
    """Fill `halves` (pixels,): 2k for those of the k-th region, 2k + 1 for those beyond the line through its
    centre across its axis in `axes` (n, 2); add up each half's pixels, x and y in `sums` (2n, 3)."""
    for k in range(places.shape[0]):
        region, x, y = regions[k], places[k] % width, places[k] // width
        beyond = (x - centres[region, 0]) * axes[region, 0] + (y - centres[region, 1]) * axes[region, 1] > 0
        halves[k] = 2 * region + (1 if beyond else 0)
        sums[halves[k], 0] += 1
        sums[halves[k], 1] += x
        sums[halves[k], 2] += y


@loop()
def match_halves(lost, centres, radius, looks, half_centres, half_looks, least, found):
    """Write into `found` (n, 2), -1 everywhere, which of the `lost` tracks (rows,) one half of each of n
    regions is, with their centres (rows, 2) and (n, 2, 2) px and their looks (rows, k) and (n, 2, k): within
    `radius` the one that is most alike, by more than `least`, and more so than the half is like its region.
    The second half is asked first; what is found is no longer lost."""
    for k in range(found.shape[0]):
        whole = half_looks[k, 0] + half_looks[k, 1]
        for half in (1, 0):
            look = half_looks[k, half]
            row, likeness = most_alike(lost, centres, half_centres[k, half], radius, looks, look)
            if likeness > least and likeness > cosine(look, whole):
                found[k, half] = row
                lost[row] = False
                break


@inner()
def most_alike(candidates, centres, centre, radius, looks, look):
    """Which of the `candidates` (rows,) whose `centres` (rows, 2) lie within `radius` of `centre` has the
    `looks` (rows, k) with the largest cosine with `look` (k,), and that cosine; -1, -1.0 without any."""
    best, largest = -1, -1.0
    for row in range(candidates.shape[0]):
        if not candidates[row]:
            continue
        away_x = centres[row, 0] - centre[0]
        away_y = centres[row, 1] - centre[1]
        if away_x * away_x + away_y * away_y <= radius * radius:
            likeness = cosine(looks[row], look)
            if likeness > largest:
                best, largest = row, likeness
    return best, largest


@inner()
def cosine(one, other):
    """Between two histograms (k,), 0 where one is empty."""
    product = square = other_square = 0.0
    for k in range(one.shape[0]):
        product += float(one[k]) * other[k]
        square += float(one[k]) * one[k]
        other_square += float(other[k]) * other[k]
    sizes = math.sqrt(square) * math.sqrt(other_square)
    return product / sizes if sizes > 0 else 0.0


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
