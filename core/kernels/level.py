"""All steps of the search at one size of the pictures: find the patches' ways, spread them, refine."""

import numpy as np

from . import loop
from .densify import spread_patches
from .refine import refine_way
from .resample import sample_ways
from .search import TWICE, search_patches
from .still import find_still


@loop()
def find_way(first, second, gradient, tensors, coarser, guess, share, descents, limit, refined, dense):
    """Fill `dense` (2, h, w) with the way in px from the `first` picture to the `second`, both flat and with
    their BORDER; `gradient` and `tensors` are the first one's.

    Patches start from the way of the `coarser` level, half as fine, or from the `guess` times `share`, both
    (2, …) of any size, and make at most so many `descents` in each of two rounds. Those that differ by
    squares of at most `limit` a pixel stay, unless it is 0. The way is `refined` or not.
    """
    height, width = dense.shape[1:]
    patches = tensors.shape[1:]
    found, guessed = np.empty((2, *patches), np.float32), np.empty((2, *patches), np.float32)
    sample_ways(coarser, TWICE, height, width, found)
    sample_ways(guess, share, height, width, guessed)
    still = np.zeros(patches, np.bool_)
    if limit > 0:
        find_still(first, second, gradient, tensors, found, guessed, limit, still)
    search_patches(first, second, gradient, tensors, guessed, still, descents, found)
    spread_patches(first, second, found, dense)
    if refined:
        refine_way(first, second, dense)
