"""Chosen objects -> their masks, and what is told of these in source pixels."""

import cv2
import numpy as np
from numpy.typing import NDArray

from .kernels.track import look_up
from .values import Box, Candidate

FOLLOWED = 0.2  # of the area of an object's places: tracks of less, before gaps are closed, do not show it
CRUMB = 0.3  # of the largest piece's area: smaller pieces are regions that went astray
HALF = 127  # of the grey levels that a mask is enlarged in


def thing_mask(
    labels: NDArray[np.int32], places: NDArray[np.int32], rows: NDArray[np.int64], cell: float
) -> NDArray[np.bool_]:
    """bool (h, w): the regions of the tracks among the `rows`, by their `labels` (h, w); where they are far
    less than the `places` (h, w) among them, these: what moved there cannot be followed."""
    followed, around = (pixels_of(layer, rows) for layer in (labels, places))
    return whole(followed if followed.sum() >= FOLLOWED * around.sum() else around, cell)


def pixels_of(labels: NDArray[np.int32], rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    """uint8 (h, w): 1 for the pixels that `labels` (h, w) give to one of the `rows` (n,), or 0."""
    member = np.zeros(int(labels.max(initial=0)) + 2, np.uint8)
    member[rows[rows < len(member) - 1]] = 1
    mask = np.empty(labels.shape, np.uint8)
    look_up(member, labels, mask)  # label -1, unlabelled, reads the spare last entry
    return mask


def whole(mask: NDArray[np.uint8], cell: float) -> NDArray[np.bool_]:
    """bool (h, w), in place of the `mask` uint8 (h, w) of 0 and 1: the pixels of a thing with what they
    enclose; gaps up to half a `cell` px are closed, crumbs that lie apart are left out."""
    gap = max(3, int(cell / 2) | 1)
    part = surroundings(mask, gap)
    mask[part] = fill(mask[part], gap)
    return mask.view(np.bool_)


def surroundings(mask: NDArray[np.uint8], margin: int) -> tuple[slice, slice]:
    """The part of a picture, rows and columns, that a mask and `margin` px around it fill."""
    x, y, width, height = cv2.boundingRect(mask)
    return slice(max(0, y - margin), y + height + margin), slice(max(0, x - margin), x + width + margin)


def fill(mask: NDArray[np.uint8], gap: int) -> NDArray[np.uint8]:
    """The mask (h, w), 0 or 1, with gaps of `gap` px closed, holes filled and crumbs left out."""
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (gap, gap)))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    sizes = [cv2.contourArea(outline) for outline in outlines]
    kept = [one for one, area in zip(outlines, sizes, strict=True) if area >= CRUMB * max(sizes)]
    return np.asarray(cv2.drawContours(np.zeros_like(closed), kept, -1, 1, cv2.FILLED), np.uint8)


def enlarge_mask(mask: NDArray[np.bool_], height: int, width: int) -> NDArray[np.bool_]:
    """The mask in a picture of `height` x `width` px, with its edge interpolated."""
    full = mask.astype(np.uint8) * np.uint8(2 * HALF)
    return cv2.resize(full, (width, height), interpolation=cv2.INTER_LINEAR) > HALF


def describe_mask(
    mask: NDArray[np.bool_], name: int, score: float, p_value: float, scale: tuple[float, float]
) -> Candidate:
    """The candidate with box, centre and area in source px of a mask (h, w) in analysis px, of which one is
    `scale` (x, y) source px; `name` is the object's id."""
    x, y, wide, high = cv2.boundingRect(mask.view(np.uint8))
    if not wide:
        return Candidate(name, score, p_value, (0, 0, 0, 0), (0.0, 0.0), 0)
    across, down = scale
    box: Box = (
        round(x * across),
        round(y * down),
        round((x + wide) * across),
        round((y + high) * down),
    )
    part = mask[y : y + high, x : x + wide]
    columns, rows = part.sum(axis=0), part.sum(axis=1)
    area = int(rows.sum())
    centre_x, centre_y = columns @ np.arange(x, x + wide) / area, rows @ np.arange(y, y + high) / area
    centre = ((float(centre_x) + 0.5) * across, (float(centre_y) + 0.5) * down)
    return Candidate(name, score, p_value, box, centre, round(area * across * down))
