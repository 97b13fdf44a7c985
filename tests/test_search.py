"""The search for the flow: OpenCV's dense inverse search is its slow twin."""

import cv2
import numpy as np
import pytest
from soundspot.core.search import Search, make_levels

SIZES = [(240, 320), (180, 427), (427, 180), (233, 301), (72, 96), (40, 64)]


def pictures(height, width, shift=(2.6, -1.3)):
    """Two uint8 (h, w), the second moved by `shift` px, with a part that moves otherwise and some noise."""
    rng = np.random.default_rng(height)
    field = cv2.GaussianBlur(rng.random((height + 40, width + 40), np.float32), (0, 0), 1.5)
    field = (field - field.min()) / (field.max() - field.min()) * 220
    moved = cv2.warpAffine(field, np.float32([[1, 0, shift[0]], [0, 1, shift[1]]]), field.shape[::-1])
    moved[30:60, 40:80] = field[28:58, 45:85]
    pair = [part[20 : 20 + height, 20 : 20 + width] for part in (field, moved)]
    return [np.uint8(np.clip(part + rng.normal(0, 2, part.shape), 0, 255)) for part in pair]


def opencv(first, second, guess, descents, refinements):
    """What OpenCV finds."""
    search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_FAST)
    search.setFinestScale(1)
    search.setGradientDescentIterations(2 * descents)
    search.setVariationalRefinementIterations(refinements)
    return search.calc(first, second, guess.copy())


def hold_alike(way, want):
    """Equal to the last digit on x86-64; where products are added unrounded, a patch may choose otherwise."""
    assert (np.abs(way - want) > 0.01).mean() <= 0.01


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("descents", "refinements"), [(4, 1), (8, 0), (2, 5)])
def test_the_way_is_opencvs(size, descents, refinements):
    first, second = pictures(*size)
    search, guess = Search(descents, refinements), np.zeros((*size, 2), np.float32)
    for _ in range(2):  # the second time from the first time's answer
        way = search.way(make_levels(first), make_levels(second), guess)
        hold_alike(way, opencv(first, second, guess, descents, refinements))
        guess = way


def test_a_way_beyond_the_picture_and_a_flat_picture_are_opencvs():
    first, second = pictures(120, 160)
    flat, far = np.full_like(first, 90), np.full((120, 160, 2), 200, np.float32)
    for one, other in ((first, second), (flat, flat), (flat, second)):
        way = Search(4, 0).way(make_levels(one), make_levels(other), far)
        hold_alike(way, opencv(one, other, far, 4, 0))


def test_a_guess_is_not_written():
    first, second = pictures(72, 96)
    guess = np.ones((72, 96, 2), np.float32)
    Search(4, 1).way(make_levels(first), make_levels(second), guess)
    assert (guess == 1).all()


@pytest.mark.parametrize("size", [(16, 16), (16, 200), (31, 17)])
def test_the_smallest_pictures_have_a_level(size):
    first, second = (np.random.default_rng(k).integers(0, 255, size, np.uint8) for k in (0, 1))
    way = Search(4, 1).way(make_levels(first), make_levels(second), np.zeros((*size, 2), np.float32))
    assert way.shape == (*size, 2) and np.isfinite(way).all()
