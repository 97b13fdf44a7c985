"""Two people who speak in turn, with pauses between their turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import pi

import numpy as np

from .people import Person, Pose, blinking
from .props import curtain
from .rhythm import Dice, Times, irregular, swing
from .rooms import living_room
from .speech import Speech, chatter, voice
from .stage import Patch, Samples, Stage, View

LENGTHS = (3.0, 8.0)  # s of a turn
PAUSES = (0.3, 1.2)  # s of silence before the next turn
NOD = 0.5  # s


@dataclass(frozen=True, slots=True)
class Turns:
    """When each turn begins and its speech ends (s); person 1 has the first, then 2, and so on."""

    starts: Times
    ends: Times
    first: int

    def speaker(self, time: float | Times) -> np.ndarray:
        """Whose turn it is, 1 or 2: a pause belongs to whoever spoke before it."""
        last = np.maximum(0, np.searchsorted(self.starts, time, "right") - 1)
        return np.asarray((last + self.first) % 2 + 1)

    def spoken(self, speech: Speech, person: int) -> Speech:
        """What a person says: the syllables that lie wholly in the person's turns."""
        last = np.maximum(0, np.searchsorted(self.starts, speech.starts, "right") - 1)
        inside = (speech.starts + speech.lengths < self.ends[last]) & (speech.starts >= self.starts[last])
        kept = inside & (self.speaker(speech.starts) == person)
        return Speech(speech.starts[kept], speech.lengths[kept], speech.strengths[kept])


def stage(view: View, dice: Dice, seconds: float) -> Stage:
    """Truth: the whole head of whoever has the turn, source 1 or 2; a pause belongs to the turn before it."""
    turns = draw_turns(dice.draw("turns"), seconds)
    looks = dice.draw("looks").permutation(3)
    speeches = [turns.spoken(chatter(dice.draw(f"speech {who}"), seconds), who) for who in (1, 2)]
    people = [Person(view, dice.draw(f"person {who}"), int(looks[who])) for who in (1, 2)]
    places = [0.5 * view.width + side * 0.29 * view.unit for side in (-1, 1)]
    poses = [
        _posing(view, dice, who, turns, speech, x, seconds)
        for who, speech, x in zip((1, 2), speeches, places, strict=True)
    ]
    draught = curtain(view, dice.draw("curtain"), 0.5 * view.width - 0.667 * view.unit)

    def patches(time: float) -> Sequence[Patch]:
        speaker = int(turns.speaker(time))
        seen = [
            patch
            for who, person, pose in zip((1, 2), people, poses, strict=True)
            for patch in person.patches(pose(time), who if who == speaker else 0)
        ]
        return [*draught(time), *seen]

    def play(rate: int) -> Samples:
        pitches = np.sort(dice.draw("pitch").uniform(100.0, 200.0, 2)) * (0.9, 1.1)
        spoken = [
            voice(dice.draw(f"sound {who}"), speech, seconds, rate, float(pitch))
            for who, speech, pitch in zip((1, 2), speeches, pitches, strict=True)
        ]
        return np.asarray(spoken[0] + spoken[1], np.float32)

    return Stage(living_room(view, dice.draw("room")), patches, play)


def draw_turns(rng: np.random.Generator, seconds: float) -> Turns:
    """Turns and pauses of drawn lengths, until `seconds`."""
    first, starts, ends, time = int(rng.integers(2)), [], [], 0.0
    while time <= seconds:
        starts.append(time)
        ends.append(time + rng.uniform(*LENGTHS))
        time = ends[-1] + rng.uniform(*PAUSES)
    return Turns(np.array(starts), np.array(ends), first)


def _posing(
    view: View, dice: Dice, who: int, turns: Turns, speech: Speech, x: float, seconds: float
) -> Callable[[float], Pose]:
    """Sways always; speaks in the own turns, and nods while the other speaks, at times of their own."""
    sideways, rising = swing(dice.draw(f"sway {who}"), 2.3), swing(dice.draw(f"rise {who}"), 3.1)
    blinks = irregular(dice.draw(f"blinks {who}"), seconds, 1.5, 5.0)
    nods = irregular(dice.draw(f"nods {who}"), seconds, 0.5, 1.6)
    nods = nods[(turns.speaker(nods) != who) & (turns.speaker(nods + NOD) != who)]

    def pose(time: float) -> Pose:
        swung = sideways.at(time)
        listened = np.max(np.sin(pi * np.clip((time - nods) / NOD, 0, 1)) ** 2, initial=0.0)
        return Pose(
            x + 0.025 * view.unit * swung,
            view.height - (0.575 - 0.008 * rising.at(time)) * view.unit,
            0.05 * swung,
            max(float(listened), speech.nod(time)),
            speech.opening(time),
            blinking(blinks, time),
        )

    return pose
