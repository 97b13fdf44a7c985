"""Decisions: named after a while, held over doubts, replaced by what is surer, and "nobody" with its
reason."""

import numpy as np
import pytest
from soundspot.core.decide import HELD_P, Circumstances, Decider
from soundspot.core.rank import LEAST_SCORE, Ranked

CLEAR = Circumstances(lost_sound=False, silent=False, still=False, early=False)
SENSITIVITY, CONFIRM, HOLD = 0.05, 0.5, 1.0
STEP = 0.1


def entry(name=1, p=0.01, strength=3.0, score=0.3, rows=None, places=()):
    own = np.array(rows or [name])
    return Ranked(name, score, strength, p, np.array([*own, *places]), 0.1, own)


def around(**what):
    return Circumstances(**{"lost_sound": False, "silent": False, "still": False, "early": False, **what})


def decider(most=1, confirm=CONFIRM, hold=HOLD):
    return Decider(SENSITIVITY, confirm, hold, most)


def run(deciding, rankings, start=0.0, circumstances=CLEAR):
    """Decisions at every STEP from `start` s on."""
    return [deciding.decide(start + k * STEP, ranking, circumstances) for k, ranking in enumerate(rankings)]


def names(decision):
    return [sounder.object for sounder in decision.sounders]


def test_a_source_is_named_once_it_persisted_and_not_before():
    decisions = run(decider(), [[entry()]] * 10)
    assert [d.state == "found" for d in decisions] == [k * STEP >= CONFIRM - 1e-9 for k in range(10)]
    assert decisions[-1].reason is None
    assert names(decisions[-1]) == [1]
    assert decisions[-1].best is decisions[-1].sounders[0]


def test_in_another_shot_nothing_is_known_of_what_was_named():
    deciding = decider()
    run(deciding, [[entry(name=1)]] * 10)
    deciding.forget()
    again = run(deciding, [[entry(name=1)]] * 10, start=1.0)
    assert [d.state == "found" for d in again] == [k * STEP >= CONFIRM - 1e-9 for k in range(10)]


def test_what_is_named_is_shown_with_full_confidence_and_a_mere_candidate_with_less_than_half():
    named = run(decider(most=2), [[entry(name=1), entry(name=2)]] * 10)[-1]
    assert named.shown == named.sounders and len(named.shown) == 2 and named.confidence == 1
    candidate = run(decider(), [[entry(p=0.5), entry(name=2, p=0.6)]])[-1]
    assert [one.object for one in candidate.shown] == [1] and 0 < candidate.confidence < 0.5


@pytest.mark.parametrize("obstacle", ["silent", "still", "lost_sound"])
def test_nothing_is_confident_where_nothing_can_be_known_to_sound(obstacle):
    assert run(decider(), [[entry(p=0.5)]], circumstances=around(**{obstacle: True}))[0].confidence == 0
    assert run(decider(), [[]])[0].shown == ()


def test_only_the_foremost_is_asked_whether_it_sounds():
    strongest, surer = entry(name=1, p=0.5), entry(name=2, strength=1.5, p=0.01)
    assert run(decider(), [[strongest, surer]] * 10)[-1].state == "nobody"
    assert names(run(decider(most=2), [[strongest, surer]] * 10)[-1]) == [2]


def test_without_a_time_to_confirm_it_is_named_at_once():
    assert decider(confirm=0.0).decide(0.0, [entry()], CLEAR).state == "found"


def test_evidence_that_comes_and_goes_is_not_confirmed():
    decisions = run(decider(), [[entry()], [entry()], [entry(p=0.5)]] * 4)  # too short to have lasted
    assert all(d.state == "nobody" for d in decisions)


def test_a_p_value_at_the_sensitivity_counts_and_above_does_not():
    assert run(decider(), [[entry(p=SENSITIVITY)]] * 10)[-1].state == "found"
    assert run(decider(), [[entry(p=SENSITIVITY + 1e-6)]] * 10)[-1].state == "nobody"


def test_a_named_source_is_held_over_a_doubt_and_let_go_after():
    deciding = decider()
    run(deciding, [[entry()]] * 10)  # last small p at 0.9 s
    doubts = run(deciding, [[entry(p=0.3)]] * 20, start=1.0)
    held = [d.state == "found" for d in doubts]
    assert held == [1.0 + k * STEP - 0.9 <= HOLD + 1e-9 for k in range(20)]
    assert doubts[-1].reason == "ambiguous"


def test_a_named_source_that_most_other_sound_fits_better_is_not_held():
    deciding = decider()
    run(deciding, [[entry()]] * 10)
    assert deciding.decide(1.0, [entry(p=HELD_P)], CLEAR).state == "found"
    assert deciding.decide(1.1, [entry(p=HELD_P + 0.1)], CLEAR).state == "nobody"


def test_a_named_source_that_left_the_picture_is_not_held():
    deciding = decider()
    run(deciding, [[entry()]] * 10)
    assert deciding.decide(1.0, [entry(name=2, p=0.9)], CLEAR).state == "nobody"


def test_after_it_was_let_go_it_must_persist_again():
    deciding = decider()
    run(deciding, [[entry()]] * 10)
    run(deciding, [[entry(p=0.9)]] * 20, start=1.0)
    again = run(deciding, [[entry()]] * 10, start=3.0)
    assert [d.state == "found" for d in again] == [k * STEP >= CONFIRM - 1e-9 for k in range(10)]


def test_a_slightly_stronger_rival_does_not_take_over_and_a_much_stronger_one_does():
    deciding = decider()
    run(deciding, [[entry(1, strength=3.0)]] * 10)
    slightly = run(deciding, [[entry(2, strength=3.1), entry(1, strength=3.0)]] * 30, start=1.0)
    assert all(names(d) == [1] for d in slightly), "not even after the time to hold"
    much = run(deciding, [[entry(2, strength=6.0), entry(1, strength=3.0)]] * 10, start=4.0)
    assert names(much[-1]) == [2]


def test_a_rival_must_be_confirmed_before_it_takes_over():
    deciding = decider()
    run(deciding, [[entry(1, strength=3.0)]] * 10)
    decisions = run(deciding, [[entry(2, strength=9.0), entry(1, strength=3.0)]] * 8, start=1.0)
    assert [names(d) == [1] for d in decisions[:5]] == [True] * 5
    assert names(decisions[-1]) == [2]


@pytest.mark.parametrize("most", [1, 2, 5])
def test_no_more_than_so_many_are_named_best_first(most):
    ranking = [entry(name, strength=9.0 - name) for name in (1, 2, 3)]
    decision = run(decider(most=most), [ranking] * 10)[-1]
    assert names(decision) == [1, 2, 3][:most]


@pytest.mark.parametrize(
    ("what", "ranking", "reason"),
    [
        ("lost_sound", [entry()], "lost_sound"),
        ("silent", [entry(p=0.9)], "silence"),
        ("still", [], "no_motion"),
        ("still", [entry(p=0.9)], "no_motion"),
        (None, [], "no_motion"),
        (None, [entry(p=0.9, score=0.0)], "no_match"),
        (None, [entry(p=0.9, score=0.9)], "ambiguous"),
    ],
)
def test_nobody_says_why(what, ranking, reason):
    circumstances = around(**({what: True} if what else {}))
    decision = run(decider(), [ranking] * 5, circumstances=circumstances)[-1]
    assert (decision.state, decision.reason, decision.sounders) == ("nobody", reason, ())
    assert decision.best is (ranking[0] if ranking else None), "the best is told even then"


def test_too_early_to_tell_is_warming_up():
    decision = decider().decide(0.0, [entry()], around(early=True))
    assert (decision.state, decision.reason) == ("warming_up", None)


def test_lost_sound_ends_a_finding_at_once():
    deciding = decider()
    run(deciding, [[entry()]] * 10)
    assert deciding.decide(1.0, [entry()], around(lost_sound=True)).state == "nobody"
    assert deciding.decide(1.1, [entry()], CLEAR).state == "nobody", "it must be confirmed again"


@pytest.mark.parametrize("what", ["silent", "still"])
def test_silence_or_stillness_outlasts_no_more_than_the_hold(what):
    deciding = decider()
    run(deciding, [[entry()]] * 10)
    decisions = run(deciding, [[entry()]] * 30, start=1.0, circumstances=around(**{what: True}))
    assert decisions[-1].state == "nobody"
    assert all(d.state == "nobody" for d in decisions[int(HOLD / STEP) + 1 :])


@pytest.mark.parametrize("what", ["silent", "still", "lost_sound"])
def test_nothing_is_confirmed_while_nothing_can_be_told(what):
    decisions = run(decider(), [[entry()]] * 30, circumstances=around(**{what: True}))
    assert all(d.state == "nobody" for d in decisions)


def test_nobody_is_named_before_there_is_enough_to_tell():
    decisions = run(decider(), [[entry()]] * 30, circumstances=around(early=True))
    assert all(d.state == "warming_up" for d in decisions)


def test_equal_strengths_are_told_in_a_fixed_order():
    assert names(run(decider(most=2), [[entry(7), entry(3)]] * 10)[-1]) == [3, 7]
    assert names(run(decider(most=2), [[entry(3), entry(7)]] * 10)[-1]) == [3, 7]


@pytest.mark.parametrize("hopeless", [False, True], ids=["new", "that was a rival"])
@pytest.mark.parametrize("most", [1, 2, 3])
def test_what_merges_into_another_object_is_still_named(most, hopeless):
    rival = [entry(2, p=0.9, strength=2.0, rows=[5, 6, 7, 8])] if hopeless else []
    deciding = decider(most)
    assert names(run(deciding, [[entry(1, rows=[1, 2, 3]), *rival]] * 20)[-1]) == [1]
    merged = [entry(2, p=0.4, rows=[1, 2, 3, 5, 6, 7, 8])]
    assert names(run(deciding, [merged] * 3, start=2.0)[-1]) == [2]


def test_what_falls_apart_is_known_by_its_larger_part():
    deciding = decider()
    run(deciding, [[entry(1, rows=[1, 2, 3])]] * 20)
    parts = [entry(4, p=0.5, rows=[1, 2]), entry(5, p=0.5, strength=2.0, rows=[3])]
    assert names(run(deciding, [parts], start=2.0)[-1]) == [4]


@pytest.mark.parametrize("score", [0.3, LEAST_SCORE / 2])
def test_it_is_held_no_longer_after_long_evidence_than_after_short(score):
    deciding = decider()
    assert run(deciding, [[entry(score=score)]] * 300)[-1].state == "found"
    faded = run(deciding, [[entry(p=HELD_P, score=score)]] * 30, start=30.0)
    assert [d.state == "found" for d in faded] == [(k + 1) * STEP <= HOLD + 1e-9 for k in range(30)]


def test_one_good_moment_among_faint_ones_is_not_enough():
    deciding = decider()
    faint, good = [entry(score=LEAST_SCORE / 2)], [entry(score=LEAST_SCORE + 0.01)]
    rankings = [faint] * 5 + [good] + [faint] * 5
    assert {decision.state for decision in run(deciding, rankings)} == {"nobody"}


@pytest.mark.parametrize(("held", "less", "more"), [(10.0, 14.9, 15.1), (-0.2, -0.134, -0.132)])
def test_a_named_thing_gives_way_to_one_half_again_as_strong_and_to_no_other(held, less, more):
    """Also when neither is stronger than chance: to be held is never a handicap."""
    for rival, takes_over in ((less, False), (more, True)):
        deciding = decider()
        run(deciding, [[entry(1, strength=held)]] * 10)
        both = sorted((entry(1, strength=held), entry(2, strength=rival)), key=lambda e: -e.strength)
        decisions = run(deciding, [both] * 10, start=1.0)
        assert names(decisions[-1]) == [2 if takes_over else 1]


@pytest.mark.parametrize(("strength", "named"), [(3.3, [2]), (4.0, [2]), (5.0, [])])
def test_of_two_that_are_about_as_strong_the_surer_one_is_named(strength, named):
    """Far stronger is the one that is asked whether it sounds: it does not."""
    ranking = [entry(1, p=0.5, strength=strength), entry(2, p=0.01, strength=3.0)]
    assert names(run(decider(), [ranking] * 10)[-1]) == named


def test_the_reason_is_that_of_what_was_asked():
    stronger, surer = entry(1, p=0.5, strength=3.3), entry(2, p=0.01, strength=3.0)
    (decision,) = run(decider(), [[stronger, surer]])
    assert (decision.best, decision.reason) == (stronger, "no_match"), "not for long enough"
    (decision,) = run(decider(), [[stronger]])
    assert decision.reason == "ambiguous"


def test_a_doubtful_named_thing_gives_way_to_a_sure_one_sooner():
    for p_value, named in ((0.01, 1), (HELD_P, 2)):
        deciding = decider()
        run(deciding, [[entry(1)]] * 10)
        both = [entry(2, strength=3.6), entry(1, p=p_value)]
        assert names(run(deciding, [both] * 8, start=1.0)[-1]) == [named]


def test_what_lies_on_the_places_of_a_named_thing_is_not_known_again():
    deciding = decider()
    run(deciding, [[entry(1, rows=[1, 2], places=range(10, 20))]] * 20)
    stranger = [entry(2, p=0.9, rows=[3, 4], places=range(10, 20))]
    assert names(run(deciding, [stranger] * 3, start=2.0)[-1]) == []
