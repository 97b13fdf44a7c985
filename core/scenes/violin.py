"""Violin: a violinist on a stage, applause in the sound, a lamp that swings and somebody who walks behind."""

from collections.abc import Sequence

import numpy as np

from .backdrops import concert_stage
from .crowd import applause
from .cushion import lamp
from .props import curtain, passer_by, together
from .rhythm import Dice
from .stage import Patch, Samples, Stage, View
from .violinist import draw_bowing, violinist

APPLAUSE = 0.45


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the bow with the hand and the arm that draw it; it sounds while it moves."""
    bowing = draw_bowing(dice, seconds)
    player = violinist(view, dice, seconds, bowing)
    unit, middle = view.unit, 0.5 * view.width
    around = together(
        curtain(view, dice.draw("curtain"), middle - 0.667 * unit),
        passer_by(view, dice.draw("passer-by"), 0.92 * view.height, 0.70 * unit),
        lamp(view, dice.draw("lamp"), middle + 0.34 * unit, 0.22 * unit),
    )

    def patches(time: float) -> Sequence[Patch]:
        return [*around(time), *player(time)]

    def play(rate: int) -> Samples:
        clapping = applause(dice.draw("applause"), seconds, rate, APPLAUSE)
        return np.asarray(bowing.play(dice.draw("sound"), seconds, rate) + clapping, np.float32)

    return Stage(concert_stage(view, dice.draw("room")), patches, play)
