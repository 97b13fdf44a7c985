"""The loop that holds motion against the pictures before and after."""

import numpy as np

from . import inner, loop


@inner(inline="always")
def grey_at(picture, height, width, x, y):
    """The grey level at a place between pixels of a `picture` (height * width,); beyond the edge it goes on
    as it ends."""
    x = min(max(x, np.float32(0)), np.float32(width - 1))
    y = min(max(y, np.float32(0)), np.float32(height - 1))
    left, top = np.int32(x), np.int32(y)
    right, below = np.int32(min(left + 1, width - 1)), np.int32(min(top + 1, height - 1))
    across, down = x - np.float32(left), y - np.float32(top)
    upper = blend(picture[top * width + left], picture[top * width + right], across)
    lower = blend(picture[below * width + left], picture[below * width + right], across)
    return upper + down * (lower - upper)


@inner(inline="always")
def blend(one, other, share):
    """What lies at this `share` of the way from `one` grey level to the `other`."""
    return np.float32(one) + share * (np.float32(other) - np.float32(one))


@loop()
def measure_gains(picture, other, flow, still, least, every, gains, changes):
    """Of the pixels of one line in `every`, those that move at least `least` px: by how many grey levels less
    the `picture` uint8 (h, w) differs from the `other` one where the `flow` (h, w, 2) px leads than where the
    camera's motion alone would, into `gains` (lines, w), and that difference itself into `changes`
    (lines, w). `still` (h, w, 2) is the flow without the camera's motion."""
    height, width = picture.shape
    flat = other.ravel()
    for y in range(0, height, every):
        for x in range(width):
            own_x, own_y = still[y, x, 0], still[y, x, 1]
            if own_x * own_x + own_y * own_y < least * least:
                continue
            to_x, to_y = np.float32(x) + flow[y, x, 0], np.float32(y) + flow[y, x, 1]
            grey = np.float32(picture[y, x])
            stayed = abs(grey_at(flat, height, width, to_x - own_x, to_y - own_y) - grey)
            moved = abs(grey_at(flat, height, width, to_x, to_y) - grey)
            gains[y // every, x] = stayed - moved
            changes[y // every, x] = stayed
