"""Loops over labelled pictures: what regions contain, which pixels hang together, and merging small ones."""

import numpy as np

from . import inner, loop


@loop()
def count_colours(luv, labels, low, scale, bins, histograms):
    """Add every pixel to its region's row of `histograms` (n, bins³); other labels are left out."""
    for y in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            label = labels[y, x]
            if 0 <= label < histograms.shape[0]:
                colour = 0
                for channel in range(3):
                    place = int((luv[y, x, channel] - low[channel]) * scale[channel])
                    colour = colour * bins + min(max(place, 0), bins - 1)
                histograms[label, colour] += 1


@loop()
def sum_regions(labels, picture, sums):
    """Add up `sums` (n, 3 + channels): area, x, y and the channels of `picture` (h, w, channels)."""
    for y in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            region = sums[labels[y, x]]
            region[0] += 1
            region[1] += x
            region[2] += y
            for channel in range(picture.shape[2]):
                region[3 + channel] += picture[y, x, channel]


@loop()
def add_up(layers, some, others, every, sums):
    """Add up for every label of each of the `layers` (n, h, w), into `sums` (rows, 3), what `some` and
    `others` float32 (lines, w) tell of the pixels of one line in `every`, and one for each pixel. A region's
    pixels side by side are added up before it is looked up: less than half the time."""
    count, height, width = layers.shape
    for y in range(0, height, every):
        line = y // every
        for layer in range(count):
            x = 0
            while x < width:
                row, begin = layers[layer, y, x], x
                if row < 0:
                    x += 1
                    continue
                one, other = sums[row, 0], sums[row, 1]
                while x < width and layers[layer, y, x] == row:
                    one += some[line, x]
                    other += others[line, x]
                    x += 1
                sums[row, 0], sums[row, 1] = one, other
                sums[row, 2] += np.float32(x - begin)


@loop()
def link_pixels(picture, reach, labels):
    """Fill `labels` with regions 0 … n - 1 of neighbours at most `reach` apart in colour; returns n.

    Regions are numbered in reading order of their first pixels; neighbours are left, right, above, below.
    """
    height, width = labels.shape
    parents = np.arange(height * width)
    for y in range(height):
        for x in range(width):
            if x > 0 and alike(picture[y, x], picture[y, x - 1], reach):
                unite(parents, y * width + x, y * width + x - 1)
            if y > 0 and alike(picture[y, x], picture[y - 1, x], reach):
                unite(parents, y * width + x, (y - 1) * width + x)
    return number_roots(parents, labels)


@loop()
def merge_small(labels, sums, least_area):
    """Merge regions smaller than `least_area` into the most similar neighbour until none is; returns n.

    `sums` (n, 6) as of `sum_regions` with a picture of 3 channels. In each pass every small region chooses
    by mean colour (the lower number when equal), then all choices are joined at once: no order matters.
    """
    parents = np.arange(sums.shape[0])
    while True:
        choices = choose_neighbours(labels, sums, least_area)
        merged = False
        for region in range(choices.shape[0]):
            if choices[region] >= 0:
                merged = True
                gone, kept = unite(parents, region, choices[region])
                if gone != kept:
                    sums[kept] += sums[gone]
                    sums[gone] = 0
        if not merged:
            return renumber(labels)
        for y in range(labels.shape[0]):
            for x in range(labels.shape[1]):
                labels[y, x] = find(parents, labels[y, x])


@inner()
def choose_neighbours(labels, sums, least_area):
    """The neighbour that each small region is most similar to, -1 for the others."""
    choices = np.full(sums.shape[0], -1)
    distances = np.full(sums.shape[0], np.inf)
    for y in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            if x > 0:
                offer(choices, distances, labels[y, x], labels[y, x - 1], sums, least_area)
            if y > 0:
                offer(choices, distances, labels[y, x], labels[y - 1, x], sums, least_area)
    return choices


@inner()
def offer(choices, distances, one, other, sums, least_area):
    """Let two neighbouring regions consider each other."""
    if one == other or (sums[one, 0] >= least_area and sums[other, 0] >= least_area):
        return
    distance = 0.0
    for channel in range(3, 6):
        distance += (sums[one, channel] / sums[one, 0] - sums[other, channel] / sums[other, 0]) ** 2
    if not distance < np.inf:  # an unknown colour is the last choice
        distance = np.inf
    for region, neighbour in ((one, other), (other, one)):
        if sums[region, 0] >= least_area:
            continue
        lower = distance == distances[region] and neighbour < choices[region]
        if choices[region] < 0 or distance < distances[region] or lower:
            choices[region] = neighbour
            distances[region] = distance


@inner()
def alike(one, other, reach):
    """Whether two colours lie within `reach`."""
    distance = (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2
    return distance <= reach * reach


@inner()
def find(parents, item):
    """The root of an item's tree; the path to it is halved on the way."""
    while parents[item] != item:
        parents[item] = parents[parents[item]]
        item = parents[item]
    return item


@inner()
def unite(parents, one, other):
    """Join two trees under the lower root; returns the root that went and the one that stays."""
    one, other = find(parents, one), find(parents, other)
    gone, kept = max(one, other), min(one, other)
    parents[gone] = kept
    return gone, kept


@inner()
def number_roots(parents, labels):
    """Label every pixel with its tree, numbered 0 … n - 1 in reading order; returns n."""
    width = labels.shape[1]
    for pixel in range(parents.shape[0]):
        labels[pixel // width, pixel % width] = find(parents, pixel)
    return renumber(labels)


@loop()
def renumber(labels):
    """Number the labels 0 … n - 1 in reading order of their first pixels; returns n."""
    numbers = np.full(labels.max() + 1 if labels.size else 0, -1)
    count = 0
    for y in range(labels.shape[0]):
        for x in range(labels.shape[1]):
            if numbers[labels[y, x]] < 0:
                numbers[labels[y, x]] = count
                count += 1
            labels[y, x] = numbers[labels[y, x]]
    return count
