"""Labels and flow -> the motion of each track and place (paper 4.2)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .flow import Flow, Picture
from .kernels.motion import measure_motion

GRADIENT_NOISE = 12.0  # Sobel response of grey levels below which a pixel shows no motion of its own
# Of a region: how much it accelerates; acceleration, then velocity, across and down; its normal speed.
DESCRIPTORS = 6
LEAST_TEXTURE = 8  # textured pixels below which a region's motion is unknown


def textured_pixels(picture: Picture) -> NDArray[np.bool_]:
    """Where a picture (h, w) has structure that shows motion.

    Flat neighbours of a moving thing inherit its flow and score as high as the thing itself
    (measured beforehand), so they are left out.
    """
    return picture.gradient > GRADIENT_NOISE


@dataclass(frozen=True, slots=True)
class Motion:
    """Motion of every row: `descriptors` (rows, 6), the mean magnitude of acceleration, which is the paper's
    m_i, its mean across and down, in picture widths/s², and the mean velocity across and down in picture
    widths/s, all over trusted pixels, and the normal speed in picture widths/s; NaN where those are too few.
    `velocity` (rows, 2) picture widths/s of all pixels, 0 where a row has none."""

    descriptors: NDArray[np.float32]
    velocity: NDArray[np.float32]


def region_motion(
    layers: NDArray[np.int32],
    flow: Flow,
    trusted: NDArray[np.bool_],
    normal_speeds: NDArray[np.float32],
) -> Motion:
    """Mean descriptors over each region's trusted pixels, mean velocity over all its pixels; `layers` int32
    (n, h, w) of labels, the row that owns each pixel; `normal_speeds` (rows,), picture widths/s, are the last
    descriptor as they are."""
    rows = len(normal_speeds)
    sums, counts = np.zeros((rows, DESCRIPTORS - 1), np.float32), np.zeros(rows, np.int32)
    speeds, areas = np.zeros((rows, 2), np.float32), np.zeros(rows, np.int32)
    measure_motion(layers, flow.forward, flow.backward, flow.weights, trusted, sums, counts, speeds, areas)
    width = np.float32(layers.shape[2])
    means = np.column_stack([sums / np.maximum(counts, 1)[:, None] / width, normal_speeds])
    return Motion(
        np.where((counts >= LEAST_TEXTURE)[:, None], means, np.nan).astype(np.float32),
        (speeds / np.maximum(areas, 1)[:, None] / width).astype(np.float32),
    )


def unknown_motion(rows: int) -> Motion:
    """Where nothing could be measured."""
    return Motion(np.full((rows, DESCRIPTORS), np.nan, np.float32), np.zeros((rows, 2), np.float32))
