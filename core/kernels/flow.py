"""Loops over flow fields and the gradients that they are judged by."""

import math

import numpy as np
from numba import uint64

from . import loop

ONE, TWO = uint64(1), uint64(2)


@loop()
def join_gradient(across, down, sizes):
    """Fill `sizes` float32 (h, w) with the lengths of the gradient (`across`, `down`), int16 (h, w) both."""
    for y in range(sizes.shape[0]):
        for x in range(sizes.shape[1]):
            right, below = np.int32(across[y, x]), np.int32(down[y, x])
            sizes[y, x] = math.sqrt(np.float32(right * right + below * below))


@loop()
def drop_refuted(flow, slope, change, saturation, least, share):
    """Set `flow` (h, w, 2) px, which must be contiguous, to zero where its speed over `slope` (h, w) promises
    more than `least` and the `change` (h, w) seen is less than this `share` of it; speeds count up to
    `saturation` px."""
    ways, slopes, changes = flow.ravel(), slope.ravel(), change.ravel()
    # one line of pixels whose places are unsigned, and no branch: so many are judged at once
    for pixel in range(uint64(slopes.shape[0])):
        across, down = TWO * pixel, TWO * pixel + ONE
        to_x, to_y = ways[across], ways[down]
        promised = slopes[pixel] * min(math.sqrt(to_x * to_x + to_y * to_y), saturation)
        refuted = (promised > least) & (np.float32(changes[pixel]) < share * promised)
        ways[across] = np.float32(0) if refuted else to_x
        ways[down] = np.float32(0) if refuted else to_y


@loop()
def take_off(flow, motion, still):
    """Fill `still` (h, w, 2) with `flow` less the `motion` (4,) of a camera: stretch and turn px at one
    picture width, shift x and y px."""
    height, width, _ = flow.shape
    stretch, turn, shift_x, shift_y = motion
    scale = np.float32(1) / np.float32(width)
    for y in range(height):
        down = (np.float32(y) - np.float32(height) / 2) * scale
        for x in range(width):
            right = (np.float32(x) - np.float32(width) / 2) * scale
            still[y, x, 0] = flow[y, x, 0] - (stretch * right - turn * down + shift_x)
            still[y, x, 1] = flow[y, x, 1] - (turn * right + stretch * down + shift_y)


@loop()
def weigh_points(places, displacement, motion, tolerance, slack, weights):
    """Fill `weights` (n,), 1 … 0, by how well the `displacement` (n, 2) px of points at `places` (n, 2),
    picture widths from the centre, agrees with a `motion` (4,); returns the mean displacement by the motion.

    A point counts while it is off by less than `tolerance` px and the share `slack` of the motion's own.
    """
    total = 0.0
    for k in range(places.shape[0]):
        x, y = places[k, 0], places[k, 1]
        moved_x = motion[0] * x - motion[1] * y + motion[2]
        moved_y = motion[1] * x + motion[0] * y + motion[3]
        moved = math.sqrt(moved_x * moved_x + moved_y * moved_y)
        total += moved
        off_x, off_y = displacement[k, 0] - moved_x, displacement[k, 1] - moved_y
        scale = tolerance + slack * moved
        agreement = max(0.0, 1.0 - (off_x * off_x + off_y * off_y) / (scale * scale))
        weights[k] = agreement * agreement
    return total / places.shape[0]


@loop()
def fit_similarity(places, displacement, weights):
    """The motion (4,) that leaves the smallest weighted squares: stretch, turn, shift x and y."""
    weight, x, y, to_x, to_y = 0.0, 0.0, 0.0, 0.0, 0.0
    for k in range(places.shape[0]):
        weight += weights[k]
        x += weights[k] * places[k, 0]
        y += weights[k] * places[k, 1]
        to_x += weights[k] * displacement[k, 0]
        to_y += weights[k] * displacement[k, 1]
    x, y, to_x, to_y = x / weight, y / weight, to_x / weight, to_y / weight
    spread, along, across = 1e-6, 0.0, 0.0  # points in one place tell nothing of stretch and turn
    for k in range(places.shape[0]):
        right, down = places[k, 0] - x, places[k, 1] - y
        moved_x, moved_y = displacement[k, 0] - to_x, displacement[k, 1] - to_y
        spread += weights[k] * (right * right + down * down)
        along += weights[k] * (right * moved_x + down * moved_y)
        across += weights[k] * (right * moved_y - down * moved_x)
    stretch, turn = along / spread, across / spread
    return np.array([stretch, turn, to_x - stretch * x + turn * y, to_y - turn * x - stretch * y])
