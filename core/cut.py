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
# A view is the same where so much of its patterns is found again in the same place. Seconds later it is 0.48
# to 0.89 before a camera that stands (rendered talk, ball, turns, hammer and guitar_street; real clips 0.3 to
# 0.9), 0.05 to 0.09 of another view of the same room, and at most 0.13 between any two of 19 real clips.
FOUND_AGAIN = 0.3
ALIKE = 0.7  # correlation of a
PATCH = (9, 9)  # px, that has a
PATTERN = 4.0  # grey levels, standard deviation


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
    """Whether two pictures, of any sizes, that may lie seconds apart are of one view: whether enough of the
    patterns of one are where those of the other are, in whatever light."""
    if some.shape != other.shape:
        some = np.asarray(cv2.resize(some, other.shape[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    first, second = (np.asarray(grey, np.float32) for grey in (some, other))
    mean, other_mean, both = (cv2.blur(grey, PATCH) for grey in (first, second, first * second))
    variance = cv2.blur(first * first, PATCH) - mean**2
    other_variance = cv2.blur(second * second, PATCH) - other_mean**2
    patterned = np.maximum(variance, other_variance) > PATTERN**2
    again = both - mean * other_mean > ALIKE * np.sqrt(np.maximum(variance * other_variance, 1))
    return bool(patterned.any() and again[patterned].mean() > FOUND_AGAIN)
