"""A rehearsal before the first real frame: a small scene runs through a localizer.

Kernels are compiled when they are first called, which takes some 20 s without numba's cache; a live source
would not wait for it. Two processes take little more than half as long: while one rehearses the looks, the
other rehearses the answers to made-up looks, and what each compiles the other finds in the cache.
"""

from collections.abc import Iterator

import numpy as np

from .appearance import luv_picture
from .kernels.colours import fill_luv
from .localizer import Localizer
from .look import Look, Looker
from .options import Options
from .proof import EVERY
from .scenes import make_scene
from .shrink import shrink_picture
from .values import SoundBlock, VideoFrame, frozen
from .way import Way

SECONDS = 3.0  # of the scene, after which every kernel has been called
WIDTH, HEIGHT = 96, 72  # px
FARTHEST = 2  # px, how far a made-up wall moves


def warm_up(options: Options | None = None) -> None:
    """Have every kernel that a localizer with these options calls compiled, or read from numba's cache."""
    localizer = Localizer(options)
    for item in scene_items():
        localizer.push(item)
    shrink_seldom()


def cache_folder() -> str | None:
    """Where numba keeps what it has compiled; None where it compiles nothing, or finds no place for it."""
    stats = getattr(fill_luv, "stats", None)  # None: numba was told to compile nothing
    return None if stats is None else stats.cache_path


def is_cold() -> bool:
    """Whether numba's cache lacks the kernels, told by the smallest one, which is compiled then. Without a
    cache it is not: no helper could hand over what it compiles."""
    if cache_folder() is None:
        return False
    before = fill_luv.stats.cache_misses.total()
    luv_picture(np.zeros((1, 1, 3), np.uint8))
    return bool(fill_luv.stats.cache_misses.total() > before)


def rehearse_looks() -> None:
    """Have what looks at pictures compiled."""
    looker = Looker(HEIGHT, WIDTH, WIDTH)
    for item in scene_items():
        if isinstance(item, VideoFrame):
            looker.push(item)
    shrink_seldom()


def rehearse_answers(options: Options | None = None) -> None:
    """Have nearly all compiled that a localizer with these options does once a picture has been looked at."""
    localizer, sway = Localizer(options), Sway(np.random.default_rng(0))
    for item in scene_items():
        if isinstance(item, SoundBlock):
            localizer.push_sound(item)
        else:
            localizer.push_look(sway.look(item))


class Sway:
    """Makes looks up, without any of the kernels that looks take: in each a wall has moved, at random."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng, self._place = rng, np.zeros(2, np.int64)
        self._wall = rng.integers(0, 256, (HEIGHT + FARTHEST, WIDTH + FARTHEST), np.uint8)

    def look(self, frame: VideoFrame) -> Look:
        """A look at the `frame`; half of its motion is said to be the camera's."""
        last, self._place = self._place, self._rng.integers(0, FARTHEST + 1, 2)
        left, top = self._place
        grey = np.ascontiguousarray(self._wall[top : top + HEIGHT, left : left + WIDTH])
        x, y = (last - self._place).astype(float)
        flow = np.full((HEIGHT, WIDTH, 2), (x, y), np.float32)
        luv, textured = frame.pixels.astype(np.float32), np.ones(grey.shape, np.bool_)
        slope = np.ones(grey.shape, np.float32)
        still, gains = np.asarray(flow / 2, np.float32), np.ones((2, -(-HEIGHT // EVERY), WIDTH), np.float32)
        forward, backward = Way(flow, still, gains, slope), Way(-flow, -still, gains, slope)
        return Look(frame, "next", grey, slope, luv, textured, (0,), 1 / 15, forward, backward)


def scene_items() -> Iterator[VideoFrame | SoundBlock]:
    """The scene that is rehearsed with."""
    return make_scene(
        "ball", seconds=SECONDS, width=WIDTH, height=HEIGHT, frame_rate=15, camera="shake"
    ).items()


def shrink_seldom() -> None:
    """The scene is looked at in its own size, what a camera sees seldom is; frozen, as pictures of frames
    are."""
    shrink_picture(frozen(np.zeros((9, 16, 3), np.uint8)), 5, 9)
