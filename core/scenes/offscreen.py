"""Things move, and somebody out of the picture knocks and hammers: nothing that is seen makes the sound."""

import numpy as np

from .noises import struck, track
from .props import curtain, fan, passer_by, pendulum, together
from .rhythm import Dice, irregular
from .rooms import living_room
from .stage import Samples, Stage, View


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: nothing, in every frame."""
    around = together(
        curtain(view, dice.draw("curtain"), view.width - 0.3 * view.unit),
        pendulum(view, dice.draw("pendulum"), 0.5 * view.width, 0.02 * view.height, 0.38 * view.unit),
        fan(view, dice.draw("fan"), 0.22 * view.unit, 0.5 * view.height, 0.17 * view.unit),
        passer_by(view, dice.draw("passer-by"), 0.90 * view.height, 0.72 * view.unit),
    )

    def play(rate: int) -> Samples:
        rng = dice.draw("sound")
        times = irregular(dice.draw("rhythm"), seconds, 0.25, 1.2)
        return track(seconds, rate, ((time, _knock(rng, rate)) for time in times.tolist()))

    return Stage(living_room(view, dice.draw("room")), around, play)


def _knock(rng: np.random.Generator, rate: int) -> Samples:
    return struck(rng, rate, rng.uniform(0.3, 0.75), (210.0, 430.0, 980.0), 0.04)
