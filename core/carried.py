"""The labels of a picture, carried to the next one by the flow, and what their regions measure."""

import numpy as np
from numpy.typing import NDArray

from .halves import Halves, Pixels, halve_regions, region_pixels
from .kernels.boundaries import refine_boundaries
from .kernels.track import UNLABELLED, carry_labels, measure_regions
from .regions import resize_labels

COLOUR_SCALE = 8.0  # LUV units that weigh as much as one cell of distance, or as
MOTION_SCALE, MOTION_LIMIT = 1.5, 3.0  # px of differing motion, up to this many squares of it
CARRY_TOLERANCE = 1.5  # px between way there and way back


class CarriedLabels:
    """Keeps `labels` int32 (h, w), the row that owns each pixel of the newest picture, and of the rows'
    regions the `areas` (rows,) px², the `centres` (rows, 2) px and the mean LUV `colours` (rows, 3)."""

    def __init__(self, height: int, width: int, rows: int, cell: float) -> None:
        """For pictures of `height` x `width` px and regions about `cell` px wide."""
        self.labels = np.full((height, width), UNLABELLED, np.int32)
        self.areas = np.zeros(rows, np.int32)
        self.centres = np.zeros((rows, 2), np.float32)
        self.colours = np.zeros((rows, 3), np.float32)
        self._remainder = np.zeros((height, width, 2), np.float32)
        self._motions = np.zeros((rows, 2), np.float32)
        self._backward = np.zeros((height, width, 2), np.float32)
        self._sums = np.zeros((rows, 3), np.int32)  # of each row's pixels, their x and their y
        self._boxes = np.zeros((rows, 4), np.int32)  # left, top, right, bottom: no pixel lies outside
        self._scales = np.array([COLOUR_SCALE, cell, MOTION_SCALE, MOTION_LIMIT], np.float32)

    def resize(self, height: int, width: int, cell: float) -> None:
        """From the next picture on they are `height` x `width` px, with regions `cell` px wide."""
        self.labels = resize_labels(self.labels, height, width)
        self._stand_still()
        self._scales[1] = cell

    def clear(self) -> None:
        """Nobody owns anything; the last picture's labels were handed out, so they stay as they are."""
        self.labels = np.full_like(self.labels, UNLABELLED)
        self._stand_still()

    def _stand_still(self) -> None:
        self._remainder = np.zeros((*self.labels.shape, 2), np.float32)
        self._backward = np.zeros_like(self._remainder)

    def carry(
        self, luv: NDArray[np.float32], backward: NDArray[np.float32], forward: NDArray[np.float32]
    ) -> None:
        """Take the labels along to the picture `luv` (h, w, 3), `backward` to the last picture and `forward`
        from there in px (h, w, 2), and measure the regions."""
        self._backward = backward
        self.labels, self._remainder = carry_labels(
            self.labels, self._remainder, backward, forward, CARRY_TOLERANCE
        )
        self.measure(luv)

    def stay(self, luv: NDArray[np.float32]) -> None:
        """The picture `luv` (h, w, 3) is one that no flow leads to: the labels stay where they are."""
        self.labels = self.labels.copy()
        self._stand_still()
        self.measure(luv)

    def measure(self, luv: NDArray[np.float32]) -> None:
        """Measure the regions in the picture `luv` (h, w, 3)."""
        measure_regions(
            self.labels, luv, self._backward, self._sums, self._boxes, self.colours, self._motions
        )
        self.place()

    def place(self) -> None:
        """The areas and the centres by the sums, which are kept up to date between two measurements."""
        self.areas = self._sums[:, 0].copy()
        self.centres = (self._sums[:, 1:] / np.maximum(self.areas, 1)[:, None]).astype(np.float32)

    def refine(self, luv: NDArray[np.float32], least_passes: int, most_passes: int) -> int:
        """Move the regions' borders to where colour, `luv` (h, w, 3), and motion change, so that those that
        move otherwise do not take the pixels that a moving thing uncovers; a pass asks each pixel once.
        Returns how many pixels nobody has taken."""
        return int(
            refine_boundaries(
                self.labels,
                luv,
                self._backward,
                self.centres,
                self.colours,
                self._motions,
                self._scales,
                least_passes,
                most_passes,
                self._sums,
                self._boxes,
            )
        )

    def unlabel(self, rows: NDArray[np.int64]) -> Pixels:
        """Take the pixels of `rows` (n,) from them; returns these."""
        pixels = region_pixels(self.labels, rows, self._boxes[rows])
        self.labels.ravel()[pixels.places] = UNLABELLED
        self._sums[rows] = 0
        return pixels

    def halve(self, luv: NDArray[np.float32], rows: NDArray[np.int64]) -> Halves:
        """The halves of the regions `rows` (n,) in the picture `luv` (h, w, 3)."""
        return halve_regions(self.labels, luv, rows, self.centres[rows], self._boxes[rows])

    def hand_over(self, rows: NDArray[np.int64], halves: Halves, owners: NDArray[np.int64]) -> None:
        """Give each of the `halves` of the regions `rows` (n,) to one of the `owners` (n, 2)."""
        heirs = owners.ravel()
        self.labels.ravel()[halves.pixels.places] = heirs[halves.pixels.regions]
        self._sums[rows] = 0
        np.add.at(self._sums, heirs, halves.sums)
        self.place()
