"""A picture -> regions, in the paper's two steps (4.2): mean shift, then clustering by place and flow colour.

Region labels are int32 (h, w), 0 … n - 1. Lengths and areas are those of the paper, told for pictures
320 px wide, and are scaled to the picture at hand.
"""

from typing import Any

import cv2
import numpy as np
import scipy  # its parts are loaded when they are called: a third of every start otherwise
from numpy.typing import NDArray

from .errors import ShapeError
from .kernels.mean_shift import LANES, climb
from .kernels.regions import link_pixels, merge_small, renumber, sum_regions

PAPER_WIDTH = 320  # px, the width that the paper's lengths are read for
FULL_FLOW = 1.0  # px at that width: slower flow is not stretched to full colour, a still picture stays dark
# LUV units: pixels whose climbs end no further apart share a mode. At the whole range bandwidth regions creep
# along soft edges: two people and their wall were one region, a hand, its knife and the board one (measured).
SAME_MODE = 1.0
LEAST_SPREAD = 1.0  # px or LUV units: a feature that varies less is noise and is not stretched


def segment_picture(luv: NDArray[np.float32], flow: NDArray[np.float32], most: int = 25) -> NDArray[np.int32]:
    """Regions int32 (h, w) of a picture `luv` (h, w, 3) with flow (h, w, 2), clustered if more than `most`.

    Raises ShapeError.
    """
    return cluster_regions(mean_shift_regions(luv), flow_colours(flow), most)


def mean_shift_regions(
    luv: NDArray[np.float32], spatial: float = 13, range_: float = 13, least_area: float = 400
) -> NDArray[np.int32]:
    """Contiguous regions of like colour, int32 (h, w), of a picture float32 (h, w, 3).

    `spatial` px and `least_area` px² at width 320, `range_` in LUV units (paper, Table 1). The picture is
    filtered at half its size, which leaves the regions' borders on a grid of 2 px: 10 ms at 320x240 where
    the full size takes 60 to 80. Raises ShapeError.
    """
    check_picture(luv, 3)
    scale = luv.shape[1] / PAPER_WIDTH / 2
    half = halve(luv)
    modes = filter_modes(half, spatial * scale, range_)
    labels = np.empty(half.shape[:2], np.int32)
    count = link_pixels(modes, np.float32(SAME_MODE), labels)
    merge_small(labels, total_regions(labels, modes, count), least_area * scale**2)
    return np.repeat(np.repeat(labels, 2, axis=0), 2, axis=1)[: luv.shape[0], : luv.shape[1]].copy()


def halve(luv: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture at half its size, odd sides rounded up."""
    height, width = luv.shape[:2]
    return np.asarray(
        cv2.resize(luv, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA), np.float32
    )


def filter_modes(luv: NDArray[np.float32], radius: float, reach: float) -> NDArray[np.float32]:
    """The picture (h, w, 3) with every pixel in the colour that mean shift leads it to."""
    margin = int(radius) + 1
    room = ((0, 0), (margin, margin), (margin, margin + LANES))
    planes = np.pad(luv.transpose(2, 0, 1), room, constant_values=np.nan)
    modes = np.empty_like(luv)
    climb(planes, margin, np.float32(radius), np.float32(reach), modes)
    return modes


def flow_colours(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """Flow (h, w, 2) px -> LUV float32 (h, w, 3): direction by the colour wheel, speed by its brightness.

    Speeds are relative to the picture's fastest pixel (the paper's "normalised"; at least 1 px at width 320).
    Raises ShapeError.
    """
    check_picture(flow, 2)
    speed, direction = cv2.cartToPolar(flow[..., 0], flow[..., 1], angleInDegrees=True)
    fastest = max(float(speed.max()), FULL_FLOW * flow.shape[1] / PAPER_WIDTH)
    wheel = cv2.merge([direction, np.ones_like(speed), speed / fastest])
    return np.asarray(cv2.cvtColor(cv2.cvtColor(wheel, cv2.COLOR_HSV2BGR), cv2.COLOR_BGR2LUV), np.float32)


def cluster_regions(
    labels: NDArray[np.int32], flow_luv: NDArray[np.float32], most: int = 25
) -> NDArray[np.int32]:
    """Join regions that lie together and move alike until there are at most `most`; labels int32 (h, w).

    Features are the regions' centroid and mean flow colour (paper 4.2), each divided by its standard
    deviation. The paper names no clustering: this is Ward's, which needs no random start, areas ignored.
    """
    count = int(labels.max()) + 1
    if count <= most:
        return labels
    sums = total_regions(labels, flow_luv, count)
    features = sums[:, 1:] / sums[:, :1]
    features /= np.maximum(features.std(axis=0), LEAST_SPREAD)
    clusters = scipy.cluster.hierarchy.fcluster(
        scipy.cluster.hierarchy.ward(features), most, criterion="maxclust"
    )
    joined: NDArray[np.int32] = np.asarray(clusters, np.int32)[labels]
    renumber(joined)
    return joined


def total_regions(labels: NDArray[np.int32], picture: NDArray[np.float32], count: int) -> NDArray[np.float64]:
    """Each region's area and its sums of x, y and the picture's channels, float64 (count, 3 + channels)."""
    sums = np.zeros((count, 3 + picture.shape[2]))
    sum_regions(labels, picture, sums)
    return sums


def check_picture(picture: NDArray[Any], channels: int) -> None:
    """Raises ShapeError unless float32 (h, w, channels) with at least one pixel."""
    wanted = picture.ndim == 3 and picture.shape[2] == channels and picture.dtype == np.float32
    if not wanted or picture.size == 0:
        raise ShapeError(f"picture={picture.dtype} {picture.shape}: want float32 (h, w, {channels})")
