"""Two grey pictures -> whether a shot ended between them, and whether they are of one view."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .flow import Field

CUT_DIFFERENCE = 18.0  # mean grey levels between thumbnails: less is no cut
CUT_LIKENESS = 0.4  # their correlation: less is a cut, and
SAME_ROOM = 0.7  # less than this is one where flow does not explain it: another view of the same room
THUMBNAIL = (32, 24)
# At the cuts between two views of one room (rendered talk and ball, 2 seeds each) 0.45 to 0.62 of the pixels
# are off by more than this where the flow leads; at most 0.10 in panning, shaken and real shots.
OFF = 12.0  # grey levels
UNEXPLAINED = 0.3
# A view is the same if in most of its parts so much of the pattern is found again in the same place: before a
# camera that stands in 6 to 9 of 9 parts (rendered talk and ball, 7 s later), in none of another view of the
# same room, and at most in one between any two of 19 real clips.
FOUND_AGAIN = 0.3
PARTS = 3  # across and down, of those with a
PATTERNED = 0.05  # of their pixels that have a pattern, which is
PATTERN = 4.0  # grey levels, standard deviation in a
PATCH = (9, 9)  # px, whose
ALIKE = 0.7  # correlation is that of the same pattern


def likeness(some: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Of two pictures (h, w) in their pattern, -1 … 1; 1 where they hardly differ in grey levels at all."""
    first, second = (
        cv2.resize(grey, THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
        for grey in (some, other)
    )
    if float(np.abs(first - second).mean()) < CUT_DIFFERENCE:
        return 1.0
    first, second = first - first.mean(), second - second.mean()
    size = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / size if size else 0.0


def is_unexplained(some: NDArray[np.uint8], other: NDArray[np.uint8], flow: Field) -> bool:
    """Whether the `other` picture (h, w) is not found where the `flow` (h, w, 2) px from `some` leads."""
    across, down = np.meshgrid(*(np.arange(n, dtype=np.float32) for n in some.shape[::-1]))
    places = across + flow[..., 0], down + flow[..., 1]
    found = cv2.remap(other, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return float((cv2.absdiff(found, some) > OFF).mean()) > UNEXPLAINED


def same_view(some: NDArray[np.uint8], other: NDArray[np.uint8]) -> bool:
    """Whether two pictures, of any sizes, that may lie seconds apart are of one view: whether in most parts
    of one enough of its pattern is where that of the other is, in whatever light."""
    if some.shape != other.shape:
        some = np.asarray(cv2.resize(some, other.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    patterned, again = found_again(np.asarray(some, np.float32), np.asarray(other, np.float32))
    size = (PARTS, PARTS)
    share, same = (
        cv2.resize(where.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        for where in (patterned, again)
    )
    parts = share > PATTERNED
    return bool(2 * np.count_nonzero(same[parts] > FOUND_AGAIN * share[parts]) > np.count_nonzero(parts))


def found_again(first: Field, second: Field) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where one of two grey pictures (h, w) has a pattern, and where both have the same, bool (h, w)."""
    mean, other_mean, both = (cv2.blur(grey, PATCH) for grey in (first, second, first * second))
    variance = cv2.blur(first * first, PATCH) - mean**2
    other_variance = cv2.blur(second * second, PATCH) - other_mean**2
    patterned = np.maximum(variance, other_variance) > PATTERN**2
    alike = both - mean * other_mean > ALIKE * np.sqrt(np.maximum(variance * other_variance, 1))
    return patterned, patterned & alike
