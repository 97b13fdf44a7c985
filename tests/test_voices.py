"""Voices: another one is told by its pitch, after a pause, and one that comes back has its number again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from soundspot.core.scenes import evaluation_scenes
from soundspot.core.sound import SoundCurves
from soundspot.core.values import SoundBlock
from soundspot.core.voices import KNOWN, PAUSE, PHRASE, Voices

RATE = 30.0
LOUD, SILENT = 0.01, 1e-6
LOW, HIGH, OTHER = 110.0, 190.0, 290.0  # Hz


def phrase(hertz, slots=45, spread=0.03, seed=0):
    """(energy, pitch) of the slots of a phrase, and of the pause after it."""
    pitches = np.log2(hertz) + spread * np.random.default_rng(seed).standard_normal(slots)
    return [(LOUD, float(pitch)) for pitch in pitches] + [(SILENT, np.nan)] * round(2 * PAUSE * RATE)


def told(*phrases, most=4):
    """(slot, turn) of every turn that is told."""
    voices, turns = Voices(most, RATE), []
    for slot, (energy, pitch) in enumerate(step for one in phrases for step in one):
        turn = voices.hear(energy, pitch)
        if turn is not None:
            turns.append((slot, turn))
    return turns


def test_another_voice_is_told_soon_and_since_when_it_is_heard():
    before = phrase(LOW)
    ((slot, turn),) = told(before, phrase(HIGH))
    assert slot == len(before) + PHRASE - 1
    assert (turn.voice, turn.slots) == (1, PHRASE)
    assert set(turn.known) == {0, 1}


def test_a_voice_that_comes_back_has_its_number_again():
    turns = told(*(phrase(hertz, seed=k) for k, hertz in enumerate((LOW, HIGH, LOW, OTHER, HIGH, HIGH))))
    assert [turn.voice for _, turn in turns] == [1, 0, 2, 1]


def test_of_too_many_voices_the_one_is_forgotten_that_was_silent_longest():
    turns = told(*(phrase(hertz) for hertz in (LOW, HIGH, OTHER, LOW)), most=2)
    assert [turn.voice for _, turn in turns] == [1, 2, 3]
    assert turns[1][1].known == (1, 2)


def test_one_voice_alone_never_changes():
    assert told(phrase(LOW), phrase(HIGH), phrase(OTHER), most=1) == []


def test_without_a_pause_it_is_the_same_voice():
    assert told(phrase(LOW)[:45] + phrase(HIGH)) == []


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), spread=st.floats(0.0, 0.2))
def test_a_voice_that_rises_and_falls_is_no_other(seed, spread):
    """The phrases of one voice begin at pitches of their own."""
    rng = np.random.default_rng(seed)
    starts = LOW * 2 ** (0.05 * rng.uniform(-1, 1, 8))
    assert told(*(phrase(start, spread=spread, seed=seed + k) for k, start in enumerate(starts))) == []


@pytest.mark.parametrize("slots", [KNOWN - 5, KNOWN - 1])
def test_a_voice_that_is_hardly_known_yet_is_not_told_from_another(slots):
    assert told(phrase(LOW, slots), phrase(HIGH)) == []


@pytest.mark.parametrize("slots", [PHRASE, 15, 20, 25, 28])
def test_who_says_but_a_few_words_at_first_is_not_taken_for_the_next_one(slots):
    turns = told(phrase(LOW), phrase(HIGH, slots), *(phrase(hertz) for hertz in (LOW, HIGH) * 3))
    assert [turn.voice for _, turn in turns] == [1, 0, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("slots", [PHRASE, 20, 28])
def test_who_begins_with_a_few_words_is_told_from_the_next_one(slots):
    turns = told(phrase(LOW, slots), *(phrase(hertz) for hertz in (HIGH, LOW) * 2))
    assert [turn.voice for _, turn in turns] == [1, 0, 1, 0]


def test_a_word_thrown_in_is_no_turn():
    assert told(phrase(LOW), phrase(HIGH, PHRASE - 2), phrase(LOW)) == []


@pytest.mark.parametrize("energy", [np.nan, 0.0])
def test_lost_sound_and_silence_tell_of_nobody(energy):
    phrases = phrase(LOW), [(energy, np.nan)] * 90, phrase(LOW), phrase(HIGH)
    assert [turn.voice for _, turn in told(*phrases)] == [1]


def heard(sound, rate):
    """(s, turn) of every turn that is told in the sound."""
    curves, voices, turns = SoundCurves(("level",), RATE, pitched=True), Voices(4, RATE), []
    curves.push(SoundBlock(sound, 0, rate, 0.0))
    curves.ended = True
    for slot in range(int(sound.size / rate * RATE)):
        energy, _ = curves.take(slot)
        turn = voices.hear(energy, curves.pitch)
        if turn is not None:
            turns.append((slot / RATE, turn))
    return turns


def scene(name, seed=0):
    return next(case for case in evaluation_scenes() if case.name == name).seeded(seed)


@pytest.mark.parametrize("name", ["talk", "violin", "guitar_street", "talk.music", "hammer", "ball"])
def test_one_source_takes_no_turns(name):
    one = scene(name)
    assert heard(one.sound(), one.sound_rate) == []


@pytest.mark.parametrize("seed", [0, 1])
def test_two_who_speak_in_turn_are_told_apart(seed):
    both = scene("turns", seed)
    turns = heard(both.sound(), both.sound_rate)
    assert [turn.voice for _, turn in turns[:2]] == [1, 0]
    speakers = [int(both.sources(round(time * both.frame_rate)).max()) for time, _ in turns[:2]]
    assert speakers[0] != speakers[1]
