"""Mean shift in place and colour with a flat kernel: every pixel climbs to the mode of its surroundings."""

import numpy as np

from . import inner, loop

LANES = 16  # columns are taken in whole vectors; those beyond the window fail its test of distance
STEPS = 10  # at most; pixels of real clips take 2 to 3
STILL = 1.0  # a squared shift below this ends the climb (place in px and colour in LUV units together)


# reassoc alone: sums may be reordered, so that they vectorise, while NaN must go on comparing false
@loop(fastmath={"reassoc"})
def climb(planes, margin, radius, reach, modes):
    """Fill `modes` (h, w, 3) with the colours where the pixels' climbs end.

    `planes` float32 (3, h + 2 margin, w + 2 margin + LANES): the picture within a margin of NaN, which no
    window admits; margin > radius. `radius` px and `reach` (colour) bound the window.
    """
    lanes = (int(2 * radius) + LANES) // LANES * LANES
    for y in range(modes.shape[0]):
        for x in range(modes.shape[1]):
            centre_y, centre_x = np.float32(y + margin), np.float32(x + margin)
            colour = (
                planes[0, y + margin, x + margin],
                planes[1, y + margin, x + margin],
                planes[2, y + margin, x + margin],
            )
            for _ in range(STEPS):
                total, place, mean = window_mean(planes, centre_y, centre_x, colour, radius, reach, lanes)
                if total == 0:
                    break
                shift = (place[0] - centre_y) ** 2 + (place[1] - centre_x) ** 2
                for channel in range(3):
                    shift += (mean[channel] - colour[channel]) ** 2
                (centre_y, centre_x), colour = place, mean
                if shift < STILL:
                    break
            for channel in range(3):
                modes[y, x, channel] = colour[channel]


@inner(fastmath={"reassoc"}, inline="always")
def window_mean(planes, centre_y, centre_x, colour, radius, reach, lanes):
    """Number, mean place and mean colour of the pixels within `radius` of a place and `reach` of a colour."""
    zero, one = np.float32(0), np.float32(1)
    top, left = int(np.ceil(centre_y - radius)), int(np.ceil(centre_x - radius))
    count, sum_y, sum_x, sum_l, sum_u, sum_v = zero, zero, zero, zero, zero, zero
    for y in range(top, int(np.floor(centre_y + radius)) + 1):
        room = radius * radius - (np.float32(y) - centre_y) ** 2
        ls, us, vs = (
            planes[0, y, left : left + lanes],
            planes[1, y, left : left + lanes],
            planes[2, y, left : left + lanes],
        )
        across = zero
        for k in range(lanes):
            column = np.float32(np.int32(k))
            beside = column + (np.float32(left) - centre_x)
            light, u, v = ls[k], us[k], vs[k]
            apart = (light - colour[0]) ** 2 + (u - colour[1]) ** 2 + (v - colour[2]) ** 2
            near = (beside * beside <= room) & (apart <= reach * reach)
            sum_l += light if near else zero
            sum_u += u if near else zero
            sum_v += v if near else zero
            sum_x += column if near else zero
            across += one if near else zero
        count += across
        sum_y += across * np.float32(y - top)
    scale = one / count if count > 0 else zero
    place = np.float32(top) + sum_y * scale, np.float32(left) + sum_x * scale
    return count, place, (sum_l * scale, sum_u * scale, sum_v * scale)
