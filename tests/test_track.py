"""Tracks: labels that stay on what they were given to, however slowly it moves; born, split, found again."""

import cv2
import numpy as np
import pytest
from soundspot.core.appearance import luv_picture
from soundspot.core.flow import Flow
from soundspot.core.look import Looker
from soundspot.core.lost import LOST_SECONDS
from soundspot.core.options import Options
from soundspot.core.paper import PaperTracker
from soundspot.core.scenes import make_scene
from soundspot.core.track import Tracker
from soundspot.core.vision import Vision

HEIGHT, WIDTH = 90, 120
STEP = 1 / 30
RATE = 30


def texture(seed=0, height=HEIGHT, width=WIDTH):
    """A coloured picture of soft random structure, as LUV."""
    rough = np.random.default_rng(seed).standard_normal((height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 2.0)
    return luv_picture(np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8))


def whole(x, y=0.0):
    """A flow that is the same everywhere."""
    return np.full((HEIGHT, WIDTH, 2), (x, y), np.float32)


def started(luv=None):
    """A tracker with its first picture, and that picture."""
    luv = texture() if luv is None else luv
    tracker = Tracker(HEIGHT, WIDTH, 1.0)
    tracker.start(luv)
    return tracker, luv


def check(tracker):
    """What holds at any time: every pixel belongs to a living track, ids are unique, sizes are right."""
    rows, counts = np.unique(tracker.labels, return_counts=True)
    assert rows[0] >= 0, "every pixel has an owner"
    assert (tracker.ids[rows] >= 0).all(), "every owner is alive"
    living = tracker.ids[tracker.ids >= 0]
    assert len(np.unique(living)) == len(living)
    np.testing.assert_array_equal(tracker.areas[rows], counts)
    for row in rows[:: max(1, len(rows) // 5)]:
        y, x = np.nonzero(tracker.labels == row)
        np.testing.assert_allclose(tracker.centres[row], (x.mean(), y.mean()), rtol=1e-3)


def test_a_picture_is_covered_with_small_regions():
    tracker, _ = started()
    check(tracker)
    areas = tracker.areas[np.unique(tracker.labels)]
    assert np.median(areas) == pytest.approx(tracker.cell**2, rel=0.5)
    assert areas.max() < 6 * tracker.cell**2


def test_a_finer_picture_has_larger_regions():
    assert Tracker(180, 240, 2.0).cell == 2 * Tracker(90, 120, 1.0).cell


def test_to_start_again_forgets_every_track_and_no_id_comes_back():
    tracker, luv = started()
    old, handed_out = set(tracker.ids[tracker.ids >= 0]), tracker.labels
    kept = handed_out.copy()
    changes = tracker.start(luv)
    assert set(range(tracker.rows)) <= set(changes.cleared)
    assert not old & set(tracker.ids[tracker.ids >= 0])
    np.testing.assert_array_equal(handed_out, kept)
    check(tracker)


def test_nothing_happens_to_a_still_picture():
    tracker, luv = started()
    for k in range(20):  # until the borders have settled
        tracker.advance(luv, whole(0), whole(0), k * STEP)
    labels, ids = tracker.labels.copy(), tracker.ids.copy()
    changes = tracker.advance(luv, whole(0), whole(0), 1.0)
    assert changes.copied == []
    np.testing.assert_array_equal(tracker.ids, ids)
    assert (tracker.labels == labels).mean() > 0.99


@pytest.mark.parametrize("speed", [0.1, 0.3, 0.49, 0.6, 1.0, 3.0])
def test_labels_go_with_a_pan_however_slow(speed):
    """Labels carried by whole pixels alone stood still at up to 0.49 px a frame and ran too far at 0.6."""
    frames = min(90, int(40 / speed))
    wide = texture(1, HEIGHT, WIDTH + 60)
    centres = []
    tracker = Tracker(HEIGHT, WIDTH, 1.0)
    for k in range(frames + 1):
        move = np.float32([[1, 0, -60 + k * speed], [0, 1, 0]])
        luv = cv2.warpAffine(wide, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
        if k:
            tracker.advance(luv, whole(-speed), whole(speed), k * STEP)
        else:
            tracker.start(luv)
        centres.append((tracker.ids.copy(), tracker.centres.copy()))
    check(tracker)
    (ids, first), (last_ids, last) = centres[0], centres[-1]
    inner = (ids >= 0) & (first[:, 0] < WIDTH - 12 - frames * speed) & (first[:, 0] > 12)
    kept = inner & (ids == last_ids) & (tracker.areas > 0)
    assert kept.sum() >= 0.85 * inner.sum(), "they live"
    moved = (last - first)[kept]
    assert np.median(moved[:, 0]) == pytest.approx(frames * speed, abs=1.0)
    assert np.mean(np.abs(moved[:, 0] - frames * speed) < 8) > 0.8
    assert np.median(np.abs(moved[:, 1])) < 1.5


def test_what_comes_into_view_gets_tracks_of_its_own():
    tracker, _ = started()
    wide = texture(1, HEIGHT, WIDTH + 400)
    names = set(tracker.ids[tracker.ids >= 0])
    for k in range(40):
        luv = np.ascontiguousarray(wide[:, 10 * k : 10 * k + WIDTH])
        tracker.advance(luv, whole(10.0), whole(-10.0), k * STEP)
        check(tracker)
    now = set(tracker.ids[np.unique(tracker.labels)])
    assert len(names & now) < 0.1 * len(now), "the first view is gone; a few may be mistaken for it"


def test_regions_that_grew_are_split_and_the_child_names_its_parent():
    """A zoom in: regions grow until they are halved."""
    tracker, luv = started()
    rows, columns = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    outward = np.stack([columns - WIDTH / 2, rows - HEIGHT / 2], axis=2)
    copied = []
    for k in range(40):
        alive = set(np.unique(tracker.labels))
        changes = tracker.advance(luv, -0.03 * outward, 0.03 * outward, k * STEP)
        for parent, child in changes.copied:
            assert parent in alive | {c for _, c in changes.copied}
            assert tracker.ids[child] >= 0
            assert child in changes.cleared, "a row is emptied before it inherits"
        copied += changes.copied
        check(tracker)
    assert copied
    assert tracker.areas.max() < 8 * tracker.cell**2


def test_tracks_never_outgrow_their_table():
    """Noise from end to end: whatever the flow claims, every pixel keeps a living owner."""
    tracker, _ = started()
    rng = np.random.default_rng(0)
    for k in range(30):
        wild = rng.normal(0, 3, (HEIGHT, WIDTH, 2)).astype(np.float32)
        smooth = cv2.GaussianBlur(wild, (0, 0), 3) * 6
        tracker.advance(texture(k), smooth, -smooth, k * STEP)
        check(tracker)


def hidden(tracker, row, leave=3):
    """A way back that hides all of a region but a few pixels: what covers it comes from outside."""
    backward = whole(0)
    rows, columns = np.nonzero(tracker.labels == row)
    backward[rows[leave:], columns[leave:]] = 1e4
    return backward


def test_a_track_that_stays_away_is_forgotten_after_a_while_and_not_before():
    tracker, luv = started()
    row = int(tracker.labels[45, 60])
    name = tracker.ids[row]
    changes = tracker.advance(luv, hidden(tracker, row), whole(0), 0.0)
    assert not (tracker.labels == row).any(), "others have taken its place"
    assert tracker.ids[row] == name and row not in changes.cleared
    tracker.advance(luv, whole(0), whole(0), LOST_SECONDS - 0.1)
    assert tracker.ids[row] == name
    changes = tracker.advance(luv, whole(0), whole(0), LOST_SECONDS + 0.1)
    assert row in changes.cleared
    check(tracker)


@pytest.mark.parametrize("end", [0, 2])
def test_a_lost_track_is_found_again_where_half_of_a_region_looks_like_it(end):
    """A red thing was hidden for a moment and now lies in a neighbour's region: when that is halved, the red
    half is the old track again, with its id and its history, at whichever end it lies."""
    blue = np.full((HEIGHT, WIDTH, 3), (200, 60, 30), np.uint8)
    tracker, _ = started(luv_picture(blue))
    cells = [tracker.labels == tracker.labels[42, x] for x in (42, 54, 66)]
    row = int(tracker.labels[cells[end]][0])
    name, strip = tracker.ids[row], cells[0] | cells[1] | cells[2]
    blue[strip], blue[cells[end]] = 110, (30, 30, 200)
    luv = luv_picture(blue)
    tracker.advance(luv, whole(0), whole(0), 0.1)
    tracker.advance(luv, hidden(tracker, row), whole(0), 0.2)
    assert not (tracker.labels == row).any()
    tracker.labels[strip] = tracker.labels[cells[1]][0]
    changes = tracker.advance(luv, whole(0), whole(0), 0.3)
    assert (cells[end] & (tracker.labels == row)).sum() > 0.5 * cells[end].sum(), "it was found again"
    assert tracker.ids[row] == name
    assert row not in changes.cleared and row not in {child for _, child in changes.copied}
    assert tracker._lost.present[row], "it will not be forgotten"


def test_a_lost_track_is_not_found_where_nothing_looks_like_it():
    blue = np.full((HEIGHT, WIDTH, 3), (200, 60, 30), np.uint8)
    tracker, _ = started(luv_picture(blue))
    cells = [tracker.labels == tracker.labels[42, x] for x in (42, 54, 66)]
    row, strip = int(tracker.labels[cells[0]][0]), cells[0] | cells[1] | cells[2]
    blue[strip], blue[cells[0]] = 110, (30, 30, 200)
    luv = luv_picture(blue)
    tracker.advance(luv, whole(0), whole(0), 0.1)
    tracker.advance(luv, hidden(tracker, row), whole(0), 0.2)
    blue[cells[0]] = (30, 200, 30)
    tracker.labels[strip] = tracker.labels[cells[1]][0]
    tracker.advance(luv_picture(blue), whole(0), whole(0), 0.3)
    assert not (tracker.labels == row).any()


@pytest.fixture(scope="module")
def drift():
    """Owners of the drifting thing: [(truth, labels, ids, centres)] at 1 s and at 10 s."""
    scene = make_scene("drift", 0, 10.2, 320, 240)
    looker, vision = Looker(240, 320, 320), Vision((240, 320), (240, 320), Options())
    moments = []
    for k in range(10 * RATE + 1):
        vision.push(looker.push(scene.frame(k)))
        if k in (RATE, 10 * RATE):
            tracker = vision.tracker
            moments.append(
                (scene.truth(k), tracker.labels.copy(), tracker.ids.copy(), tracker.centres.copy())
            )
    return moments


def owners(truth, labels):
    """Rows whose region lies wholly in the truth, and rows of which most does."""
    size = np.bincount(labels.ravel(), minlength=labels.max() + 1)
    inside = np.bincount(labels[truth], minlength=size.size)
    return np.flatnonzero((inside == size) & (size > 0)), np.flatnonzero(inside > size / 2)


def test_regions_stay_on_a_thing_that_moves_a_third_of_a_pixel_a_frame(drift):
    (truth, labels, ids, _), (later_truth, later_labels, later_ids, _) = drift
    on_it, _ = owners(truth, labels)
    _, mostly = owners(later_truth, later_labels)
    assert on_it.size >= 8
    stayed = np.isin(ids[on_it], later_ids[mostly])
    assert stayed.mean() >= 0.8


def test_they_move_as_far_as_the_thing_does(drift):
    (truth, labels, ids, centres), (later_truth, _, later_ids, later_centres) = drift
    way = np.argwhere(later_truth).mean(axis=0)[::-1] - np.argwhere(truth).mean(axis=0)[::-1]
    assert abs(way[0]) == pytest.approx(9 * RATE * 0.3, rel=0.05), "what the scene promises"
    on_it, _ = owners(truth, labels)
    alive = on_it[ids[on_it] == later_ids[on_it]]
    moved = (later_centres - centres)[alive]
    assert np.median(moved[:, 0]) == pytest.approx(way[0], abs=4)
    assert np.mean(np.abs(moved[:, 0] - way[0]) < 8) > 0.75


def test_regions_far_from_it_stay_where_they_are(drift):
    (truth, labels, ids, centres), (later_truth, later_labels, later_ids, later_centres) = drift
    near = cv2.dilate((truth | later_truth).astype(np.uint8), np.ones((31, 201))) > 0
    far = np.setdiff1d(np.unique(labels[~near]), np.unique(labels[near]))
    alive = far[(ids[far] == later_ids[far]) & np.isin(far, later_labels)]
    assert alive.size > 0.9 * far.size > 100
    moved = np.linalg.norm((later_centres - centres)[alive], axis=1)
    assert np.median(moved) < 2
    assert np.mean(moved < 8) > 0.85


def test_the_papers_tracker_keeps_a_thing_that_stands_still():
    tracker, luv = PaperTracker(HEIGHT, WIDTH, 1.0), texture()
    tracker.start(luv)
    still = Flow(whole(0), whole(0), STEP, STEP)
    names = []
    for _ in range(4):
        tracker.settle(luv, still)
        assert (tracker.ids[np.unique(tracker.labels)] >= 0).all()
        names.append(tracker.ids[tracker.labels])
    for later in names[1:]:
        np.testing.assert_array_equal(later, names[0])
    assert set(tracker.start(luv).cleared) == set(range(tracker.rows))
