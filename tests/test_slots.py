"""Motion slot by slot: the level as it was measured beside the curves that were smoothed, row by row."""

import numpy as np
import pytest
from soundspot.core.motion import DESCRIPTORS
from soundspot.core.slots import MOTION_NOISE, Slots

ROWS, RATE = 3, 30.0


def motion(count=12, seed=0):
    """Made-up motion (count, ROWS, DESCRIPTORS), above 0."""
    return np.random.default_rng(seed).uniform(1, 9, (count, ROWS, DESCRIPTORS)).astype(np.float32)


def fed(frames, first=0, slots=None, off=0.0):
    """The slots after these frames, one a slot, `off` slots beside."""
    slots = slots or Slots(ROWS, RATE, compressed=False)
    for k, values in enumerate(frames):
        slots.add((first + k + off) / RATE, values)
    return slots


def untaken(slots):
    """The slots that are known and not taken yet, one after another."""
    found = []
    while slots.pending:
        assert not found or slots.next == found[-1].number + 1
        found.append(slots.take())
    return found


def all_slots(slots):
    """Those from 0 on, and with the end those that wait for their neighbours."""
    slots.flush()
    return [slot for slot in untaken(slots) if slot.number >= 0]


def test_every_slot_comes_out_once_with_its_level_as_measured_and_its_curves_smoothed():
    frames = np.full((16, ROWS, DESCRIPTORS), 2.0, np.float32)
    frames[6, 1] = 8.0
    slots = all_slots(fed(frames))
    assert [slot.number for slot in slots] == list(range(16))
    assert [float(slot.level[1]) for slot in slots] == [2.0] * 6 + [8.0] + [2.0] * 9
    assert all(np.allclose(slot.curves[0], 2.0) for slot in slots)
    bump = np.array([slot.curves[1, 0] for slot in slots])
    assert bump.argmax() == 6 and 2 < bump[5] < bump[6] < 8
    np.testing.assert_allclose(bump[3:6], bump[9:6:-1], rtol=1e-6)


def test_amounts_of_motion_are_compressed_and_directions_are_not():
    frames = np.full((12, ROWS, DESCRIPTORS), 3.0, np.float32)
    curves = all_slots(fed(frames, slots=Slots(ROWS, RATE, compressed=True)))[5].curves[0]
    np.testing.assert_allclose(curves[[0, -1]], np.log([3.0 + MOTION_NOISE, 3.0]), rtol=1e-6)
    np.testing.assert_allclose(curves[1:-1], 3.0, rtol=1e-6)


@pytest.mark.parametrize(("off", "whole"), [(0.0, 12), (0.4, 13)])
def test_a_row_that_is_cleared_while_slots_wait_has_none_of_its_motion_left(off, whole):
    slots = fed(motion(), off=off)
    slots.clear(1)
    for slot in untaken(fed(motion(8, 1), 12, slots, off)):
        assert np.isfinite(slot.level[1]) == np.isfinite(slot.curves[1]).all() == (slot.number >= whole)
        assert np.isfinite(slot.level[0]) or slot.number < 1


@pytest.mark.parametrize("off", [0.0, 0.4])
def test_a_child_moves_as_its_parent_did_also_in_slots_that_wait(off):
    frames, later = motion(), motion(6, 1)
    later[:, 2] = later[:, 0]
    slots = fed(frames, off=off)
    slots.copy(0, 2)
    for slot in untaken(fed(later, 12, slots, off)):
        assert slot.level[2] == slot.level[0]
        np.testing.assert_array_equal(slot.curves[2], slot.curves[0])
