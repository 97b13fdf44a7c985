"""Does a region move as its flow says? The pictures before and after are asked.

Flow smears a moving thing's motion over what lies around it, and where that has little texture no single
pixel refutes it. But what moves is found again where its flow points, in the next picture and in the last
one, better than in its old place. What stands still beside a moving thing is not: while it is covered the
next picture may agree, while it comes to light the last one, never both.

Of the regions that were grouped with an arm that plays, those of floor and wall are told from its own in 0.99
of pairs (rendered guitar_lessons and violin), by speed beside that of the arm in 0.97. Motion that is refuted
counts less: 17 rendered scenes are right in 0.63 of frames rather than 0.60, IoU 0.48 rather than 0.46; the
right part of 108 composites wins in 0.80 as before. Where every motion must be proven instead, the scenes are
right in 0.64, but fast or blurred motion in real clips fails the test: the right part wins in 0.78 only.
"""

import numpy as np
from numpy.typing import NDArray

from .flow import Field, Grey
from .history import Rows
from .kernels.proof import measure_gains
from .kernels.regions import add_up

EVERY = 2  # one line in so many is asked
LEAST_MOTION = 0.05  # px: less is not asked about
# Grey levels of a whole region's every second line, over all frames: less says little either way. It is the
# same for regions of any size: where it grew with them, violin at width 160 was right in 0.54 of frames and
# not in 0.93.
LEAST_CHANGE = 150.0
REFUTED = 0.3  # of the change: what a motion must add to it, instead of explaining it, to be refuted wholly


def explain(picture: Grey, other: Grey, flow: Field, still: Field) -> Field:
    """For each pixel of every second line of a `picture` (h, w), in grey levels: by how much less it differs
    from the `other` one where the `flow` (h, w, 2) px leads than where the camera alone would have led, and
    that difference; float32 (2, (h + 1) // 2, w). `still` is the flow without the camera's motion."""
    explained = np.zeros((2, -(-picture.shape[0] // EVERY), picture.shape[1]), np.float32)
    measure_gains(picture, other, flow, still, np.float32(LEAST_MOTION), EVERY, *explained)
    return explained


def add_gains(layers: NDArray[np.int32], ways: tuple[Field, Field], rows: int) -> NDArray[np.float32]:
    """What `explain` tells of two `ways`, to the last picture and to the next one, added up over every row's
    region: float32 (2, 2, rows). `layers` (n, h, w) of labels."""
    sums = np.zeros((2, rows, 3), np.float32)
    for own, explained in zip(sums, ways, strict=True):
        add_up(layers, *explained, EVERY, own)
    return sums[:, :, :2].transpose(0, 2, 1)


class Proof:
    """How far each row's motion of the last `count` frames or so is to be believed."""

    def __init__(self, rows: int, count: int) -> None:
        self._keep = np.float32(1 - 1 / count)
        self._sums = np.zeros((2, rows), np.float32)

    def add(self, gains: NDArray[np.float32]) -> None:
        """What `add_gains` tells of the next frame: the way that explains less counts, as far as the
        picture changed both ways; one that is nearly the same as this says nothing."""
        explained = (gains[:, 0] / np.maximum(gains[:, 1], np.float32(1e-3))).min(axis=0)
        change = gains[:, 1].min(axis=0)
        self._sums *= self._keep
        self._sums += np.maximum(explained, -1) * change, change

    @property
    def share(self) -> NDArray[np.float32]:
        """0 … 1 (rows,): 0 where standing still explains the pictures better, 1 where nothing says so."""
        gains, changes = self._sums
        explained = gains / (changes + np.float32(LEAST_CHANGE))
        return np.clip(1 + explained / np.float32(REFUTED), 0, 1).astype(np.float32)

    def clear(self, rows: Rows) -> None:
        """Forget rows."""
        self._sums[:, rows] = 0

    def copy(self, parents: Rows, children: Rows) -> None:
        """Let rows continue as others do."""
        self._sums[:, children] = self._sums[:, parents]
