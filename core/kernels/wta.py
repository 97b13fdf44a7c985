"""Winner-Take-All loops: the index of the largest entry, and matching such indices.

Values come slot by slot, (slots, n), so that the inner loops run over neighbouring rows and vectorise:
3 ns a code where a loop over the entries of one row takes 30 (measured, n = 400, S = 5).
"""

import numpy as np
from numba import njit

TIED = 255
LANES = 64  # rows that race together: their standings stay in the fastest cache


@njit(cache=True, nogil=True)
def recode(values, floors, permutations, numbers, codes):
    """Fill the columns `numbers` of `codes` (n, count) from `values` and `floors` (slots, n).

    The codes of a few rows are gathered first: each one written at once would miss the cache, which took
    three times as long (measured, n = 3288, S = 2).
    """
    standings = np.empty((6, LANES), np.float32)
    gathered = np.empty((numbers.shape[0], LANES), np.uint8)
    for first in range(0, values.shape[1], LANES):
        last = min(first + LANES, values.shape[1])
        for k in range(numbers.shape[0]):
            for entry in range(permutations.shape[1]):
                slot = permutations[numbers[k], entry]
                run(standings, values[slot, first:last], floors[slot, first:last], entry)
            finish(standings, gathered[k, : last - first])
        for row in range(first, last):
            for k in range(numbers.shape[0]):
                codes[row, numbers[k]] = gathered[k, row - first]


@njit(cache=True, nogil=True, inline="always")
def run(standings, values, floors, entry):
    """Let the next entry of every row challenge the largest and the second largest so far."""
    largest, second, largest_floor, second_floor, winner, unknown = standings
    for k in range(values.shape[0]):
        value, floor = values[k], floors[k]
        wins = (entry == 0) | (value > largest[k])
        places = (entry == 1) | (value > second[k])
        second[k] = largest[k] if wins else (value if places else second[k])
        second_floor[k] = largest_floor[k] if wins else (floor if places else second_floor[k])
        largest[k] = value if wins else largest[k]
        largest_floor[k] = floor if wins else largest_floor[k]
        winner[k] = np.float32(entry) if wins else winner[k]
        unknown[k] = np.float32((value != value) | ((entry > 0) & (unknown[k] > 0)))


@njit(cache=True, nogil=True, inline="always")
def finish(standings, codes):
    """Write each row's winner, or TIED when it does not stand above both noise floors."""
    largest, second, largest_floor, second_floor, winner, unknown = standings
    for k in range(codes.shape[0]):
        gap = largest[k] - second[k]
        clear = (gap > largest_floor[k]) & (gap > second_floor[k]) & (unknown[k] == 0)
        codes[k] = np.uint8(winner[k]) if clear else np.uint8(TIED)


@njit(cache=True, nogil=True)
def count_pairs(codes, sound, matches, valid):
    """Fill `matches` and `valid` (n, m) from bit planes uint64, `codes` (n, planes, words) and `sound`
    (m, planes, words): the first plane says which codes are known, the others are the bits of the codes."""
    for row in range(codes.shape[0]):
        for column in range(sound.shape[0]):
            matches[row, column], valid[row, column] = compare(codes[row], sound[column])


@njit(cache=True, nogil=True, inline="always")
def compare(one, other):
    """How many codes of two curves (planes, words) match, and how many are known in both."""
    last = one.shape[0] - 1
    matching, known = np.uint64(0), np.uint64(0)
    for word in range(one.shape[1]):
        both = one[0, word] & other[0, word]
        differing = one[last, word] ^ other[last, word]
        for plane in range(1, last):
            differing |= one[plane, word] ^ other[plane, word]
        known += count_bits(both)
        matching += count_bits(both & ~differing)
    return matching, known


@njit(cache=True, nogil=True, inline="always")
def count_bits(word):
    """How many bits of a uint64 are set, added up in pairs, fours and bytes."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)
