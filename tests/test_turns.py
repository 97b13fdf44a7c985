"""Turns in the evidence: each voice has its own, and what was heard before says nothing of the next one."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter1d
from soundspot.core.collages import WARM_UP
from soundspot.core.evidence import Correlator
from soundspot.core.lagged import LaggedSound
from soundspot.core.recipe import LIVE
from soundspot.core.remembered import RememberedVoices
from soundspot.core.voices import Turn
from soundspot.core.wta import batch_codes, draw_permutations, planes_to_codes

RATE, WINDOW = 30.0, 4.0
LATE = 15  # slots after which a turn is told
SECONDS = 6.0  # of a turn


def curve(seed, count):
    rough = np.random.default_rng(seed).standard_normal(count)
    return gaussian_filter1d(rough, 1.5).astype(np.float32)


def sliding(max_lag=0.0):
    """Of three rows and one curve."""
    return Correlator(
        3,
        1,
        RATE,
        descriptors=1,
        window=WINDOW,
        permutations=(1000, 2),
        max_lag=max_lag,
        memory=(2.0, 6.0),
        trend=0.0,
        draws=40,
        seed=0,
    )


def scores_of(speakers, turns=True):
    """(scores, whether it was ready) at each hop, where the rows in `speakers` sound one after another; all
    three rows move all the time."""
    each = round(SECONDS * RATE)
    motion = np.stack([curve(row, len(speakers) * each) for row in range(3)], axis=1)
    correlating, told = sliding(max_lag=0.1), []
    for slot in range(len(motion)):
        row = speakers[slot // each]
        nothing = np.zeros(1, np.float32)
        correlating.write(slot, motion[slot, :, None], nothing, motion[slot, [row]], nothing)
        changed = slot >= each and speakers[slot // each - 1] != row
        if turns and changed and slot % each == LATE:
            correlating.turn_to(Turn(row, LATE, (0, 1, 2)))
        if slot % LIVE.hop == 0:
            scores = correlating.score(LIVE.hop / RATE, np.arange(3), np.ones(3, np.float32))
            told.append((slot / RATE, scores, correlating.ready))
    return told


def at(told, time):
    """The scores at the first hop from `time` s on, and whether it was ready."""
    return next((scores, ready) for moment, scores, ready in told if moment >= time)


def test_who_begins_to_speak_has_evidence_of_their_own_at_once_and_who_spoke_has_none():
    told = scores_of([0, 1])
    before, _ = at(told, SECONDS - 0.5)
    assert before.real[0] > 0.7 and before.correlation[0] > 0.5
    soon, ready = at(told, SECONDS + 0.7)
    assert not ready and np.isnan(soon.real).all()
    later, ready = at(told, SECONDS + 2.5)
    assert ready and later.real[1] > 0.6 and later.real[0] < 0.4
    assert later.correlation[1] > 0.5 and later.correlation[0] < 0.3
    without, _ = at(scores_of([0, 1], turns=False), SECONDS + 2.5)
    assert without.real[1] < later.real[1] and without.real[0] > later.real[0]


def test_who_speaks_again_is_known_as_soon_as_the_turn_is_told():
    told = scores_of([0, 1, 0])
    back, ready = at(told, 2 * SECONDS + LATE / RATE)
    assert ready
    assert back.real[0] > 0.6 > back.real[1] + 0.2
    assert back.correlation[0] > 0.5 > back.correlation[1] + 0.2


def test_the_others_are_compared_over_as_many_moments():
    """A real window of a second beside others of four would stand out by chance alone."""
    told = scores_of([0, 1])
    soon = (scores for time, scores, _ in told if time > SECONDS + 1)
    scores = next(scores for scores in soon if np.isfinite(scores.null).all())
    full, _ = at(told, SECONDS - 0.5)
    assert scores.null[2].std() > 1.3 * full.null[2].std()


@pytest.mark.parametrize("heard", [1, 5, 12, 40])
def test_the_codes_of_what_is_forgotten_are_those_of_a_window_in_which_it_is_unknown(heard):
    slots, reach, count = 20, 3, 37
    order = draw_permutations(300, 2, slots, np.random.default_rng(0))
    lagged = LaggedSound(order, slots, reach, 1, RATE, 0.0)
    sound = curve(0, count)
    for slot, value in enumerate(sound):
        lagged.write(slot % slots, np.array([value]), np.zeros(1, np.float32))
    lagged.forget_before(heard)
    ring = np.full((2 * reach + 1, slots), np.nan, np.float32)
    for lag in range(2 * reach + 1):
        for slot in range(count - slots, count):
            moment = slot - 2 * reach + lag
            if moment >= 0 and count - 1 - moment < heard:
                ring[lag, slot % slots] = sound[moment]
    expected = batch_codes(ring, np.zeros_like(ring), order)
    bits = lagged.planes().transpose(1, 2, 0)
    np.testing.assert_array_equal(planes_to_codes(bits, len(order)), expected)


def test_what_is_written_after_a_turn_is_known_and_what_the_lags_still_hold_of_before_is_not():
    slots, reach = 20, 3
    order = draw_permutations(300, 2, slots, np.random.default_rng(0))
    lagged = LaggedSound(order, slots, reach, 1, RATE, 0.0)
    for slot in range(30):
        lagged.write(slot % slots, np.array([1.0], np.float32), np.zeros(1, np.float32))
    lagged.forget_before(2)
    for slot in range(30, 33):
        lagged.write(slot % slots, np.array([2.0], np.float32), np.zeros(1, np.float32))
    np.testing.assert_array_equal(lagged.newest[:, 0], [np.nan, np.nan, 1, 1, 2, 2, 2])


def test_a_voice_that_is_not_remembered_any_more_begins_anew():
    memory = RememberedVoices(3, np.array([4]), 1, 1)
    first = memory.now
    first.real.add(np.array([0]), np.ones(1, np.float32), 1.0)
    assert not memory.turn_to(Turn(1, 10, (0, 1)))
    assert memory.turn_to(Turn(0, 10, (0, 1))) and memory.now is first
    assert not memory.turn_to(Turn(1, 10, (0, 1))), "of a voice that said too little nothing is known"
    assert not memory.turn_to(Turn(2, 10, (1, 2)))
    assert not memory.turn_to(Turn(0, 10, (2, 0)))


@pytest.mark.parametrize("speakers", [[0], [0, 1]])
def test_a_voice_is_new_for_a_while_whatever_moves(speakers):
    """Where nothing moves nothing is ever compared, and it is not too early for ever."""
    each = round(SECONDS * RATE)
    correlating, nothing, heard = sliding(), np.zeros(1, np.float32), curve(0, 2 * each)
    still = np.full((3, 1), np.nan, np.float32)
    for slot in range(2 * each):
        correlating.write(slot, still, nothing, heard[[slot]], nothing)
        if len(speakers) > 1 and slot == each + LATE:
            correlating.turn_to(Turn(1, LATE, (0, 1)))
            assert not correlating.ready
    assert correlating.ready


def test_before_there_is_other_sound_a_turn_is_a_name_only():
    correlating = sliding()
    heard, nothing = curve(0, 120), np.zeros(1, np.float32)
    for slot in range(120):
        correlating.write(slot, np.full((3, 1), heard[slot]), nothing, heard[[slot]], nothing)
        if slot == round(WARM_UP * RATE) - 3:
            correlating.turn_to(Turn(1, LATE, (0, 1)))
    assert correlating.ready
    scores = correlating.score(LIVE.hop / RATE, np.arange(3), np.ones(3, np.float32))
    assert np.isfinite(scores.real).all()


def test_a_child_inherits_what_is_remembered_of_every_voice():
    correlating = sliding()
    heard, nothing = curve(0, 200), np.zeros(1, np.float32)
    for slot in range(200):
        motion = np.array([[heard[slot]], [np.nan], [np.nan]], np.float32)
        correlating.write(slot, motion, nothing, heard[[slot]], nothing)
        if slot % LIVE.hop == 0:
            correlating.score(LIVE.hop / RATE, np.arange(1), np.ones(1, np.float32))
    correlating.turn_to(Turn(1, 10, (0, 1)))
    correlating.copy(np.array([0]), np.array([1]))
    correlating.clear(np.array([0]))
    correlating.turn_to(Turn(0, 10, (0, 1)))
    scores = correlating.score(0.0, np.zeros(0, np.int64), np.zeros(0, np.float32))
    assert scores.real[1] > 0.7 and np.isnan(scores.real[[0, 2]]).all()
