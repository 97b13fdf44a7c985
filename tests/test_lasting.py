"""What lasts: the sure after a while, the faint and the doubtful after a longer one, chance never."""

import numpy as np
import pytest
from soundspot.core.lasting import LASTING, LASTING_FACTOR, LASTING_P, LONGEST_STEP, Lasting
from soundspot.core.rank import LEAST_SCORE, Ranked

STEP = 0.1  # s
FAINT = LEAST_SCORE / 2


def entry(p, name=1, score=FAINT):
    return Ranked(name, score, 3.0, p, np.array([name]), 0.1, np.array([name]))


def ripe_at(lasting, foremost, start=0.0):
    """The objects that are ripe at every STEP."""
    told = []
    for k, entries in enumerate(foremost):
        lasting.follow(start + k * STEP, entries)
        told.append(set(lasting.ripe))
    return told


def first(told):
    """s until something is ripe."""
    return next(k for k, names in enumerate(told) if names) * STEP


@pytest.mark.parametrize("p", [0.01, 0.04, 0.08])
@pytest.mark.parametrize("score", [FAINT, 0.4])
def test_the_doubtful_is_ripe_when_the_mean_has_come_down(p, score):
    """The mean of log p falls to that of p as an exponential does."""
    sensitivity = 0.005  # so that nothing is sure
    limit = np.log(LASTING_FACTOR * sensitivity)
    told = ripe_at(Lasting(sensitivity, 0.0), [[entry(p, score=score)]] * 600)
    if np.log(p) > limit:
        assert not any(told)
    else:
        assert first(told) == pytest.approx(-LASTING * np.log(1 - limit / np.log(p)), abs=2 * STEP)


@pytest.mark.parametrize("confirm", [0.0, 1.0, 5.0, 12.0])
@pytest.mark.parametrize("score", [FAINT, 0.4])
def test_nothing_is_ripe_before_the_time_to_confirm(confirm, score):
    told = ripe_at(Lasting(0.02, confirm), [[entry(0.01, score=score)]] * 200)
    soonest = 0.0 if score > LEAST_SCORE else -LASTING * np.log(1 - np.log(LASTING_P) / np.log(0.01))
    assert first(told) == pytest.approx(max(confirm, soonest), abs=2 * STEP)


@pytest.mark.parametrize("sensitivity", [0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
def test_chance_is_never_ripe(sensitivity):
    """Evenly spread p-values, three or four a second, of a faint match."""
    values = np.random.default_rng(0).uniform(0.01, 1.0, 2000).repeat(3)
    told = ripe_at(Lasting(sensitivity, 0.0), [[entry(p)] for p in values])
    assert np.mean([bool(names) for names in told]) < 0.001


def test_it_must_be_the_foremost_all_the_while():
    pair = [[entry(0.01, name)] for name in (1, 2)]
    told = ripe_at(Lasting(0.02, 0.0), [pair[k // 10 % 2] for k in range(600)])
    assert not any(told)


def test_what_is_not_small_now_is_not_ripe_however_well_it_did():
    lasting = Lasting(0.02, 0.0)
    assert ripe_at(lasting, [[entry(0.01)]] * 300)[-1] == {1}
    lasting.follow(30.0, [entry(1.0)])
    assert not lasting.ripe and not lasting.small
    assert lasting.promising == {1}


def test_a_gap_does_not_count_as_if_it_had_been_seen():
    lasting = Lasting(0.02, 0.0)
    lasting.follow(0.0, [entry(0.01)])
    lasting.follow(100.0, [entry(0.01)])
    assert not lasting.ripe
    lasting.follow(100.0 + LONGEST_STEP, [entry(0.01)])
    lasting.follow(100.0 + 2 * LONGEST_STEP, [entry(0.01)])
    assert lasting.ripe == {1}


def test_two_that_become_one_are_as_sure_as_the_surer():
    lasting = Lasting(0.02, 0.0)
    ripe_at(lasting, [[entry(0.01), entry(0.9, name=2)]] * 100)
    lasting.rename(1, 2)
    lasting.rename(7, 2)  # nobody knows it
    lasting.follow(10.0, [entry(0.01, name=2)])
    assert lasting.ripe == {2}
