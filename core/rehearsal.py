"""A rehearsal before the first real frame: a small scene runs through a localizer.

Kernels are compiled when they are first called, which takes some 20 s without numba's cache; a live source
would not wait for it.
"""

import numpy as np

from .localizer import Localizer
from .options import Options
from .scenes import make_scene
from .shrink import shrink_picture
from .values import frozen

SECONDS = 3.0  # of the scene, after which every kernel has been called


def warm_up(options: Options | None = None) -> None:
    """Have every kernel that a localizer with these options calls compiled, or read from numba's cache."""
    localizer = Localizer(options)
    scene = make_scene("ball", seconds=SECONDS, width=96, height=72, frame_rate=15, camera="shake")
    for item in scene.items():
        localizer.push(item)
    # the scene is looked at in its own size, what a camera sees seldom is; frozen, as pictures of frames are
    shrink_picture(frozen(np.zeros((9, 16, 3), np.uint8)), 5, 9)
