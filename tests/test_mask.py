"""From an object's regions to a mask, and what is told of it in source pixels."""

import numpy as np
import pytest
from soundspot.core.mask import describe_mask, enlarge_mask, pixels_of, thing_mask, whole

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
    assert not pixels_of(np.array([[-1, 6]], np.int32), np.array([7])).any()


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
    candidate = describe_mask(mask, 4, 0.5, 0.02, (8.0, 4.0))
    assert candidate.box == (240, 40, 400, 80)
    assert candidate.centre == (320.0, 60.0)
    assert candidate.area == 10 * 20 * 32
    assert (candidate.object, candidate.score, candidate.p_value) == (4, 0.5, 0.02)
    assert all(isinstance(edge, int) for edge in candidate.box)


def test_an_empty_mask_is_described_as_nothing():
    candidate = describe_mask(np.zeros((60, 80), bool), 1, 0.1, 0.9, (2.0, 2.0))
    assert candidate.area == 0
