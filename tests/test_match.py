"""The paper's region tracks: ids follow regions by place and looks."""

import numpy as np
import pytest
from soundspot.core.appearance import luv_picture
from soundspot.core.match import MatchedTracks

GREY, RED, BLUE = (128, 128, 128), (40, 40, 200), (200, 60, 40)


def scene(*boxes, width=320):
    """Region labels and the LUV picture of coloured boxes (x, y, colour), 40 px wide at 320, on grey."""
    scale = width / 320
    labels = np.zeros((int(240 * scale), width), np.int32)
    pixels = np.full((*labels.shape, 3), GREY, np.uint8)
    for number, (x, y, colour) in enumerate(boxes, start=1):
        place = np.s_[int(y * scale) : int((y + 40) * scale), int(x * scale) : int((x + 40) * scale)]
        labels[place], pixels[place] = number, colour
    return labels, luv_picture(pixels)


def test_the_first_pictures_regions_start_the_tracks():
    labels, luv = scene((20, 20, RED), (200, 100, BLUE))
    ids = MatchedTracks().update(labels, luv)
    np.testing.assert_array_equal(ids, labels)
    assert ids.dtype == np.int32


@pytest.mark.parametrize("width", [160, 320, 640])
def test_a_moving_region_keeps_its_id_whatever_its_number_and_the_pictures_size(width):
    tracks = MatchedTracks()
    tracks.update(*scene((20, 20, RED), (60, 20, BLUE), width=width))
    ids = tracks.update(*scene((100, 20, BLUE), (60, 20, RED), width=width))
    scale = width / 320
    assert ids[int(40 * scale), int(80 * scale)] == 1 and ids[int(40 * scale), int(120 * scale)] == 2


def test_a_region_beyond_the_radius_starts_a_track():
    tracks = MatchedTracks()
    tracks.update(*scene((20, 20, RED)))
    assert tracks.update(*scene((70, 20, RED)))[40, 90] == 1  # 50 px
    assert tracks.update(*scene((130, 20, RED)))[40, 150] > 1  # 60 px


def test_a_region_of_other_looks_starts_a_track():
    tracks = MatchedTracks()
    tracks.update(*scene((20, 20, RED)))
    ids = tracks.update(*scene((20, 20, BLUE)))
    assert ids[40, 40] > 1 and ids[200, 200] == 0


def test_the_most_similar_track_is_chosen_not_the_nearest():
    tracks = MatchedTracks(similarity=-1)
    tracks.update(*scene((20, 20, RED), (60, 20, BLUE)))
    assert tracks.update(*scene((22, 20, BLUE)))[40, 40] == 2


def test_several_regions_may_join_one_track_which_then_has_their_common_centre():
    tracks = MatchedTracks()
    tracks.update(*scene((60, 100, RED)))
    ids = tracks.update(*scene((20, 100, RED), (100, 100, RED)))
    assert ids[120, 40] == ids[120, 120] == 1
    assert tracks.update(*scene((60, 60, RED)))[80, 80] == 1  # 40 px from the centre, 57 from either part


def test_looks_are_compared_with_the_average_of_a_tracks_life():
    """Red for long, then partly blue, is the same; mostly blue is new, though much like the last picture."""
    tracks = MatchedTracks()
    labels, red = scene((100, 100, RED))
    _, blue = scene((100, 100, BLUE))
    for _ in range(9):
        tracks.update(labels, red)
    partly, mostly = red.copy(), red.copy()
    partly[:, :115], mostly[:, :125] = blue[:, :115], blue[:, :125]
    assert tracks.update(labels, partly)[120, 120] == 1
    assert tracks.update(labels, mostly)[120, 120] > 1


def test_a_track_is_found_again_within_its_memory_and_forgotten_after_it():
    tracks = MatchedTracks(memory=5)
    for absent, kept in ((4, True), (5, False)):
        tracks.clear()
        first = tracks.update(*scene((20, 20, RED)))[40, 40]
        for _ in range(absent):
            tracks.update(*scene())
        again = tracks.update(*scene((20, 20, RED)))[40, 40]
        assert bool(again == first) is kept


def test_memory_stays_bounded():
    tracks = MatchedTracks(memory=5)
    rng = np.random.default_rng(0)
    for _ in range(60):
        colour = tuple(rng.integers(0, 256, 3).tolist())
        tracks.update(*scene((int(rng.integers(280)), int(rng.integers(200)), colour)))
        assert len(tracks.ids) <= 2 * 5


def test_a_cut_forgets_all_tracks_and_ids_are_never_used_twice():
    tracks = MatchedTracks()
    labels, luv = scene((20, 20, RED))
    before = tracks.update(labels, luv)
    tracks.clear()
    assert tracks.ids == ()
    assert not set(np.unique(before)) & set(np.unique(tracks.update(labels, luv)))


def test_an_empty_picture_has_no_tracks():
    tracks = MatchedTracks()
    assert tracks.update(np.zeros((0, 0), np.int32), np.zeros((0, 0, 3), np.float32)).shape == (0, 0)
    assert tracks.ids == ()
