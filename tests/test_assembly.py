"""Assembly: what is only said to move belongs to nothing, and what stood still while its object moved is torn
off."""

from types import SimpleNamespace

import numpy as np
from soundspot.core.assembly import Assembly
from soundspot.core.objects import NOBODY
from soundspot.core.regions import Regions

CELL = 12.0
ROWS = 4
REGIONS = Regions(
    np.arange(ROWS),
    np.full(ROWS, 144, np.int32),
    np.stack([np.arange(ROWS) * CELL, np.zeros(ROWS)], axis=1).astype(np.float32),
)


def moved(assembly, moving, refuted=(), frames=36, seed=0):
    """Let the rows that are `moving` go to and fro together, of which the pictures refute some."""
    path = np.random.default_rng(seed).standard_normal((frames, 2)).astype(np.float32)
    for step in path:
        velocity, gains = np.zeros((ROWS, 2), np.float32), np.zeros((2, 2, ROWS), np.float32)
        velocity[list(moving)] = step
        gains[:, 1] = 200
        gains[:, 0, list(refuted)] = -150
        assembly.add(SimpleNamespace(motion=SimpleNamespace(velocity=velocity), gains=gains))
    return assembly


def grouped(assembly):
    torn = assembly.group(np.zeros(0, np.int64), REGIONS)
    return assembly.of_row.tolist(), torn.tolist()


def test_what_moves_together_is_one_object():
    of_row, torn = grouped(moved(Assembly(ROWS, CELL, 30.0), (0, 1, 2)))
    assert len(set(of_row[:3])) == 1
    assert (of_row[3], torn) == (NOBODY, [])


def test_what_the_pictures_refute_is_none_of_it():
    assembly = moved(Assembly(ROWS, CELL, 30.0), (0, 1, 2), refuted=(2,))
    of_row, _ = grouped(assembly)
    assert of_row[0] == of_row[1] != NOBODY
    assert of_row[2] == NOBODY
    assert assembly.speeds()[2] == 0 < assembly.speeds()[1]


def test_a_place_that_a_thing_has_left_keeps_its_history():
    """Two tracks, and a place beside the second one; the last place lies too far off to belong to them."""
    assembly = moved(Assembly(ROWS, CELL, 30.0, places=2), (0, 1, 2))
    assert len(set(grouped(assembly)[0][:3])) == 1
    of_row, torn = grouped(moved(assembly, (0,), frames=9, seed=1))
    assert torn == [1], "the place is not torn off"
    assert of_row[1:3] == [NOBODY] * 2, "but it does not belong to what moves on"


def test_what_stood_still_of_late_is_torn_off_its_object():
    assembly = moved(Assembly(ROWS, CELL, 30.0), (0, 1, 2))
    grouped(assembly)
    of_row, torn = grouped(moved(assembly, (0, 1), frames=9, seed=1))
    assert torn == [2]
    assert of_row[2] == NOBODY
