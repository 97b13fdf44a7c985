"""The equations of variational refinement, row by row: what pictures and neighbours ask of a pixel's way.

As OpenCV has them (Brox et al. 2004): along the way grey levels stay the same, and their slopes, and
neighbours go alike, each by a robust weight. All fields have a rim of one pixel, so that none lacks a
neighbour and the compiler takes several pixels at once.
"""

import numpy as np
from numba import int32, uint32, uint64

from . import inner
from .search import BORDER, ONE, UNIT, ZERO

# Half the weights of grey levels, of slopes and of neighbours' ways, as DIS has them.
GREY, SLOPE, ALIKE = np.float32(2.5), np.float32(5), np.float32(10)
FLAT = np.float32(0.01)  # added to the squares of slopes, and
FIT = np.float32(0.0001)  # to those of misfits, so that nothing is divided by 0
HALF = np.float32(0.5)
INSIDE = np.float32(1.001)  # px before the end of a picture, so that something lies beyond
# Of a pixel's two equations: one over each own factor, the factor that both have, and what they come to.
ACROSS, BOTH, DOWN, ACROSS_SUM, DOWN_SUM = range(5)
TERMS = 5
RIGHT, BELOW = range(2)  # the neighbour that a pixel is to go along with


@inner(error_model="numpy", forceinline=True)
def join_pictures(first, second, way, mean, change):
    """Fill `mean` and `change`, both with their rim, with the mean of the `first` picture and what the
    `second` one shows where the way leads, and by how much this is brighter."""
    height, width = way.shape[1:]
    wide = width + 2 * BORDER
    found = np.empty(width, np.float32)
    for y in range(height):
        look_along(second, way[0, y], way[1, y], y, height, found)
        line = (y + BORDER) * wide + BORDER
        for x in range(width):
            mean[y + 1, x + 1] = (first[line + x] + found[x]) * HALF
            change[y + 1, x + 1] = found[x] - first[line + x]
    repeat_edges(mean)
    repeat_edges(change)


@inner(error_model="numpy")
def look_along(second, way_x, way_y, y, height, found):
    """Fill `found` (w,) with what the `second` picture, flat and with its BORDER, shows where the ways (w,)
    from row `y` lead, between four pixels."""
    width = found.shape[0]
    wide, border = uint32(width + 2 * BORDER), np.float32(BORDER)
    most_x, most_y = np.float32(width + BORDER) - INSIDE, np.float32(height + BORDER) - INSIDE
    for x in range(width):
        to_x = min(max(np.float32(int32(x)) + way_x[x], -border), most_x)
        to_y = min(max(np.float32(y) + way_y[x], -border), most_y)
        left, top = int32(to_x + border), int32(to_y + border)
        right, below = to_x - np.float32(left - BORDER), to_y - np.float32(top - BORDER)
        at = uint64(uint32(top) * wide + uint32(left))
        under = at + uint64(wide)
        upper = second[at] + right * (second[at + ONE] - second[at])
        lower = second[under] + right * (second[under + ONE] - second[under])
        found[x] = upper + below * (lower - upper)


@inner(forceinline=True)
def take_slopes(picture, across, down):
    """Fill `across` and `down` with the differences between each pixel's neighbours, all with their rims."""
    for y in range(picture.shape[0] - 2):
        for x in range(picture.shape[1] - 2):
            across[y + 1, x + 1] = picture[y + 1, x + 2] - picture[y + 1, x]
            down[y + 1, x + 1] = picture[y + 2, x + 1] - picture[y, x + 1]
    repeat_edges(across)
    repeat_edges(down)


@inner(forceinline=True)
def copy_with_rim(values, rimmed):
    """Copy `values` (h, w) into `rimmed` (h + 2, w + 2)."""
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            rimmed[y + 1, x + 1] = values[y, x]
    repeat_edges(rimmed)


@inner(forceinline=True)
def repeat_edges(rimmed):
    """Fill the rim of a picture (h + 2, w + 2) with what lies beside it."""
    rows, columns = rimmed.shape
    for y in range(rows - 2):
        rimmed[y + 1, 0], rimmed[y + 1, columns - 1] = rimmed[y + 1, 1], rimmed[y + 1, columns - 2]
    for x in range(columns):
        rimmed[0, x], rimmed[rows - 1, x] = rimmed[1, x], rimmed[rows - 2, x]


@inner(error_model="numpy", forceinline=True)
def weigh_neighbours(ways_x, ways_y, y, pull):
    """Fill `pull` (2, 1 + w): how much each pixel of row `y`, from 1 on, wants to go as the one to its right
    does, and as the one below; the more, the more alike they go. At 0, before the first pixel, stays 0."""
    height, width = ways_x.shape[0] - 2, ways_x.shape[1] - 2
    for x in range(width):
        way_x, way_y = ways_x[y + 1, x + 1], ways_y[y + 1, x + 1]
        right_x, right_y = ways_x[y + 1, x + 2] - way_x, ways_y[y + 1, x + 2] - way_y
        below_x, below_y = ways_x[y + 2, x + 1] - way_x, ways_y[y + 2, x + 1] - way_y
        squares = right_x * right_x + right_y * right_y + below_x * below_x + below_y * below_y
        pull[RIGHT, x + 1] = ALIKE / np.sqrt(squares + FIT)
    inside = UNIT if y < height - 1 else ZERO
    for x in range(width):
        pull[BELOW, x + 1] = pull[RIGHT, x + 1] * inside
    pull[RIGHT, width] = ZERO


@inner(error_model="numpy", forceinline=True)
def weigh_pictures(across, down, change, y, line):
    """Fill the `line` (TERMS, w) with what the pictures ask of each pixel of row `y`: that grey levels be the
    same where its way leads, and slopes."""
    for x in range(line.shape[1]):
        g_x, g_y, g_t = across[y + 1, x + 1], down[y + 1, x + 1], change[y + 1, x + 1]
        xx, xy = across[y + 1, x + 2] - across[y + 1, x], across[y + 2, x + 1] - across[y, x + 1]
        yy = down[y + 2, x + 1] - down[y, x + 1]
        xt, yt = change[y + 1, x + 2] - change[y + 1, x], change[y + 2, x + 1] - change[y, x + 1]
        steep = UNIT / (g_x * g_x + g_y * g_y + FLAT)
        grey = GREY * steep / np.sqrt(g_t * g_t * steep + FIT)
        steep_x, steep_y = UNIT / (xx * xx + xy * xy + FLAT), UNIT / (yy * yy + xy * xy + FLAT)
        slope = SLOPE / np.sqrt(xt * xt * steep_x + yt * yt * steep_y + FIT)
        slope_x, slope_y = slope * steep_x, slope * steep_y
        line[ACROSS, x] = grey * g_x * g_x + slope_x * xx * xx + slope_y * xy * xy + FLAT
        line[BOTH, x] = grey * g_x * g_y + slope_x * xx * xy + slope_y * xy * yy
        line[DOWN, x] = grey * g_y * g_y + slope_x * xy * xy + slope_y * yy * yy + FLAT
        line[ACROSS_SUM, x] = -(grey * g_t * g_x + slope_x * xx * xt + slope_y * xy * yt)
        line[DOWN_SUM, x] = -(grey * g_t * g_y + slope_x * xy * xt + slope_y * yy * yt)


@inner(error_model="numpy", forceinline=True)
def add_neighbours(ways_x, ways_y, y, pull, above, line):
    """Add to the `line` (TERMS, w) what its neighbours ask of each pixel of row `y`, with the pull to those
    `above` (w,); its own factors are from here on what one is over them."""
    for x in range(line.shape[1]):
        left, right, upper, below = pull[RIGHT, x], pull[RIGHT, x + 1], above[x], pull[BELOW, x + 1]
        total = left + right + upper + below
        line[ACROSS, x] = UNIT / (line[ACROSS, x] + total)
        line[DOWN, x] = UNIT / (line[DOWN, x] + total)
        way_x, way_y = ways_x[y + 1, x + 1], ways_y[y + 1, x + 1]
        beside_x = left * (ways_x[y + 1, x] - way_x) + right * (ways_x[y + 1, x + 2] - way_x)
        beside_y = left * (ways_y[y + 1, x] - way_y) + right * (ways_y[y + 1, x + 2] - way_y)
        over_x = upper * (ways_x[y, x + 1] - way_x) + below * (ways_x[y + 2, x + 1] - way_x)
        over_y = upper * (ways_y[y, x + 1] - way_y) + below * (ways_y[y + 2, x + 1] - way_y)
        line[ACROSS_SUM, x] += beside_x + over_x
        line[DOWN_SUM, x] += beside_y + over_y
