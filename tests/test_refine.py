"""The refinement of a way: OpenCV's is its slow twin."""

import cv2
import numpy as np
import pytest
from soundspot.core.kernels.refine import refine_way
from soundspot.core.search import make_level

SIZES = [(120, 160), (24, 33), (23, 32), (41, 17), (8, 8)]


def textures(size):
    """Two unlike soft textures uint8 (h, w)."""
    rng = np.random.default_rng(size[0])
    return [cv2.GaussianBlur(rng.integers(0, 256, size).astype(np.uint8), (0, 0), 1.5) for _ in range(2)]


def refined(first, second, way):
    """The way (2, h, w), refined."""
    own = way.copy()
    refine_way(make_level(first).flat, make_level(second).flat, own)
    return own


def by_opencv(first, second, way):
    """The same by OpenCV, as its dense inverse search has it."""
    refinement = cv2.VariationalRefinement.create()
    refinement.setFixedPointIterations(1)
    refinement.setEpsilon(0.01)
    across, down = refinement.calcUV(first, second, *way.copy())
    return np.stack([across, down])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("far", [0.0, 0.5, 4.0, 60.0])
def test_a_refined_way_is_opencvs(size, far):
    first, second = textures(size)
    way = np.random.default_rng(1).normal(0, far, (2, *size)).astype(np.float32)
    want = by_opencv(first, second, way)
    assert np.abs(want - way).max() > 0.01, "it does something"
    np.testing.assert_allclose(refined(first, second, way), want, atol=2e-3)


@pytest.mark.parametrize("size", SIZES)
def test_where_nothing_moves_there_is_nothing_to_refine(size):
    picture, _ = textures(size)
    assert (refined(picture, picture, np.zeros((2, *size), np.float32)) == 0).all()


def test_a_way_is_drawn_to_where_the_picture_is_found_again():
    wide = cv2.GaussianBlur(np.random.default_rng(0).normal(0, 900, (60, 90)) + 128, (0, 0), 3)
    shift = np.float32([[1, 0, 0.4], [0, 1, -0.3]])
    moved = cv2.warpAffine(wide, shift, (90, 60), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    pair = [np.uint8(np.clip(part, 0, 255)) for part in (wide, moved)]
    way = np.zeros((2, 60, 90), np.float32)
    misses = []
    for _ in range(20):
        misses.append(np.hypot(way[0] - 0.4, way[1] + 0.3)[5:-5, 5:-5].mean())
        way = refined(*pair, way)
    assert (np.diff(misses[:8]) < 0).all() and misses[-1] < 0.25 * misses[0]
