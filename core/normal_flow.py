"""How fast each region changes: the brightness that it gains or loses beside its slope, which is the speed
along the gradient and is called normal flow (Horn and Schunck 1981).

It needs no match, so it is told of what is blurred or thin, too, where the search for its way fails.
It tells whether, not where: where 5 % of unrelated moments may be named, 0.38 of the others are by the build
that it came with, 0.34 by the one before (36 composites of each kind); the six situations are right in 0.89
and 0.81 of frames. Alone, replayed: the p-value of what sounds is at most 0.03 in 0.32 and 0.30 of moments.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from .camera import Similarity
from .flow import Field, Grey
from .kernels.regions import add_up

CHANGE_NOISE = 1.0  # grey levels, added to the change on both ways: what noise makes of a still picture
LEAST_SLOPE = 3.0  # grey levels per px, added: what has no slope shows no speed
SPARSE = 4  # px between those that tell how the light has changed


def brightness_change(picture: Grey, other: Grey, camera: Similarity | None) -> Field:
    """By how many grey levels the `other` picture differs from this one, float32 (h, w), if the `camera` had
    stood still on the way there. What changes everywhere alike is light."""
    steady = steadied(other, camera)
    return np.asarray(np.abs(steady - np.float32(brightening(picture, steady)) - picture), np.float32)


def normal_speeds(
    layers: NDArray[np.int32], change: Field, slope: Field, seconds: float, rows: int
) -> NDArray[np.float32]:
    """Picture widths/s (rows,), above 0, of every row's region; NaN where it has no pixel.

    `layers` (n, h, w) of labels. The `change` (h, w) is that to the last and to the next picture, which are
    `seconds` apart; `slope` (h, w) in grey levels per px.
    """
    sums = np.zeros((rows, 3), np.float32)
    add_up(layers, change, slope, 1, sums)
    areas = np.where(sums[:, 2] > 0, sums[:, 2], np.float32(np.nan))
    changes, steepness = sums[:, 0] / areas, sums[:, 1] / areas
    way = (changes + np.float32(CHANGE_NOISE)) / (steepness + np.float32(LEAST_SLOPE))
    return np.asarray(way / np.float32(seconds * layers.shape[2]), np.float32)


def brightening(picture: Grey, other: Grey) -> float:
    """By how many grey levels the `other` picture (h, w) is brighter, at the median."""
    places = np.s_[::SPARSE, ::SPARSE]
    return float(np.median(other[places].astype(np.int16) - picture[places]))


def steadied(other: Grey, camera: Similarity | None) -> Grey:
    """The picture at the end of a way on which the `camera` moved so, as if it had stood still."""
    if camera is None:
        return other
    height, width = other.shape
    stretch, turn = 1 + camera.stretch / width, camera.turn / width
    linear = np.array([[stretch, -turn], [turn, stretch]])
    middle = np.array([width / 2, height / 2])
    shift = middle - linear @ middle + (camera.x, camera.y)
    flags, border = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, cv2.BORDER_REPLICATE
    matrix = np.column_stack([linear, shift])
    return np.asarray(
        cv2.warpAffine(other, matrix, (width, height), flags=flags, borderMode=border), np.uint8
    )
