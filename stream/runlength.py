"""Masks as COCO's compressed run lengths, readable by pycocotools.

The pixels are run through column by column; runs of zeros and ones alternate, zeros first. From the fourth
run on, the difference to the run two before it is stored. A number is written five bits at a time, lowest
first, in characters from "0" on; a sixth bit says that more follow (cocoapi, maskApi.c, rleToString).
"""

import numpy as np
from numpy.typing import NDArray

BITS = 5
CONTINUED = 1 << BITS
SIGN = 1 << (BITS - 1)
FIRST_CHARACTER = 48


def mask_to_runs(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Run lengths of a mask (h, w) in column order, zeros first; their sum is h * w."""
    pixels = np.asarray(mask, bool).ravel(order="F")
    borders = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    starts = [0, 0] if pixels.size and pixels[0] else [0]
    return np.diff(np.concatenate([starts, borders, [pixels.size]])).astype(np.int64)


def runs_to_text(runs: NDArray[np.int64]) -> str:
    """The compressed form of run lengths (n,), int64."""
    rest = runs.copy()
    rest[3:] -= runs[1:-2]
    unfinished = np.ones(len(rest), bool)
    rows = []
    while unfinished.any():
        low = rest & (CONTINUED - 1)
        rest = rest >> BITS
        more = rest != np.where(low & SIGN, -1, 0)
        rows.append(np.where(unfinished, low + CONTINUED * more + FIRST_CHARACTER, 0))
        unfinished &= more
    characters = np.array(rows, np.uint8).T
    return characters[characters > 0].tobytes().decode("ascii")


def mask_to_coco(mask: NDArray[np.bool_]) -> dict[str, object]:
    """A mask (h, w) as `{"size": [h, w], "counts": "…"}`."""
    height, width = mask.shape
    return {"size": [height, width], "counts": runs_to_text(mask_to_runs(mask))}
