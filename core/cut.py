"""Two grey pictures, and the flow between them -> whether one shot ended."""

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
