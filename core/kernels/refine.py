"""Variational refinement of a dense way, one round: pictures ask for it, and neighbours.

The equations are OpenCV's (see equations.py), and so are the five sweeps over a checkerboard that solve them.
Since the steps are fused, it takes half to two thirds of the time of OpenCV 5.0, with which it agrees to
0.001 px; OpenCV 4 looks up pictures at every 32nd of a pixel only. The loops are short, or else the compiler
does not take several pixels at once.
"""

import numpy as np

from . import inner, loop
from .equations import (
    ACROSS,
    ACROSS_SUM,
    BELOW,
    BOTH,
    DOWN,
    DOWN_SUM,
    RIGHT,
    TERMS,
    add_neighbours,
    copy_with_rim,
    join_pictures,
    take_slopes,
    weigh_neighbours,
    weigh_pictures,
)

SWEEPS = 5
EAGER = np.float32(1.6)  # in a sweep each pixel goes so many times as far as it is asked to


@loop(error_model="numpy")
def refine_way(first, second, way):
    """Refine in place the `way` (2, h, w) px, which is finite, from the `first` to the `second` picture, both
    flat and with their BORDER."""
    height, width = way.shape[1:]
    rimmed = height + 2, width + 2
    mean, change = np.empty(rimmed, np.float32), np.empty(rimmed, np.float32)
    across, down = np.empty(rimmed, np.float32), np.empty(rimmed, np.float32)
    ways_x, ways_y = np.empty(rimmed, np.float32), np.empty(rimmed, np.float32)
    join_pictures(first, second, way, mean, change)
    take_slopes(mean, across, down)
    copy_with_rim(way[0], ways_x)
    copy_with_rim(way[1], ways_y)
    # the pixels in even columns, then those in odd ones: of either, each second row is one colour
    half = (width + 1) // 2
    terms = np.zeros((height, 2, TERMS, half), np.float32)
    pulls = np.zeros((height + 1, 2, 2, half + 2), np.float32)
    line, pull = np.empty((TERMS, width), np.float32), np.zeros((2, width + 1), np.float32)
    above = np.zeros(width, np.float32)
    for y in range(height):
        weigh_neighbours(ways_x, ways_y, y, pull)
        weigh_pictures(across, down, change, y, line)
        add_neighbours(ways_x, ways_y, y, pull, above, line)
        part_columns(line, pull, y, terms, pulls)
        for x in range(width):
            above[x] = pull[BELOW, x + 1]
    steps_x = np.zeros((height + 2, 2, half + 2), np.float32)
    steps_y = np.zeros((height + 2, 2, half + 2), np.float32)
    fresh = np.empty((2, half), np.float32)
    for _ in range(SWEEPS):
        for colour in range(2):
            for y in range(height):
                step(terms, pulls, y, (colour + y) % 2, steps_x, steps_y, fresh)
    add_steps(steps_x, way[0])
    add_steps(steps_y, way[1])


@inner(forceinline=True)
def part_columns(line, pull, y, terms, pulls):
    """Write the `line` (TERMS, w) and the `pull` (2, 1 + w) of row `y` into `terms` (h, 2, TERMS, half) and
    `pulls` (1 + h, 2, 2, half + 2), half as wide, rounded up: the even columns, then the odd ones, pulls with
    one more on either side."""
    width = line.shape[1]
    for term in range(TERMS):
        for k in range(width // 2):
            terms[y, 0, term, k], terms[y, 1, term, k] = line[term, 2 * k], line[term, 2 * k + 1]
        if width % 2:
            terms[y, 0, term, width // 2] = line[term, width - 1]
    for side in range(2):
        for k in range(width // 2):
            pulls[y + 1, 0, side, k + 1] = pull[side, 2 * k + 1]
            pulls[y + 1, 1, side, k + 1] = pull[side, 2 * k + 2]
        if width % 2:
            pulls[y + 1, 0, side, width // 2 + 1] = pull[side, width]


@inner(error_model="numpy", inline="always")
def step(terms, pulls, y, own, steps_x, steps_y, fresh):
    """Let the pixels of row `y` in every second column, the even ones where `own` is 0, go on in `steps_x`
    and `steps_y` (h + 2, 2, half + 2): towards what the pictures and the neighbours ask for, and beyond.
    What is new is put aside as `fresh` (2, half) first: the compiler sees that nothing is read after it was
    written."""
    other = 1 - own
    for k in range(terms.shape[3]):
        left, right = pulls[y + 1, other, RIGHT, k + own], pulls[y + 1, own, RIGHT, k + 1]
        upper, below = pulls[y, own, BELOW, k + 1], pulls[y + 1, own, BELOW, k + 1]
        asked_x = left * steps_x[y + 1, other, k + own] + right * steps_x[y + 1, other, k + own + 1]
        asked_y = left * steps_y[y + 1, other, k + own] + right * steps_y[y + 1, other, k + own + 1]
        asked_x += upper * steps_x[y, own, k + 1] + below * steps_x[y + 2, own, k + 1]
        asked_y += upper * steps_y[y, own, k + 1] + below * steps_y[y + 2, own, k + 1]
        both = terms[y, own, BOTH, k]
        now_x, now_y = steps_x[y + 1, own, k + 1], steps_y[y + 1, own, k + 1]
        goal_x = (asked_x + terms[y, own, ACROSS_SUM, k] - now_y * both) * terms[y, own, ACROSS, k]
        new_x = now_x + EAGER * (goal_x - now_x)
        goal_y = (asked_y + terms[y, own, DOWN_SUM, k] - new_x * both) * terms[y, own, DOWN, k]
        fresh[0, k] = new_x
        fresh[1, k] = now_y + EAGER * (goal_y - now_y)
    for k in range(fresh.shape[1]):
        steps_x[y + 1, own, k + 1] = fresh[0, k]
    for k in range(fresh.shape[1]):
        steps_y[y + 1, own, k + 1] = fresh[1, k]


@inner(forceinline=True)
def add_steps(steps, way):
    """Add the `steps` (h + 2, 2, half + 2) to one part of a `way` (h, w)."""
    height, width = way.shape
    for y in range(height):
        for own in range(2):
            for k in range((width + 1 - own) // 2):
                way[y, 2 * k + own] += steps[y + 1, own, k + 1]
