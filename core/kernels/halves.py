"""Loops over regions that are halved: their pixels, their halves, and lost tracks among these."""

import math

from . import inner, loop


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
