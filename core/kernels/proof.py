"""The loop that holds a region's motion against the pictures before and after."""

import numpy as np

from . import inner, loop


@inner()
def grey_at(picture, x, y):
    """The grey level at a place between pixels; beyond the edge the picture goes on as it ends."""
    height, width = picture.shape
    x = min(max(x, np.float32(0)), np.float32(width - 1))
    y = min(max(y, np.float32(0)), np.float32(height - 1))
    left, top = int(x), int(y)
    next_x, next_y = min(left + 1, width - 1), min(top + 1, height - 1)
    right, down = x - np.float32(left), y - np.float32(top)
    above = picture[top, left] + right * (np.float32(picture[top, next_x]) - picture[top, left])
    below = picture[next_y, left] + right * (np.float32(picture[next_y, next_x]) - picture[next_y, left])
    return above + down * (below - above)


@loop()
def add_gains(layers, picture, other, flow, still, least, gains, changes):
    """Add up for every label of each of the `layers` (n, h, w), of its pixels in every second line that move
    at least `least` px: by how many grey levels less the `picture` uint8 (h, w) differs from the `other` one
    where the `flow` (h, w, 2) px leads than where the camera's motion alone would, into `gains` (rows,), and
    that difference itself into `changes` (rows,). `still` (h, w, 2) is the flow without the camera's
    motion."""
    count, height, width = layers.shape
    for y in range(0, height, 2):
        for x in range(width):
            own_x, own_y = still[y, x, 0], still[y, x, 1]
            if own_x * own_x + own_y * own_y < least * least:
                continue
            to_x, to_y = np.float32(x) + flow[y, x, 0], np.float32(y) + flow[y, x, 1]
            grey = np.float32(picture[y, x])
            stayed = abs(grey_at(other, to_x - own_x, to_y - own_y) - grey)
            gain = stayed - abs(grey_at(other, to_x, to_y) - grey)
            for layer in range(count):
                row = layers[layer, y, x]
                if row >= 0:
                    gains[row] += gain
                    changes[row] += stayed
