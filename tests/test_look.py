"""Look: at which size a picture is looked at, and whether it is a cut, a repeat or the next of its shot."""

import cv2
import numpy as np
import pytest
from soundspot.core.look import Looker, analysis_size, is_cut, same_picture
from soundspot.core.values import VideoFrame

HEIGHT, WIDTH = 120, 160


def room(seed, shift=0):
    """A picture uint8 (h, w, 3) of soft random structure."""
    rough = np.random.default_rng(seed).standard_normal((HEIGHT, WIDTH + 40, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(rough, (0, 0), 2.0)[:, shift : shift + WIDTH]
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


@pytest.mark.parametrize("brightness", [0.6, 1.4])
def test_a_light_that_is_switched_is_no_cut(brightness):
    lit = np.clip(room(0) * brightness, 0, 255).astype(np.uint8)
    assert not is_cut(grey(room(0)), grey(lit))


def test_black_after_a_picture_is_a_cut_and_black_after_black_is_none():
    picture, black = grey(room(0)), np.zeros((HEIGHT, WIDTH), np.uint8)
    assert is_cut(picture, black)
    assert is_cut(black, picture)
    assert not is_cut(black, black)


def test_a_repeated_picture_is_the_same_and_another_is_not():
    assert same_picture(grey(room(0)), grey(room(0)).copy())
    assert not same_picture(grey(room(0)), grey(room(0, 1)))
