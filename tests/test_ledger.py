"""The ledger: which rows are scored when, and from when on anything may be named."""

from itertools import pairwise

import numpy as np
import pytest
from soundspot.core.evidence import Scores
from soundspot.core.ledger import EARLY, EARLY_IN_SHOT, Ledger
from soundspot.core.ledgers import Ledgers
from soundspot.core.localizer import RATE
from soundspot.core.look import Looker
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene
from soundspot.core.vision import Vision

HEIGHT, WIDTH, CURVES = 72, 96, 5


class Listener:
    """Takes the place of the matcher: finds nothing, and notes what it was to score."""

    lag, ready = 0.0, True

    def __init__(self, rows):
        self.rows, self.asked = rows, []

    def write(self, *slot):
        """Nothing is kept."""

    clear = copy = turn_to = write

    def spread(self):
        """All rows alike."""
        return np.ones(self.rows, np.float32)

    def score(self, hop, chosen, weights):
        """Nothing goes with the sound."""
        self.asked.append(chosen.copy())
        none = np.zeros(self.rows, np.float32)
        return Scores(none, np.zeros((self.rows, 3), np.float32), none, 1.0)


def watched(frames, cut=None, preset="live"):
    """(whether it was early at each slot that was filled, what was scored, how many tracks there are)."""
    options = Options(preset=preset)
    looker, vision = Looker(HEIGHT, WIDTH, WIDTH), Vision((HEIGHT, WIDTH), (HEIGHT, WIDTH), options)
    listener = Listener(vision.rows)
    curves = 1 if preset == "paper" else CURVES
    places = vision.places.count
    ledgers = Ledgers(Ledger(vision.rows, vision.tracker.cell, curves, RATE, options, listener, places))
    scenes = [make_scene(name, 1, frames / RATE, WIDTH, HEIGHT, RATE) for name in ("ball", "hammer")]
    early = []
    for k in range(frames):
        seen = vision.push(looker.push(scenes[cut is not None and k >= cut].frame(k)))
        if seen is not None:
            ledgers.add(seen)
        while ledgers.now.pending:
            ledgers.fill(1.0, np.zeros(curves, np.float32))
            early.append(ledgers.now.early)
    return early, listener.asked, vision.tracker.rows


def test_tracks_and_places_are_scored_by_turns():
    _, asked, tracks = watched(70)
    kinds = [{bool(row >= tracks) for row in chosen} for chosen in asked if chosen.size]
    assert len(kinds) >= 4
    assert all(len(kind) == 1 for kind in kinds)
    assert all(one != following for one, following in pairwise(kinds))


def test_where_there_are_no_places_all_tracks_are_scored_each_time():
    _, asked, _ = watched(70, preset="paper")
    assert sum(chosen.size > 0 for chosen in asked) >= 6


@pytest.mark.parametrize("rows", [[0, 3], [9, 11]], ids=["tracks", "places"])
def test_where_one_kind_moves_alone_it_is_scored_each_time(rows):
    ledger = Ledger(12, 12.0, CURVES, RATE, Options(), Listener(12), places=4)
    for _ in range(3):
        assert ledger._whose_turn(np.array(rows)).all()


@pytest.mark.parametrize(
    ("cut", "named_from"), [(None, EARLY), (15, EARLY), (120, 120 / RATE + EARLY_IN_SHOT)]
)
def test_the_first_seconds_are_too_early_and_fewer_of_a_later_shot(cut, named_from):
    early, _, _ = watched(190, cut)
    first = 0 if cut is None or cut < 100 else cut
    known = first + early[first:].index(False, 10)
    assert known / RATE == pytest.approx(named_from, abs=0.2)
