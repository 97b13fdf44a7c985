"""Vision: what each frame showed, one frame late; cuts, repeats, gaps and turning heads fake no motion."""

from itertools import pairwise

import cv2
import numpy as np
import pytest
from soundspot.core.errors import OptionError
from soundspot.core.look import Looker
from soundspot.core.options import Options
from soundspot.core.recipe import recipe_of
from soundspot.core.shots import WORTH_KEEPING
from soundspot.core.values import VideoFrame
from soundspot.core.vision import Vision

HEIGHT, WIDTH = 120, 160
STEP = 1 / 30


def texture(seed, height=HEIGHT + 80, width=WIDTH + 80):
    """A coloured picture of soft random structure."""
    rough = np.random.default_rng(seed).standard_normal((height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 2.0)
    return np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)


ROOM, OTHER_ROOM, THING = texture(0), texture(1), texture(2, 40, 40)


def scene(shift=0.0, room=ROOM, brightness=1.0):
    """A still room in which a thing of 40 x 40 px lies `shift` px right of its place."""
    pixels = room[:HEIGHT, :WIDTH].copy()
    move = np.float32([[1, 0, 60 + shift], [0, 1, 40]])
    thing = cv2.warpAffine(THING, move, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
    there = cv2.warpAffine(np.ones((40, 40), np.float32), move, (WIDTH, HEIGHT))[..., None]
    pixels = pixels * (1 - there) + thing * there
    return np.clip(pixels * brightness, 0, 255).astype(np.uint8)


def shaking(k):
    """Places of a thing that goes to and fro."""
    return 5 * np.sin(k * 0.8)


def watch(pictures, times=None, turning=(), **options):
    """(vision, what each picture showed, the last one included)."""
    height, width = pictures[0].shape[:2]
    looker, vision = open_eyes(height, width, **options)
    seen = []
    for k, pixels in enumerate(pictures):
        time = k * STEP if times is None else times[k]
        seen.append(vision.push(looker.push(VideoFrame(pixels.copy(), time, k, k in turning))))
    return vision, [*seen[1:], vision.finish()]


def open_eyes(height=HEIGHT, width=WIDTH, **options):
    """What looks at pictures of a size, and what sees regions in its looks."""
    options = Options(**options)
    looker = Looker(height, width, options.width, recipe_of(options).most_shots)
    return looker, Vision((looker.height, looker.width), (height, width), options)


def fastest(seen):
    """The largest acceleration that a frame showed in picture widths/s²; 0 where none is known."""
    known = seen.motion.descriptors[np.isfinite(seen.motion.descriptors)]
    return float(known.max(initial=0))


def test_the_first_frame_shows_nothing_yet_and_each_next_one_the_frame_before():
    looker, vision = open_eyes()
    frames = [VideoFrame(scene(shaking(k)), k * STEP, k) for k in range(4)]
    assert vision.push(looker.push(frames[0])) is None
    for before, frame in pairwise(frames):
        assert vision.push(looker.push(frame)).frame is before
    assert vision.finish().frame is frames[-1]
    assert vision.finish() is None


def test_a_shaking_thing_moves_and_the_room_does_not():
    vision, seen = watch([scene(shaking(k)) for k in range(12)])
    motion = np.mean([s.motion.descriptors[:, 0] for s in seen[2:-1]], axis=0)
    x, y = seen[-1].regions.centres.T
    thing = (np.abs(x - 80) < 12) & (np.abs(y - 60) < 12)
    room = np.abs(x - 80) > 45
    is_place = np.arange(len(x)) >= vision.tracker.rows
    for kind in (is_place, ~is_place):
        assert np.nanmedian(motion[thing & kind]) > 10 * np.nanmedian(motion[room & kind])


def test_the_motion_of_a_shaking_thing_explains_both_its_neighbours():
    vision, seen = watch([scene(shaking(k)) for k in range(12)])
    x, y = seen[-1].regions.centres.T
    thing = (np.abs(x - 80) < 12) & (np.abs(y - 60) < 12)
    is_place = np.arange(len(x)) >= vision.tracker.rows
    for kind in (is_place, ~is_place):
        for back, forth in (s.gains[..., thing & kind].sum(axis=2) for s in seen[3:-1]):
            for gain, change in (back, forth):
                assert gain > 0.5 * change > 0


def test_nothing_is_explained_across_a_cut_or_at_the_ends():
    _, seen = watch([scene(shaking(k), ROOM if k < 6 else OTHER_ROOM) for k in range(12)])
    assert [bool(s.gains.any()) for s in seen] == [k not in (0, 5, 6, 11) for k in range(12)]


def test_the_motion_of_the_first_and_the_last_frame_is_unknown():
    _, seen = watch([scene(shaking(k)) for k in range(5)])
    assert np.isnan(seen[0].motion.descriptors).all()
    assert np.isnan(seen[-1].motion.descriptors).all()
    assert np.isfinite(seen[2].motion.descriptors).any()


def test_a_cut_is_told_and_everything_before_it_forgotten():
    _, seen = watch([scene(shaking(k), ROOM if k < 6 else OTHER_ROOM) for k in range(12)])
    assert [s.shots for s in seen] == [(0,) if k < 5 else (1,) for k in range(12)]
    assert set(range(len(seen[5].motion.descriptors))) <= set(seen[5].after.cleared), "of places, too"
    assert np.isnan(seen[5].motion.descriptors).all(), "no motion leads from one shot to another"
    assert np.isnan(seen[6].motion.descriptors).all()
    assert np.isfinite(seen[8].motion.descriptors).any(), "the new shot is watched at once"


def there_and_back(changed=None, width=WIDTH):
    """(what each frame showed, the tracks' numbers before the cuts, what saw them) of a shot that is left for
    another one and comes back, with `changed` pixels if told, and looked at in another width."""
    looker, vision = open_eyes()
    pictures = [scene(shaking(k)) for k in range(8)] + [scene(shaking(k), OTHER_ROOM) for k in range(8)]
    back = [scene(shaking(k)) for k in range(8)]
    for picture in back if changed else ():
        picture[changed] = 255 - picture[changed]
    seen, ids = [], None
    for k, picture in enumerate(pictures + back):
        ids = vision.tracker.ids.copy() if k == 8 else ids
        if k == 12:
            looker.resize(width)
        time = k * STEP + (k > 4) * WORTH_KEEPING + (k > 12) * WORTH_KEEPING
        seen.append(vision.push(looker.push(VideoFrame(picture, time, k))))
    return seen[1:], ids, vision


def test_a_shot_that_comes_back_goes_on_with_its_tracks():
    seen, ids, vision = there_and_back()
    assert [s.shots[0] for s in seen[6:16:2]] == [0, 1, 1, 1, 1] and seen[-1].shots == (0, 1)
    after = seen[15].after
    assert len(after.cleared) < 0.1 * vision.tracker.rows, "neither tracks nor places begin anew"
    known = ids >= 0
    assert (vision.tracker.ids[known] == ids[known]).mean() > 0.9
    assert np.isfinite(seen[17].motion.descriptors).any(), "it is watched at once"


def test_a_shot_may_come_back_in_another_size():
    seen, ids, vision = there_and_back(width=WIDTH * 3 // 4)
    assert seen[-1].labels.shape == seen[14].labels.shape != seen[2].labels.shape
    known = ids >= 0
    assert (vision.tracker.ids[known] == ids[known]).mean() > 0.8
    assert vision.tracker.cell == pytest.approx(0.75 * open_eyes()[1].tracker.cell, rel=0.02)


def test_a_shot_may_come_back_in_other_light():
    pictures = [
        scene(shaking(k), ROOM if k < 6 or k > 11 else OTHER_ROOM, 0.6 if k > 11 else 1) for k in range(18)
    ]
    looker, vision = open_eyes()
    ids = np.zeros(0)
    for k, picture in enumerate(pictures):
        ids = vision.tracker.ids.copy() if k <= 6 else ids
        vision.push(looker.push(VideoFrame(picture, k * WORTH_KEEPING, k)))
    assert vision._last.shots[0] == 0
    assert (vision.tracker.ids[ids >= 0] == ids[ids >= 0]).mean() > 0.8


def test_a_repeated_picture_in_another_size_before_a_cut_is_survived():
    looker, vision = open_eyes()
    rooms, times = [ROOM] * 4 + [OTHER_ROOM] * 3, [0.0, 2.0, 2.05, 2.1, 2.15, 2.2, 2.25]
    for k, (room, time) in enumerate(zip(rooms, times, strict=True)):
        if k == 3:
            looker.resize(WIDTH * 3 // 4)
        seen = vision.push(looker.push(VideoFrame(scene(shaking(min(k, 2)), room), time, k)))
    assert seen.labels.shape == vision.tracker.labels.shape != (HEIGHT, WIDTH)
    assert seen.shots == (1, 0)


def test_only_the_trackers_of_remembered_shots_are_kept():
    looker, vision = open_eyes()
    for k in range(12):
        room = texture(10 + k // 2)
        vision.push(looker.push(VideoFrame(scene(shaking(k), room), k * WORTH_KEEPING, k)))
    assert len(vision._others) == recipe_of(Options()).most_shots - 1


def test_what_looks_otherwise_when_a_shot_comes_back_begins_anew():
    changed = (slice(70, 120), slice(0, 60))
    seen, _, _ = there_and_back(changed)
    inside = np.unique(seen[7].labels[80:110, 10:50])
    outside = np.setdiff1d(np.unique(seen[7].labels[:60, 90:]), inside)
    cleared = set(seen[15].after.cleared)
    assert np.mean([row in cleared for row in inside.tolist()]) > 0.3
    assert np.mean([row in cleared for row in outside.tolist()]) < 0.1


def test_the_last_frame_before_a_cut_keeps_its_own_regions():
    pictures = [scene(shaking(k), ROOM if k < 6 else OTHER_ROOM) for k in range(7)]
    looker, vision = open_eyes()
    shown = [vision.push(looker.push(VideoFrame(p, k * STEP, k))) for k, p in enumerate(pictures[:6])]
    expected = vision.tracker.labels.copy()
    kept = shown[-1].labels.copy()
    last = vision.push(looker.push(VideoFrame(pictures[6], 6 * STEP, 6)))
    np.testing.assert_array_equal(shown[-1].labels, kept, err_msg="what was handed out never changes")
    np.testing.assert_array_equal(last.labels, expected)


def test_a_flickering_light_moves_little_beside_a_shaking_thing():
    _, flicker = watch([scene(0, ROOM, 1 + 0.05 * (k % 2)) for k in range(10)])
    _, shaken = watch([scene(shaking(k)) for k in range(10)])
    assert np.mean([fastest(s) for s in flicker[2:-1]]) < 0.1 * np.mean([fastest(s) for s in shaken[2:-1]])


def test_repeated_frames_change_no_motion():
    """15 pictures a second shown at 30, each twice, move as at 15."""
    _, twice = watch([scene(shaking(k // 2)) for k in range(24)])
    _, once = watch([scene(shaking(k)) for k in range(12)], times=[2 * k * STEP for k in range(12)])
    known = [s.motion.descriptors for s in twice if s.motion and np.isfinite(s.motion.descriptors).any()]
    plain = [s.motion.descriptors for s in once if np.isfinite(s.motion.descriptors).any()]
    assert len(known) >= len(plain) - 1
    assert np.nanmax(known) == pytest.approx(np.nanmax(plain), rel=0.15)


def test_a_turning_head_is_no_motion():
    _, seen = watch([scene(shaking(k)) for k in range(12)], turning=range(4, 8))
    for k in range(4, 8):
        assert np.isnan(seen[k].motion.descriptors).all()
    assert np.isfinite(seen[10].motion.descriptors).any()


def test_a_gap_in_the_time_stamps_is_no_large_motion():
    times = [k * STEP + (3.0 if k >= 6 else 0.0) for k in range(12)]
    _, seen = watch([scene(shaking(k)) for k in range(12)], times=times)
    usual = np.median([fastest(s) for s in seen[2:5]])
    assert max(fastest(s) for s in seen) < 2 * usual


def test_an_ignored_box_has_no_regions_and_no_motion_of_its_own():
    box = (50, 30, 110, 90)
    _, seen = watch([scene(shaking(k)) for k in range(10)], ignore=(box,))
    assert (seen[5].labels[30:90, 50:110] == -1).all()
    assert (seen[5].labels[:25] >= 0).all()
    _, open_eyed = watch([scene(shaking(k)) for k in range(10)])
    assert np.mean([fastest(s) for s in seen[2:-1]]) < 0.3 * np.mean([fastest(s) for s in open_eyed[2:-1]])


def test_a_box_in_source_pixels_is_ignored_where_it_lies():
    large = [cv2.resize(scene(shaking(k)), (640, 480)) for k in range(4)]
    _, seen = watch(large, ignore=((320, 0, 640, 480),))
    labels = seen[2].labels
    across = labels.shape[1] // 2
    assert (labels[:, across:] == -1).all()
    assert (labels[:, : across - 1] >= 0).all()
    assert (seen[2].places[:, across:] == -1).all() and (seen[2].places[:, : across - 1] >= 0).all()


def test_a_box_outside_of_the_picture_is_refused_with_its_size():
    with pytest.raises(OptionError, match=f"ignore={WIDTH},0,{WIDTH + 9},9: .* {WIDTH}x{HEIGHT} px"):
        open_eyes(ignore=((WIDTH, 0, WIDTH + 9, 9),))
    with pytest.raises(OptionError, match="ignore: the boxes leave nothing of the picture"):
        open_eyes(ignore=((0, 0, WIDTH, HEIGHT),))


def test_a_panning_camera_moves_nothing():
    """A view that wanders irregularly over a still room, within a tenth of the shaking thing's motion."""
    wide = texture(3, HEIGHT, WIDTH + 200)
    places = 20 + np.cumsum(1.5 + np.sin(np.arange(14) * 1.3))
    views = [
        cv2.warpAffine(wide, np.float32([[1, 0, -p], [0, 1, 0]]), (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)
        for p in places
    ]
    _, panned = watch(views)
    _, shaken = watch([scene(shaking(k)) for k in range(14)])
    typical = np.mean([np.nanmedian(s.motion.descriptors) for s in panned[2:-1]])
    assert typical < 0.1 * np.mean([fastest(s) for s in shaken[2:-1]])


def changes(seen):
    """The normal speeds of all rows that are known, of all moments (n,)."""
    every = np.concatenate([one.motion.descriptors[:, -1] for one in seen[2:-1]])
    return every[np.isfinite(every)]


def test_what_shakes_changes_many_times_as_fast_as_the_room():
    _, seen = watch([scene(shaking(k)) for k in range(10)])
    speeds = changes(seen)
    assert speeds.size > 1000
    assert speeds.max() > 10 * np.median(speeds) > 0


def test_a_room_changes_no_faster_when_the_camera_pans_over_it_unevenly():
    wide = texture(3, HEIGHT, WIDTH + 200)
    places = np.cumsum([4, 2, 5, 1, 4, 3, 5, 2, 4, 1])
    _, panned = watch([wide[:HEIGHT, place : place + WIDTH] for place in places])
    _, shaken = watch([scene(shaking(k)) for k in range(10)])
    assert np.median(changes(panned)) < 0.1 * changes(shaken).max()


def test_what_boxes_leave_may_vanish_in_a_narrower_picture():
    options = Options(ignore=((0, 0, 638, 480),))
    looker, vision = Looker(480, 640, 320), Vision((240, 320), (480, 640), options)
    for k in range(6):
        if k == 3:
            looker.resize(240)
        vision.push(looker.push(VideoFrame(texture(k, 480, 640), k * STEP, k)))
    assert (vision.finish().labels == -1).all()


def test_what_flickers_in_an_ignored_box_changes_nothing():
    box = (50, 30, 110, 90)
    pictures = []
    for k in range(10):
        picture = scene()
        picture[30:90, 50:110] //= 1 + k % 2
        pictures.append(picture)
    _, seen = watch(pictures, ignore=(box,))
    speeds = changes(seen)
    assert speeds.max() < 3 * np.median(speeds)


def test_the_paper_does_not_ask_how_fast_a_region_changes():
    _, seen = watch([scene(shaking(k)) for k in range(5)], preset="paper")
    assert changes(seen).size == 0


@pytest.mark.parametrize("preset", ["live", "paper"])
def test_labels_name_rows_of_the_tracker(preset):
    vision, seen = watch([scene(shaking(k)) for k in range(5)], preset=preset)
    for s in seen[1:]:
        assert s.labels.shape == (HEIGHT, WIDTH) and s.labels.dtype == np.int32
        assert s.labels.min() >= 0 and s.labels.max() < vision.tracker.rows
        behind = range(vision.tracker.rows, len(s.motion.descriptors))
        assert set(np.unique(s.places)) == (set(behind) or {-1})
        assert bool(behind) == (preset == "live"), "the paper knows no places"


def test_a_change_of_width_keeps_every_track_and_costs_one_motion():
    """A thing that goes to and fro, looked at 160, 96 and 160 px wide."""
    looker, vision = open_eyes(width=160)
    seen = []
    for k in range(60):
        if k in (20, 40):
            looker.resize(96 if k == 20 else 160)
        seen.append(vision.push(looker.push(VideoFrame(scene(shaking(k)), k * STEP, k))))
    known = [np.isfinite(one.motion.descriptors).any() for one in seen[2:]]
    assert [k + 2 for k, whole in enumerate(known) if not whole] == [20, 40]
    assert [one.labels.shape[1] for one in (seen[10], seen[30], seen[50])] == [160, 96, 160]
    first, small, last = (seen[k].regions for k in (19, 39, 59))
    same = (first.ids == last.ids) & (first.areas > 0) & (last.areas > 0)
    assert same.sum() > 0.85 * (first.areas > 0).sum()
    for later in (small, last):
        alive = same & (later.areas > 0)
        assert np.median(np.linalg.norm(later.centres - first.centres, axis=1)[alive]) < 3
        assert np.median(later.areas[alive] / first.areas[alive]) == pytest.approx(1, abs=0.25)
    row = int(seen[19].labels[60, 80])  # on the thing
    speeds = [np.nanmean([one.motion.descriptors[row, 0] for one in seen[a : a + 15]]) for a in (3, 24, 44)]
    assert max(speeds) < 1.6 * min(speeds), "motion is told in picture widths"


@pytest.mark.parametrize("preset", ["live", "paper"])
def test_a_repeat_or_a_cut_may_come_right_after_a_change_of_width(preset):
    looker, vision = open_eyes(width=160, preset=preset)
    pictures = [scene(0), scene(1), scene(1), scene(2), scene(3), OTHER_ROOM[:HEIGHT, :WIDTH].copy()]
    kinds = []
    for k, pixels in enumerate(pictures):
        if k in (2, 5):
            looker.resize(96 if k == 2 else 128)
        look = looker.push(VideoFrame(pixels, k * STEP, k))
        kinds.append(look.kind)
        vision.push(look)
        assert look.luv.shape[:2] == look.textured.shape == vision.tracker.labels.shape
    assert kinds == ["first", "next", "repeat", "next", "next", "cut"]
    assert vision.finish() is not None
