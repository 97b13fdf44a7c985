"""The search for the flow: OpenCV's dense inverse search is its slow twin."""

import cv2
import numpy as np
import pytest
from soundspot.core.flow import STILL
from soundspot.core.kernels.search import BORDER
from soundspot.core.kernels.still import find_still
from soundspot.core.search import Search, make_levels

SIZES = [(240, 320), (180, 427), (427, 180), (233, 301), (72, 96), (40, 64)]


def pictures(height, width, shift=(2.6, -1.3)):
    """Two uint8 (h, w), the second moved by `shift` px, with a part that moves otherwise and some noise."""
    rng = np.random.default_rng(height)
    field = cv2.GaussianBlur(rng.random((height + 40, width + 40), np.float32), (0, 0), 1.5)
    field = (field - field.min()) / (field.max() - field.min()) * 220
    moved = cv2.warpAffine(field, np.float32([[1, 0, shift[0]], [0, 1, shift[1]]]), field.shape[::-1])
    moved[30:60, 40:80] = field[28:58, 45:85]
    pair = [part[20 : 20 + height, 20 : 20 + width] for part in (field, moved)]
    return [np.uint8(np.clip(part + rng.normal(0, 2, part.shape), 0, 255)) for part in pair]


def opencv(first, second, guess, descents, refinements):
    """What OpenCV finds."""
    search = cv2.DISOpticalFlow.create(cv2.DISOpticalFlow_PRESET_FAST)
    search.setFinestScale(1)
    search.setGradientDescentIterations(2 * descents)
    search.setVariationalRefinementIterations(refinements)
    return search.calc(first, second, guess.copy())


def hold_alike(way, want, refined=False):
    """Where sums are rounded otherwise, a patch may choose otherwise. Refined it is all but equal with OpenCV
    5; OpenCV 4 looks up pictures at every 32nd of a pixel."""
    coarse = refined and cv2.__version__ < "5"
    assert (np.abs(way - want) > (0.2 if coarse else 0.001)).mean() <= 0.02


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("descents", "refined"), [(4, True), (2, True), (8, False)])
def test_the_way_is_opencvs(size, descents, refined):
    first, second = pictures(*size)
    search, guess = Search(descents, refined=refined), np.zeros((*size, 2), np.float32)
    for _ in range(2):  # the second time from the first time's answer
        way = search.way(make_levels(first), make_levels(second), guess)
        hold_alike(way, opencv(first, second, guess, descents, int(refined)), refined)
        guess = way


def test_a_way_beyond_the_picture_and_a_flat_picture_are_opencvs():
    first, second = pictures(120, 160)
    flat, far = np.full_like(first, 90), np.full((120, 160, 2), 200, np.float32)
    for one, other in ((first, second), (flat, flat), (flat, second)):
        way = Search(4, refined=False).way(make_levels(one), make_levels(other), far)
        hold_alike(way, opencv(one, other, far, 4, 0))


def test_a_guess_is_not_written():
    first, second = pictures(72, 96)
    guess = np.ones((72, 96, 2), np.float32)
    Search(4).way(make_levels(first), make_levels(second), guess)
    assert (guess == 1).all()


@pytest.mark.parametrize("size", [(16, 16), (16, 200), (31, 17)])
def test_the_smallest_pictures_have_a_level(size):
    first, second = (np.random.default_rng(k).integers(0, 255, size, np.uint8) for k in (0, 1))
    way = Search(4).way(make_levels(first), make_levels(second), np.zeros((*size, 2), np.float32))
    assert way.shape == (*size, 2) and np.isfinite(way).all()


def noisy(shift=0.0, contrast=40.0, seed=0):
    """A soft texture (120, 160), moved across by `shift` px, in the noise of a camera after the resize."""
    rng = np.random.default_rng(5)
    field = cv2.GaussianBlur(rng.standard_normal((160, 200), np.float32), (0, 0), 2)
    moved = cv2.warpAffine(
        field / field.std(), np.float32([[1, 0, shift], [0, 1, 0]]), (200, 160), flags=cv2.INTER_CUBIC
    )
    noise = np.random.default_rng(seed).normal(0, 0.5, (120, 160))
    return np.uint8(np.clip(128.5 + contrast * moved[20:140, 20:180] + noise, 0, 255))


def still_patches(first, second, ways=None):
    """Which patches of the finest level the search passes over, where the `ways` (2, 2, rows, columns) px,
    the coarser level's and a guess, lead some of them."""
    first, second = make_levels(first)[0], make_levels(second)[0]
    still = np.zeros(first.tensors.shape[1:], np.bool_)
    ways = np.zeros((2, 2, *still.shape), np.float32) if ways is None else ways
    find_still(first.flat, second.flat, first.gradient, first.tensors, *ways, np.float32(STILL), still)
    return first, second, still


def grey_of(level):
    """A level's picture (h, w), without its border."""
    height, width = level.gradient.shape[1:]
    wide = level.flat.reshape(height + 2 * BORDER, width + 2 * BORDER)
    return np.uint8(wide[BORDER:-BORDER, BORDER:-BORDER])


@pytest.mark.parametrize("size", [(120, 160), (119, 157), (75, 102), (34, 47)])
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("contrast", [0.0, 3.0, 40.0])
def test_still_patches_equal_the_slow_twin(naive, size, shift, contrast):
    height, width = size
    pair = [part[:height, :width] for part in (noisy(0, contrast), noisy(shift, contrast, 1))]
    patches = 2, 2, (height // 2 - 4) // 4, (width // 2 - 4) // 4
    # a way of 0.06 px both across and down leads somewhere, one of 0.06 and 0.03 does not
    ways = np.random.default_rng(height).choice([0, 0.03, 0.06, -0.3], patches, p=[0.8, 0.08, 0.08, 0.04])
    ways = ways.astype(np.float32)
    first, second, still = still_patches(*pair, ways)
    want = naive.still_patches(grey_of(first), grey_of(second), *first.gradient, ways, STILL, 0.1, 0.1)
    assert (still != want).mean() < 0.01, "but for rounding at the limits"


def test_noise_is_still_and_a_slow_motion_is_not_even_where_it_is_faint():
    assert still_patches(noisy(), noisy(seed=1))[2].mean() > 0.8
    assert still_patches(noisy(contrast=0), noisy(contrast=0, seed=1))[2].mean() > 0.8
    assert still_patches(noisy(), noisy(0.1, seed=1))[2].mean() < 0.02
    assert still_patches(noisy(contrast=10), noisy(0.1, contrast=10, seed=1))[2].mean() < 0.1
    assert still_patches(noisy(contrast=3), noisy(0.3, contrast=3, seed=1))[2].mean() < 0.2


def test_what_rests_goes_nowhere_unless_it_is_led_somewhere():
    """Noise alone moves every patch a little that is searched."""
    first, second = make_levels(noisy()), make_levels(noisy(seed=1))
    guess = np.zeros((120, 160, 2), np.float32)
    searched, passed = (Search(4, limit, refined=False).way(first, second, guess) for limit in (0, STILL))
    assert (searched == 0).mean() < 0.1 and (passed == 0).mean() > 0.7
    guess[:60] = 1.0
    led = Search(4, STILL, refined=False).way(first, second, guess)
    assert (led[:50] == 0).mean() < 0.1 and (led[70:] == 0).mean() > 0.7


@pytest.mark.parametrize("which", [0, 1])
def test_patches_that_were_led_somewhere_are_not_still(which):
    pair = noisy(), noisy(seed=1)
    still = still_patches(*pair)[2]
    ways = np.zeros((2, 2, *still.shape), np.float32)
    ways[which, 1, :4] = 0.2
    led = still_patches(*pair, ways)[2]
    assert still[:4].mean() > 0.8 and not led[:4].any()
    np.testing.assert_array_equal(led[4:], still[4:])


PART = np.s_[36:84, 48:112]
INNER = np.s_[42:78, 54:106]  # of the part, where no still ground is smoothed in


def moving_part(shift, contrast):
    """Two pictures (120, 160) of noisy ground, in which a PART whose grey levels deviate by `contrast` moved
    across by `shift` px."""
    first, second = noisy(), noisy(seed=1)
    first[PART], second[PART] = noisy(0, contrast)[PART], noisy(shift, contrast, 1)[PART]
    return first, second


@pytest.mark.parametrize(("contrast", "shift"), [(3, 0.5), (5, 0.2), (10, 0.1), (20, 0.05), (40, 0.05)])
def test_slow_motion_on_still_ground_is_found_though_still_patches_are_not_searched(contrast, shift):
    pair = moving_part(shift, contrast)
    assert still_patches(*pair)[2].mean() > 0.6, "the ground"
    first, second = (make_levels(part) for part in pair)
    guess = np.zeros((120, 160, 2), np.float32)
    searched, passed = (Search(4, limit).way(first, second, guess)[..., 0] for limit in (0, STILL))
    assert np.median(searched[INNER]) > 0.6 * shift
    assert np.median(passed[INNER]) > 0.85 * np.median(searched[INNER])
