"""Student News: one reporter speaks; the other sways more, and nods at times in time with the speech."""

from collections.abc import Callable, Sequence
from math import pi

import numpy as np

from .backdrops import campus
from .paint import Board, box, ellipse
from .passers import riders, strollers
from .people import Person, Pose, blinking
from .props import together
from .rhythm import Dice, Times, irregular, swing
from .speech import STRESSED, Speech, chatter, voice
from .stage import Patch, Samples, Sprite, Stage, View

ATTENTIVE = 0.4  # share of the time in which the other nods with the stressed syllables
REACTION = (0.06, 0.04)  # s, mean and spread of how much later such a nod starts
NOD = 0.45  # s
SIZE = 0.94  # of a person who is near


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the whole head of the reporter who speaks (hair, face, jaw), also in pauses."""
    speech = chatter(dice.draw("speech"), seconds)
    looks, side = dice.draw("looks").permutation(3), dice.draw("side").choice((-1, 1))
    unit, middle = view.unit, 0.5 * view.width + dice.draw("place").uniform(-0.05, 0.05) * view.unit
    speaker = Person(view, dice.draw("speaker"), int(looks[0]), SIZE)
    listener = Person(view, dice.draw("listener"), int(looks[1]), SIZE)
    speaking = _speaking(view, dice, speech, middle + side * 0.29 * unit, seconds)
    listening = _listening(view, dice, speech, middle - side * 0.29 * unit, seconds)
    behind = together(
        strollers(view, dice.draw("far"), 0.78 * view.height, 0.52 * unit, 0.3, seconds),
        riders(view, dice.draw("riders"), 0.84 * view.height, 0.66 * unit, 0.3, seconds),
    )
    held = _microphone(view)

    def patches(time: float) -> Sequence[Patch]:
        other, speaking_now = listening(time), speaking(time)
        return [
            *behind(time),
            *listener.patches(other, 0),
            held.at(view, other.x - 0.11 * unit, view.height),
            *speaker.patches(speaking_now, 1),
            held.at(view, speaking_now.x + 0.03 * unit, view.height),
        ]

    def play(rate: int) -> Samples:
        return voice(dice.draw("sound"), speech, seconds, rate, dice.draw("pitch").uniform(105.0, 190.0))

    return Stage(campus(view, dice.draw("campus")), patches, play)


def _speaking(view: View, dice: Dice, speech: Speech, x: float, seconds: float) -> Callable[[float], Pose]:
    sideways, tilting = swing(dice.draw("sway"), 3.9), swing(dice.draw("tilt"), 5.3)
    blinks = irregular(dice.draw("blinks"), seconds, 1.5, 5.0)

    def pose(time: float) -> Pose:
        return Pose(
            x + 0.014 * view.unit * sideways.at(time),
            view.height - 0.58 * SIZE * view.unit,
            0.04 * tilting.at(time),
            speech.nod(time),
            speech.opening(time),
            blinking(blinks, time),
        )

    return pose


def _listening(view: View, dice: Dice, speech: Speech, x: float, seconds: float) -> Callable[[float], Pose]:
    sideways, rising = swing(dice.draw("other's sway"), 1.5), swing(dice.draw("other's rise"), 1.9)
    blinks = irregular(dice.draw("other's blinks"), seconds, 1.5, 5.0)
    nods = draw_nods(dice, speech, seconds)

    def pose(time: float) -> Pose:
        swung = sideways.at(time)
        nod = np.max(np.sin(pi * np.clip((time - nods) / NOD, 0, 1)) ** 2)
        return Pose(
            x + 0.055 * view.unit * swung,
            view.height - (0.57 * SIZE - 0.012 * rising.at(time)) * view.unit,
            0.12 * swung,
            float(nod),
            0.0,
            blinking(blinks, time),
        )

    return pose


def draw_nods(dice: Dice, speech: Speech, seconds: float) -> Times:
    """When the other nods: while attentive with the stresses of the speech, else at times of their own."""
    changes = irregular(dice.draw("changes"), seconds, 1.5, 4.5)
    attentive = dice.draw("attention").random(changes.size) < ATTENTIVE
    stressed = speech.starts[speech.strengths > STRESSED]
    with_speech = stressed[attentive[_stretch(changes, stressed)]]
    own = irregular(dice.draw("other's nods"), seconds, 0.5, 1.6)
    alone = own[~attentive[_stretch(changes, own)]]
    late = dice.draw("reaction").normal(*REACTION, with_speech.size)
    return np.concatenate([with_speech + late, alone])


def _stretch(changes: Times, times: Times) -> np.ndarray:
    """In which stretch between two changes each time lies."""
    return np.clip(np.searchsorted(changes, times, "right") - 1, 0, changes.size - 1)


def _microphone(view: View) -> Sprite:
    """A microphone held from below, with the station's cube; the anchor is its lower end."""
    unit = view.unit
    board = Board(0.27 * unit, 0.11 * unit)
    height, width, middle = board.height, board.width, board.width / 2
    board.paint(
        box(height, width, middle - 0.016 * unit, 0.05 * unit, middle + 0.016 * unit, height),
        (0.12, 0.12, 0.13),
    )
    board.paint(ellipse(height, width, middle, 0.045 * unit, 0.032 * unit, 0.042 * unit), (0.30, 0.30, 0.32))
    cube = box(height, width, middle - 0.045 * unit, 0.09 * unit, middle + 0.045 * unit, 0.17 * unit, 2)
    board.paint(cube, (0.20, 0.24, 0.74))
    stripe = box(height, width, middle - 0.03 * unit, 0.12 * unit, middle + 0.03 * unit, 0.14 * unit)
    board.paint(stripe, (0.92, 0.92, 0.92))
    return board.sprite(middle, height)
