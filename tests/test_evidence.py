"""Evidence: what follows the sound stands out, what does not is chance, and chance is counted fairly."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from soundspot.core.collages import WARM_UP
from soundspot.core.evidence import Correlator
from soundspot.core.rank import rank_objects
from soundspot.core.recipe import LIVE

RATE = 30.0
HOP = LIVE.hop
FLOORS = np.zeros(1, np.float32)


def curve(seed, count, softness=1.5):
    """(count,): an irregular curve as smooth as motion and sound curves are."""
    rough = np.random.default_rng(seed).standard_normal(count)
    return gaussian_filter1d(rough, softness).astype(np.float32)


def correlator(
    rows,
    *,
    curves=1,
    entries=2,
    max_lag=0.2,
    memory=4.0,
    trend=0.0,
    draws=60,
    window=4.0,
    seed=0,
    descriptors=1,
):
    return Correlator(
        rows,
        curves,
        RATE,
        descriptors=descriptors,
        window=window,
        permutations=(1000, entries),
        max_lag=max_lag,
        memory=memory if isinstance(memory, tuple) else (memory, memory),
        trend=trend,
        draws=draws,
        seed=seed,
    )


def feed(correlating, motion, sound, *, start=0, floor=0.0):
    """Write motion (slots, rows), or (slots, rows, descriptors), and sound (slots, curves); the scores of the
    last hop."""
    motion = motion if motion.ndim == 3 else motion[:, :, None]
    chosen = np.arange(motion.shape[1])
    floors = np.full(motion.shape[2], floor, np.float32)
    sound_floors = np.full(sound.shape[1], floor, np.float32)
    scores = None
    for slot, (moved, heard) in enumerate(zip(motion, sound, strict=True), start):
        correlating.write(slot, moved, floors, heard, sound_floors)
        if slot % HOP == 0:
            scores = correlating.score(HOP / RATE, chosen, np.ones(chosen.size, np.float32))
    return scores


def test_a_track_that_follows_the_sound_stands_far_above_its_null_and_others_do_not():
    heard = curve(0, 360)
    motion = np.stack([heard + 0.1 * curve(1, 360), curve(2, 360), curve(3, 360)], axis=1)
    scores = feed(correlator(3), motion, heard[:, None])
    assert scores.real[0] > 0.7
    assert scores.real[0] > scores.null[0].max() + 0.3
    for other in (1, 2):
        assert scores.real[other] < 0.5
        assert scores.real[other] <= scores.null[other].max() + 0.1


@pytest.mark.parametrize("entries", [2, 5])
def test_a_perfect_match_scores_one_and_chance_about_zero(entries):
    heard = curve(0, 400)
    motion = np.stack([heard, curve(1, 400)], axis=1)
    scores = feed(correlator(2, entries=entries, max_lag=0.0), motion, heard[:, None])
    assert scores.real[0] == pytest.approx(1)
    assert abs(np.mean(scores.null)) < 0.15


def test_opposite_motion_scores_below_chance():
    heard = curve(0, 300)
    assert feed(correlator(1, max_lag=0.0), -heard[:, None], heard[:, None]).real[0] < -0.9


@pytest.mark.parametrize("late", [-4, 0, 3, 6])
def test_the_lag_is_how_much_later_the_sound_comes(late):
    whole = curve(0, 420)
    motion, heard = whole[10:-10], whole[10 - late : 410 - late]
    correlating = correlator(3)
    noise = np.stack([curve(seed, 400) for seed in (1, 2)], axis=1)
    scores = feed(correlating, np.column_stack([motion, noise]), heard[:, None])
    assert correlating.lag == pytest.approx(late / RATE)
    assert scores.real[0] > 0.6


def test_without_lags_to_search_the_lag_is_zero():
    heard = curve(0, 200)
    correlating = correlator(1, max_lag=0.0)
    feed(correlating, heard[:, None], heard[:, None])
    assert correlating.lag == 0


def test_several_curves_count_together():
    heard = np.stack([curve(0, 360), curve(9, 360)], axis=1)
    both = feed(correlator(1, curves=2, max_lag=0.0), heard[:, :1], heard).real[0]
    assert both == pytest.approx(0.5, abs=0.15), "one of two curves is matched perfectly, the other by chance"


def test_nothing_is_compared_before_there_is_other_sound():
    heard = curve(0, int(WARM_UP * RATE) - 1)
    correlating = correlator(1)
    scores = feed(correlating, heard[:, None], heard[:, None])
    assert not correlating.ready
    assert np.isnan(scores.real).all()


def test_tied_values_are_no_evidence_at_all():
    """In silence a wall would match: two flat curves agree in everything (measured beforehand)."""
    flat = np.zeros((300, 1), np.float32)
    assert np.isnan(feed(correlator(1), flat, flat).real).all()
    faint = 0.01 * curve(0, 300)[:, None]
    assert np.isnan(feed(correlator(1), faint, faint, floor=0.2).real).all()


def test_unknown_slots_are_no_evidence_against():
    heard = curve(0, 400)
    motion = heard[:, None].copy()
    motion[::9] = np.nan
    scores = feed(correlator(1, max_lag=0.0), motion, heard[:, None])
    assert scores.real[0] == pytest.approx(1)
    assert np.isnan(feed(correlator(1), np.full((300, 1), np.nan, np.float32), heard[:300, None]).real).all()


def test_the_same_seed_gives_the_same_scores():
    heard, motion = curve(0, 200)[:, None], curve(1, 200)[:, None]
    first, again = (feed(correlator(1, seed=5), motion, heard) for _ in range(2))
    np.testing.assert_array_equal(first.real, again.real)
    np.testing.assert_array_equal(first.null, again.null)


def test_evidence_is_remembered_longer_than_the_window_and_then_fades():
    heard = curve(0, 700)
    motion = np.concatenate([heard[:300], curve(1, 400)])[:, None]
    kinds = correlator(1, memory=8.0, window=2.0), correlator(1, memory=0.0, window=2.0)
    start = [feed(kind, motion[:300], heard[:300, None]).real[0] for kind in kinds]
    soon = [feed(kind, motion[300:390], heard[300:390, None], start=300).real[0] for kind in kinds]
    late = feed(kinds[0], motion[390:], heard[390:, None], start=390).real[0]
    assert min(start) > 0.9
    assert soon[0] > soon[1] + 0.3
    assert late < soon[0] - 0.2


def test_a_swell_that_two_things_have_in_common_is_no_match_by_codes_and_one_by_correlation():
    swell = 3 * np.sin(2 * np.pi * np.arange(400) / 300).astype(np.float32)
    quick, other = 3 * curve(0, 400), 3 * curve(1, 400)
    heard, motion = swell + quick, np.stack([swell + other, quick], axis=1)
    raw, steady = (
        feed(correlator(2, max_lag=0.0, trend=trend), motion, heard[:, None]) for trend in (0.0, 0.5)
    )
    assert raw.real[0] > raw.null[0].max() + 0.2
    assert steady.real[0] < steady.null[0].max()
    assert steady.real[1] > 0.7 > raw.real[1], "what they have in common beside it is found the better"
    np.testing.assert_array_equal(steady.correlation, raw.correlation)
    assert raw.correlation[0] > 0.6


@pytest.mark.parametrize("times", [(300,), (300, 310, 460), tuple(range(100, 480, 40))])
def test_a_row_has_a_score_and_a_whole_null_as_soon_as_it_is_scored_however_rarely(times):
    heard = curve(0, 500)
    correlating = correlator(2)
    for slot, sound in enumerate(heard[:, None]):
        correlating.write(slot, np.array([sound, sound]), FLOORS, sound, FLOORS)
        if slot % HOP == 0:
            chosen = np.array([0, 1] if slot in times else [0])
            scores = correlating.score(HOP / RATE, chosen, np.ones(chosen.size, np.float32))
        if slot in times:
            assert np.isfinite(scores.real[1]) and np.isfinite(scores.null[1]).all()
            assert scores.real[1] == pytest.approx(scores.real[0], abs=0.05)


def test_codes_forget_before_correlation_when_they_are_told_to():
    heard = curve(0, 700)
    motion = np.concatenate([heard[:300], curve(1, 400)])[:, None]
    alike, sooner = (correlator(1, memory=memory, window=2.0) for memory in (8.0, (1.0, 8.0)))
    long, short = (feed(each, motion[:420], heard[:420, None]) for each in (alike, sooner))
    assert short.real[0] < long.real[0] - 0.2
    assert short.correlation[0] == pytest.approx(long.correlation[0], abs=1e-5)


def test_a_child_inherits_history_codes_and_evidence_and_a_cleared_row_has_none():
    heard = curve(0, 420)
    motion = np.stack([heard, curve(1, 420), np.full(420, np.nan, np.float32)], axis=1)
    correlating = correlator(3)
    feed(correlating, motion[:301], heard[:301, None])
    correlating.copy(0, 2)
    correlating.clear(1)
    scores = correlating.score(0.0, np.arange(3), np.ones(3, np.float32))
    assert scores.real[2] == scores.real[0]
    np.testing.assert_array_equal(scores.null[2], scores.null[0])
    assert scores.correlation[2] == scores.correlation[0] > 0.9
    assert np.isnan(scores.real[1]) and np.isnan(scores.correlation[1])
    motion[301:, 2] = motion[301:, 0]
    scores = feed(correlating, motion[301:], heard[301:, None], start=301)
    assert scores.real[2] == scores.real[0], "they stay alike while they move alike"


@pytest.mark.parametrize("sign", [1, -1])
def test_a_last_descriptor_is_evidence_whether_it_goes_with_the_sound_or_against_it(sign):
    """Normal flow stands there: all other curves are noise."""
    heard = curve(0, 360)
    motion = np.stack([[curve(10 * row + k, 360) for k in range(6)] for row in range(1, 4)])
    motion[0, 5] = sign * heard
    scores = feed(
        correlator(3, descriptors=6, max_lag=0.0), motion.transpose(2, 0, 1), heard[:, None], floor=0.02
    )
    assert scores.real[0] > scores.null[0].max() + 0.1
    assert max(scores.correlation) < 0.3, "in it single peaks would count for too much"
    for row in (1, 2):
        assert scores.real[row] <= scores.null[row].max() + 0.1


@pytest.mark.parametrize("followed", ["acceleration", "velocity"])
def test_where_a_thing_is_pushed_to_or_goes_is_evidence_in_whatever_direction(followed):
    """Magnitudes that are noise, and one of the two along a line that the sound follows."""
    heard = curve(0, 360)
    turned = [np.outer(heard, (np.cos(angle), np.sin(angle))) for angle in (0.3, 2.0, 4.1)]
    pushes = np.stack([*turned, np.stack([curve(8, 360), curve(9, 360)], axis=1)], axis=1)
    noise = np.stack([curve(20 + row, 360) for row in range(4)], axis=1)
    other = np.stack([curve(30 + k, 360) for k in range(8)], axis=1).reshape(-1, 4, 2)
    directions = [pushes, other] if followed == "acceleration" else [other, pushes]
    scores = feed(
        correlator(4, descriptors=5, max_lag=0.0),
        np.concatenate([noise[:, :, None], *directions], axis=2).astype(np.float32),
        heard[:, None],
    )
    for row in range(3):
        assert scores.real[row] > scores.null[row].max() + 0.1
    assert scores.real[3] <= scores.null[3].max() + 0.1


@pytest.mark.parametrize("seconds", [8, 20])
def test_a_history_that_follows_the_sound_correlates(seconds):
    heard = curve(0, round(seconds * RATE))
    motion = np.stack([heard + 0.1 * curve(1, heard.size), curve(2, heard.size)], axis=1)
    correlation = feed(correlator(2), motion, heard[:, None]).correlation
    assert correlation[0] > 0.8 > 0.4 > correlation[1]


def test_a_sound_that_holds_is_no_evidence_for_what_moves_unevenly():
    """Lively sound, then one that does not change: nothing follows it better than it does other sound."""
    heard = np.concatenate([curve(0, 300), np.zeros(300, np.float32)])
    motion = np.stack([[curve(10 * row + k, 600) for k in range(5)] for row in range(1, 9)])
    scores = feed(correlator(8, descriptors=5), motion.transpose(2, 0, 1), heard[:, None], floor=0.02)
    assert scores.real.mean() < scores.null.mean() + 0.05


def p_of_best(seed, seconds, *, related=False):
    """The best object's p-value for 8 tracks, of which at most one has to do with the sound."""
    count = round(seconds * RATE)
    heard = curve(1000 * seed, count, 2.0)
    motion = np.stack([curve(1000 * seed + 1 + row, count, 2.0) for row in range(8)], axis=1)
    if related:
        motion[:, 3] = heard + 0.3 * motion[:, 3]
    scores = feed(correlator(8, seed=seed, draws=39, window=3.0, max_lag=0.1), motion, heard[:, None])
    ones = np.ones(8, np.float32)
    return rank_objects(scores, np.arange(8), np.arange(8), ones, ones, ones, plain=False)[0]


def test_p_of_a_track_that_follows_the_sound_is_the_least_possible():
    best = p_of_best(1, 12, related=True)
    assert best.object == 3
    assert best.p_value == pytest.approx(1 / 40)


def test_p_of_unrelated_tracks_is_about_uniform_or_careful():
    """40 fixed seeds; allowed are three standard errors above the nominal share."""
    p_values = np.array([p_of_best(seed, 15).p_value for seed in range(40)])
    assert p_values.min() >= 1 / 40
    for level in (0.05, 0.1, 0.25):
        assert np.mean(p_values <= level) <= level + 3 * np.sqrt(level * (1 - level) / 40)
    assert np.median(p_values) < 0.95, "nor so careful that nothing could ever be found"
