"""Proof: a motion is believed unless the pictures before and after tell that the region stood still."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from soundspot.core.proof import Proof, add_gains, explain

HEIGHT, WIDTH = 60, 80
SHIFT = 3  # px a frame
THING, BESIDE, FAR = 0, 1, 2


def scene(rng, places, wall=12.0):
    """Pictures of a thing 20 px wide with its left edge at each of the `places`, before a faint wall."""
    ground = 120 + wall * rng.standard_normal((HEIGHT, WIDTH))
    thing = 120 + 40 * rng.standard_normal((20, 20))
    pictures = []
    for place in places:
        picture = ground.copy()
        picture[20:40, place : place + 20] = thing
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    return tuple(pictures)


def smeared(place, motion):
    """Labels with the thing at `place`, and a flow that spreads its motion over 10 px around it."""
    labels = np.full((HEIGHT, WIDTH), FAR, np.int32)
    labels[10:50, place - 10 : place + 30] = BESIDE
    labels[20:40, place : place + 20] = THING
    flow = np.zeros((HEIGHT, WIDTH, 2), np.float32)
    flow[labels != FAR] = motion
    return labels, flow


def gains_of(labels, pictures, flows, stills, rows=3):
    """What the ways from the middle one of the `pictures` to its neighbours are explained to be."""
    last, picture, following = pictures
    ways = zip((last, following), flows, stills, strict=True)
    return add_gains(labels[None], tuple(explain(picture, *way) for way in ways), rows)


def shares(pictures, labels, flow, still=None):
    """How far the motion of the three regions is believed after ten such frames."""
    flows = -flow, flow
    stills = flows if still is None else (-still, still)
    proof = Proof(3, 36)
    for _ in range(10):
        proof.add(gains_of(labels, pictures, flows, stills))
    return proof.share


def test_what_moves_is_believed_and_what_its_flow_is_smeared_over_is_not():
    pictures = scene(np.random.default_rng(0), (25, 25 + SHIFT, 25 + 2 * SHIFT))
    share = shares(pictures, *smeared(25 + SHIFT, (SHIFT, 0)))
    assert share[THING] == 1
    assert share[BESIDE] == 0
    assert share[FAR] == 1, "nothing is said against what does not move"


@pytest.mark.parametrize("places", [(25, 25, 25 + SHIFT), (25 - SHIFT, 25, 25)])
def test_a_thing_that_pauses_for_a_picture_is_believed_no_less(places):
    """One of two neighbours that are the same, as films with doubled frames have them, says nothing."""
    pictures = scene(np.random.default_rng(1), places)
    labels, flow = smeared(25, (SHIFT, 0))
    flow[labels == BESIDE] = 0
    still = np.zeros_like(flow)
    flows = [-flow if places[0] != 25 else still, flow if places[2] != 25 else still]
    proof = Proof(3, 36)
    for _ in range(10):
        proof.add(gains_of(labels, pictures, flows, flows))
    assert proof.share[THING] == 1


@given(st.integers(0, 1000))
def test_a_share_lies_between_nothing_and_all(seed):
    rng, proof = np.random.default_rng(seed), Proof(5, 36)
    for _ in range(5):
        proof.add(
            (rng.standard_normal((2, 2, 5)) * 10 ** rng.uniform(-3, 5)).astype(np.float32) ** 2
            * [[[-1], [1]]]
        )
        assert ((proof.share >= 0) & (proof.share <= 1)).all()


def test_a_camera_that_turns_is_not_asked_about():
    rng = np.random.default_rng(2)
    wide = np.clip(120 + 40 * rng.standard_normal((HEIGHT, WIDTH + 20)), 0, 255).astype(np.uint8)
    pictures = tuple(np.ascontiguousarray(wide[:, at : at + WIDTH]) for at in (6, 3, 0))
    labels, flow = smeared(25, (SHIFT, 0))
    flow[:] = SHIFT, 0
    assert (shares(pictures, labels, flow, np.zeros_like(flow)) == 1).all()


def test_a_few_grey_levels_refute_little_and_hundreds_all():
    """Of one small region in one frame: 75 that change, of which motion explains none, and 600."""
    gains = np.float32([[-15.0, -300.0], [75.0, 600.0]])
    proof = Proof(2, 36)
    proof.add(np.stack([gains, gains]))
    assert 0.6 < proof.share[0] < 0.95
    assert proof.share[1] == 0


def test_a_child_inherits_and_a_cleared_row_forgets():
    proof = Proof(3, 36)
    refuted = np.float32([[-5000, -5000, 0], [9000, 9000, 0]])
    proof.add(np.stack([refuted, refuted]))
    proof.copy(np.array([0]), np.array([2]))
    proof.clear(np.array([1]))
    assert proof.share[2] == proof.share[0] < 1
    assert proof.share[1] == 1


@given(st.integers(0, 1000))
def test_gains_equal_the_slow_twin(naive, seed):
    rng = np.random.default_rng(seed)
    size = tuple(rng.integers(1, 12, 2))  # also of one line, or one column
    layers = np.stack([rng.integers(-1, 2, size), rng.choice([-1, 2, 3], size)]).astype(np.int32)
    picture, other = rng.integers(0, 256, (2, *size)).astype(np.uint8)
    flow, camera = rng.uniform(-4, 4, (2, *size, 2)).astype(np.float32)
    still = np.where(rng.random((*size, 1)) < 0.3, np.float32(0), flow - camera)
    way = explain(picture, other, flow, still)
    expected = naive.add_gains(layers, picture, other, flow, still, 0.05, 4)
    for sums in add_gains(layers, (way, way), 4):
        assert sums == pytest.approx(np.array(expected), abs=0.05)
