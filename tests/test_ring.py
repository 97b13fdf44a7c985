"""A ring hands on the newest, counts what falls out, and lets nobody wait for ever."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.stream.ring import Ring

LONG = 30.0  # s: a wait that must be ended by something else


@given(items=st.lists(st.integers()), capacity=st.integers(1, 8))
def test_the_newest_stay_in_order_and_the_others_are_counted(items, capacity):
    ring = Ring(capacity)
    for item in items:
        assert ring.put(item)
    kept = items[-capacity:]
    assert len(ring) == len(kept)
    assert ring.take(0) == kept
    assert ring.dropped == len(items) - len(kept)
    assert ring.take(0) == []


@given(weights=st.lists(st.floats(0.1, 5.0), min_size=1))
def test_capacity_can_be_a_weight_and_the_newest_always_fits(weights):
    ring = Ring(2.0, weight=float)
    for weight in weights:
        ring.put(weight)
        held = len(ring)
        assert held >= 1
    kept = ring.take(0)
    assert kept[-1] == weights[-1]
    assert len(kept) == 1 or sum(kept) <= 2.0 + 1e-9
    assert len(kept) + ring.dropped == len(weights)


def test_what_was_put_before_the_end_is_still_taken():
    ring = Ring(5)
    ring.put("last")
    ring.close()
    assert ring.closed and not ring.ended
    assert not ring.put("late")
    assert ring.take(LONG) == ["last"]
    assert ring.ended
    assert ring.take(LONG) == []


def test_an_error_travels_behind_the_items_and_the_first_closing_counts():
    ring = Ring(5)
    ring.put(1)
    ring.close(ValueError("broken"))
    ring.close()
    assert ring.take(0) == [1]
    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            ring.take(LONG)


def in_thread(work):
    """Run `work` in a thread; the list that its result will be in, and the thread."""
    results = []
    thread = threading.Thread(target=lambda: results.append(work()))
    thread.start()
    return results, thread


def test_closing_wakes_everybody():
    empty, full = Ring(1), Ring(1)
    full.put(0)
    waiting = [in_thread(lambda: empty.take(LONG)), in_thread(lambda: full.put_patiently(1, LONG))]
    empty.close()
    full.close()
    for _, thread in waiting:
        thread.join(LONG / 3)
        assert not thread.is_alive()
    assert [results for results, _ in waiting] == [[[]], [False]]


def test_a_put_wakes_the_taker_and_a_take_makes_room():
    ring = Ring(1)
    results, thread = in_thread(lambda: ring.take(LONG))
    ring.put("item")
    thread.join(LONG / 3)
    assert results == [["item"]]
    ring.put("first")
    results, thread = in_thread(lambda: ring.put_patiently("second", LONG))
    assert ring.take(LONG) == ["first"]
    thread.join(LONG / 3)
    assert results == [True]
    assert ring.take(0) == ["second"] and ring.dropped == 0


def test_patience_has_a_limit():
    ring = Ring(1)
    ring.put("first")
    assert not ring.has_room("second")
    assert not ring.put_patiently("second", 0.01)
    assert ring.take(0) == ["first"]
    assert ring.take(0.01) == []
