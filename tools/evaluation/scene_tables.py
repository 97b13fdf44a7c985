"""What came of the scenes, as tables and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from ...core.decide import UNNAMED
from ...core.scenes import Case
from ..baselines.strongest_mover import RULE
from .calibration import calibrate, calibration_text
from .figures import curves_figure, p_values_figure, samples_figure
from .live import LiveFigures, change_overs, live_figures
from .metrics import mean, median_and_most, median_of
from .rivals import RivalResult
from .scene_jobs import SceneResult
from .scene_plan import is_situation
from .settings import Section
from .surface import Curves, Reading, at_recall, at_threshold, curves_to_data, mean_curves
from .tables import table
from .targets import OURS

READ = {"precision": "Precision", "hit": "Hit ratio", "detection": "Detection rate"}
LIVE_HEADS = {
    "right": "right",
    "found": "found",
    "false": "false",
    "overlap": "IoU",
    "best": "best on it",
    "moving": "moves most",
    "middle": "middle",
    "in_vain": "in vain",
    "first": "first, s",
    "switches": "switches/min",
    "wrong_switches": "wrong",
    "lag_error": "lag error, s",
}
ABOUT = (
    "After 4 s, while something visible sounds: named rightly (precision > 0.5), found at all, false (named "
    "and not right, of all moments), IoU of the mask; does the best candidate, however weak, lie on the "
    "source, and the strongest mover, and the picture's middle. In vain: named though nothing visible has "
    "sounded for 2 s."
)
ABOUT_RECALL = (
    "The confidence surface against a threshold, averaged over frames; a frame in which no pixel reaches it "
    "counts as precision 0. Ours is 1 on what is named, "
    f"{UNNAMED} on a best candidate that is not. "
    "Everything is read at the threshold where the mean recall is 0.5, hit ratio and detection rate too."
)
ABOUT_WHOLE = (
    "The baselines look at 10 s at a time and decide once, as the paper does; 2 seeds. Ours never looks "
    "ahead: its scene is longer and its second half is judged, so that it has heard about as much."
)


@dataclass(frozen=True, slots=True)
class SceneRun:
    """All results: ours, and the baselines'."""

    live: list[SceneResult]
    rivals: list[RivalResult]


def section(run: SceneRun, cases: Sequence[Case]) -> Section:
    """Everything about scenes."""
    done = {result.name for result in run.live}
    figures = {each.name: median_figures(run.live, each.name) for each in cases if each.name in done}
    lines = [ABOUT, RULE, live_table(figures)]
    data: dict[str, Any] = {
        "live": {name: asdict(each) for name, each in figures.items()},
        "plain": {each.name: each.plain for each in cases if each.plain},
    }
    changes = [delay for result in run.live for delay in change_overs(result.moments)]
    if changes:
        lines.append(change_text(changes))
        data["change_overs"] = changes
    told = Section("Rendered scenes", "", data)
    p_values = [p_value for result in run.live if result.nobody for p_value in result.unmatched]
    calibration = calibrate(p_values)
    if calibration is not None:
        lines.append(calibration_text("in scenes in which nothing visible sounds", calibration))
        data["calibration"] = asdict(calibration)
        told.pictures["scenes-p-values.png"] = p_values_figure({"nothing visible sounds": p_values})
    told.text = "\n\n".join(lines)
    add_paper(told, run, [each.name for each in cases if is_situation(each)])
    return told


def median_figures(results: Sequence[SceneResult], name: str) -> LiveFigures:
    """Each figure's median over the seeds of a scene."""
    of_scene = [live_figures(result.moments, result.true_lag) for result in results if result.name == name]
    names = [spec.name for spec in fields(LiveFigures)]
    values = {field: median_of(getattr(each, field) for each in of_scene) for field in names}
    return LiveFigures(**values)  # type: ignore[arg-type]  # no field that is always known becomes unknown


def live_table(figures: Mapping[str, LiveFigures]) -> str:
    """A row for each scene, and their mean."""
    rows = [[name, *(getattr(each, field) for field in LIVE_HEADS)] for name, each in figures.items()]
    means = ["mean", *(finite_mean([row[1 + k] for row in rows]) for k in range(len(LIVE_HEADS)))]
    return table(["", *LIVE_HEADS.values()], [*rows, means])


def finite_mean(values: Sequence[float | None]) -> float | None:
    """The mean of what is known and finite: "never" has none."""
    return mean(value for value in values if value is not None and np.isfinite(value))


def change_text(changes: Sequence[float]) -> str:
    """How long it takes to follow a change of speaker."""
    median, most = median_and_most(changes)
    missed = sum(not np.isfinite(delay) for delay in changes)
    return (
        f"Change of what sounds: {len(changes)} changes, followed after {median:.1f} s in the median and "
        f"{most:.1f} s in 95 % (inf: not before the next), {missed} missed."
    )


def add_paper(section: Section, run: SceneRun, situations: Sequence[str]) -> None:
    """The paper's metrics on its situations, ours beside the baselines'."""
    whole = {name: of_methods(run, name) for name in situations}
    whole = {name: methods for name, methods in whole.items() if methods}
    settled = {name: pooled([r.settled for r in run.live if r.name == name]) for name in situations}
    parts = ["### The paper's six situations, running, after 4 s, at confidence 0.5", running_table(settled)]
    if whole:
        parts += ["### The paper's six situations, whole clip, at mean recall 0.5", ABOUT_RECALL]
        parts += [ABOUT_WHOLE] if run.rivals else []
        parts += [f"{title}:\n\n{rival_table(whole, field)}" for field, title in READ.items()]
        section.pictures["scenes-curves.png"] = curves_figure(whole)
    if situations:
        section.text += "\n\n" + "\n\n".join(parts)
    if any(result.samples for result in run.live):
        section.pictures["scenes-samples.png"] = samples_figure(run.live, run.rivals)
    section.data["running"] = {
        name: asdict(at_threshold(curves, 0.5)) for name, curves in settled.items() if curves is not None
    }
    section.data["whole"] = {
        name: {method: reading_to_data(curves) for method, curves in methods.items()}
        for name, methods in whole.items()
    }


def of_methods(run: SceneRun, name: str) -> dict[str, Curves]:
    """The curves of every method on one scene, over its seeds."""
    found = {OURS: pooled([result.later for result in run.live if result.name == name])}
    for baseline in dict.fromkeys(result.baseline for result in run.rivals):
        found[baseline] = pooled([r.curves for r in run.rivals if (r.name, r.baseline) == (name, baseline)])
    return {method: curves for method, curves in found.items() if curves is not None}


def pooled(several: Sequence[Curves]) -> Curves | None:
    """The mean curves of those that had a frame to judge."""
    known = [curves for curves in several if not np.isnan(curves.recall).any()]
    return mean_curves(known) if known else None


def running_table(settled: Mapping[str, Curves | None]) -> str:
    """Precision, recall, hit ratio and detection rate at confidence 0.5."""
    rows = [[name, *read_row(at_threshold(curves, 0.5))] for name, curves in settled.items() if curves]
    return table(["", "precision", "recall", "hit", "det"], rows)


def read_row(reading: Reading) -> list[float]:
    """The figures in a table's order."""
    return [reading.precision, reading.recall, reading.hit, reading.detection]


def rival_table(whole: Mapping[str, Mapping[str, Curves]], field: str) -> str:
    """One metric at mean recall 0.5: a row for each situation, a column for each method."""
    methods = list(dict.fromkeys(method for curves in whole.values() for method in curves))
    rows = [
        [name, *(getattr(at_recall(of[method], 0.5), field) if method in of else None for method in methods)]
        for name, of in whole.items()
    ]
    return table(["", *methods], rows)


def reading_to_data(curves: Curves) -> dict[str, Any]:
    """Both readings, and the curves themselves."""
    return {
        "at recall 0.5": asdict(at_recall(curves, 0.5)),
        "at confidence 0.5": asdict(at_threshold(curves, 0.5)),
        "curves": curves_to_data(curves),
    }
