"""A toy with cymbals that rolls out of the picture, plays on there, and comes back."""

from collections.abc import Sequence

import numpy as np

from .cushion import lamp
from .props import fan, together
from .rhythm import Dice, Path
from .rooms import living_room
from .stage import Patch, Samples, Stage, View
from .toy import toy

STAYS, ABSENCES = (5.0, 9.0), (2.5, 4.5)  # s
ROLLING = 1.4  # s that it takes out of the picture, or back
AWAY = 0.35  # how loud it is from out there
OUT = 0.30  # units beyond the picture's edge


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the whole toy (bear, arms, cymbals, board); nothing while it is out of the picture."""
    bear, unit = toy(view, dice, seconds), view.unit
    way = _way(dice.draw("way"), view, seconds)
    around = together(
        fan(view, dice.draw("fan"), 0.5 * view.width + 0.47 * unit, 0.42 * view.height, 0.16 * unit),
        lamp(view, dice.draw("lamp"), 0.5 * view.width, 0.18 * unit),
    )

    def patches(time: float) -> Sequence[Patch]:
        return [*around(time), *bear.patches(float(way.at(time)), 0.93 * view.height, time, 1)]

    def play(rate: int) -> Samples:
        sound = bear.play(dice.draw("sound"), seconds, rate)
        inside = np.clip(way.at(np.arange(sound.size) / rate) / (0.2 * unit), 0, 1)
        return np.asarray(sound * (AWAY + (1 - AWAY) * inside), np.float32)

    return Stage(living_room(view, dice.draw("room")), patches, play)


def _way(rng: np.random.Generator, view: View, seconds: float) -> Path:
    """It stays at a place in the left half, rolls out at the left edge, and comes back to another place."""
    times, places, time = [-1.0], [_place(rng, view)], 0.0
    while time <= seconds:
        here, back = places[-1], _place(rng, view)
        leaves = time + rng.uniform(*STAYS)
        returns = leaves + ROLLING + rng.uniform(*ABSENCES)
        time = returns + ROLLING
        times += [leaves, leaves + ROLLING, returns, time]
        places += [here, -OUT * view.unit, -OUT * view.unit, back]
    return Path(np.array(times), np.array(places))


def _place(rng: np.random.Generator, view: View) -> float:
    """px, left of the middle."""
    return float(0.5 * view.width - rng.uniform(0.10, 0.40) * view.unit)
