"""Loops over flow fields and the gradients that they are judged by."""

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def join_gradient(across, down, sizes):
    """Fill `sizes` float32 (h, w) with the lengths of the gradient (`across`, `down`), int16 (h, w) both."""
    for y in range(sizes.shape[0]):
        for x in range(sizes.shape[1]):
            right, below = np.int32(across[y, x]), np.int32(down[y, x])
            sizes[y, x] = math.sqrt(np.float32(right * right + below * below))


@njit(cache=True, nogil=True)
def drop_refuted(flow, slope, change, saturation, least, share):
    """Set `flow` (h, w, 2) px to zero where its speed over `slope` (h, w) promises more than `least` and the
    `change` (h, w) seen is less than this `share` of it; speeds count up to `saturation` px."""
    for y in range(flow.shape[0]):
        for x in range(flow.shape[1]):
            speed = math.sqrt(flow[y, x, 0] * flow[y, x, 0] + flow[y, x, 1] * flow[y, x, 1])
            promised = slope[y, x] * min(speed, saturation)
            if promised > least and change[y, x] < share * promised:
                flow[y, x, 0] = 0.0
                flow[y, x, 1] = 0.0


@njit(cache=True, nogil=True)
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
