"""Loops that hold tracks and places against sounds: by codes, and by correlation."""

import math

import numpy as np

from . import inner, loop
from .wta import compare

FLAT = np.float32(1e-5)  # of the mean: a history that differs less from it is constant but for rounding
LEAST_LENGTH = np.float32(1e-9)


@loop(error_model="numpy")
def score_pairs(codes, sound, descriptors, curves, chance, least, scores):
    """Fill `scores` float32 (n, m) of n tracks, `codes` (n * descriptors, planes, words) in bits, and m
    sounds, `sound` (m * curves, planes, words): the mean over the curves of what `join` makes of the
    descriptors' agreements, which are 0 at `chance` and 1 where all match; NaN where fewer than `least`
    permutations are known to the first descriptor and all curves together."""
    counts = np.empty((2, curves * descriptors), np.int32)
    agreements = np.empty((curves, descriptors), np.float32)
    for row in range(scores.shape[0]):
        for column in range(scores.shape[1]):
            enough = 0
            for curve in range(curves):
                for descriptor in range(descriptors):
                    matching, known = compare(
                        codes[row * descriptors + descriptor], sound[column * curves + curve]
                    )
                    pair = curve * descriptors + descriptor
                    counts[0, pair], counts[1, pair] = matching, known
                    enough += known if descriptor == 0 else 0
            agree(counts, chance, least, agreements.ravel())
            total = np.float32(0)
            for curve in range(curves):
                total += join(agreements[curve])
            scores[row, column] = total / np.float32(curves) if enough >= least else np.nan


@inner(error_model="numpy", inline="always")
def agree(counts, chance, least, agreements):
    """Fill `agreements` (n,) by the `counts` (2, n) of what matches and of what is known: from 0 at `chance`
    to 1, nearer 0 the further the second falls short of `least`, for a handful agrees by luck. All at once
    they take a tenth off the time of `score_pairs`."""
    for pair in range(agreements.shape[0]):
        matching, known = np.float64(counts[0, pair]), np.float64(counts[1, pair])
        share = matching / known if known else chance
        agreements[pair] = np.float32((share - chance) / (1 - chance) * min(known / least, 1.0))


@loop(inline="always")
def join(agreements):
    """The mean of the first of the `agreements` (descriptors,) and the lengths of the pairs that follow; a
    last one without partner counts by its size."""
    total = agreements[0]
    for first in range(1, agreements.shape[0] - 1, 2):
        across, down = agreements[first], agreements[first + 1]
        total += np.float32(math.sqrt(across * across + down * down))
    if agreements.shape[0] % 2 == 0:
        total += abs(agreements[-1])
    return total / np.float32(agreements.shape[0] // 2 + 1)


@loop(error_model="numpy")
def correlate(histories, others, correlations):
    """Fill `correlations` float32 (n, m) with Pearson's, of `histories` (slots, n) and `others` (slots, m):
    NaN counts as the mean, and where one of them is constant it is 0. The tracks lie side by side, so that
    the inner loops work on many at once."""
    standard = np.empty(others.shape, np.float32)
    standardise(others, standard)
    away = np.empty(histories.shape, np.float32)
    standardise(histories, away)
    dots = np.zeros((others.shape[1], histories.shape[1]), np.float32)
    for slot in range(histories.shape[0]):
        for column in range(others.shape[1]):
            share = standard[slot, column]
            for row in range(histories.shape[1]):
                dots[column, row] += share * away[slot, row]
    for row in range(histories.shape[1]):
        for column in range(others.shape[1]):
            correlations[row, column] = dots[column, row]


@inner(error_model="numpy")
def standardise(histories, standard):
    """Fill `standard` (slots, n) with the `histories` less their means and of length 1; 0 where unknown."""
    slots, count = histories.shape
    total, known, squares = (
        np.zeros(count, np.float32),
        np.zeros(count, np.float32),
        np.zeros(count, np.float32),
    )
    for slot in range(slots):
        for row in range(count):
            value = histories[slot, row]
            total[row] += value if value == value else np.float32(0)
            known[row] += np.float32(value == value)
    for row in range(count):
        total[row] /= max(known[row], np.float32(1))
    for slot in range(slots):
        for row in range(count):
            value = histories[slot, row]
            standard[slot, row] = value - total[row] if value == value else np.float32(0)
            squares[row] += standard[slot, row] * standard[slot, row]
    for row in range(count):
        length = np.float32(math.sqrt(squares[row]))
        rounding = FLAT * abs(total[row]) * np.float32(math.sqrt(known[row]))
        squares[row] = np.float32(1) / length if length > max(rounding, LEAST_LENGTH) else np.float32(0)
    for slot in range(slots):
        for row in range(count):
            standard[slot, row] *= squares[row]
