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
    """Fill the columns `numbers` of `codes` (n, count) from `values` and `floors` (slots, n)."""
    standings = np.empty((6, LANES), np.float32)
    for first in range(0, values.shape[1], LANES):
        last = min(first + LANES, values.shape[1])
        for number in numbers:
            for entry in range(permutations.shape[1]):
                slot = permutations[number, entry]
                run(standings, values[slot, first:last], floors[slot, first:last], entry)
            finish(standings, codes[first:last, number])


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
def count_row(codes, sound):
    """Matching and valid entries of two code rows (count,)."""
    # uint32 on purpose: a counter of 64 bits, numba's default, takes three times as long
    matches, valid = np.uint32(0), np.uint32(0)
    for k in range(codes.shape[0]):
        known = (codes[k] != TIED) & (sound[k] != TIED)
        matches = np.uint32(matches + ((codes[k] == sound[k]) & known))
        valid = np.uint32(valid + known)
    return matches, valid


@njit(cache=True, nogil=True)
def count_pairs(codes, sound, matches, valid):
    """Fill `matches` and `valid` (n, m) from `codes` (n, count) and `sound` (m, count)."""
    for row in range(codes.shape[0]):
        for column in range(sound.shape[0]):
            matches[row, column], valid[row, column] = count_row(codes[row], sound[column])
