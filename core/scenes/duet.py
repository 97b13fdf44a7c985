"""Two sources at once: a basketball and a toy with cymbals, each in a rhythm of its own."""

from collections.abc import Sequence

import numpy as np

from .backdrops import gym
from .basketball import Basketball
from .cushion import lamp
from .noises import LOUDEST
from .props import fan, together
from .rhythm import Dice
from .stage import Patch, Samples, Stage, View
from .toy import toy


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the ball is source 1, the whole toy source 2; both sound all the time."""
    unit, middle = view.unit, 0.5 * view.width
    ball = Basketball(view, dice, seconds, (middle - 0.50 * unit, middle - 0.12 * unit))
    bear = toy(view, Dice(f"{dice.scene}/toy", dice.seed), seconds)
    around = together(
        fan(view, dice.draw("fan"), middle - 0.45 * unit, 0.36 * view.height, 0.16 * unit),
        lamp(view, dice.draw("lamp"), middle + 0.10 * unit, 0.16 * unit),
    )

    def patches(time: float) -> Sequence[Patch]:
        return [
            *around(time),
            *ball.patches(time, 1),
            *bear.patches(middle + 0.34 * unit, 0.93 * view.height, time, 2),
        ]

    def play(rate: int) -> Samples:
        both = ball.play(rate) + bear.play(dice.draw("clashes"), seconds, rate)
        return np.asarray(np.clip(both, -LOUDEST, LOUDEST), np.float32)

    return Stage(gym(view, dice.draw("room")), patches, play)
