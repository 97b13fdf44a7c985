"""Winner-Take-All loops: the index of the largest entry, and matching such indices.

Values come slot by slot, (slots, n), so that the inner loops run over neighbouring rows and vectorise:
3 ns a code where a loop over the entries of one row takes 30 (measured, n = 400, S = 5).
"""

import numpy as np

from . import inner, loop

TIED = 255
LANES = 512  # rows that race together: their standings stay in the fastest cache


@loop()
def recode(values, floors, permutations, numbers, planes):
    """Write the codes `numbers` of every row into the bits `planes` (1 + depth, words, n) from `values` and
    `floors` (slots, n). A code's bits lie side by side over all rows, so that many are written at once."""
    if permutations.shape[1] == 2:
        recode_pairs(values, floors, permutations, numbers, planes)
        return
    standings = np.empty((6, LANES), np.float32)
    for first in range(0, values.shape[1], LANES):
        last = min(first + LANES, values.shape[1])
        for number in numbers:
            for entry in range(permutations.shape[1]):
                slot = permutations[number, entry]
                run(standings, values[slot, first:last], floors[slot, first:last], entry)
            bit = np.uint64(1) << np.uint64(number % 64)
            mark_clear(standings, planes[0, number // 64, first:last], bit)
            for plane in range(1, planes.shape[0]):
                mark_winner(standings[4], plane - 1, planes[plane, number // 64, first:last], bit)


@inner()
def recode_pairs(values, floors, permutations, numbers, planes):
    """The same for two entries each, in a tenth of the time: neither needs to be remembered."""
    for number in numbers:
        one, other = permutations[number]
        earlier, later, earlier_floor, later_floor = values[one], values[other], floors[one], floors[other]
        known, wins = planes[0, number // 64], planes[1, number // 64]
        bit = np.uint64(1) << np.uint64(number % 64)
        for k in range(values.shape[1]):
            gap = abs(earlier[k] - later[k])
            clear = (gap > earlier_floor[k]) & (gap > later_floor[k])
            known[k] = (known[k] & ~bit) | (bit if clear else np.uint64(0))
            wins[k] = (wins[k] & ~bit) | (bit if later[k] > earlier[k] else np.uint64(0))


@inner(inline="always")
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


@inner(inline="always")
def mark_clear(standings, words, bit):
    """Write a `bit` of each row's word in `words` (n,): whether its winner stands above both noise floors."""
    largest, second, largest_floor, second_floor, _, unknown = standings
    for k in range(words.shape[0]):
        gap = largest[k] - second[k]
        clear = (gap > largest_floor[k]) & (gap > second_floor[k]) & (unknown[k] == 0)
        words[k] = (words[k] & ~bit) | (bit if clear else np.uint64(0))


@inner(inline="always")
def mark_winner(winner, place, words, bit):
    """Write a `bit` of each row's word in `words` (n,): the one at this `place` of its winner's number."""
    for k in range(words.shape[0]):
        there = (np.uint32(winner[k]) >> np.uint32(place)) & np.uint32(1)
        words[k] = (words[k] & ~bit) | (bit if there else np.uint64(0))


@loop()
def count_pairs(codes, sound, matches, valid):
    """Fill `matches` and `valid` (n, m) from bit planes uint64, `codes` (n, planes, words) and `sound`
    (m, planes, words): the first plane says which codes are known, the others are the bits of the codes."""
    for row in range(codes.shape[0]):
        for column in range(sound.shape[0]):
            matches[row, column], valid[row, column] = compare(codes[row], sound[column])


@inner(inline="always")
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


@inner(inline="always")
def count_bits(word):
    """How many bits of a uint64 are set, added up in pairs, fours and bytes."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)
