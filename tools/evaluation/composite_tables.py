"""What came of the composites, as tables and figures."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from ..baselines.strongest_mover import RULE
from .calibration import calibrate, calibration_text
from .figures import p_values_figure
from .metrics import median_of, share, working_point
from .settings import Section
from .tables import table
from .trials import Forced, Trial, tally

ALLOWED = 0.05  # of the moments with unrelated sound may be named at the working point
FORCED_HEADS = (
    "",
    "composites",
    "part",
    "box",
    "moves most: part",
    "box",
    "middle: box",
    "named",
    "right when named",
)
FORCED_FIELDS = ("trials", "part", "box", "moving_part", "moving_box", "middle_box", "named", "right")
TITLES = {
    "two": "Two clips, the sound of one (chance 0.50)",
    "four": "Four clips in a square, the sound of one (chance 0.25)",
}


@dataclass(frozen=True, slots=True)
class Working:
    """How often something is named: to the sound of a clip that is seen, right then, and to unrelated sound;
    and what the p-value allows where it names to unrelated sound in at most ALLOWED of the moments."""

    named: float | None
    right: float | None
    unrelated: float | None
    allowed_named: float | None
    allowed_right: float | None


def section(trials: Sequence[Trial]) -> Section:
    """Tables and figures of the trials."""
    lines = [
        "Right is the best candidate, however weak, in the sounding clip's part of the picture, or in its "
        "true box, at every moment after 3 s. Named and right when named are at the options in force.",
        RULE,
    ]
    data: dict[str, Any] = {}
    for kind, title in TITLES.items():
        of_kind = [trial for trial in trials if trial.draw.kind == kind]
        if of_kind:
            rows = forced_rows(of_kind)
            heads = table(FORCED_HEADS, [[name, *row(forced)] for name, forced in rows.items()])
            lines += [f"### {title}", heads]
            data[kind] = {name: asdict(forced) for name, forced in rows.items()}
    working = median_working(trials)
    if working is not None:
        lines += ["### Working point", working_text(working)]
        data["working point"] = asdict(working)
    told = Section("Composites of real clips", "", data)
    add_calibration(told, lines, [trial for trial in trials if trial.draw.kind == "unrelated"])
    data["trials"] = [trial_row(trial) for trial in trials]
    told.text = "\n\n".join(lines)
    return told


def add_calibration(told: Section, lines: list[str], unrelated: Sequence[Trial]) -> None:
    """Whether the p-value keeps its word under unrelated sound."""
    p_values = [choice.p_value for trial in unrelated for choice in trial.choices]
    known = [p_value for p_value in p_values if p_value is not None]
    calibration = calibrate(known)
    if calibration is not None:
        lines += ["### Calibration", calibration_text("to unrelated sound", calibration)]
        told.data["calibration"] = asdict(calibration)
        told.pictures["composites-p-values.png"] = p_values_figure({"unrelated sound": known})


def forced_rows(trials: Sequence[Trial]) -> dict[str, Forced]:
    """Figures for each sounding clip, and over all of them: the median of the seeds."""
    names = dict.fromkeys(trial.draw.seen for trial in trials)
    rows = {name: over_seeds([trial for trial in trials if trial.draw.seen == name]) for name in names}
    return {**rows, "all": over_seeds(trials)}


def by_seed(trials: Sequence[Trial]) -> list[list[Trial]]:
    """The trials of each seed."""
    seeds = sorted({trial.seed for trial in trials})
    return [[trial for trial in trials if trial.seed == seed] for seed in seeds]


def over_seeds(trials: Sequence[Trial]) -> Forced:
    """Each figure's median over the seeds."""
    tallies = [tally(of_seed) for of_seed in by_seed(trials)]
    figures = {name: median_of(getattr(each, name) for each in tallies) for name in FORCED_FIELDS[1:]}
    return Forced(trials=tallies[0].trials, **figures)


def row(forced: Forced) -> list[Any]:
    """The figures in the table's order."""
    return [getattr(forced, name) for name in FORCED_FIELDS]


def median_working(trials: Sequence[Trial]) -> Working | None:
    """The working point's figures, each the median over the seeds; None without composites of two."""
    points = [
        working_of(
            [trial for trial in of_seed if trial.draw.kind == "two"],
            [trial for trial in of_seed if trial.draw.kind == "unrelated"],
        )
        for of_seed in by_seed(trials)
        if any(trial.draw.kind == "two" for trial in of_seed)
    ]
    if not points:
        return None
    names = [spec.name for spec in fields(Working)]
    return Working(**{name: median_of(getattr(point, name) for point in points) for name in names})


def working_of(heard: Sequence[Trial], unrelated: Sequence[Trial]) -> Working:
    """The working point of one seed's trials."""
    forced = tally(heard)
    moments = [(choice.sure, choice.part) for trial in heard for choice in trial.choices]
    others = [choice for trial in unrelated for choice in trial.choices]
    allowed = working_point(moments, [choice.sure for choice in others], ALLOWED)
    return Working(forced.named, forced.right, share(choice.named for choice in others), *allowed)


def working_text(working: Working) -> str:
    """The working point as a table."""
    heads = ("", "named", "right when named", "named to unrelated sound")
    rows = [
        ["at the options in force", working.named, working.right, working.unrelated],
        ["where the p-value allows at most", working.allowed_named, working.allowed_right, ALLOWED],
    ]
    return table(heads, rows)


def trial_row(trial: Trial) -> dict[str, Any]:
    """One trial for the JSON."""
    figures = tally([trial])
    return {
        **asdict(trial.draw),
        "seed": trial.seed,
        **{name: getattr(figures, name) for name in FORCED_FIELDS[1:]},
    }
