"""Look: at which size a picture is looked at, and whether it is a cut, a repeat or the next of its shot."""

import cv2
import numpy as np
import pytest
from soundspot.core.cut import CUT_LIKENESS, SAME_ROOM, likeness
from soundspot.core.look import Looker, analysis_size, same_picture
from soundspot.core.values import VideoFrame

HEIGHT, WIDTH = 120, 160


def room(seed, shift=0, softness=2.0):
    """A picture uint8 (h, w, 3) of soft random structure."""
    rough = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH + 40, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), softness)[:, shift : shift + WIDTH]
    return np.clip(128 + 45 * soft / soft.std(), 0, 255).astype(np.uint8)


def grey(pixels):
    return cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)


@pytest.mark.parametrize("source", [(480, 640), (1080, 1920), (1920, 1080), (720, 2560)])
def test_every_shape_of_picture_costs_what_a_4_to_3_one_does(source):
    height, width = analysis_size(*source, 320)
    assert height * width == pytest.approx(320 * 240, rel=0.02)
    assert height / width == pytest.approx(source[0] / source[1], rel=0.02)


def test_a_small_picture_is_not_enlarged():
    assert analysis_size(120, 160, 320) == (120, 160)
    assert analysis_size(33, 4000, 320)[0] >= 16


def test_every_picture_is_told_for_what_it_is():
    pictures = [room(0), room(0, 1), room(0, 1), room(0, 3), room(1), room(1, 2)]
    looker = Looker(HEIGHT, WIDTH, WIDTH)
    looks = [looker.push(VideoFrame(pixels, k / 30, k)) for k, pixels in enumerate(pictures)]
    assert [look.kind for look in looks] == ["first", "next", "repeat", "next", "cut", "next"]
    assert [look.forward is not None for look in looks] == [look.kind == "next" for look in looks]
    assert looks[3].step == pytest.approx(2 / 30), "counted from the first showing of the picture before"
    np.testing.assert_allclose(np.median(looks[3].forward.flow, axis=(0, 1)), (-2, 0), atol=0.2)


def kinds(*pictures):
    looker = Looker(HEIGHT, WIDTH, WIDTH)
    return [looker.push(VideoFrame(pixels, k / 30, k)).kind for k, pixels in enumerate(pictures)]


@pytest.mark.parametrize("brightness", [0.6, 1.4])
def test_a_light_that_is_switched_is_no_cut(brightness):
    lit = np.clip(room(0) * brightness, 0, 255).astype(np.uint8)
    assert kinds(room(0), lit) == ["first", "next"]


def test_black_after_a_picture_is_a_cut_and_black_after_black_is_none():
    black = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    assert kinds(room(0), black, black, room(0)) == ["first", "cut", "repeat", "cut"]


def test_another_view_of_the_same_room_is_a_cut_though_it_looks_alike():
    """Part of the pattern is the same, as walls and floor are: only the flow tells of another shot."""
    walls, detail = room(0, softness=9), room(1, softness=5)
    other = cv2.addWeighted(walls, 0.6, detail, 0.8, -50)
    assert CUT_LIKENESS < likeness(grey(walls), grey(other)) < SAME_ROOM
    assert kinds(walls, other, other) == ["first", "cut", "repeat"]


def test_a_fast_pan_is_no_cut_though_it_changes_as_much():
    pictures = [room(0, shift, softness=6) for shift in (0, 2, 6, 12, 20, 29, 38)]
    assert CUT_LIKENESS < likeness(grey(pictures[-2]), grey(pictures[-1])) < SAME_ROOM
    assert set(kinds(*pictures)[1:]) == {"next"}


def test_a_repeated_picture_is_the_same_and_another_is_not():
    assert same_picture(grey(room(0)), grey(room(0)).copy())
    assert not same_picture(grey(room(0)), grey(room(0, 1)))
