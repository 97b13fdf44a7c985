"""Segmentation: kernels equal to their slow twins, and regions a user would draw."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.appearance import HIGH, LOW, cosine_similarity, luv_histograms, luv_picture
from soundspot.core.errors import ShapeError
from soundspot.core.kernels.regions import link_pixels, merge_small
from soundspot.core.segment import (
    cluster_regions,
    filter_modes,
    flow_colours,
    mean_shift_regions,
    segment_picture,
    total_regions,
)


@st.composite
def pictures(draw, levels=(0.0, 3.0, 4.0, 9.0, 50.0), unknown=False):
    """Small float32 pictures of few whole levels, so that sums are exact; some with NaN."""
    shape = (draw(st.integers(0, 7)), draw(st.integers(0, 7)), 3)
    level = st.sampled_from([*levels, np.nan] if unknown else levels)
    values = draw(st.lists(level, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return np.array(values, np.float32).reshape(shape)


@given(
    pictures(unknown=True),
    st.sampled_from([0.517, 1.313, 2.321, 5.719]),
    st.sampled_from([0.573, 4.271, 13.117]),
)
def test_mean_shift_equals_the_slow_twin(naive, picture, radius, reach):
    got = filter_modes(picture, radius, reach)
    np.testing.assert_allclose(
        got, naive.climb(picture, np.float32(radius), np.float32(reach)), rtol=1e-4, atol=1e-4
    )


def test_mean_shift_with_a_window_wider_than_a_vector_equals_the_slow_twin(naive):
    picture = np.random.default_rng(0).integers(0, 30, (9, 40, 3)).astype(np.float32)
    got = filter_modes(picture, 11.317, 13.117)
    np.testing.assert_allclose(got, naive.climb(picture, 11.317, 13.117), rtol=1e-4, atol=1e-4)


def test_mean_shift_leaves_a_constant_picture_and_the_two_sides_of_an_edge_alone():
    picture = np.full((12, 12, 3), 40, np.float32)
    picture[:, 6:] = 80
    np.testing.assert_array_equal(filter_modes(picture, 3, 13), picture)


def test_mean_shift_flattens_noise():
    noise = np.random.default_rng(0).normal(50, 3, (40, 40, 3)).astype(np.float32)
    assert filter_modes(noise, 6.5, 13).std() < 0.3 * noise.std()


@given(pictures(unknown=True), st.sampled_from([0.0, 1.0, 5.0]))
def test_linked_pixels_equal_the_slow_twin(naive, picture, reach):
    labels = np.empty(picture.shape[:2], np.int32)
    count = link_pixels(picture, np.float32(reach), labels)
    want = naive.link_pixels(picture, reach)
    np.testing.assert_array_equal(labels, want)
    assert count == want.max(initial=-1) + 1


@given(pictures(unknown=True), st.sampled_from([0, 2, 5, 100]))
def test_merging_equals_the_slow_twin(naive, picture, least_area):
    labels = naive.link_pixels(picture, 0.0)
    count = labels.max(initial=-1) + 1
    want = naive.merge_small(labels.copy(), picture, least_area)
    left = merge_small(labels, total_regions(labels, picture, count), least_area)
    np.testing.assert_array_equal(labels, want)
    assert left == want.max(initial=-1) + 1
    assert left <= 1 or np.bincount(labels.ravel()).min() >= least_area


@given(pictures(unknown=True), st.integers(0, 5), st.integers(0, 100))
def test_region_sums_and_histograms_equal_the_slow_twins(naive, picture, count, seed):
    rng = np.random.default_rng(seed)
    some = rng.integers(-1, count + 2, picture.shape[:2]).astype(np.int32)
    want = naive.luv_histograms(picture, some, count, LOW, HIGH)
    np.testing.assert_array_equal(luv_histograms(picture, some, count), want)
    inside = rng.integers(0, count + 1, picture.shape[:2]).astype(np.int32)
    want = naive.total_regions(inside, picture, count + 1)
    np.testing.assert_array_equal(total_regions(inside, picture, count + 1), want)


def blocks(height=240, width=320):
    """Noisy BGR picture of a red box (left) and a blue box (right) on grey, and the truth 0, 1, 2."""
    truth = np.zeros((height, width), np.int32)
    truth[height // 4 : height // 2, width // 8 : width // 3] = 1
    truth[height // 3 : 3 * height // 4, width // 2 : 3 * width // 4] = 2
    colours = np.array([[120, 120, 120], [40, 40, 200], [200, 60, 40]])
    noise = np.random.default_rng(0).normal(0, 2, (height, width, 3))
    return np.clip(colours[truth] + noise, 0, 255).astype(np.uint8), truth


@pytest.mark.parametrize("shape", [(240, 320), (121, 161), (480, 640)])
def test_boxes_are_found_at_any_size(shape):
    pixels, truth = blocks(*shape)
    labels = mean_shift_regions(luv_picture(pixels))
    assert labels.shape == truth.shape and labels.dtype == np.int32
    assert 2 <= labels.max() <= 4  # blended pixels along an edge may be a region
    for region in range(3):
        inside = np.bincount(labels[truth == region])
        assert inside.max() > 0.9 * inside.sum()


def test_a_patch_below_the_least_area_joins_its_surroundings():
    pixels = np.full((240, 320, 3), 90, np.uint8)
    pixels[100:112, 100:112] = 200  # 144 px²
    pixels[10:40, 10:40] = 200  # 900 px²
    labels = mean_shift_regions(luv_picture(pixels))
    assert labels.max() == 1 and labels[105, 105] == labels[200, 200] != labels[20, 20]


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 50, 3), (50, 1, 3)])
def test_thin_pictures_are_one_region(shape):
    assert (mean_shift_regions(np.zeros(shape, np.float32)) == 0).all()


def test_regions_are_contiguous(naive):
    rng = np.random.default_rng(3)
    pixels = np.repeat(np.repeat(rng.integers(0, 255, (6, 8, 3), dtype=np.uint8), 10, axis=0), 10, axis=1)
    labels = mean_shift_regions(luv_picture(pixels))
    as_picture = np.repeat(labels[..., None], 3, axis=2).astype(np.float32)
    np.testing.assert_array_equal(naive.link_pixels(as_picture, 0), labels)


def test_flow_colours_tell_direction_and_speed():
    flow = np.zeros((10, 10, 2), np.float32)
    flow[0], flow[1], flow[2] = (8, 0), (4, 0), (-8, 0)
    colours = flow_colours(flow)
    still, fast, slow, back = colours[5, 0], colours[0, 0], colours[1, 0], colours[2, 0]
    np.testing.assert_array_equal(still, 0)
    assert 0 < slow[0] < fast[0]
    assert np.linalg.norm(back - fast) > 100
    np.testing.assert_allclose(flow_colours(flow * 3), colours, atol=1e-3)  # relative to the fastest


def test_a_still_pictures_noise_stays_dark():
    noise = np.random.default_rng(0).normal(0, 0.01, (240, 320, 2)).astype(np.float32)
    assert flow_colours(noise)[..., 0].max() < 10


def grid(rows=6, columns=6, size=10):
    """Labels of a grid of square regions."""
    numbers = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    return np.repeat(np.repeat(numbers, size, axis=0), size, axis=1)


def test_few_regions_are_left_as_they_are():
    labels = grid()
    np.testing.assert_array_equal(cluster_regions(labels, np.zeros((60, 60, 3), np.float32), 36), labels)


def test_many_regions_are_joined_by_place_and_motion():
    labels = grid()
    colours = np.zeros((60, 60, 3), np.float32)
    colours[:, 30:] = (60, 100, 30)
    joined = cluster_regions(labels, colours, 2)
    assert joined.dtype == np.int32
    assert (joined[:, :30] == 0).all() and (joined[:, 30:] == 1).all()


def test_clusters_hold_whole_regions_and_are_at_most_so_many():
    labels = grid()
    colours = np.random.default_rng(0).normal(50, 20, (60, 60, 3)).astype(np.float32)
    joined = cluster_regions(labels, colours, 25)
    assert joined.max() + 1 <= 25
    assert all(len(np.unique(joined[labels == region])) == 1 for region in range(36))


def test_a_box_that_moves_stays_apart_from_one_that_does_not():
    pixels, truth = blocks()
    flow = np.zeros((240, 320, 2), np.float32)
    flow[truth == 1] = (5, 0)
    labels = segment_picture(luv_picture(pixels), flow)
    assert len({np.bincount(labels[truth == region]).argmax() for region in range(3)}) == 3


@pytest.mark.parametrize(
    "picture", [np.zeros((0, 5, 3), np.float32), np.zeros((5, 5), np.float32), np.zeros((5, 5, 3))]
)
def test_other_forms_are_refused(picture):
    with pytest.raises(ShapeError, match=r"want float32 \(h, w, 3\)"):
        mean_shift_regions(picture)


def test_histograms_of_another_size_are_refused():
    with pytest.raises(ShapeError, match=r"want \(h, w, 3\) and \(h, w\)"):
        luv_histograms(np.zeros((5, 5, 3), np.float32), np.zeros((5, 6), np.int32), 1)


def test_white_is_as_bright_as_luv_goes_and_grey_has_no_colour():
    pixels = np.array([[[255, 255, 255], [0, 0, 0], [128, 128, 128]]], np.uint8)
    np.testing.assert_allclose(luv_picture(pixels)[0, :, 0], [100, 0, 53.6], atol=0.1)
    np.testing.assert_allclose(luv_picture(pixels)[0, :, 1:], 0, atol=0.1)


def test_colours_are_opencvs():
    """To a fiftieth of a LUV unit: OpenCV works its curves out piece by piece, ours are exact tables."""
    steps = np.array([*range(0, 256, 5)], np.uint8)
    cube = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 1, 3)
    want = cv2.cvtColor(cube.astype(np.float32) / 255, cv2.COLOR_BGR2LUV)
    np.testing.assert_allclose(luv_picture(cube), want, atol=0.02)


def test_every_colour_of_a_screen_lies_in_the_histograms_range():
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    luv = luv_picture(np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3))
    assert (luv >= LOW - 0.01).all() and (luv <= HIGH + 0.01).all()
    assert (luv.min(axis=(0, 1)) < LOW + 1).all() and (luv.max(axis=(0, 1)) > HIGH - 1).all()


def test_cosines_are_of_direction_alone():
    one, other = np.array([3.0, 0, 0, 0]), np.array([0, 0, 5.0, 0])
    assert cosine_similarity(one, one * 7) == pytest.approx(1)
    assert cosine_similarity(one, other) == 0
    assert cosine_similarity(one, one + other) == pytest.approx(3 / np.sqrt(34))
    assert cosine_similarity(one, np.zeros(4)) == 0
    assert cosine_similarity(np.ones((2, 1, 4)), np.ones((1, 3, 4))).shape == (2, 3)
