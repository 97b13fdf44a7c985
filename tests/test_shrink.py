"""A smaller picture: OpenCV's area interpolation is the slow twin."""

import cv2
import numpy as np
import pytest
from soundspot.core.shrink import shares, shrink_picture

SIZES = [
    ((48, 64), (24, 32)),
    ((72, 128), (21, 37)),
    ((33, 400), (25, 305)),
    ((40, 30), (40, 17)),
    ((1, 9), (1, 4)),
]


@pytest.mark.parametrize(("size", "small"), SIZES)
def test_a_smaller_picture_is_opencvs_but_for_rounding(size, small):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    want = cv2.resize(pixels, small[::-1], interpolation=cv2.INTER_AREA).astype(int)
    off = np.abs(shrink_picture(pixels, *small) - want)
    assert off.max() <= 1
    assert (off > 0).mean() < 0.05, "of halves, which OpenCV rounds to the even one"


@pytest.mark.parametrize("level", [0, 1, 254, 255])
def test_an_even_picture_stays_as_bright(level):
    assert (shrink_picture(np.full((72, 128, 3), level, np.uint8), 21, 37) == level).all()


def test_a_picture_of_that_size_and_a_view_of_another_stay_as_they_are():
    pixels = np.random.default_rng(0).integers(0, 256, (10, 14, 3), np.uint8)
    np.testing.assert_array_equal(shrink_picture(pixels, 10, 14), pixels)
    mirrored = pixels[:, ::-1]
    np.testing.assert_array_equal(shrink_picture(mirrored, 7, 9), shrink_picture(mirrored.copy(), 7, 9))


@pytest.mark.parametrize(("size", "large"), [((5, 40), (16, 31)), ((9, 5), (16, 16)), ((1, 20), (16, 20))])
def test_a_side_may_grow(size, large):
    pixels = np.random.default_rng(0).integers(0, 256, (*size, 3), np.uint8)
    lines = pixels.repeat(large[0], axis=0).reshape(large[0], *size, 3).mean(axis=1)
    want = lines.repeat(large[1], axis=1).reshape(*large, size[1], 3).mean(axis=2)
    np.testing.assert_allclose(shrink_picture(pixels, *large), want, atol=0.51, err_msg="but for rounding")


@pytest.mark.parametrize(("many", "few"), [(640, 370), (1280, 370), (10, 9), (9, 9), (4000, 3051), (5, 1)])
def test_every_pixel_counts_as_much_as_every_other(many, few):
    first, weights = shares(many, few)
    counts = np.zeros(many)
    for begin, line in zip(first, weights, strict=True):
        counts[begin : begin + line.size] += line
    np.testing.assert_allclose(counts, few / many, rtol=1e-4)
