"""Collages: other sound of the same source, never what is heard now."""

import numpy as np
import pytest
from soundspot.core.collages import NEVER_NOW, WARM_UP, Collages

RATE = 30.0


def numbered(seconds):
    """Sound whose value is the number of its slot, so that a collage tells what it plays."""
    return np.arange(round(seconds * RATE), dtype=np.float32)[:, None]


@pytest.mark.parametrize("seconds", [8, 150])
def test_collages_play_what_was_heard_and_never_the_present(seconds):
    collages = Collages(20, 1, RATE, np.random.default_rng(0))
    played = []
    for slot, heard in enumerate(numbered(seconds)):
        collages.hear(heard)
        if collages.warm:
            values = collages.play()[:, 0]
            assert np.isfinite(values).all()
            assert (values <= slot - int(NEVER_NOW * RATE)).all(), "it stays away from the present"
            assert (values >= slot - 100 * RATE).all(), "what is no longer remembered is not played"
            played.append(values)
    path = np.array(played)
    assert np.mean(np.diff(path, axis=0) == 1) > 0.8, "in pieces, not in scraps"
    assert len(np.unique(path[-1])) > 5, "each plays something else"


def test_collages_play_nothing_before_enough_was_heard():
    collages = Collages(3, 2, RATE, np.random.default_rng(0))
    for heard in np.zeros((int(WARM_UP * RATE) - 1, 2), np.float32):
        collages.hear(heard)
        assert not collages.warm
    collages.hear(np.zeros(2, np.float32))
    assert collages.warm
