"""Ledgers: what a shot knew is there when it comes back, as old as it is by then."""

import numpy as np
import pytest
from soundspot.core.ledger import EARLY, Ledger
from soundspot.core.ledgers import Ledgers
from soundspot.core.localizer import RATE
from soundspot.core.look import Looker
from soundspot.core.options import Options
from soundspot.core.recipe import LIVE
from soundspot.core.scenes import make_scene
from soundspot.core.values import VideoFrame
from soundspot.core.vision import Vision
from soundspot.core.voices import Turn

HEIGHT, WIDTH = 72, 96
SECONDS = {"ball": 4.0, "hammer": 2.0, "talk": 2.0}  # that each shot is shown


def watched(shots, most=LIVE.most_shots, turn_at=None):
    """(ledgers, the ledger of each shot at its end, what was told at each slot that was filled) of these
    `shots`, scenes by name, one after another; each goes on where it was left. Another voice begins at the
    slot `turn_at`."""
    looker = Looker(HEIGHT, WIDTH, WIDTH, most)
    vision = Vision((HEIGHT, WIDTH), (HEIGHT, WIDTH), Options())
    places = vision.places.count
    ledgers = Ledgers(Ledger(vision.rows, vision.tracker.cell, 5, RATE, Options(), places=places))
    scenes = {name: make_scene(name, 1, 12.0, WIDTH, HEIGHT, RATE) for name in set(shots)}
    shown, rng, ends, told, index = dict.fromkeys(shots, 0), np.random.default_rng(0), [], [], 0
    for name in shots:
        for _ in range(round(SECONDS[name] * RATE)):
            pixels = scenes[name].frame(shown[name]).pixels
            seen = vision.push(looker.push(VideoFrame(pixels, index / RATE, index)))
            shown[name], index = shown[name] + 1, index + 1
            if seen is not None:
                ledgers.add(seen)
            while ledgers.now.pending:
                turn = Turn(1, 10, (0, 1)) if ledgers.now.next_slot == turn_at else None
                ledgers.fill(1.0, rng.standard_normal(5).astype(np.float32), turn)
                first = ledgers._of_shot.get(0)
                known = (first._activity._levels.copy(), weight(first)) if first else None
                told.append((ledgers.now.done, ledgers.now.early, len(ledgers.now.ranking), known))
        ends.append(ledgers.now)
    return ledgers, ends, told


def weight(ledger):
    """How much is remembered of each row."""
    return ledger._matcher._memory.now.real.weight.copy()


def test_a_shot_that_comes_back_finds_its_ledger_and_another_one_its_own():
    _, (first, other, again), _ = watched(["ball", "hammer", "ball"])
    assert again is first
    assert other is not first


def test_all_shots_hear_alike():
    _, (first, other, _), _ = watched(["ball", "hammer", "ball"])
    assert first.done == other.done
    assert list(first._energies) == list(other._energies)
    assert first.next_slot == other.next_slot if first.pending else not other.pending


def test_a_shot_that_comes_back_is_ranked_at_once():
    _, _, told = watched(["ball", "hammer", "ball"])
    first = next(k for k, (slot, *_) in enumerate(told) if slot / RATE >= 6)
    since = next(k for k in range(first, len(told)) if not told[k][1])
    assert since - first <= LIVE.hop < EARLY * RATE
    assert told[since][2] > 0


def test_the_numbers_of_objects_go_on_from_shot_to_shot():
    _, (first, other, _), _ = watched(["ball", "hammer", "ball"])
    mine, others = (set(ledger._assembly.of_row[ledger._assembly.of_row >= 0]) for ledger in (first, other))
    assert mine and others and not mine & others


@pytest.mark.parametrize(("most", "kept"), [(1, {2}), (2, {1, 2}), (3, {0, 1, 2})])
def test_only_those_shots_are_kept_that_are_remembered(most, kept):
    ledgers, _, _ = watched(["ball", "hammer", "talk"], most)
    assert set(ledgers._of_shot) == kept


def test_while_another_shot_is_shown_nothing_moves_and_what_is_remembered_fades():
    _, _, told = watched(["ball", "hammer"])
    (levels, soon), (later_levels, later) = (
        next(known for slot, *_, known in told if slot >= seconds * RATE) for seconds in (4.3, 5.7)
    )
    np.testing.assert_array_equal(later_levels, levels)
    assert levels.max() > 0 and soon.max() > 0
    np.testing.assert_allclose(later, soon * np.exp(-LIVE.hop / RATE / LIVE.memory[0]) ** 4, rtol=0.2)


def test_another_voice_is_told_to_every_shot():
    _, (first, other), _ = watched(["ball", "hammer"], turn_at=150)
    assert first._matcher._memory._voice == other._matcher._memory._voice == 1


@pytest.mark.parametrize("known", [True, False])
def test_what_was_ranked_before_a_shot_is_not_told_in_it(known):
    ledger = Ledger(12, 12.0, 5, RATE, Options(), places=4)
    ledger.ranking = [None]
    ledger.enter(known)
    assert ledger.ranking == [] and ledger.early
