"""Time stamps as they come become times that grow, and sound is numbered on their line."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.stream.source import Faults
from soundspot.stream.stamps import Stamps
from soundspot.stream.waveform import JITTER, Waveform

STAMPS = st.lists(st.none() | st.floats(-100, 1e5), min_size=1, max_size=60)


@given(stamps=STAMPS)
def test_stamps_never_fall_far_behind_what_was_there(stamps):
    faults = Faults()
    timeline, reached = Stamps(faults), None
    for raw in stamps:
        time = timeline.place(raw, 0.04)
        if time is None:
            continue
        assert reached is None or time >= reached - 0.5
        reached = time + 0.04


def test_a_single_wild_stamp_is_left_out_and_a_real_leap_believed():
    timeline = Stamps(Faults())
    wild = [timeline.place(raw, 0.04) for raw in (0.0, 0.04, 5000.0, 0.12, 0.16)]
    assert wild == pytest.approx([0.0, 0.04, None, 0.12, 0.16])
    leap = [timeline.place(raw, 0.04) for raw in (60.0, 60.04, 60.08)]
    assert leap == pytest.approx([None, 60.04, 60.08])


def test_a_frame_without_a_stamp_follows_its_predecessor():
    timeline = Stamps(Faults())
    assert [timeline.place(raw, 0.04) for raw in (None, 0.04, None)] == pytest.approx([0.0, 0.04, 0.08])


def decoded(samples, rate=8000):
    """What the decoder hands over, as far as Waveform looks at it."""
    layout, form = SimpleNamespace(channels=["mono"]), SimpleNamespace(is_planar=True)
    return SimpleNamespace(
        sample_rate=rate,
        samples=samples,
        layout=layout,
        format=form,
        to_ndarray=lambda: np.ones((1, samples), np.float32),
    )


@given(pieces=st.lists(st.tuples(st.integers(1, 2000), st.floats(-0.3, 0.3)), min_size=1, max_size=40))
def test_sound_is_numbered_on_the_time_line_whatever_the_stamps_do(pieces):
    waveform, blocks, time = Waveform(8000, None, Faults()), [], 0.0
    for size, error in pieces:
        blocks += waveform.blocks(decoded(size), time + error)
        time += size / 8000
    for a, b in itertools.pairwise(blocks):
        gap = b.first - a.first - a.samples.size
        assert gap == 0 or (gap > 0 and b.lost)
        assert b.time > a.time
        assert b.time - a.time == pytest.approx((b.first - a.first) / 8000, abs=JITTER)


def test_stamps_rounded_to_a_millisecond_are_no_gaps():
    waveform = Waveform(44100, None, Faults())
    starts = [1024 * k / 44100 for k in range(500)]
    blocks = [block for start in starts for block in waveform.blocks(decoded(1024, 44100), round(start, 3))]
    assert not any(block.lost for block in blocks)
    assert [block.time for block in blocks] == pytest.approx(
        [block.first / 44100 for block in blocks], abs=6e-4
    )


def test_a_clock_that_drifts_is_followed_without_a_gap():
    waveform = Waveform(48000, None, Faults())
    for k in range(20_000):
        blocks = list(waveform.blocks(decoded(960, 48000), k * 0.02 * 1.0002))
        assert not any(block.lost for block in blocks)
    assert blocks[0].time == pytest.approx(20_000 * 0.02 * 1.0002, abs=0.03)
