"""All steps of the search at one size of the pictures: find the patches' ways, spread them, refine."""

import numpy as np

from . import loop
from .densify import spread_patches
from .refine import refine_way
from .resample import sample_ways
from .search import TWICE, search_patches
from .still import find_still


@loop()
def find_way(first, second, gradient, tensors, coarser, idea, share, descents, still, refined, dense):
    """Fill `dense` (2, h, w) with the way in px from the `first` picture to the `second`, both flat and with
    their BORDER; `gradient` and `tensors` are the first one's.

    Patches start from the way of the `coarser` level, half as fine, or from an `idea` of it in px of the
    picture as it came, of which a `share` is left here, both (2, …) of any size. Those that differ by squares
    of at most `still` a pixel stay, if that is not 0. The way is `refined` or not.
    """
    height, width = dense.shape[1:]
    patches = tensors.shape[1:]
    found, expected = np.empty((2, *patches), np.float32), np.empty((2, *patches), np.float32)
    sample_ways(coarser, TWICE, height, width, found)
    sample_ways(idea, share, height, width, expected)
    resting = np.zeros(patches, np.bool_)
    if still > 0:
        find_still(first, second, gradient, tensors, found, expected, still, resting)
    search_patches(first, second, gradient, tensors, expected, resting, descents, found)
    spread_patches(first, second, found, dense)
    if refined:
        refine_way(first, second, dense)
