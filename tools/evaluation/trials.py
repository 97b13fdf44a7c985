"""Composites through the localizer, and what comes of them: forced choice, and the working point."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...core.options import Options
from .answers import Moment, moments
from .clips import Clip, read_clip
from .composites import PART, Composite, Draw, composite_seconds, inside
from .metrics import Evidence, evidence, mean, share

SETTLED = 3.0  # s after which a choice is asked for
TICK = 0.1  # s: one answer of each is judged, so that clips of all frame rates weigh alike
MIDDLE = (0.5, 0.5)


@dataclass(frozen=True, slots=True)
class Choice:
    """One judged answer: whether the best candidate lies in the sounding clip's part and in its true box
    (None where no box is active), the same for the strongest mover, and the box for the part's middle."""

    part: bool
    box: bool | None
    named: bool
    p_value: float | None
    score: float
    moving_part: bool
    moving_box: bool | None
    middle_box: bool | None

    @property
    def sure(self) -> Evidence:
        """How sure the answer is."""
        return evidence(self.p_value, self.score)


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one composite with one seed."""

    draw: Draw
    seed: int
    choices: tuple[Choice, ...]

    @property
    def part(self) -> float | None:
        """Share of moments whose best candidate lies in the seen clip's part."""
        return share(choice.part for choice in self.choices)

    @property
    def box(self) -> float | None:
        """The same for its true box, among moments at which one is active."""
        return share(choice.box for choice in self.choices)

    @property
    def named(self) -> float | None:
        """Share of moments at which something is named."""
        return share(choice.named for choice in self.choices)


@dataclass(frozen=True, slots=True)
class CompositeJob:
    """One composite to be run: the clips' files by place, the sound's, and how many frames it about has."""

    draw: Draw
    parts: tuple[Path, ...]
    heard: Path
    options: Options
    seconds: float
    cost: float

    def work(self, stopped: Callable[[], bool]) -> Trial:
        """Run it."""
        clips = tuple(small_clip(path, self.seconds) for path in self.parts)
        seen = self.draw.parts.index(self.draw.seen)
        length = composite_seconds(clips[seen], self.seconds)
        composite = Composite(clips, seen, small_clip(self.heard, self.seconds), length)
        answers = thinned(moments(composite.items(), self.options, stopped), TICK)
        choices = tuple(choose(composite, answer) for answer in answers if answer.time >= SETTLED)
        return Trial(self.draw, self.options.seed, choices)


@lru_cache(maxsize=4)
def small_clip(path: Path, seconds: float) -> Clip:
    """A clip at the size of its part; the last few are kept, as neighbouring jobs share them."""
    return read_clip(path, seconds, PART)


def thinned(answers: Sequence[Moment], tick: float) -> list[Moment]:
    """The first answer of every tick."""
    kept: dict[int, Moment] = {}
    for answer in answers:
        kept.setdefault(int(answer.time / tick), answer)
    return list(kept.values())


def choose(composite: Composite, answer: Moment) -> Choice:
    """Judge one answer."""
    clip = composite.parts[composite.seen]
    time = answer.time % clip.length
    place = composite.place_in(*answer.place) if answer.place else None
    moving = composite.place_in(*answer.moving)
    truth = clip.truth
    return Choice(
        place is not None and inside(place),
        truth.judge(time, place) if truth else None,
        answer.named,
        answer.p_value,
        answer.score,
        inside(moving),
        truth.judge(time, moving) if truth else None,
        truth.judge(time, MIDDLE) if truth else None,
    )


@dataclass(frozen=True, slots=True)
class Forced:
    """Figures of some trials of one kind: forced choice of ours and of the rules, and what is named.

    The middle is that of a part chosen by chance.
    """

    trials: int
    part: float | None
    box: float | None
    named: float | None
    right: float | None
    moving_part: float | None
    moving_box: float | None
    middle_box: float | None


def tally(trials: Sequence[Trial]) -> Forced:
    """Every trial weighs alike; `right` is among all moments at which something is named."""
    chance = 1 / len(trials[0].draw.parts) if trials else 0.0
    middle = mean(share(choice.middle_box for choice in trial.choices) for trial in trials)
    return Forced(
        len(trials),
        mean(trial.part for trial in trials),
        mean(trial.box for trial in trials),
        mean(trial.named for trial in trials),
        share(choice.part for trial in trials for choice in trial.choices if choice.named),
        mean(share(choice.moving_part for choice in trial.choices) for trial in trials),
        mean(share(choice.moving_box for choice in trial.choices) for trial in trials),
        None if middle is None else chance * middle,
    )
