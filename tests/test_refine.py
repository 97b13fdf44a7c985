"""The refinement of a way: numpy's slow twin is its judge, OpenCV's own is much like it."""

import cv2
import numpy as np
import pytest
from scipy.ndimage import map_coordinates
from soundspot.core.kernels.refine import refine_way
from soundspot.core.search import make_level

SIZES = [(120, 160), (24, 33), (23, 32), (41, 17), (8, 8), (8, 90)]


def textures(size):
    """Two unlike soft textures uint8 (h, w)."""
    rng = np.random.default_rng(size[0])
    return [cv2.GaussianBlur(rng.integers(0, 256, size).astype(np.uint8), (0, 0), 1.5) for _ in range(2)]


def some_way(size, far):
    return np.random.default_rng(1).normal(0, far, (2, *size)).astype(np.float32)


def refined(first, second, way):
    """The way (2, h, w), refined."""
    own = way.copy()
    refine_way(make_level(first).flat, make_level(second).flat, own)
    return own


def across(field):
    """The differences between each pixel's neighbours, with the edges repeated."""
    wide = np.pad(field, ((0, 0), (1, 1)), "edge")
    return wide[:, 2:] - wide[:, :-2]


def down(field):
    return across(field.T).T


def by_numpy(first, second, way):
    """The same in float64: the equations of Brox et al. (2004) with OpenCV's weights, then five sweeps over
    the black and white pixels of a checkerboard."""
    places = np.indices(first.shape)
    found = map_coordinates(np.float64(second), places + way[::-1], order=1, mode="nearest")
    mean, t = (first + found) / 2, found - first
    x, y, xt, yt = across(mean), down(mean), across(t), down(t)
    xx, xy, yy = across(x), down(x), down(y)
    steep, steep_x, steep_y = 1 / (x**2 + y**2 + 0.01), 1 / (xx**2 + xy**2 + 0.01), 1 / (yy**2 + xy**2 + 0.01)
    grey = 2.5 * steep / np.sqrt(t**2 * steep + 1e-4)
    slope = 5 / np.sqrt(xt**2 * steep_x + yt**2 * steep_y + 1e-4)
    a, b = slope * steep_x, slope * steep_y
    u, v = np.float64(way)
    steps = [np.diff(part, axis=axis, append=part.take([-1], axis)) for part in (u, v) for axis in (1, 0)]
    right = below = 10 / np.sqrt(sum(step**2 for step in steps) + 1e-4)
    right, below = right * (places[1] < first.shape[1] - 1), below * (places[0] < first.shape[0] - 1)
    pulls = [right, np.roll(right, 1, 1), below, np.roll(below, 1, 0)]

    def asked(part):
        """What the neighbours' values come to by their pulls: right, left, below, above."""
        turned = (np.roll(part, -1, 1), np.roll(part, 1, 1), np.roll(part, -1, 0), np.roll(part, 1, 0))
        return sum(pull * beside for pull, beside in zip(pulls, turned, strict=True))

    total = sum(pulls)
    own_u = grey * x**2 + a * xx**2 + b * xy**2 + 0.01 + total
    own_v = grey * y**2 + a * xy**2 + b * yy**2 + 0.01 + total
    both = grey * x * y + a * xx * xy + b * xy * yy
    sum_u = asked(u) - total * u - (grey * t * x + a * xx * xt + b * xy * yt)
    sum_v = asked(v) - total * v - (grey * t * y + a * xy * xt + b * yy * yt)
    du, dv = np.zeros_like(u), np.zeros_like(v)
    for colour in (0, 1) * 5:
        turn = places.sum(axis=0) % 2 == colour
        du = np.where(turn, du + 1.6 * ((asked(du) + sum_u - dv * both) / own_u - du), du)
        dv = np.where(turn, dv + 1.6 * ((asked(dv) + sum_v - du * both) / own_v - dv), dv)
    return way + np.stack([du, dv])


def by_opencv(first, second, way):
    """The same by OpenCV, as its dense inverse search has it."""
    refinement = cv2.VariationalRefinement.create()
    refinement.setFixedPointIterations(1)
    refinement.setEpsilon(0.01)
    return np.stack(refinement.calcUV(first, second, *way.copy()))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("far", [0.0, 0.5, 4.0, 60.0])
def test_a_refined_way_equals_the_slow_twin(size, far):
    first, second = textures(size)
    way = some_way(size, far)
    want = by_numpy(first, second, way)
    assert np.abs(want - way).max() > 0.01, "it does something"
    np.testing.assert_allclose(refined(first, second, way), want, atol=1e-3 + 3e-4 * far)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("far", [0.0, 0.5, 4.0])
def test_it_is_opencvs(size, far):
    """But that OpenCV 4 looks up pictures at every 32nd of a pixel."""
    first, second = textures(size)
    way = some_way(size, far)
    away = np.abs(refined(first, second, way) - by_opencv(first, second, way))
    assert np.median(away) < 0.03 if cv2.__version__ < "5" else away.max() < 0.001


@pytest.mark.parametrize("size", SIZES)
def test_where_nothing_moves_there_is_nothing_to_refine(size):
    for picture in (textures(size)[0], np.full(size, 90, np.uint8)):
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
