"""From an object's regions to a mask, a box in source pixels, and the paper's confidence surface."""

import numpy as np
import pytest
from soundspot.core.confidence import (
    LONGEST_SPREAD,
    ConfidenceSurface,
    describe,
    enlarge_mask,
    pixels_of,
    thing_mask,
    whole,
)

CELL = 8.0


def disc(height, width, x, y, radius):
    rows, columns = np.mgrid[:height, :width]
    return (columns - x) ** 2 + (rows - y) ** 2 <= radius**2


def labelled(*masks, shape=(60, 80)):
    """Labels int32 with region k where the k-th mask is, -1 elsewhere."""
    labels = np.full(shape, -1, np.int32)
    for row, mask in enumerate(masks):
        labels[mask] = row
    return labels


def object_mask(labels, rows):
    return whole(pixels_of(labels, np.array(rows)), CELL)


def test_the_mask_is_the_objects_own_regions():
    labels = np.repeat(np.repeat(np.arange(12, dtype=np.int32).reshape(3, 4), 20, axis=0), 20, axis=1)
    mask = object_mask(labels, [5, 6])
    assert mask.dtype == bool
    np.testing.assert_array_equal(mask, np.isin(labels, [5, 6]))


def test_tracks_show_a_thing_and_its_places_only_where_it_cannot_be_followed():
    track, cells = disc(60, 80, 40, 30, 12), np.zeros((60, 80), bool)
    cells[18:42, 28:52] = True
    places = np.where(cells, np.int32(5), np.int32(6))
    scrap = labelled(disc(60, 80, 40, 30, 4))
    np.testing.assert_array_equal(thing_mask(labelled(track), places, np.array([0, 5]), CELL), track)
    np.testing.assert_array_equal(thing_mask(scrap, places, np.array([0, 5]), CELL), cells)
    assert not thing_mask(labelled(), labelled(), np.array([0, 5]), CELL).any()


def test_what_an_object_encloses_belongs_to_it():
    ring = disc(60, 80, 40, 30, 20) & ~disc(60, 80, 40, 30, 9)
    mask = object_mask(labelled(ring), [0])
    assert mask[30, 40]
    assert mask.sum() >= disc(60, 80, 40, 30, 20).sum() * 0.97


def test_gaps_are_closed_and_crumbs_dropped():
    left, right = np.zeros((2, 60, 80), bool)
    left[20:40, 20:38] = True
    right[20:40, 41:60] = True
    crumb = disc(60, 80, 5, 5, 3)
    mask = object_mask(labelled(left, right, crumb), [0, 1, 2])
    assert mask[30, 39], "a gap of 3 px between its regions"
    assert not mask[5, 5], "a region that went astray"


def test_two_pieces_of_like_size_are_both_kept():
    both = disc(60, 80, 20, 30, 10) | disc(60, 80, 60, 30, 9)
    mask = object_mask(labelled(both), [0])
    assert mask[30, 20] and mask[30, 60]


def test_an_object_without_pixels_has_an_empty_mask():
    for labels in (labelled(), labelled(disc(60, 80, 20, 20, 5))):
        assert not object_mask(labels, [3, 7]).any()


def test_unlabelled_pixels_belong_to_nobody():
    mask = object_mask(np.full((40, 40), -1, np.int32), [0])
    assert not mask.any()


@pytest.mark.parametrize("size", [(120, 160), (121, 163), (480, 640)])
def test_a_mask_in_source_pixels_lies_where_it_lay(size):
    height, width = size
    mask = disc(60, 80, 30, 25, 12)
    large = enlarge_mask(mask, height, width)
    assert large.shape == size and large.dtype == bool
    rows, columns = np.nonzero(large)
    assert columns.mean() / width == pytest.approx(30.5 / 80, abs=0.005)
    assert rows.mean() / height == pytest.approx(25.5 / 60, abs=0.005)
    assert large.mean() == pytest.approx(mask.mean(), rel=0.05)


def test_box_centre_and_area_are_told_in_source_pixels():
    mask = np.zeros((60, 80), bool)
    mask[10:20, 30:50] = True
    candidate = describe(mask, 4, 0.5, 0.02, (8.0, 4.0))
    assert candidate.box == (240, 40, 400, 80)
    assert candidate.centre == (320.0, 60.0)
    assert candidate.area == 10 * 20 * 32
    assert (candidate.object, candidate.score, candidate.p_value) == (4, 0.5, 0.02)
    assert all(isinstance(edge, int) for edge in candidate.box)


def test_an_empty_mask_is_described_as_nothing():
    candidate = describe(np.zeros((60, 80), bool), 1, 0.1, 0.9, (2.0, 2.0))
    assert candidate.area == 0


def settled(mask, acceleration, size=None):
    """The surface after the same mask for a second, two updates being enough to see its shape."""
    surface = ConfidenceSurface(*mask.shape)
    surface.update(mask, 1.0, 0.0, acceleration, size or mask.shape)
    return surface.update(mask, 1.0, 1.0, acceleration, size or mask.shape)


def test_the_surface_spreads_as_the_paper_says():
    """Sigma in space is 0.2 times the root of the area (5.2): half of the height at the edge, and a slope
    there of 1 / (sigma sqrt(2 pi))."""
    mask = np.zeros((200, 300), bool)
    mask[50:150, 100:200] = True
    sigma = 0.2 * 100
    surface = settled(mask, 100.0)
    assert surface[100, 100] == pytest.approx(0.5, abs=0.03)
    slope = surface[100, 101] - surface[100, 99]
    assert slope == pytest.approx(2 / (sigma * np.sqrt(2 * np.pi)), rel=0.1)
    assert surface[100, 150] > 0.95


def test_the_surface_is_a_confidence_of_the_wanted_size_that_nobody_may_write():
    surface = settled(disc(60, 80, 40, 30, 10), 1.0, (240, 320))
    assert surface.shape == (240, 320) and surface.dtype == np.float32
    assert surface.min() >= 0 and surface.max() <= 1 + 1e-6
    assert not surface.flags.writeable


def test_the_surface_of_a_slow_object_fades_within_a_frame_or_two_and_of_a_fast_one_sooner():
    mask, nothing = disc(60, 80, 40, 30, 10), np.zeros((60, 80), bool)
    left = {}
    for acceleration in (1e-9, 20.0):
        surface = ConfidenceSurface(60, 80)
        start = surface.update(mask, 1.0, 0.0, acceleration, (60, 80))[30, 40]
        after = surface.update(nothing, 1.0, LONGEST_SPREAD, acceleration, (60, 80))[30, 40]
        left[acceleration] = after / start
    assert left[1e-9] == pytest.approx(np.exp(-1), abs=0.01), "the paper's sigma explodes here; it is clamped"
    assert left[20.0] == pytest.approx(np.exp(-2), abs=0.01), "its spread is half as long: 0.5 / 20 s"


def test_the_surface_is_as_confident_as_it_is_told():
    mask = disc(60, 80, 40, 30, 10)
    sure, half = (ConfidenceSurface(60, 80).update(mask, level, 0.0, 1.0, (60, 80)) for level in (1.0, 0.5))
    np.testing.assert_allclose(half, sure / 2, atol=1e-6)


def test_the_surface_looks_back_only():
    surface = ConfidenceSurface(60, 80)
    assert not surface.update(np.zeros((60, 80), bool), 1.0, 0.0, 1.0, (60, 80)).any()
    assert surface.update(disc(60, 80, 40, 30, 10), 1.0, 0.1, 1.0, (60, 80))[30, 40] > 0
