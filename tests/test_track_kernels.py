"""The tracker's loops, held against their slow twins."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.halves import halve_regions
from soundspot.core.kernels import boundaries
from soundspot.core.kernels import track as kernels
from soundspot.core.kernels.halves import match_halves
from soundspot.core.kernels.motion import measure_motion
from soundspot.core.kernels.regions import add_up


@st.composite
def labelled_pictures(draw):
    """labels (h, w) of up to 5 regions, luv (h, w, 3), two fields (h, w, 2), and the generator of more."""
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    labels = rng.integers(-1, 5, (height, width)).astype(np.int32)
    if draw(st.booleans()):
        labels[:] = labels[0, 0]  # one region alone
    luv = rng.normal(50, 20, (height, width, 3)).astype(np.float32)
    speed = draw(st.sampled_from([0.0, 0.5, 3.0]))
    fields = rng.normal(0, speed, (2, height, width, 2)).astype(np.float32)
    return labels, luv, *fields, rng


ROWS = 6  # one more than there are labels: a row without pixels


@given(labelled_pictures(), st.sampled_from([0.0, 0.7, 1.5, 100.0]))
def test_carried_labels_equal_the_slow_twin(naive, picture, tolerance):
    labels, _, backward, forward, rng = picture
    remainder = rng.uniform(-0.5, 0.5, (*labels.shape, 2)).astype(np.float32)
    carried, left_over = kernels.carry_labels(labels, remainder, backward, forward, tolerance)
    expected, expected_left_over = naive.carry_labels(labels, remainder, backward, forward, tolerance)
    np.testing.assert_array_equal(carried, expected)
    np.testing.assert_allclose(left_over, expected_left_over, atol=1e-5)
    assert np.abs(left_over).max() <= 0.5 + 1e-5, "rounding never leaves more than half a pixel"


def measured(labels, luv, backward):
    """What kernels.measure_regions writes, into arrays that were not empty."""
    tables = (
        *(np.full((ROWS, n), 7, np.int32) for n in (3, 4)),
        *(np.full((ROWS, n), 7, np.float32) for n in (3, 2)),
    )
    kernels.measure_regions(labels, luv, backward, *tables)
    return tables


def centres_of(sums):
    """Centres float32 (rows, 2) of regions, by the sums of their pixels."""
    return (sums[:, 1:] / np.maximum(sums[:, :1], 1)).astype(np.float32)


@given(labelled_pictures())
def test_measured_regions_equal_the_slow_twin(naive, picture):
    labels, luv, backward, _, _ = picture
    expected = naive.measure_regions(labels, luv, backward, ROWS)
    for table, slow in zip(measured(labels, luv, backward), expected, strict=True):
        np.testing.assert_allclose(table, slow, atol=1e-3)


@given(labelled_pictures(), st.sampled_from([0.0, 1.0, 9.0]), st.integers(1, 3), st.integers(0, 3))
def test_refined_boundaries_equal_the_slow_twin(naive, picture, limit, least, more):
    labels, luv, backward, _, _ = picture
    scales = np.array([8.0, 3.0, 1.0, limit], np.float32)
    sums, boxes, *looks = measured(labels, luv, backward)
    regions, refined = (centres_of(sums), *looks), labels.copy()
    unlabelled = boundaries.refine_boundaries(
        refined, luv, backward, *regions, scales, least, least + more, sums, boxes
    )
    expected = labels
    for done in range(least + more):
        if done < least or (expected == -1).any():
            expected = naive.refine_boundaries(expected, luv, backward, regions, scales)
    np.testing.assert_array_equal(refined, expected)
    assert unlabelled == (refined == -1).sum()
    assert set(np.unique(refined)) <= set(np.unique(labels)), "no label comes from nowhere"
    counted, around, *_ = naive.measure_regions(refined, luv, backward, ROWS)
    np.testing.assert_array_equal(sums, counted)
    assert (boxes[:, :2] <= around[:, :2]).all() and (boxes[:, 2:] >= around[:, 2:]).all()


@given(st.integers(0, 10_000), st.sampled_from([0.0, 2.0, 100.0]))
def test_lost_tracks_are_found_in_the_halves_as_by_the_slow_twin(naive, seed, radius):
    rng = np.random.default_rng(seed)
    lost, centres, half_centres = rng.random(6) < 0.7, rng.uniform(0, 4, (6, 2)), rng.uniform(0, 4, (4, 2, 2))
    looks, half_looks = (
        np.float32(rng.random((*shape, 5)) * (rng.random((*shape, 1)) < 0.8)) for shape in ((6,), (4, 2))
    )
    expected = naive.match_halves(lost, centres, radius, looks, half_centres, half_looks, 0.8)
    found, left = np.full((4, 2), -1), lost.copy()
    match_halves(left, centres, radius, looks, half_centres, half_looks, 0.8, found)
    np.testing.assert_array_equal(found, expected)
    np.testing.assert_array_equal(left, lost & ~np.isin(np.arange(6), found))


@given(labelled_pictures(), st.permutations(range(5)), st.integers(1, 4))
def test_halves_equal_the_slow_twin(naive, picture, order, count):
    labels, luv, backward, _, _ = picture
    sums, boxes, *_ = measured(labels, luv, backward)
    rows = np.array(order[:count])
    halves = halve_regions(labels, luv, rows, centres_of(sums)[rows], boxes[rows])
    sides = np.full(labels.shape, -1)
    sides.ravel()[halves.pixels.places] = halves.pixels.regions
    assert set(np.unique(sides)) <= set(range(-1, 2 * count))
    np.testing.assert_array_equal(sides >= 0, np.isin(labels, rows))
    for k, row in enumerate(rows):
        places, beyond = (
            naive.halve_region(labels, row) if (labels == row).any() else (np.zeros((0, 2), int), 0)
        )
        clear = np.abs(beyond) > 1e-4
        found = sides[*places.T] - 2 * k
        either = [(found == side)[clear] for side in (beyond > 0, beyond <= 0)]
        assert any(half.all() for half in either), "an axis has no sign"
        for half in (0, 1):
            mine = places[found == half]
            assert halves.looks[k, half].sum() == len(mine)
            assert halves.sums[2 * k + half].tolist() == [len(mine), *mine.sum(axis=0)[::-1]]
            if len(mine):
                np.testing.assert_allclose(halves.centres[k, half], mine.mean(axis=0)[::-1], rtol=1e-6)


@given(labelled_pictures())
def test_measured_motion_equals_the_slow_twin(naive, picture):
    labels, _, forward, backward, rng = picture
    layers = np.stack([labels, rng.integers(-1, ROWS, labels.shape, np.int32)])
    layers[0] %= ROWS // 2  # no row is in both
    layers[1, layers[1] < ROWS // 2] = -1
    weights = rng.normal(0, 30, (2, 2)).astype(np.float32)
    trusted = rng.random(labels.shape) < 0.6
    sums, counts = np.zeros((ROWS, 5), np.float32), np.zeros(ROWS, np.int32)
    speeds, areas = np.zeros((ROWS, 2), np.float32), np.zeros(ROWS, np.int32)
    measure_motion(layers, forward, backward, weights, trusted, sums, counts, speeds, areas)
    expected = naive.measure_motion(layers, forward, backward, weights, trusted, ROWS)
    for table, slow in zip((sums, counts, speeds, areas), expected, strict=True):
        np.testing.assert_allclose(table, slow, rtol=1e-4, atol=1e-2)


@given(labelled_pictures(), st.integers(1, 3))
def test_fields_are_added_up_as_the_slow_twin_does(naive, picture, every):
    labels, _, _, _, rng = picture
    layers = np.stack([labels, rng.integers(-1, ROWS, labels.shape, np.int32)])
    layers[0] %= ROWS // 2  # no row is in both
    layers[1, layers[1] < ROWS // 2] = -1
    some, others = rng.normal(0, 9, (2, *labels[::every].shape)).astype(np.float32)
    sums = np.zeros((ROWS, 3), np.float32)
    add_up(layers, some, others, every, sums)
    np.testing.assert_allclose(sums, naive.add_up(layers, some, others, every, ROWS), rtol=1e-4, atol=1e-3)
