"""Real clips with truth boxes. A weak judge: the picture's centre is right most of the time."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from ...core.errors import SourceError
from ...core.options import Options
from ...stream.media import MediaSource
from ...stream.source import SourceOptions
from ..baselines.strongest_mover import RULE
from .answers import Moment, Place, moments
from .clips import Medium, readable_clips
from .metrics import mean, median_of, share
from .settings import Section, Study
from .tables import table
from .trials import MIDDLE, SETTLED, TICK, thinned
from .truth import ClipTruth

LONGEST = 60.0  # s of a clip
EASY = 0.7  # where the motion rule is right more often than this, it needs no sound
HEADS = ("", "moments", "box", "moves most: box", "middle: box", "named", "right when named", "named in vain")


@dataclass(frozen=True, slots=True)
class ClipFigures:
    """Shares of the moments after SETTLED s. While something visible sounds: best candidate, strongest mover
    and the picture's middle in a true box, something named, named rightly. Else: named `in_vain`."""

    moments: int
    box: float | None
    moving_box: float | None
    middle_box: float | None
    named: float | None
    right: float | None
    in_vain: float | None


@dataclass(frozen=True, slots=True)
class ClipJob:
    """One clip to be run with one seed; `cost` is about its count of frames."""

    name: str
    medium: Medium
    options: Options
    cost: float

    def work(self, stopped: Callable[[], bool]) -> tuple[str, ClipFigures]:
        """Run it."""
        assert self.medium.truth is not None
        with closing(MediaSource(self.medium.path, SourceOptions(end=LONGEST))) as source:
            size = source.description.width, source.description.height
            answers = moments(source.items(), self.options, stopped)
        judged = [answer for answer in thinned(answers, TICK) if answer.time >= SETTLED]
        return self.name, clip_figures(judged, self.medium.truth, size)


def clip_figures(answers: Sequence[Moment], truth: ClipTruth, size: tuple[int, int]) -> ClipFigures:
    """What a clip's answers are worth; places are px of a picture of `size` (width, height)."""

    def judge(answer: Moment, place: Place | None) -> bool | None:
        return truth.judge(answer.time, place and (place[0] / size[0], place[1] / size[1]))

    sounding = [answer for answer in answers if truth.active(answer.time)]
    return ClipFigures(
        len(answers),
        share(judge(answer, answer.place) for answer in sounding),
        share(judge(answer, answer.moving) for answer in sounding),
        share(truth.judge(answer.time, MIDDLE) for answer in sounding),
        share(answer.named for answer in sounding),
        share(judge(answer, answer.place) for answer in sounding if answer.named),
        share(answer.named for answer in answers if not truth.active(answer.time)),
    )


def measure_clips(study: Study, folder: Path) -> Section:
    """Run them and tell. Raises SourceError for a folder in which no clip has its truth beside it."""
    media, refusals = readable_clips(folder)
    study.left_out.extend(refusals)
    told = {name: medium for name, medium in media.items() if medium.truth is not None}
    if not told:
        raise SourceError(f"folder={folder}: no clip has its truth, NAME.json, beside it; want its form")
    jobs = [
        ClipJob(name, told[name], options, told[name].seconds * told[name].frame_rate)
        for options in study.seeded()
        for name in study.chosen(list(told))
    ]
    return section(study.run(jobs, "clips"))


def section(results: Sequence[tuple[str, ClipFigures]]) -> Section:
    """Tables and figures: each clip's median over the seeds, then means over clips."""
    names = dict.fromkeys(name for name, _ in results)
    rows = {name: medians([figures for other, figures in results if other == name]) for name in names}
    sums = summaries(rows)
    lines = [
        "Right is the best candidate, however weak, in a true box, at every moment after 3 s at which one is "
        "active. In vain is named while nothing visible sounds.",
        RULE,
        table(HEADS, [[name, *asdict(figures).values()] for name, figures in rows.items()]),
        table(HEADS, [[name, *asdict(figures).values()] for name, figures in sums.items()]),
    ]
    data: dict[str, Any] = {
        "clips": {name: asdict(figures) for name, figures in rows.items()},
        "means": {name: asdict(figures) for name, figures in sums.items()},
    }
    return Section("Real clips", "\n\n".join(lines), data)


def summaries(rows: dict[str, ClipFigures]) -> dict[str, ClipFigures]:
    """Means over the clips: all, those on which the motion rule fails, and the others."""
    judged = [figures for figures in rows.values() if figures.moving_box is not None]
    hard = [figures for figures in judged if (figures.moving_box or 0.0) < EASY]
    groups = {
        "all": list(rows.values()),
        f"motion rule under {EASY}": hard,
        "the rest": [figures for figures in judged if figures not in hard],
    }
    return {f"{name}, {len(group)} clips": averaged(group, mean) for name, group in groups.items()}


def medians(figures: Sequence[ClipFigures]) -> ClipFigures:
    """Each figure's median."""
    return averaged(figures, median_of)


def averaged(
    figures: Sequence[ClipFigures], middle: Callable[[list[float | None]], float | None]
) -> ClipFigures:
    """Each figure's mean or median; of the moments their sum, or the count of one seed."""
    names = [spec.name for spec in fields(ClipFigures)][1:]
    count = max((each.moments for each in figures), default=0)
    total = sum(each.moments for each in figures) if middle is mean else count
    return ClipFigures(total, **{name: middle([getattr(each, name) for each in figures]) for name in names})
