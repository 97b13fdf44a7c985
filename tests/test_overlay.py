"""The overlay shows what sounds where it is, in any size of picture, and leaves its frame alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.values import Candidate, Sighting, VideoFrame
from soundspot.stream.overlay import WORDS, draw, state_line

SIZES = [(32, 32), (320, 240), (641, 479), (1920, 1080), (2000, 40)]


def sighting(width=320, height=240, state="found", reason=None, heat=False, level=100):
    pixels = np.full((height, width, 3), level, np.uint8)
    box = (width // 4, height // 4, width // 2, height // 2)
    mask = np.zeros((height, width), bool)
    mask[box[1] : box[3], box[0] : box[2]] = True
    one = Candidate(1, 0.5, 0.01, box, (0.0, 0.0), int(mask.sum()))
    sounders, masks = ((one,), (mask,)) if state == "found" else ((), ())
    confidence = mask.astype(np.float32) if heat else None
    return Sighting(VideoFrame(pixels, 0.0, 0), state, reason, 0.01, one, sounders, masks, confidence)


def changed(answer, **how):
    """Where the overlay differs from its frame."""
    return (draw(answer, **how) != answer.frame.pixels).any(axis=2)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", ["warming_up", "found", "nobody"])
def test_a_new_picture_of_the_same_size(size, state):
    answer = sighting(*size, state=state, heat=True)
    before = answer.frame.pixels.copy()
    picture = draw(answer)
    assert picture.shape == before.shape and picture.dtype == np.uint8 and picture.flags.writeable
    assert np.array_equal(answer.frame.pixels, before)


@pytest.mark.parametrize("size", [(320, 240), (641, 479), (1920, 1080)])
def test_the_mask_is_tinted_and_the_rest_is_not(size):
    answer = sighting(*size)
    mask, different = answer.masks[0], changed(answer)
    assert different[mask].mean() > 0.98
    assert different[~mask].mean() < 0.08
    blue, _, red = draw(answer)[mask].mean(axis=0)
    assert red > 100 > blue
    assert changed(answer, masks=False)[mask].mean() < 0.02


def test_the_contour_shows_on_black_and_on_white():
    for level in (0, 255):
        answer = sighting(640, 480, level=level)
        column = draw(answer)[240 - 60, 150:170].astype(int).sum(axis=1)
        assert column.max() - column.min() > 250


def test_a_candidate_that_is_not_named_is_only_outlined():
    answer = sighting(640, 480, state="nobody", reason="no_match")
    x0, y0, x1, y1 = answer.best.box
    different = changed(answer)
    assert not different[y0 + 8 : y1 - 8, x0 + 8 : x1 - 8].any()
    edge = different[y0 + 40 : y1 - 8, x0 - 1 : x0 + 2].any(axis=1)
    assert 0.3 < edge.mean() < 0.95


def test_the_heat_lies_where_the_confidence_is():
    answer = sighting(640, 480, state="nobody", reason="ambiguous", heat=True)
    hot = answer.confidence > 0
    assert changed(answer)[hot].mean() > 0.98
    assert changed(answer, heatmap=False)[hot].mean() < 0.15
    outside = np.ones_like(hot)
    outside[90:260, 140:340] = False  # the outlined box and its label
    outside[420:] = False  # the line of state
    assert not changed(answer)[outside].any()


def test_the_state_is_told_in_words():
    lines = [state_line(sighting(state="nobody", reason=reason)) for reason in WORDS]
    assert len(set(lines)) == len(WORDS) and all(line.startswith("nobody: ") for line in lines)
    assert state_line(sighting(state="warming_up")) == "warming up"
    assert state_line(sighting()) == "sounding"
    a, b = (draw(sighting(state="nobody", reason=reason)) for reason in ("silence", "no_match"))
    assert (a[-30:] != b[-30:]).any() and np.array_equal(a[:-30], b[:-30])


edges = st.integers(-50, 400)


@given(st.tuples(edges, edges, edges, edges), st.booleans())
def test_a_box_may_lie_anywhere(box, named):
    one = Candidate(1, 0.5, 0.01, box, (0.0, 0.0), 0)
    frame = VideoFrame(np.zeros((240, 320, 3), np.uint8), 0.0, 0)
    empty = np.zeros((240, 320), bool)
    state, sounders, masks = ("found", (one,), (empty,)) if named else ("nobody", (), ())
    assert draw(Sighting(frame, state, None, 0.01, one, sounders, masks)).shape == (240, 320, 3)


def test_more_sounders_than_colours_are_drawn_too():
    one = sighting()
    many = Sighting(one.frame, "found", None, 0.01, one.best, one.sounders * 8, one.masks * 8)
    assert draw(many).shape == (240, 320, 3)
