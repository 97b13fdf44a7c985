"""The methods that we are compared with: each finds the one of two things whose motion drives the sound."""

import functools
import itertools
import subprocess
import sys

import cv2
import numpy as np
import pytest
from soundspot.core.errors import OptionError, ShapeError
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.tools.baselines import BASELINES, load_baseline
from soundspot.tools.baselines.clip import take_clip
from soundspot.tools.baselines.correlation import pearson, spearman
from soundspot.tools.baselines.hearing import COEFFICIENTS, energy, mel_filters, mfcc
from soundspot.tools.baselines.izadinia import canonical_weights
from soundspot.tools.baselines.kidron import haar, sparse_weights, unhaar, windows
from soundspot.tools.baselines.paper_batch import choose
from soundspot.tools.baselines.strongest_mover import StrongestMover

RATE, SOUND_RATE = 25, 16000  # Hz
SECONDS = 6.0
HEIGHT, WIDTH, SIDE = 120, 160, 32  # px
HEARING = sorted(set(BASELINES) - {"centre", "strongest mover"})
LEFT, RIGHT = np.s_[:, :, : WIDTH // 2], np.s_[:, :, WIDTH // 2 :]


def blows(seed):
    """s: irregular moments, 0.3 to 0.8 s apart, from before the film until after it."""
    return np.cumsum(np.random.default_rng(seed).uniform(0.3, 0.8, 40)) - 1


def height_at(time, moments, reach):
    """px: a thing falls back onto each of the moments, and bounces."""
    since = time - moments
    return reach * since[since >= 0].min() * -since[since < 0].max() / 0.16


def thing(colour):
    """uint8 (SIDE, SIDE, 3) of a colour, with a texture."""
    coarse = np.random.default_rng(sum(colour)).integers(-25, 26, (8, 8, 1))
    return np.uint8(np.kron(coarse, np.ones((SIDE // 8, SIDE // 8, 1))) + colour)


def film(left, right, reaches=(24, 24)):
    """Frames in which one thing bounces at the moments `left`, another at `right`."""
    rng = np.random.default_rng(0)
    backdrop = np.kron(rng.integers(90, 130, (HEIGHT // 8, WIDTH // 8, 3)), np.ones((8, 8, 1)))
    frames, things = [], (thing((40, 80, 200)), thing((190, 120, 50)))
    for k in range(round(SECONDS * RATE)):
        pixels = backdrop + rng.normal(0, 1, backdrop.shape)
        for block, x, moments, reach in zip(things, (24, 104), (left, right), reaches, strict=True):
            y = round(76 - height_at(k / RATE, moments, reach))
            pixels[y : y + SIDE, x : x + SIDE] = block
        frames.append(VideoFrame(np.clip(pixels, 0, 255).astype(np.uint8), k / RATE, k))
    return frames


def knocks(moments):
    """A burst of noise at each of the moments."""
    rng = np.random.default_rng(3)
    samples = rng.normal(0, 1e-4, round(SECONDS * SOUND_RATE))
    length = SOUND_RATE // 8
    for moment in moments[(moments > 0) & (moments < SECONDS - 0.2)]:
        start = round(moment * SOUND_RATE)
        samples[start : start + length] += 0.2 * rng.normal(size=length) * np.exp(-np.arange(length) / 300)
    return SoundBlock(np.clip(samples, -1, 1).astype(np.float32), 0, SOUND_RATE, 0.0)


@pytest.fixture(scope="module")
def two_things():
    """Frames of two bouncing things, and the moments at which each bounces."""
    moments = blows(5), blows(6)
    return film(*moments), moments


@pytest.fixture(scope="module")
def answers(two_things):
    """What each method says of the same film with the left thing's sound, and with the right one's."""
    frames, moments = two_things

    def answer(name):
        locate = load_baseline(name).locate
        return [locate(frames, knocks(own)) for own in moments]

    return functools.cache(answer)


@pytest.mark.parametrize("name", HEARING)
def test_the_thing_that_sounds_is_marked(answers, name):
    """Whichever of the two it is, with the same pictures."""
    left, right = answers(name)
    assert (left >= 0.5)[LEFT].sum() > (left >= 0.5)[RIGHT].sum()
    assert (right >= 0.5)[RIGHT].sum() > (right >= 0.5)[LEFT].sum()


@pytest.mark.parametrize("name", HEARING)
def test_confidence_has_a_place_for_every_frame(answers, two_things, name):
    for confidence in answers(name):
        assert confidence.dtype == np.float32 and confidence.ndim == 3
        assert len(confidence) == len(two_things[0])
        assert confidence.shape[1] * WIDTH == confidence.shape[2] * HEIGHT
        assert confidence.min() >= 0
        assert confidence.max() <= 1


def test_the_strongest_mover_is_marked_whatever_sounds():
    frames = film(blows(5), blows(6), reaches=(40, 4))
    confidence = load_baseline("strongest mover").locate(frames, knocks(blows(6)))
    assert (confidence >= 0.5)[LEFT].sum() > 10 * (confidence >= 0.5)[RIGHT].sum()
    assert confidence.max() == 1


def test_the_strongest_mover_so_far_is_a_place():
    rule = StrongestMover()
    texture = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8), (0, 0), 1.5
    )
    for k in range(8):
        pixels = texture.copy()
        pixels[150:190, 30:70] = texture[40:80, 100 + 2 * k : 140 + 2 * k]
        place = rule.push(VideoFrame(pixels, k / 25, k))
        if k == 0:
            assert place == (160, 120)
    assert 30 <= place[0] < 70 and 150 <= place[1] < 190


def test_the_centre_is_a_twentieth_of_the_picture(two_things):
    confidence = load_baseline("centre").locate(two_things[0], knocks(blows(1)))
    peak = np.unravel_index(confidence[0].argmax(), confidence[0].shape)
    assert np.allclose(peak, (HEIGHT / 2, WIDTH / 2), atol=1)
    assert (confidence >= 0.5).mean() == pytest.approx(np.pi / 64, rel=0.05)


@pytest.mark.parametrize("name", [name for name in BASELINES if name != "centre"])
def test_a_still_picture_has_no_confidence(name):
    pixels = np.random.default_rng(0).integers(0, 256, (HEIGHT, WIDTH, 3)).astype(np.uint8)
    frames = [VideoFrame(pixels, k / RATE, k) for k in range(40)]
    assert not load_baseline(name).locate(frames, knocks(blows(1))).any()


@pytest.mark.parametrize("name", HEARING)
def test_silence_is_bearable(two_things, name):
    sound = SoundBlock(np.zeros(2 * SOUND_RATE, np.float32), 0, SOUND_RATE, 0.0)
    confidence = load_baseline(name).locate(two_things[0][:50], sound)
    assert np.isfinite(confidence).all()
    assert not confidence.any()


@pytest.mark.parametrize("name", BASELINES)
def test_three_frames_are_enough(two_things, name):
    confidence = load_baseline(name).locate(two_things[0][:3], knocks(blows(1)))
    assert len(confidence) == 3 and np.isfinite(confidence).all()


@pytest.mark.parametrize("name", BASELINES)
def test_what_cannot_be_judged_is_refused(two_things, name):
    frames, sound = two_things[0], knocks(blows(1))
    locate = load_baseline(name).locate
    with pytest.raises(ShapeError, match="frames=0: want at least 3"):
        locate([], sound)
    with pytest.raises(ShapeError, match="sound=0 samples"):
        locate(frames, SoundBlock(np.zeros(0, np.float32), 0, SOUND_RATE, 0.0))
    with pytest.raises(ShapeError, match="sort them"):
        locate(frames[::-1], sound)
    other = VideoFrame(np.zeros((60, 80, 3), np.uint8), 9.0, 9)
    with pytest.raises(ShapeError, match="80x60, 160x120 px: want one size"):
        locate([*frames[:3], other], sound)


@pytest.mark.parametrize("name", BASELINES)
def test_every_baseline_is_named_and_cited(name):
    baseline = load_baseline(name)
    assert name == baseline.NAME
    assert baseline.CITATION and isinstance(baseline.SLOW, bool)


def test_an_unknown_baseline_is_refused():
    with pytest.raises(OptionError, match="baseline=oracle: want one of centre, "):
        load_baseline("oracle")


def test_without_the_extra_one_line_says_what_to_install(monkeypatch):
    monkeypatch.delitem(sys.modules, "soundspot.tools.baselines.izadinia")
    monkeypatch.setitem(sys.modules, "skimage.segmentation", None)
    with pytest.raises(OptionError, match=r"want skimage.*; pip install scikit-image scikit-learn"):
        load_baseline("Izadinia et al. 2013")


def test_the_list_of_baselines_loads_none_of_them():
    program = (
        "import sys, soundspot.tools.baselines\n"
        "print([name for name in sys.modules if name.startswith(('sklearn', 'skimage', 'cv2', 'numba'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def toy_clip(samples, rate=SOUND_RATE):
    frames = [VideoFrame(np.zeros((32, 32, 3), np.uint8), k / RATE, k) for k in range(50)]
    return take_clip(frames, SoundBlock(samples.astype(np.float32), 0, rate, 0.0), 32)


def test_energy_is_the_mean_square_around_each_frame():
    samples = np.where(np.arange(2 * SOUND_RATE) < SOUND_RATE, 0.0, 0.5)
    found = energy(toy_clip(samples))
    assert found[:24] == pytest.approx(0.0)
    assert found[27:49] == pytest.approx(0.25)


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_mel_bands_leave_no_hole(rate):
    bank = mel_filters(2 * rate // RATE, rate)
    hertz = np.fft.rfftfreq(2 * rate // RATE, 1 / rate)
    inside = (hertz > 300) & (hertz < min(7000, 0.45 * rate))
    assert bank.min() >= 0
    assert bank.sum(axis=0)[inside] == pytest.approx(1.0)


def test_loudness_moves_only_the_first_cepstral_coefficient():
    noise = np.random.default_rng(0).normal(0, 0.05, 2 * SOUND_RATE)
    soft, loud = mfcc(toy_clip(noise)), mfcc(toy_clip(4 * noise))
    assert soft.shape == (50, 2 * COEFFICIENTS)
    assert np.abs(loud - soft)[5:-5, 1:].max() < 0.01 < np.abs(loud - soft)[5:-5, 0].min()


def test_the_paper_picks_the_track_whose_order_is_that_of_the_sound():
    rng = np.random.default_rng(0)
    sound = rng.random(100)
    tracks = rng.random((30, 100))
    tracks[17] = np.exp(3 * sound)
    assert choose(tracks, sound) == 17
    assert choose(np.zeros((4, 100)), sound) is None


def test_wavelets_keep_energy_and_come_back():
    planes = np.random.default_rng(0).random((3, 16, 24))
    assert unhaar(haar(planes)) == pytest.approx(planes)
    assert (haar(planes) ** 2).sum() == pytest.approx((planes**2).sum())
    assert np.count_nonzero(np.abs(haar(np.ones((1, 16, 24)))) > 1e-9) == 2 * 3


@pytest.mark.parametrize("count", [3, 31, 32, 33, 48, 100, 300])
def test_windows_leave_no_frame_out(count):
    seen = set(itertools.chain(*(range(count)[window] for window in windows(count))))
    assert seen == set(range(count))


def test_the_sparsest_explanation_is_the_one_component_that_sounds():
    rng = np.random.default_rng(0)
    components = rng.normal(size=(20, 200))
    heard = 3 * components[:, 50] + 1
    weights = sparse_weights(components, heard)
    assert np.abs(weights).argmax() == 50
    assert np.abs(np.delete(weights, 50)).max() < 1e-6
    assert not sparse_weights(components, np.ones(20)).any()
    assert not sparse_weights(np.ones((20, 5)), heard).any()


def test_canonical_weights_fall_on_what_goes_with_the_sound():
    rng = np.random.default_rng(0)
    motion, sound = rng.normal(size=(300, 6)), rng.normal(size=(300, 8))
    sound[:, 3] += 4 * motion[:, 2]
    assert canonical_weights(motion, sound).argmax() == 2


def test_correlations_are_those_of_the_textbook():
    motion, sounds = np.random.default_rng(0).random((2, 4, 50))
    wanted = np.corrcoef(motion, sounds)[:4, 4:]
    assert pearson(motion, sounds) == pytest.approx(wanted)
    ranks = motion.argsort().argsort(), sounds.argsort().argsort()
    assert spearman(np.exp(9 * motion), sounds) == pytest.approx(np.corrcoef(*ranks)[:4, 4:])


def test_correlations_leave_out_what_is_unknown():
    motion, sounds = np.random.default_rng(0).random((2, 3, 50))
    motion[0, :20] = motion[1, :40] = np.nan
    motion[2] = 0.5
    found = pearson(motion, sounds)
    assert found[0] == pytest.approx(np.corrcoef(motion[0, 20:], sounds[:, 20:])[0, 1:])
    assert np.isnan(found[1]).all()
    assert not found[2].any()
