"""Winner-Take-All codes: what two curves have in common when only the order of their values counts.

A code is the index of the largest of the first S values of a random permutation (paper 5.1). Permutations
are drawn over the *slots* of a history ring: a turned ring is only another random permutation, so the
window slides by overwriting one slot and coding anew the permutations that use it.
"""

import numpy as np
from numpy.typing import NDArray

from .errors import ShapeError
from .history import Rows
from .kernels import wta as kernels

TIED = kernels.TIED  # the code of a permutation that is no evidence
Planes = NDArray[np.uint64]  # codes in bits, 64 a word


def draw_permutations(count: int, entries: int, slots: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """The first `entries` slots of each random permutation, int32 (count, entries), distinct within a row.

    The paper takes count = 2000 (N) and entries = 5 (S). Raises ShapeError unless 2 <= entries <= slots.
    """
    if not 2 <= entries <= slots:
        raise ShapeError(f"entries={entries}: want 2 to {slots}, the number of slots; take a longer window")
    every = np.tile(np.arange(slots, dtype=np.int32), (count, 1))
    return np.ascontiguousarray(rng.permuted(every, axis=1)[:, :entries])


def batch_codes(
    values: NDArray[np.float32], floors: NDArray[np.float32], permutations: NDArray[np.int32]
) -> NDArray[np.uint8]:
    """Codes uint8 (n, count) of `values` (n, slots): the index, from 0, of each permutation's largest entry.

    TIED where an entry is NaN, or where the largest does not exceed the runner-up by more than the noise
    floors (n, slots) of both, so equal values are always TIED. Raises ShapeError.
    """
    check_values(values, floors)
    check_permutations(permutations, values.shape[1])
    return planes_to_codes(batch_planes(values, floors, permutations), len(permutations))


def batch_planes(
    values: NDArray[np.float32], floors: NDArray[np.float32], permutations: NDArray[np.int32]
) -> Planes:
    """The same in bits, (1 + depth, words, n): which codes are not TIED, then their bits."""
    planes = no_planes(permutations, values.shape[0])
    every = np.arange(permutations.shape[0], dtype=np.int32)
    kernels.recode(by_slot(values), by_slot(floors), permutations, every, planes)
    return planes


class SlidingCodes:
    """Codes of many histories, kept up to date slot by slot; always equal to `batch_codes` of the ring.

    `rows` histories of `slots` values, all NaN (unknown) at first; `permutations` int32 (count, S).
    """

    def __init__(self, permutations: NDArray[np.int32], slots: int, rows: int) -> None:
        check_permutations(permutations, slots)
        self.permutations = permutations
        self._planes = no_planes(permutations, rows)
        self._values = np.full((slots, rows), np.nan, np.float32)
        self._floors = np.zeros((slots, rows), np.float32)
        self._users, self._starts = index_users(permutations, slots)

    @property
    def codes(self) -> NDArray[np.uint8]:
        """The codes (rows, count), worked out from their bits."""
        return planes_to_codes(self._planes, len(self.permutations))

    def planes(self, rows: slice | NDArray[np.int64] = slice(None)) -> Planes:
        """The codes of these rows in bits, (n, 1 + depth, words)."""
        return np.ascontiguousarray(self._planes[:, :, rows].transpose(2, 0, 1))

    @property
    def values(self) -> NDArray[np.float32]:
        """The ring (rows, slots); a view, to be changed by the methods only."""
        return self._values.T

    def write(self, slot: int, values: NDArray[np.float32], floors: NDArray[np.float32]) -> None:
        """Overwrite one slot of every row with `values` (NaN: unknown) and `floors`, (rows,) each.

        Raises IndexError.
        """
        slot = range(len(self._values))[slot]
        self._values[slot] = values
        self._floors[slot] = floors
        users = self._users[self._starts[slot] : self._starts[slot + 1]]
        kernels.recode(self._values, self._floors, self.permutations, users, self._planes)

    def forget(self, unknown: NDArray[np.bool_]) -> None:
        """Let what is `unknown` (slots, rows) be so, and code all anew."""
        self._values[unknown] = np.nan
        every = np.arange(len(self.permutations), dtype=np.int32)
        kernels.recode(self._values, self._floors, self.permutations, every, self._planes)

    def clear(self, rows: Rows) -> None:
        """Forget histories: all values unknown, all codes TIED."""
        self._values[:, rows] = np.nan
        self._floors[:, rows] = 0
        self._planes[:, :, rows] = 0

    def copy(self, from_rows: Rows, to_rows: Rows) -> None:
        """Let a child inherit its parent's history and codes."""
        for array in (self._values, self._floors, self._planes):
            array[..., to_rows] = array[..., from_rows]


def count_matches(
    codes: NDArray[np.uint8], sound: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Matching and valid permutations, int32 (n, m) each, of `codes` (n, count) and `sound` (m, count).

    A permutation that is TIED on either side counts in neither. Raises ShapeError.
    """
    if codes.ndim != 2 or sound.ndim != 2 or codes.shape[1] != sound.shape[1]:
        raise ShapeError(f"codes={codes.shape}, sound={sound.shape}: want (n, count) and (m, count)")
    depth = depth_of(max(int(np.max(codes[codes != TIED], initial=1)) for codes in (codes, sound)) + 1)
    matches = np.empty((codes.shape[0], sound.shape[0]), np.int32)
    valid = np.empty_like(matches)
    kernels.count_pairs(codes_to_planes(codes, depth), codes_to_planes(sound, depth), matches, valid)
    return matches, valid


def depth_of(entries: int) -> int:
    """How many bits tell so many entries apart."""
    return (entries - 1).bit_length()


def no_planes(permutations: NDArray[np.int32], rows: int) -> Planes:
    """Room for the codes of so many rows, (1 + depth, words, rows): all TIED."""
    count, entries = permutations.shape
    return np.zeros((1 + depth_of(entries), -(-count // 64), rows), np.uint64)


def codes_to_planes(codes: NDArray[np.uint8], depth: int) -> Planes:
    """Codes (n, count) in bits, (n, 1 + depth, words)."""
    bits = np.stack([codes != TIED, *((codes >> bit & 1).astype(np.bool_) for bit in range(depth))], axis=1)
    packed = np.packbits(bits, axis=2, bitorder="little")
    whole = np.zeros((*packed.shape[:2], 8 * -(-codes.shape[1] // 64)), np.uint8)
    whole[:, :, : packed.shape[2]] = packed
    return whole.view("<u8").astype(np.uint64)


def planes_to_codes(planes: Planes, count: int) -> NDArray[np.uint8]:
    """Bits (1 + depth, words, n) -> codes (n, count)."""
    raw = np.ascontiguousarray(planes.transpose(2, 0, 1), "<u8").view(np.uint8)
    bits = np.unpackbits(raw, axis=2, count=count, bitorder="little")
    codes = sum((bits[:, 1 + bit] << bit for bit in range(1, len(planes) - 1)), start=bits[:, 1])
    return np.where(bits[:, 0] > 0, codes, np.uint8(TIED))


def match_fraction(matches: NDArray[np.int32], valid: NDArray[np.int32]) -> NDArray[np.float64]:
    """chi, the share of valid permutations that match, 0 where none is valid; the largest wins.

    The paper (5.2) writes chi as a Hamming distance and then maximises it, which would pick the worst track.
    """
    return matches / np.maximum(valid, 1)


def by_slot(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, slots) -> (slots, n), contiguous, as the kernels want it."""
    return np.ascontiguousarray(values.T, np.float32)


def index_users(permutations: NDArray[np.int32], slots: int) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Permutations grouped by the slots they use: those of slot s are users[starts[s] : starts[s + 1]]."""
    users = np.argsort(permutations, axis=None, kind="stable") // permutations.shape[1]
    starts = np.searchsorted(np.sort(permutations, axis=None), np.arange(slots + 1))
    return users.astype(np.int32), starts


def check_values(values: NDArray[np.float32], floors: NDArray[np.float32]) -> None:
    """Raises ShapeError unless both are (n, slots)."""
    if values.ndim != 2 or values.shape != floors.shape:
        raise ShapeError(f"values={values.shape}, floors={floors.shape}: want (n, slots) both")


def check_permutations(permutations: NDArray[np.int32], slots: int) -> None:
    """Raises ShapeError unless int32 (count, S) with 2 <= S <= 255 and slot numbers below `slots`."""
    if permutations.dtype != np.int32 or permutations.ndim != 2 or not 2 <= permutations.shape[1] <= TIED:
        raise ShapeError(
            f"permutations={permutations.dtype} {permutations.shape}: want int32 (count, 2 to {TIED})"
        )
    if permutations.size and not 0 <= permutations.min() <= permutations.max() < slots:
        low, high = permutations.min(), permutations.max()
        raise ShapeError(
            f"permutations use slots {low} to {high}: want 0 to {slots - 1}; draw them for this ring"
        )
