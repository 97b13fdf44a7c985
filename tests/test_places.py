"""Places: every pixel lies in one, they keep their rows when pictures change their size, and what passes too
fast to be followed is found by them."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.localizer import Localizer
from soundspot.core.options import Options
from soundspot.core.places import Places
from soundspot.core.values import SoundBlock, VideoFrame

RATE, FRAME_RATE = 16000, 30
SPOT = (30, 30, 70, 70)  # px, x0, y0, x1, y1: where something strikes


@given(st.integers(16, 90), st.integers(16, 90), st.floats(0.5, 20), st.integers(0, 500))
def test_every_pixel_lies_in_one_place_of_about_the_wanted_width(height, width, cell, first):
    places = Places(height, width, cell, first)
    rows, areas = np.unique(places.labels, return_counts=True)
    np.testing.assert_array_equal(rows, first + np.arange(places.count), err_msg="each has a pixel")
    np.testing.assert_array_equal(places.areas, areas)
    assert (np.sqrt(areas) < 2 * cell + 1).all()
    for row in (rows[0], rows[-1]):
        y, x = np.nonzero(places.labels == row)
        assert places.centres[row - first] == pytest.approx((x.mean(), y.mean()))


@given(st.integers(24, 90), st.integers(24, 90))
def test_a_place_stays_where_it_is_when_pictures_change_their_size(height, width):
    places = Places(60, 80, 10.0, 7)
    centres, areas = places.centres.copy(), places.areas.copy()
    places.resize(height, width)
    assert places.labels.shape == (height, width)
    np.testing.assert_array_equal(places.centres, centres)
    np.testing.assert_array_equal(places.areas, areas)
    for row in np.unique(places.labels):
        y, x = np.nonzero(places.labels == row)
        there = (x.mean() + 0.5) * 80 / width, (y.mean() + 0.5) * 60 / height
        assert np.abs(np.array(there) - centres[row - 7] - 0.5).max() < 5 + 80 / width


def test_there_may_be_none():
    places = Places(60, 80, None, 7)
    assert (places.count, places.areas.size, places.centres.shape) == (0, 0, (0, 2))
    assert (places.labels == -1).all()
    places.resize(30, 40)
    assert places.labels.shape == (30, 40)


def test_what_strikes_too_fast_to_be_followed_is_found_where_it_strikes():
    """Something appears for two frames at every click, and away it is: no flow leads there."""
    rng = np.random.default_rng(0)
    clicks = np.cumsum(rng.uniform(0.3, 0.9, 16))
    soft = cv2.GaussianBlur(rng.standard_normal((120, 160, 3)), (0, 0), 2.0)
    wall = np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)
    x0, y0, x1, y1 = SPOT
    found = []
    localizer = Localizer(Options())
    for k in range(round(10 * FRAME_RATE)):
        time, pixels = k / FRAME_RATE, wall.copy()
        if ((clicks - 1e-6 <= time) & (time < clicks + 2 / FRAME_RATE)).any():
            pixels[y0:y1, x0:x1] = wall[y0 + 45 : y1 + 45, x0 + 60 : x1 + 60] // 4  # looks like nothing else
        shift = round(4 * np.sin(7 * time))
        pixels[70:110, 110 + shift : 140 + shift] = wall[10:50, 100:130]  # moves all the time, in silence
        instants = time + np.arange(RATE // FRAME_RATE + 1) / RATE
        since = instants[:, None] - clicks
        loud = np.where(since >= 0, np.exp(-since / 0.03), 0).sum(axis=1)
        samples = (0.3 * loud * rng.standard_normal(loud.size)).astype(np.float32)
        block = SoundBlock(samples, k * samples.size, RATE, time)
        found += localizer.push(block) + localizer.push(VideoFrame(pixels, time, k))
    late = [s for s in found if s.frame.time > 5]
    centres = np.array([s.best.centre for s in late if s.state == "found"])
    assert len(centres) > 0.5 * len(late)
    outside = np.maximum((x0, y0) - centres, centres - (x1, y1)).max(axis=1)
    assert outside.max() < 3, "px: wall beside it is marked with it for a moment, where it was drawn along"
    assert (outside < 0).mean() > 0.95
