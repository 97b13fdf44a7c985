"""Two people of whom one speaks; the other nods, sways and chews, but not in time with the sound."""

from collections.abc import Callable, Sequence
from math import pi, sin

import numpy as np

from .people import Person, Pose, blinking
from .props import curtain
from .rhythm import Dice, irregular
from .rooms import living_room
from .speech import chatter, voice
from .stage import Patch, Samples, Stage, View

Poses = Callable[[float], Pose]


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the whole head of the speaker (hair, face, jaw), also in pauses; neither neck nor shoulders."""
    speech = chatter(dice.draw("speech"), seconds)
    side = 1 if dice.draw("side").random() < 0.5 else -1
    looks = dice.draw("looks").permutation(3)
    speaker = Person(view, dice.draw("speaker"), int(looks[0]))
    listener = Person(view, dice.draw("listener"), int(looks[1]))
    here, there = 0.5 * view.width - side * 0.29 * view.unit, 0.5 * view.width + side * 0.29 * view.unit
    listening = _listening(view, dice, there, seconds)
    middle = view.height - 0.58 * view.unit  # of the head, above shoulders that the lower edge cuts
    blinks = irregular(dice.draw("blinks"), seconds, 1.5, 5.0)
    phases = dice.draw("sway").uniform(0, 2 * pi, 2)
    draught = curtain(view, dice.draw("curtain"), 0.0)

    def speaking(time: float) -> Pose:
        sway = sin(2 * pi * time / 3.9 + phases[0])
        return Pose(
            here + 0.014 * view.unit * sway,
            middle,
            0.03 * sin(2 * pi * time / 5.3 + phases[1]),
            speech.nod(time),
            speech.opening(time),
            blinking(blinks, time),
        )

    def patches(time: float) -> Sequence[Patch]:
        heard, still = speaker.patches(speaking(time), True), listener.patches(listening(time), False)
        return [*draught(time), *still, *heard]

    def play(rate: int) -> Samples:
        pitch = dice.draw("pitch").uniform(105.0, 190.0)
        return voice(dice.draw("sound"), speech, seconds, rate, pitch)

    return Stage(living_room(view, dice.draw("room")), patches, play)


def _listening(view: View, dice: Dice, x: float, seconds: float) -> Poses:
    """Sways widely, nods at times of its own, chews 1.7 times a second for a while and then rests."""
    nods = irregular(dice.draw("listener's nods"), seconds, 0.5, 1.6)
    blinks = irregular(dice.draw("listener's blinks"), seconds, 1.5, 5.0)
    phases = dice.draw("listener's sway").uniform(0, 2 * pi, 4)

    def pose(time: float) -> Pose:
        sway = sin(2 * pi * time / 2.3 + phases[0])
        chewing = max(0.0, sin(2 * pi * time / 6.1 + phases[1])) * sin(pi * 1.7 * time + phases[2]) ** 2
        nod = np.max(np.sin(np.pi * np.clip((time - nods) / 0.5, 0, 1)) ** 2)
        return Pose(
            x + 0.035 * view.unit * sway,
            view.height - (0.57 - 0.01 * sin(2 * pi * time / 3.1 + phases[3])) * view.unit,
            0.07 * sway,
            float(nod),
            0.35 * chewing,
            blinking(blinks, time),
        )

    return pose
