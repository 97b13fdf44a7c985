"""Flow -> the camera's own motion, to be taken off before anything is said of what moves."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .kernels.flow import fit_similarity, take_off, weigh_points

Field = NDArray[np.float32]

GRID = 8  # px between the points that vote on the camera's motion
EDGE = 0.7  # of the way from the picture's middle to its edge, where its border begins
ROUNDS = 6  # of reweighting
TOLERANCE = 0.3  # px, and
SLACK = 0.15  # of the camera's own motion: a point further off than both is not background
LEAST = 0.08  # px: mean displacement below which the camera stands still
AGREEMENT = 0.65  # share of the border points that must agree,
# or this one where less than STILL_SHARE as many stand still and some agree on every side. In a hand that
# shakes (two rendered scenes) 0.5 to 0.6 of the border agree, for flow is rough, and 0.1 stand still: by the
# first rule alone the camera was taken for still in 0.27 and 0.73 of pictures, and everything jumped.
LEAST_AGREEMENT, STILL_SHARE = 0.35, 0.6
# Of each side. In a hand that shakes 0.13 agree at least; where a large thing moves before leaves or water,
# and the wall seems to move with it, 0.01 to 0.03 of the side that it does not cover.
SIDE_AGREEMENT = 0.1
FEWEST = 8.0  # points, weighed, that a fit needs


@dataclass(frozen=True, slots=True)
class Similarity:
    """How the background is displaced in a picture: (`x`, `y`) px at its centre; `stretch` px outwards and
    `turn` px across at a distance of one picture width from it."""

    stretch: float
    turn: float
    x: float
    y: float

    def inverse(self, width: int) -> "Similarity":
        """The way back, in a picture `width` px wide."""
        grown = complex(self.stretch, self.turn) / width
        shift = -complex(self.x, self.y) / (1 + grown)
        shrunk = width * (1 / (1 + grown) - 1)
        return Similarity(shrunk.real, shrunk.imag, shift.real, shift.imag)

    def taken_off(self, flow: Field) -> Field:
        """What a camera that stood still would have seen, of a `flow` float32 (h, w, 2) px."""
        still = np.empty_like(flow)
        take_off(flow, np.array([self.stretch, self.turn, self.x, self.y], np.float32), still)
        return still


class Camera:
    """Finds the motion of the background from a flow's border points first.

    A picture's border is background more often than its middle, and a large talking head must not be
    taken for the camera: it stands still unless most of the border agrees, or a smaller part all around
    while little of it rests.
    """

    def __init__(self, height: int, width: int) -> None:
        rows, columns = np.mgrid[GRID // 2 : height : GRID, GRID // 2 : width : GRID]
        x, y = (columns.ravel() - width / 2) / width, (rows.ravel() - height / 2) / width
        self._places = np.stack([x, y], axis=1)
        across, down = 2 * x, 2 * y * width / height
        sides = (across < -EDGE, across > EDGE, down < -EDGE, down > EDGE)
        self._border = np.any(sides, axis=0)
        self._sides = [side for side in sides if side.any()]  # a tiny picture's grid may miss one

    def motion(self, flow: Field) -> Similarity | None:
        """The camera's part of a flow float32 (h, w, 2) px, or None where it stands still."""
        displacement = flow[GRID // 2 :: GRID, GRID // 2 :: GRID].reshape(-1, 2).astype(np.float64)
        border = displacement[self._border]
        speeds = np.hypot(border[:, 0], border[:, 1])
        if np.percentile(speeds, 100 * AGREEMENT) < LEAST:
            return None  # the usual case, told at once: most of the border stands still
        parameters, weights = np.array([0.0, 0.0, *np.median(border, axis=0)]), np.empty(len(displacement))
        for _ in range(ROUNDS):
            weigh_points(self._places, displacement, parameters, TOLERANCE, SLACK, weights)
            if weights.sum() < FEWEST:
                return None
            parameters = fit_similarity(self._places, displacement, weights)
        moved = weigh_points(self._places, displacement, parameters, TOLERANCE, SLACK, weights)
        if moved < LEAST or not self._is_agreed(weights > 0, float((speeds < TOLERANCE).mean())):
            return None
        return Similarity(*parameters.tolist())

    def _is_agreed(self, agree: NDArray[np.bool_], still: float) -> bool:
        """Whether a motion is the camera's that these points (n,) `agree` with, while such a share of the
        border is `still`."""
        agreement = agree[self._border].mean()
        if agreement >= AGREEMENT:
            return True
        all_around = min(agree[side].mean() for side in self._sides) >= SIDE_AGREEMENT
        return bool(all_around and agreement >= LEAST_AGREEMENT and still < STILL_SHARE * agreement)
