"""Guitar Lessons: head and body of the guitarist go almost in time with the sound that the hand makes."""

from collections.abc import Sequence

import numpy as np

from .guitarist import Guitarist, Strums
from .people import Pose, blinking
from .props import curtain, fan
from .rhythm import Dice, Times, irregular, swing
from .rooms import living_room
from .stage import Patch, Stage, View

FOLLOWED = 0.6  # share of the strums that the head goes with
BEHIND = (0.12, 0.08)  # s, mean and spread of how much later it does
BOB = 0.50  # s that the head takes down and up again


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the arm that strums, with its hand; head and body sway wider, and bob after most strums."""
    x = 0.5 * view.width + dice.draw("place").uniform(-0.10, 0.02) * view.unit
    guitarist = Guitarist(view, dice, seconds, x)
    bobs = _bobs(dice, guitarist.strums, seconds)
    sideways, tilting = swing(dice.draw("sway"), 1.7), swing(dice.draw("tilt"), 1.2)
    blinks = irregular(dice.draw("blinks"), seconds, 1.5, 5.0)
    fanned = fan(view, dice.draw("fan"), x + 0.50 * view.unit, 0.30 * view.height, 0.15 * view.unit)
    draught = curtain(view, dice.draw("curtain"), 0.5 * view.width - 0.667 * view.unit)

    def pose(time: float) -> Pose:
        bob = float(np.max(np.sin(np.pi * np.clip((time - bobs) / BOB, 0, 1)) ** 2))
        return Pose(
            x + 0.035 * view.unit * sideways.at(time),
            view.height - (0.60 - 0.05 * bob) * view.unit,
            0.11 * tilting.at(time),
            0.8 * bob,
            0.0,
            blinking(blinks, time),
        )

    def patches(time: float) -> Sequence[Patch]:
        return [*draught(time), *fanned(time), *guitarist.patches(time, pose(time), 1)]

    return Stage(living_room(view, dice.draw("room")), patches, guitarist.play)


def _bobs(dice: Dice, strums: Strums, seconds: float) -> Times:
    """When the head starts to bob: after most strums, and at times of its own."""
    late = strums.times + dice.draw("late bobs").normal(*BEHIND, strums.times.size)
    followed = late[dice.draw("bobs").random(late.size) < FOLLOWED]
    return np.concatenate([followed, irregular(dice.draw("own bobs"), seconds, 0.8, 2.6)])
