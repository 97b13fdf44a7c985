"""Objects: tracks side by side that move together, under ids that outlive regroupings."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.assembly import left_behind
from soundspot.core.grouping import mean_paths
from soundspot.core.kernels import groups as kernels
from soundspot.core.objects import NOBODY, Objects
from soundspot.core.together import Velocities

CELL = 10.0
ACROSS, DOWN = 8, 4
ROWS = ACROSS * DOWN


def grid_centres():
    """(ROWS, 2): cells side by side, row by row of the picture."""
    columns, rows = np.meshgrid(np.arange(ACROSS), np.arange(DOWN))
    return (np.stack([columns.ravel(), rows.ravel()], axis=1) * CELL).astype(np.float32)


def paths(seed, frames=60):
    """(frames, 2): some irregular to and fro."""
    return np.random.default_rng(seed).standard_normal((frames, 2)).astype(np.float32)


def regroup(objects, moving, areas=None, centres=None):
    """Let `moving` {rows: path} go, group, and return the objects of all rows."""
    velocities = Velocities(ROWS, 60)
    chosen = np.array(sorted(row for rows in moving for row in rows))
    for frame in range(60):
        velocity = np.zeros((ROWS, 2), np.float32)
        for rows, path in moving.items():
            velocity[list(rows)] = path[frame]
        velocities.add(velocity)
    objects.regroup(
        chosen,
        velocities.paths(chosen),
        (grid_centres() if centres is None else centres)[chosen],
        np.full(chosen.size, 100, np.int32) if areas is None else areas[chosen],
    )
    return objects.of_row.copy()


def rows_of(columns):
    return tuple(row for row in range(ROWS) if row % ACROSS in columns)


LEFT, RIGHT = rows_of({0, 1, 2, 3}), rows_of({4, 5, 6, 7})


def test_two_neighbours_that_move_differently_are_two_objects():
    of_row = regroup(Objects(ROWS, CELL), {LEFT: paths(0), RIGHT: paths(1)})
    assert len(set(of_row[list(LEFT)])) == 1
    assert len(set(of_row[list(RIGHT)])) == 1
    assert of_row[LEFT[0]] != of_row[RIGHT[0]]


def test_two_that_move_alike_but_apart_are_two_objects():
    far_left, far_right = rows_of({0, 1}), rows_of({6, 7})
    of_row = regroup(Objects(ROWS, CELL), {far_left: paths(0), far_right: paths(0)})
    assert of_row[far_left[0]] != of_row[far_right[0]]


def test_parts_that_speed_up_together_are_one_object_whichever_way_they_go():
    across = paths(0)[:, ::-1] * np.float32([1, -1])
    of_row = regroup(Objects(ROWS, CELL), {LEFT: paths(0), RIGHT: across})
    assert len(set(of_row)) == 1


def test_what_seems_to_be_dragged_along_is_not_of_the_object():
    of_row = regroup(Objects(ROWS, CELL), {LEFT: paths(0), RIGHT: 0.3 * paths(0)})
    assert of_row[LEFT[0]] != of_row[RIGHT[0]]


def test_what_turns_about_a_hinge_is_one_object():
    moving = {rows_of({column}): (1 + 0.2 * column) * paths(0) for column in range(ACROSS)}
    of_row = regroup(Objects(ROWS, CELL), moving)
    assert len(set(of_row)) == 1


def test_what_does_not_move_belongs_to_nobody():
    of_row = regroup(Objects(ROWS, CELL), {LEFT: paths(0)})
    assert set(of_row[list(RIGHT)]) == {NOBODY}


def test_ids_survive_regrouping():
    objects = Objects(ROWS, CELL)
    first = regroup(objects, {LEFT: paths(0), RIGHT: paths(1)})
    for seed in range(2, 6):
        again = regroup(objects, {LEFT: paths(10 * seed), RIGHT: paths(10 * seed + 1)})
        np.testing.assert_array_equal(again, first)


def test_a_merge_keeps_the_id_of_the_larger_part():
    objects = Objects(ROWS, CELL)
    small, large = rows_of({0}), rows_of({1, 2, 3, 4, 5, 6, 7})
    first = regroup(objects, {small: paths(0), large: paths(1)})
    merged = regroup(objects, {small + large: paths(2)})
    assert set(merged) == {first[large[0]]}


def test_areas_decide_which_part_is_larger():
    objects, areas = Objects(ROWS, CELL), np.full(ROWS, 100, np.int32)
    small, large = rows_of({0}), rows_of({1, 2, 3, 4, 5, 6, 7})
    areas[list(small)] = 5000
    first = regroup(objects, {small: paths(0), large: paths(1)}, areas)
    assert set(regroup(objects, {small + large: paths(2)}, areas)) == {first[small[0]]}


def test_a_split_keeps_the_id_with_the_larger_part_and_the_other_gets_a_new_one():
    objects = Objects(ROWS, CELL)
    small, large = rows_of({0, 1}), rows_of({2, 3, 4, 5, 6, 7})
    (name,) = set(regroup(objects, {small + large: paths(0)}))
    split = regroup(objects, {small: paths(1), large: paths(2)})
    assert set(split[list(large)]) == {name}
    (fresh,) = set(split[list(small)])
    assert fresh not in (name, NOBODY)


def test_a_larger_thing_that_met_an_object_for_a_moment_leaves_without_its_id():
    objects, small, large = Objects(ROWS, CELL), rows_of({0, 1}), rows_of({2, 3, 4, 5, 6, 7})
    for _ in range(4):
        known = regroup(objects, {small: paths(0)})
    met = regroup(objects, {small: paths(0), large: paths(0)})
    assert set(met) == {known[small[0]]}
    left = regroup(objects, {small: paths(0), large: paths(1)})
    assert left[small[0]] == known[small[0]] != left[large[0]]


def test_a_place_belongs_to_the_tracks_that_lie_there_and_move_as_it_does():
    """The right half are places, laid over the left half."""
    centres = grid_centres()
    centres[list(RIGHT)] = centres[list(LEFT)]
    alike, other = RIGHT[: len(RIGHT) // 2], RIGHT[len(RIGHT) // 2 :]
    first = sorted(range(ROWS), key=lambda row: (row in RIGHT, row))  # tracks first, then places
    where = np.argsort(first)
    moving = {tuple(where[list(rows)]): path for rows, path in [(LEFT + alike, paths(0)), (other, paths(1))]}
    of_row = regroup(Objects(ROWS, CELL, places=len(RIGHT)), moving, centres=centres[first])
    of_tracks, with_them, apart = (set(of_row[where[list(rows)]]) for rows in (LEFT, alike, other))
    assert of_tracks == with_them and len(of_tracks) == 1
    assert len(apart) == 1 and not apart & of_tracks


def test_tracks_say_which_object_it_is():
    tracks, places = tuple(range(4)), tuple(range(4, ROWS))
    objects, centres = Objects(ROWS, CELL, places=len(places)), np.zeros((ROWS, 2), np.float32)
    first = regroup(objects, {tracks: paths(0), places: paths(1)}, centres=centres)
    assert first[tracks[0]] != first[places[0]]
    areas = np.full(ROWS, 2, np.int32)  # px², as small as tracks become at a width of 96 px
    together = regroup(objects, {tracks + places: paths(2)}, areas, centres=centres)
    assert set(together) == {first[tracks[0]]}


def test_a_place_that_moves_as_tracks_elsewhere_do_is_an_object_of_its_own():
    of_row = regroup(Objects(ROWS, CELL, places=1), {(0, ROWS - 1): paths(0)})
    assert NOBODY != of_row[0] != of_row[ROWS - 1] != NOBODY


def test_an_id_is_never_given_again():
    objects, seen = Objects(ROWS, CELL), set()
    for seed in range(5):
        (name,) = set(regroup(objects, {LEFT: paths(seed)})[list(LEFT)])
        assert name not in seen
        seen.add(name)
        for row in LEFT:
            objects.clear(row)


def test_a_child_belongs_to_its_parents_object_and_a_cleared_track_to_nobody():
    objects = Objects(ROWS, CELL)
    of_row = regroup(objects, {LEFT: paths(0)})
    objects.copy(LEFT[0], RIGHT[0])
    objects.clear(LEFT[1])
    assert objects.of_row[RIGHT[0]] == of_row[LEFT[0]]
    assert objects.of_row[LEFT[1]] == NOBODY


def test_what_stood_still_while_its_object_moved_is_left_behind():
    """Objects 7 (four tracks, of which one stands and one follows a hinge) and 8, which rests as a whole."""
    way = paths(0, 9).reshape(1, -1)
    paths_of = np.concatenate([way, way, 0.3 * way, 0 * way, 1e-4 * way, 0 * way])
    areas, objects = np.full(6, 100, np.int32), np.array([7, 7, 7, 7, 8, 8])
    stood = left_behind(objects, paths_of, areas, least=0.01)
    assert stood.tolist() == [False, False, False, True, False, False]


def test_what_goes_along_a_little_faster_than_what_is_left_behind_is_not():
    way = paths(0, 9).reshape(1, -1)
    paths_of = np.concatenate([*20 * [way], 0.10 * way, 0.13 * way])
    stood = left_behind(np.full(22, 7), paths_of, np.full(22, 100, np.int32), least=0.01)
    assert np.flatnonzero(stood).tolist() == [20]


def test_what_goes_its_own_way_is_not_left_behind_but_what_is_only_shaken_and_nobodys_tracks_are_not_judged():
    """A mouth may close while its head nods; what moves that little against it is wall behind its edge."""
    way = paths(0, 9).reshape(1, -1)
    paths_of = np.concatenate([*6 * [way], -way, -0.2 * way, 0 * way])
    objects = np.array([*8 * [7], NOBODY])
    stood = left_behind(objects, paths_of, np.full(9, 100, np.int32), least=0.01)
    assert np.flatnonzero(stood).tolist() == [7]


@given(st.integers(0, 12), st.integers(0, 1000))
def test_groups_equal_the_slow_twin(naive, count, seed):
    rng = np.random.default_rng(seed)
    # halves and quarters: sums are exact in any order, and equal ones are common
    together = rng.integers(-4, 5, (count, count)).astype(np.float32) / 4
    near, seeds = rng.random((count, count)) < 0.4, rng.permutation(count)
    members, ends = np.empty(count, np.int64), np.empty(count, np.int64)
    groups = kernels.grow_groups(seeds, near, together, np.float32(0.25), members, ends)
    got = [group.tolist() for group in np.split(members, ends[:groups])[:-1]]
    assert got == naive.grow_groups(seeds.tolist(), near, together, 0.25)


def test_the_mean_path_of_a_group_goes_by_area():
    paths_of = np.random.default_rng(0).standard_normal((5, 8)).astype(np.float32)
    areas = np.array([9, 99, 0, 7, 30], np.int32)
    groups = [np.array([3, 0, 4]), np.array([2])]
    want = [np.average(paths_of[group], axis=0, weights=areas[group] + 1) for group in groups]
    np.testing.assert_array_equal(mean_paths(paths_of, areas, groups), want)
    assert mean_paths(paths_of, areas, []).shape == (0, 8)
