"""The evaluation's figures are what they say: known answers, and properties for whatever comes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from soundspot.tools.evaluation import metrics
from soundspot.tools.evaluation.calibration import calibrate
from soundspot.tools.evaluation.live import (
    ECHO,
    NEVER,
    SETTLED,
    SceneMoment,
    change_overs,
    first_finding,
    live_figures,
    silences,
    switches_a_minute,
)
from soundspot.tools.evaluation.scene_jobs import compare
from soundspot.tools.evaluation.surface import (
    STEPS,
    THRESHOLDS,
    Curves,
    SurfaceTally,
    at_recall,
    at_threshold,
    frame_curves,
    mean_curves,
)


def moment(time, sources=(1,), named=7, precision=0.9, struck=1, lag=0.0, overlap=0.8):
    return SceneMoment(time, frozenset(sources), named, precision, overlap, struck, True, False, False, lag)


# ------------------------------------------------------------------------- shares and the working point


def test_what_cannot_be_judged_does_not_count():
    assert metrics.share([True, None, False, None]) == 0.5
    assert metrics.share([None]) is None
    assert metrics.mean([1.0, None, 0.0]) == 0.5
    assert metrics.median_of([3.0, None, 1.0, 100.0]) == 3.0


def test_the_working_point_lets_no_more_of_the_unrelated_pass_than_allowed():
    unrelated = [metrics.evidence(k / 100, 0.5) for k in range(100)]
    heard = [(metrics.evidence(0.045, 0.5), True), (metrics.evidence(0.06, 0.9), False)]
    assert metrics.working_point(heard, unrelated, 0.05) == (0.5, 1.0)


def test_of_equal_p_values_the_higher_score_is_surer():
    unrelated = [metrics.evidence(0.01, 0.4)] * 20
    heard = [(metrics.evidence(0.01, 0.5), True), (metrics.evidence(0.01, 0.3), True)]
    assert metrics.working_point(heard, unrelated, 0.05) == (0.5, 1.0)


def test_without_unrelated_sound_there_is_no_working_point():
    assert metrics.working_point([(metrics.evidence(0.01, 1.0), True)], [], 0.05) == (None, None)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(-1, 1)), min_size=1, max_size=60), st.floats(0, 0.5))
def test_the_threshold_keeps_its_promise(pairs, allowed):
    unrelated = [metrics.evidence(p_value, score) for p_value, score in pairs]
    named, _ = metrics.working_point([(sure, True) for sure in unrelated], unrelated, allowed)
    assert named <= allowed


# ------------------------------------------------------------------------- calibration


def test_uniform_p_values_are_found_calibrated():
    told = calibrate([(k + 0.5) / 1000 for k in range(1000)])
    assert told.moments == 1000
    assert told.shares == pytest.approx((0.01, 0.05, 0.2, 0.5))
    assert told.distance < 0.001


def test_p_values_that_are_too_small_are_told():
    told = calibrate([0.005] * 30 + [0.9] * 70)
    assert told.shares == (0.3, 0.3, 0.3, 0.3)
    assert told.distance == pytest.approx(0.6)
    assert calibrate([]) is None


# ------------------------------------------------------------------------- the paper's curves


def test_precision_and_recall_of_a_known_frame():
    confidence = np.zeros((10, 10), np.float32)
    confidence[:4] = 0.29  # a level that is less than 29 hundredths in binary
    confidence[:2] = 0.8
    truth = np.zeros((10, 10), bool)
    truth[1:3] = True
    precision, recall = frame_curves(confidence, truth)
    assert (precision[0], recall[0]) == (0.2, 1.0)  # threshold 0 marks everything
    assert (precision[29], recall[29]) == (0.5, 1.0)
    assert (precision[30], recall[30]) == (0.5, 0.5)
    assert (precision[81], recall[81]) == (0.0, 0.0)


@given(arrays.arrays(np.float32, (6, 7), elements=st.floats(0, 1, width=32)), st.integers(0, 2**42 - 1))
def test_curves_equal_counting_pixels(confidence, bits):
    truth = np.array([bits >> k & 1 for k in range(42)], bool).reshape(6, 7)
    truth[0, 0] = True
    precision, recall = frame_curves(confidence, truth)
    assert (np.diff(recall) <= 0).all()
    for level in (0, 1, 29, 50, 99, 100):
        marked = np.floor(confidence.astype(float) * STEPS + 1e-4) >= level
        common = (marked & truth).sum()
        assert recall[level] == pytest.approx(common / truth.sum())
        assert precision[level] == pytest.approx(common / max(1, marked.sum()))


def test_a_perfect_surface_reads_one_and_an_empty_one_nothing():
    truth = np.zeros((8, 8), bool)
    truth[2:5, 2:6] = True
    perfect, empty = SurfaceTally(), SurfaceTally()
    for _ in range(3):
        perfect.add(truth.astype(np.float32), truth)
        empty.add(np.zeros((8, 8), np.float32), truth)
    read = at_threshold(perfect.curves(), 0.5)
    assert (read.precision, read.recall, read.hit, read.detection) == (1, 1, 1, 1)
    read = at_threshold(empty.curves(), 0.5)
    assert (read.precision, read.recall, read.hit, read.detection) == (0, 0, 0, 0)


def test_frames_in_which_nothing_sounds_are_left_out():
    tally = SurfaceTally()
    tally.add(np.ones((4, 4), np.float32), np.zeros((4, 4), bool))
    assert tally.frames == 0
    assert np.isnan(tally.curves().precision).all()
    assert np.isnan(at_recall(tally.curves(), 0.5).precision)


def test_everything_is_read_where_the_mean_recall_is_one_half():
    falling = Curves(THRESHOLDS, 1 - THRESHOLDS, THRESHOLDS / 2, 1 - THRESHOLDS / 2)
    read = at_recall(falling, 0.25)
    assert read.threshold == pytest.approx(0.75)
    assert (read.precision, read.recall) == (pytest.approx(0.75), pytest.approx(0.25))
    assert (read.hit, read.detection) == (pytest.approx(0.375), pytest.approx(0.625))
    high = Curves(THRESHOLDS, np.full(STEPS + 1, 0.9), THRESHOLDS, THRESHOLDS)
    assert at_recall(high, 0.5).threshold == 1


def test_mean_curves_weigh_alike():
    one, other = (Curves(*[np.full(STEPS + 1, value)] * 4) for value in (0.2, 0.6))
    assert mean_curves([one, other]).recall == pytest.approx(np.full(STEPS + 1, 0.4))


# ------------------------------------------------------------------------- masks


def test_a_mask_is_held_against_numbered_sources():
    sources = np.zeros((10, 10), np.uint8)
    sources[:2], sources[5:7] = 1, 2
    marked = np.zeros((10, 10), bool)
    marked[6:8] = True
    assert compare(marked, sources) == (0.5, pytest.approx(10 / 30), 2)
    marked[:] = sources > 0
    assert compare(marked, sources)[:2] == (1.0, 1.0)
    assert compare(sources == 1, sources) == (1.0, 1.0, 1)
    assert compare(np.zeros((10, 10), bool), sources) == (0.0, 0.0, 0)
    assert compare(np.ones((10, 10), bool), np.zeros((10, 10), np.uint8)) == (0.0, 0.0, 0)


# ------------------------------------------------------------------------- the running answer


def test_the_first_finding_counts_from_the_first_sound():
    quiet = [moment(k, sources=(), named=None) for k in range(3)]
    wrong = [moment(3, precision=0.2), moment(4, named=None, precision=0.0)]
    assert first_finding([*quiet, *wrong, moment(5)]) == 2
    assert first_finding([*quiet, *wrong]) == NEVER
    assert first_finding(quiet) is None


def test_a_change_over_takes_until_the_new_source_is_named():
    moments = [moment(0), moment(1), moment(2, (2,)), moment(3, (2,)), moment(4, (2,), struck=2)]
    assert change_overs(moments) == [2]


def test_a_pause_between_two_sources_is_no_part_of_the_change():
    moments = [moment(0), moment(1, ()), moment(5, (2,)), moment(6, (2,), struck=2)]
    assert change_overs(moments) == [1]


def test_a_change_that_is_not_followed_before_the_next_is_missed():
    moments = [moment(0), moment(1, (2,)), moment(2, (1,)), moment(2.5, (1,))]
    assert change_overs(moments) == [NEVER, 0]
    assert change_overs([moment(0), moment(1, ())]) == []


def test_switches_are_counted_by_object_and_by_what_they_led_to():
    moments = [moment(0), moment(10, named=None), moment(20), moment(30, named=8)]
    moments += [moment(60, named=9, precision=0.1)]
    assert switches_a_minute(moments) == (2, 1)
    assert switches_a_minute([]) == (0, 0)


def test_silence_begins_when_what_was_heard_has_faded():
    moments = [moment(0), moment(1, ()), moment(ECHO, ()), moment(ECHO + 1, ())]
    assert [each.time for each in silences(moments)] == [ECHO, ECHO + 1]
    assert len(silences([moment(0, ())])) == 1


def test_the_live_figures_of_a_known_scene():
    early = [moment(0.5, precision=0.1)]
    right = [moment(SETTLED + k) for k in range(6)]
    wrong = [moment(SETTLED + 6, precision=0.3, overlap=0.2), moment(SETTLED + 7, named=None, overlap=0.0)]
    late = [
        moment(SETTLED + 20, (), named=9, precision=0.0, lag=0.05),
        moment(SETTLED + 21, (), None, lag=0.05),
    ]
    told = live_figures([*early, *right, *wrong, *late], true_lag=0.2)
    assert told.right == pytest.approx(6 / 8)
    assert told.found == pytest.approx(7 / 8)
    assert told.false == pytest.approx(2 / 10)
    assert told.overlap == pytest.approx((6 * 0.8 + 0.2) / 8)
    assert (told.best, told.moving, told.in_vain) == (1.0, 0.0, 0.5)
    assert told.first == pytest.approx(SETTLED - 0.5)
    assert told.lag_error == pytest.approx(0.15)


def test_a_scene_without_a_source_is_judged_by_what_is_named_in_vain():
    told = live_figures([moment(SETTLED + k, (), named=k % 2 or None, precision=0.0) for k in range(4)], 0.0)
    assert (told.right, told.first, told.lag_error) == (None, None, None)
    assert told.in_vain == told.false == 0.5
