"""Boundaries between regions: every pixel beside another region takes the label that fits it best."""

import numpy as np

from . import inner, loop
from .track import UNLABELLED, stretch


@inner(error_model="numpy", inline="always")
def region_cost(row, x, y, luv, backward, centres, colours, motions, squares, most):
    """How badly pixel (x, y) fits region `row`: squared distances in colour, place and motion, each by the
    one of the `squares` that is its scale's; motion counts up to `most`."""
    colour = 0.0
    for channel in range(3):
        difference = luv[y, x, channel] - colours[row, channel]
        colour += difference * difference
    away_x = x - centres[row, 0]
    away_y = y - centres[row, 1]
    motion_x = backward[y, x, 0] - motions[row, 0]
    motion_y = backward[y, x, 1] - motions[row, 1]
    motion = (motion_x * motion_x + motion_y * motion_y) / squares[2]
    place = (away_x * away_x + away_y * away_y) / squares[1]
    return colour / squares[0] + place + min(motion, most)


@loop(error_model="numpy")
def refine_boundaries(
    labels, luv, backward, centres, colours, motions, scales, least_passes, most_passes, sums, boxes
):
    """Passes in place: every pixel beside another region takes the best label among its neighbours', the
    same answer as a look at all pixels in reading order, again and again.

    After `least_passes` there are more, at most `most_passes` in all, as long as pixels are UNLABELLED; their
    number is returned. `scales` (4,) are those of colour, place and motion, and the most that motion counts.
    Each pixel that changes is taken over in the regions' `sums` (rows, 3) of pixels, x and y, and in their
    `boxes` (rows, 4). Their other values stand still meanwhile, so a pixel can change its mind only where a
    neighbour has changed since: from the second pass on nearly all are passed over.
    """
    height, width = labels.shape
    squares = scales[0] * scales[0], scales[1] * scales[1], scales[2] * scales[2]
    stale = np.zeros((height + 2, width + 2), np.bool_)  # with a rim, so that neighbours need no check
    unlabelled = mark_boundaries(labels, stale[1:-1, 1:-1])
    for done in range(most_passes):
        changes = 0
        for y in range(height):
            for x in range(width):
                if not stale[y + 1, x + 1]:
                    continue
                stale[y + 1, x + 1] = False
                own = labels[y, x]
                left = labels[y, x - 1] if x > 0 else own
                right = labels[y, x + 1] if x < width - 1 else own
                above = labels[y - 1, x] if y > 0 else own
                below = labels[y + 1, x] if y < height - 1 else own
                best = own
                least = np.inf
                if own >= 0:
                    least = region_cost(
                        own, x, y, luv, backward, centres, colours, motions, squares, scales[3]
                    )
                last = own  # which was compared already
                for other in (left, right, above, below):
                    if other >= 0 and other != best and other != own and other != last:
                        last = other
                        cost = region_cost(
                            other, x, y, luv, backward, centres, colours, motions, squares, scales[3]
                        )
                        if cost < least:
                            least = cost
                            best = other
                if best == own:
                    continue
                labels[y, x] = best
                changes += 1
                move_pixel(sums, best, x, y, 1)
                stretch(boxes, best, x, y)
                if own >= 0:
                    move_pixel(sums, own, x, y, -1)
                else:
                    unlabelled -= 1
                stale[y, x + 1] = True
                stale[y + 2, x + 1] = True
                stale[y + 1, x] = True
                stale[y + 1, x + 2] = True
        if changes == 0 or (done + 1 >= least_passes and unlabelled == 0):
            break
    return unlabelled


@inner(inline="always")
def move_pixel(sums, row, x, y, count):
    """Count a pixel in a row's `sums` (rows, 3) of pixels, x and y: `count` is 1, or -1 to take it off."""
    sums[row, 0] += count
    sums[row, 1] += count * x
    sums[row, 2] += count * y


@inner()
def mark_boundaries(labels, stale):
    """Mark in `stale` (h, w) the pixels beside another label; returns how many pixels have none."""
    height, width = labels.shape
    unlabelled = 0
    for y in range(height):
        above, below = max(y - 1, 0), min(y + 1, height - 1)
        for x in range(width):
            own = labels[y, x]
            unlabelled += own == UNLABELLED
            stale[y, x] = (own != labels[above, x]) | (own != labels[below, x])
        for x in range(1, width):
            differs = labels[y, x] != labels[y, x - 1]
            stale[y, x] |= differs
            stale[y, x - 1] |= differs
    return unlabelled
