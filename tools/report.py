"""report.png: how an answer came about. Sound, motion, scores and decisions over one time axis."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from ..core.trace import Trace
from .files import not_written, whole_file

MOST_OBJECTS = 5  # curves a panel can show and still be read
STATE_COLOURS = {"warming_up": "#d9d9d9", "nobody": "#9db7cc", "found": "#f2b134"}
SOFT = 0.45  # opacity of a state, behind the curve
JUDGED_COLOURS = {"right": "#3a9d5d", "not right": "#d1495b"}
OBJECT_COLOURS = ("#d1495b", "#30638e", "#edae49", "#3a9d5d", "#7b5ea7")
SOUND_COLOURS = ("#30638e", "#edae49", "#d1495b", "#3a9d5d", "#7b5ea7", "#8d6a4f")
LEAST_P = 1e-3
Curve = NDArray[np.float64]


def write_report(
    path: str,
    trace: Trace,
    sensitivity: float,
    truth: Sequence[tuple[float, bool]] = (),
    title: str = "",
) -> None:
    """Write the trace as a PNG. `truth` tells for times in s whether the answer there was right, if known.

    Raises SinkError for a place that cannot be written.
    """
    figure = Figure(figsize=(12, 10), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    sound, motion, scores, decisions = figure.subplots(4, 1, sharex=True)
    objects = best_objects(trace)
    draw_sound(sound, trace)
    draw_objects(motion, trace, objects, "motion", "motion, widths / s²")
    draw_objects(scores, trace, objects, "scores", "score")
    draw_decisions(decisions, trace, sensitivity, truth)
    decisions.set_xlabel("time, s")
    sound.set_title(title, loc="left")
    limits = time_limits(trace)
    for axes in (sound, motion, scores, decisions):
        axes.set_xlim(*limits)
        axes.spines[["top", "right"]].set_visible(False)
    save(figure, path)


def save(figure: Figure, path: str) -> None:
    """The picture under its name at once: a reader never finds half of it. Raises SinkError."""
    try:
        with whole_file(Path(path)) as part:
            figure.savefig(part, format="png")
    except OSError as error:
        raise not_written("report", Path(path), error) from error


def time_limits(trace: Trace) -> tuple[float, float]:
    """First and last time of anything in the trace, s."""
    times = [*trace.times, *(rank.time for rank in trace.ranks), *(moment[0] for moment in trace.decisions)]
    first, last = (min(times), max(times)) if times else (0.0, 1.0)
    return first, max(last, first + 0.1)


def best_objects(trace: Trace) -> list[int]:
    """The objects that led most often, then those that were ranked most often; at most MOST_OBJECTS."""
    led = Counter(rank.objects[0] for rank in trace.ranks if rank.objects)
    ranked = Counter(name for rank in trace.ranks for name in rank.objects)
    order = sorted(ranked, key=lambda name: (-led[name], -ranked[name], name))
    return order[:MOST_OBJECTS]


def object_curve(trace: Trace, name: int, field: str) -> tuple[Curve, Curve]:
    """Times in s and values of a field of Rank for one object; NaN where it is not among the ranked."""
    times = np.array([rank.time for rank in trace.ranks], float)
    values = np.full(len(times), np.nan)
    for row, rank in enumerate(trace.ranks):
        if name in rank.objects:
            values[row] = getattr(rank, field)[rank.objects.index(name)]
    return times, values


def draw_sound(axes: Axes, trace: Trace) -> None:
    """Every sound curve between its own least and largest value: only their shapes are compared."""
    curves = np.array(trace.sound, float).reshape(len(trace.times), len(trace.curve_names))
    for column, (name, values) in enumerate(zip(trace.curve_names, curves.T, strict=True)):
        finite = values[np.isfinite(values)]
        least = finite.min(initial=np.inf)
        span = max(finite.max(initial=-np.inf) - least, np.finfo(float).tiny)
        ink = colour(SOUND_COLOURS, column)
        axes.plot(trace.times, (values - least) / span, color=ink, lw=1.1, label=name)
    axes.set_ylabel("sound, of its range")
    legend(axes)


def draw_objects(axes: Axes, trace: Trace, objects: Sequence[int], field: str, label: str) -> None:
    """One field of the ranks for each of the objects."""
    for row, name in enumerate(objects):
        times, values = object_curve(trace, name, field)
        # a lone moment between two gaps has no line: the dots keep it visible
        ink = colour(OBJECT_COLOURS, row)
        axes.plot(times, values, color=ink, lw=1.2, marker=".", ms=2, label=f"object {name}")
    axes.set_ylabel(label)
    legend(axes)


def draw_decisions(axes: Axes, trace: Trace, sensitivity: float, truth: Sequence[tuple[float, bool]]) -> None:
    """The p-value over the sensitivity, the state as the ground's colour, right or not along the foot."""
    times = np.array([moment[0] for moment in trace.decisions], float)
    p_values = np.array([np.nan if moment[3] is None else moment[3] for moment in trace.decisions], float)
    draw_bands(axes, times, [moment[1] for moment in trace.decisions], STATE_COLOURS, 0.0, 1.0, SOFT)
    axes.plot(times, np.maximum(p_values, LEAST_P), color="#222222", lw=1.3)
    axes.axhline(sensitivity, color="#222222", lw=1, ls="--")
    handles: list[Line2D | Patch] = [
        Line2D([], [], color="#222222", label="p-value of the best"),
        Line2D([], [], color="#222222", ls="--", lw=1, label=f"named at once: {sensitivity:g}"),
        *(
            Patch(color=ink, alpha=SOFT, label=state.replace("_", " "))
            for state, ink in STATE_COLOURS.items()
        ),
    ]
    if truth:
        judged = ["right" if right else "not right" for _, right in truth]
        moments = np.array([time for time, _ in truth], float)
        draw_bands(axes, moments, judged, JUDGED_COLOURS, 0.0, 0.06, 1.0)
        handles += [Patch(color=ink, label=word) for word, ink in JUDGED_COLOURS.items()]
    axes.set_yscale("log")
    axes.set_ylim(LEAST_P, 1.2)
    axes.set_ylabel("p-value")
    axes.legend(handles=handles, loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)


def draw_bands(
    axes: Axes,
    times: Curve,
    words: Sequence[str],
    colours: Mapping[str, str],
    foot: float,
    head: float,
    alpha: float,
) -> None:
    """A coloured band for each stretch of the same word, between foot and head as shares of the panel."""
    if not len(times):
        return
    changes = [0, *(i for i in range(1, len(words)) if words[i] != words[i - 1])]
    ends = [*changes[1:], len(words) - 1]
    for first, last in zip(changes, ends, strict=True):
        ink = colours[words[first]]
        axes.axvspan(times[first], times[last], foot, head, color=ink, alpha=alpha, lw=0)


def colour(colours: Sequence[str], row: int) -> str:
    """The colours in turn."""
    return colours[row % len(colours)]


def legend(axes: Axes) -> None:
    """Names beside the panel, where they hide nothing; none for an empty panel."""
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)
    else:
        axes.text(0.5, 0.5, "nothing", transform=axes.transAxes, ha="center", color="#888888")
