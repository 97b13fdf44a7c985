"""Winner-Take-All codes: as the paper defines them, the same slid as in one batch, silent when tied."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.errors import ShapeError
from soundspot.core.wta import (
    TIED,
    SlidingCodes,
    batch_codes,
    count_matches,
    draw_permutations,
    match_fraction,
)

# few levels, so that ties, leads within the floor and NaN gaps are common
LEVELS = st.sampled_from([np.nan, -np.inf, -1.0, 0.0, 0.25, 0.5, 1.0, 1.1, np.inf])
FLOORS = st.sampled_from([0.0, 0.1, 0.25, 0.5, np.inf])


@st.composite
def histories(draw, rows=None):
    """values, floors (n, slots) and permutations of them; n is `rows`, or 0 to 4."""
    entries = draw(st.integers(2, 6))
    slots = draw(st.integers(entries, 12))
    shape = (draw(st.integers(0, 4)) if rows is None else rows, slots)
    size = shape[0] * slots
    values = np.array(draw(st.lists(LEVELS, min_size=size, max_size=size)), np.float32).reshape(shape)
    floors = np.array(draw(st.lists(FLOORS, min_size=size, max_size=size)), np.float32).reshape(shape)
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    return values, floors, draw_permutations(draw(st.integers(0, 20)), entries, slots, rng)


def ring_order(permutations, head, slots):
    """The permutations as seen by a history turned so that slot `head`, the oldest, comes first."""
    return ((permutations - head) % slots).astype(np.int32)


@given(histories())
def test_codes_equal_the_slow_twin(naive, history):
    np.testing.assert_array_equal(batch_codes(*history), naive.codes(*history))


def test_many_rows_equal_the_slow_twin(naive):
    rng = np.random.default_rng(0)
    values = rng.integers(0, 9, (150, 20)).astype(np.float32)  # more rows than race together
    floors = rng.integers(0, 3, (150, 20)).astype(np.float32)
    permutations = draw_permutations(30, 5, 20, rng)
    np.testing.assert_array_equal(
        batch_codes(values, floors, permutations), naive.codes(values, floors, permutations)
    )


@given(histories(), st.integers(0, 40))
def test_sliding_equals_batch_in_ring_order(history, late):
    """Whatever was written, the codes are those of the last `slots` values in the order they came."""
    values, floors, permutations = history
    rows, slots = values.shape
    past_values = np.concatenate([np.full_like(values, np.nan), np.roll(values, 1, axis=1), values], axis=1)
    past_floors = np.concatenate([np.zeros_like(floors), np.roll(floors, 1, axis=1), floors], axis=1)
    sliding = SlidingCodes(permutations, slots, rows)
    for end in range(slots + 1, min(slots + 1 + late, 3 * slots) + 1):
        window = slice(end - slots, end)
        sliding.write((end - 1) % slots, past_values[:, end - 1], past_floors[:, end - 1])
        turned = ring_order(permutations, end % slots, slots)
        want = batch_codes(past_values[:, window], past_floors[:, window], turned)
        np.testing.assert_array_equal(sliding.codes, want)


@given(st.data())
def test_rows_cleared_and_copied_stay_exact(data):
    values, floors, permutations = data.draw(histories(rows=3))
    slots = values.shape[1]
    sliding = SlidingCodes(permutations, slots, 3)
    told, told_floors = np.full((3, slots), np.nan, np.float32), np.zeros((3, slots), np.float32)
    row = st.integers(0, 2)
    for step in data.draw(st.lists(st.sampled_from(["write", "clear", "copy"]), max_size=12)):
        slot, to_row, from_row = data.draw(st.integers(0, slots - 1)), data.draw(row), data.draw(row)
        if step == "write":
            sliding.write(slot, values[:, slot], floors[:, slot])
            told[:, slot], told_floors[:, slot] = values[:, slot], floors[:, slot]
        elif step == "clear":
            sliding.clear(to_row)
            told[to_row], told_floors[to_row] = np.nan, 0
        else:
            sliding.copy(from_row, to_row)
            told[to_row], told_floors[to_row] = told[from_row], told_floors[from_row]
        np.testing.assert_array_equal(sliding.values, told)
        np.testing.assert_array_equal(sliding.codes, batch_codes(told, told_floors, permutations))


def test_a_child_has_its_parents_history_and_lives_its_own_life():
    rng = np.random.default_rng(1)
    sliding = SlidingCodes(draw_permutations(200, 3, 10, rng), 10, 2)
    for slot in range(10):
        sliding.write(slot, rng.random(2, dtype=np.float32), np.zeros(2, np.float32))
    sliding.copy(0, 1)
    np.testing.assert_array_equal(sliding.values[1], sliding.values[0])
    np.testing.assert_array_equal(sliding.codes[1], sliding.codes[0])
    sliding.write(4, np.array([9, -9], np.float32), np.zeros(2, np.float32))
    assert (sliding.codes[0] != sliding.codes[1]).any()


def test_a_new_ring_is_all_unknown():
    sliding = SlidingCodes(draw_permutations(50, 2, 6, np.random.default_rng(0)), 6, 2)
    assert np.isnan(sliding.values).all() and (sliding.codes == TIED).all()


def test_figure_4_of_the_paper():
    values = np.array([[0.5, 0.2, 0.7, 0.3, 1.0]], np.float32)
    order = np.array([[2, 1, 5, 4, 3]], np.int32) - 1
    floors = np.zeros_like(values)
    assert batch_codes(values, floors, np.ascontiguousarray(order[:, :2])) == 1
    assert batch_codes(values, floors, np.ascontiguousarray(order[:, :3])) == 2


@pytest.mark.parametrize("entries", [2, 5])
def test_silence_is_no_evidence(entries):
    """Two flat curves would match everywhere: in silence the wall would sound."""
    permutations = draw_permutations(100, entries, 20, np.random.default_rng(0))
    silence, zero = np.ones((1, 20), np.float32), np.zeros((1, 20), np.float32)
    matches, valid = count_matches(
        batch_codes(silence, zero, permutations), batch_codes(silence, zero, permutations)
    )
    assert matches == 0 and valid == 0 and match_fraction(matches, valid) == 0


def test_a_lead_within_the_noise_floor_is_no_evidence():
    permutations = draw_permutations(100, 2, 20, np.random.default_rng(0))
    curve = np.arange(20, dtype=np.float32)[None]
    assert (batch_codes(curve, np.full_like(curve, 19), permutations) == TIED).all()
    assert (batch_codes(curve, np.full_like(curve, 0.5), permutations) != TIED).all()


def test_the_track_that_moves_with_the_sound_wins_and_the_papers_literal_reading_picks_the_worst():
    rng = np.random.default_rng(2)
    sound = rng.random((1, 60), dtype=np.float32)
    unrelated, noise = rng.standard_normal((2, 60), dtype=np.float32)
    tracks = np.stack([-sound[0], unrelated, sound[0] ** 3, sound[0] + 0.3 * noise])
    permutations = draw_permutations(2000, 5, 60, rng)
    codes = batch_codes(tracks, np.zeros_like(tracks), permutations)
    matches, valid = count_matches(codes, batch_codes(sound, np.zeros_like(sound), permutations))
    chi = match_fraction(matches, valid)[:, 0]
    literal = np.count_nonzero(codes != batch_codes(sound, np.zeros_like(sound), permutations), axis=1) / 2000
    assert chi.argmax() == 2 and chi[2] == 1  # any monotone change of scale keeps the order
    assert literal.argmax() == chi.argmin() == 0  # the track that moves against the sound
    assert chi.argsort().tolist() == [0, 1, 3, 2]


@given(st.integers(0, 3), st.integers(0, 3), st.integers(0, 300), st.integers(0, 1000))
def test_matches_equal_the_slow_twin(naive, n, m, count, seed):
    rng = np.random.default_rng(seed)
    codes, sound = (rng.choice(np.array([0, 1, 2, TIED], np.uint8), (size, count)) for size in (n, m))
    for got, want in zip(count_matches(codes, sound), naive.matches(codes, sound), strict=True):
        np.testing.assert_array_equal(got, want)


@given(st.integers(0, 30), st.integers(2, 6), st.integers(0, 8), st.integers(0, 100))
def test_permutations_name_distinct_slots(count, entries, more, seed):
    slots = entries + more
    permutations = draw_permutations(count, entries, slots, np.random.default_rng(seed))
    assert permutations.shape == (count, entries) and permutations.dtype == np.int32
    assert all(
        len(set(row)) == entries and 0 <= min(row) <= max(row) < slots for row in permutations.tolist()
    )


def test_permutations_reach_every_slot_and_come_again_with_their_seed():
    first, again = (draw_permutations(500, 3, 20, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert set(first.ravel().tolist()) == set(range(20))


@pytest.mark.parametrize("entries", [1, 6])
def test_too_few_or_too_many_entries_are_refused(entries):
    with pytest.raises(ShapeError, match=rf"entries={entries}: want 2 to 5"):
        draw_permutations(10, entries, 5, np.random.default_rng(0))


def test_permutations_of_a_larger_ring_are_refused():
    permutations = draw_permutations(50, 2, 10, np.random.default_rng(0))
    with pytest.raises(ShapeError, match="want 0 to 4"):
        SlidingCodes(permutations, 5, 1)


def test_other_forms_are_refused():
    permutations = draw_permutations(5, 2, 10, np.random.default_rng(0))
    curve = np.zeros((1, 10), np.float32)
    with pytest.raises(ShapeError, match="want int32"):
        batch_codes(curve, curve, permutations.astype(np.int64))
    with pytest.raises(ShapeError, match=r"want \(n, slots\) both"):
        batch_codes(curve, curve[:, :5], permutations)
    with pytest.raises(ShapeError, match=r"want \(n, count\) and \(m, count\)"):
        count_matches(np.zeros((1, 5), np.uint8), np.zeros((1, 6), np.uint8))
