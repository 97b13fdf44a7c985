"""From a decision to a sighting: every shown object counts, in pixels of the source."""

import numpy as np
import pytest
from soundspot.core.confidence import ConfidenceSurface
from soundspot.core.decide import UNNAMED, Decision
from soundspot.core.describe import Describer
from soundspot.core.motion import unknown_motion
from soundspot.core.rank import Ranked
from soundspot.core.regions import Changes, Regions
from soundspot.core.values import VideoFrame
from soundspot.core.vision import Seen

HEIGHT, WIDTH, ACROSS, DOWN = 60, 80, 2, 3  # px that are looked at; source px for each of them
BOXES = [(10, 10, 30, 40), (50, 20, 60, 44)]  # x0, y0, x1, y1 of two regions
STEP = 1 / 30


def seen(time=0.0, cell=8.0):
    """A picture with the two regions and no places."""
    labels = np.full((HEIGHT, WIDTH), -1, np.int32)
    for row, (x0, y0, x1, y1) in enumerate(BOXES):
        labels[y0:y1, x0:x1] = row
    frame = VideoFrame(np.zeros((DOWN * HEIGHT, ACROSS * WIDTH, 3), np.uint8), time, 0)
    nothing, none = np.zeros((2, 2, 2), np.float32), np.zeros(2, np.int32)
    regions = Regions(np.arange(2), none, np.zeros((2, 2), np.float32))
    places = np.full_like(labels, -1)
    motion = unknown_motion(2)
    return Seen(frame, labels, places, cell, motion, nothing, Changes(), Changes(), regions, (0,))


def ranked(row, motion):
    return Ranked(row + 5, 0.5, 1.0, 0.01, np.array([row]), motion, np.array([row]))


def found(*motions):
    """Both objects sound, and move so much (picture widths/s²)."""
    both = tuple(ranked(row, motion) for row, motion in enumerate(motions))
    return Decision("found", None, both[0], both)


def test_boxes_and_masks_are_told_in_pixels_of_the_source():
    sighting = Describer(HEIGHT, WIDTH, heatmap=False).describe(seen(), STEP, found(0.1, 0.1), 0.02, 0.3)
    assert [one.box for one in sighting.sounders] == [
        (ACROSS * x0, DOWN * y0, ACROSS * x1, DOWN * y1) for x0, y0, x1, y1 in BOXES
    ]
    assert [one.object for one in sighting.sounders] == [5, 6] and sighting.best == sighting.sounders[0]
    assert [mask.shape for mask in sighting.masks] == 2 * [(DOWN * HEIGHT, ACROSS * WIDTH)]
    assert sighting.confidence is None and (sighting.lag, sighting.delay) == (0.02, 0.3)


def test_the_surface_is_sure_of_all_that_sounds():
    surface = Describer(HEIGHT, WIDTH, heatmap=True).describe(seen(), STEP, found(0.1, 0.1), 0, 0).confidence
    assert surface is not None
    for x0, y0, x1, y1 in BOXES:
        assert surface[DOWN * (y0 + y1) // 2, ACROSS * (x0 + x1) // 2] > 0.5


def test_what_is_shown_but_not_named_is_no_sounder_and_no_certainty():
    best = ranked(0, 0.1)
    doubt = Decision("nobody", "no_match", best, ())
    sighting = Describer(HEIGHT, WIDTH, heatmap=True).describe(seen(), STEP, doubt, 0, 0)
    assert sighting.sounders == sighting.masks == () and sighting.best.object == 5
    assert 0.2 < sighting.confidence.max() <= UNNAMED + 1e-6


def test_what_is_not_followed_is_shown_by_its_places():
    view = seen()
    view.labels[:], view.places[10:40, 10:30] = -1, 0
    sighting = Describer(HEIGHT, WIDTH, heatmap=False).describe(view, STEP, found(0.1), 0, 0)
    assert sighting.best.box == (ACROSS * 10, DOWN * 10, ACROSS * 30, DOWN * 40)


@pytest.mark.parametrize("motions", [(0.1, 900.0), (900.0, 0.1)])
def test_the_surface_follows_as_fast_as_the_fastest_thing_asks(motions):
    """The paper's spread in time: half a frame over the acceleration in px a frame squared."""
    describer, judge = Describer(HEIGHT, WIDTH, heatmap=True), ConfidenceSurface(HEIGHT, WIDTH)
    size = (DOWN * HEIGHT, ACROSS * WIDTH)
    for time in (0.0, 0.004):
        view = seen(time)
        told = describer.describe(view, STEP, found(*motions), 0, 0).confidence
        want = judge.update(view.labels >= 0, 1.0, time, 900.0 * WIDTH * STEP**2, size)
        np.testing.assert_array_equal(told, want)


@pytest.mark.parametrize(("cell", "joined"), [(4.0, False), (16.0, True)])
def test_gaps_are_closed_by_the_size_of_a_cell(cell, joined):
    view = seen(cell=cell)
    view.labels[23:27, 10:30] = -1
    mask = Describer(HEIGHT, WIDTH, heatmap=False).describe(view, STEP, found(0.1, 0.1), 0, 0).masks[0]
    assert mask[DOWN * 25, ACROSS * 20] == joined
