"""Guitar Street: a guitarist in front of a shop, in the noise of the street, with people passing by."""

from collections.abc import Sequence

import numpy as np

from .backdrops import street
from .crowd import street as street_noise
from .guitarist import Guitarist
from .passers import riders, strollers
from .people import Pose
from .props import together
from .rhythm import Dice, irregular, swing
from .stage import Patch, Samples, Stage, View

NOISE = 0.3  # loudness of the street: about 5 dB below the guitar


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the arm that strums, with its hand, as far as nobody passes in front of it."""
    x = (0.5 + dice.draw("place").uniform(-0.06, 0.06)) * view.width
    guitarist = Guitarist(view, dice, seconds, x)
    behind = together(
        strollers(view, dice.draw("far"), 0.80 * view.height, 0.60 * view.unit, 0.3, seconds),
        riders(view, dice.draw("riders"), 0.86 * view.height, 0.66 * view.unit, 0.4, seconds),
        strollers(view, dice.draw("nearer"), 0.92 * view.height, 0.75 * view.unit, 0.5, seconds),
    )
    front = strollers(view, dice.draw("front"), 1.28 * view.height, 1.15 * view.unit, 3.5, seconds)
    sideways, nodding = swing(dice.draw("sway"), 2.6), irregular(dice.draw("nods"), seconds, 0.7, 2.5)

    def patches(time: float) -> Sequence[Patch]:
        nod = float(np.max(np.sin(np.pi * np.clip((time - nodding) / 0.5, 0, 1)) ** 2))
        swung = sideways.at(time)
        pose = Pose(x + 0.012 * view.unit * swung, view.height - 0.59 * view.unit, 0.04 * swung, nod)
        return [*behind(time), *guitarist.patches(time, pose, 1), *front(time)]

    def play(rate: int) -> Samples:
        around = street_noise(dice.draw("street"), seconds, rate, NOISE)
        return np.asarray(guitarist.play(rate) + around, np.float32)

    return Stage(street(view, dice.draw("houses")), patches, play)
