"""Pictures of the report, as PNG bytes: sample frames and curves (the paper's Figs. 5, 6 and 7), p-values."""

import io
from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from matplotlib.figure import Figure

from ..baselines import IZADINIA
from .rivals import RivalResult
from .scene_jobs import SceneResult
from .surface import THRESHOLDS, Curves

LABEL = 18  # px above a row
PANELS = ("precision", "recall", "precision against recall", "hit ratio", "detection rate")


def to_png(figure: Figure) -> bytes:
    """The figure's picture."""
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=90)
    return held.getvalue()


def curves_figure(whole: Mapping[str, Mapping[str, Curves]]) -> bytes:
    """A row for each scene: precision and recall against the threshold and each other, hit, detection."""
    figure = Figure(figsize=(4 * len(PANELS), 2.8 * len(whole)), layout="constrained")
    grid = figure.subplots(len(whole), len(PANELS), squeeze=False, sharex=True, sharey=True)
    for row, (name, methods) in zip(grid, whole.items(), strict=True):
        for method, curves in methods.items():
            style = {"lw": 2.2 if method == next(iter(methods)) else 1.0, "label": method}
            lines = [
                (THRESHOLDS, curves.precision),
                (THRESHOLDS, curves.recall),
                (curves.recall, curves.precision),
                (THRESHOLDS, curves.hit),
                (THRESHOLDS, curves.detection),
            ]
            for axes, (along, up) in zip(row, lines, strict=True):
                axes.plot(along, up, **style)
        row[0].set_ylabel(name)
    for axes, title in zip(grid[0], PANELS, strict=True):
        axes.set_title(title)
    for column, axes in enumerate(grid[-1]):
        axes.set_xlabel("recall" if column == 2 else "confidence threshold")
    grid[0][-1].legend(fontsize=7)
    return to_png(figure)


def p_values_figure(several: Mapping[str, Sequence[float]]) -> bytes:
    """The share of moments at or below every p-value, against the diagonal that a true p-value keeps to."""
    figure = Figure(figsize=(5, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.plot([1e-3, 1], [1e-3, 1], color="#888888", lw=1, ls="--", label="uniform")
    for name, values in several.items():
        ordered = np.sort(np.array(values, float))
        axes.step(ordered, np.arange(1, ordered.size + 1) / ordered.size, where="post", label=name)
    axes.set(xscale="log", yscale="log", xlim=(3e-3, 1), ylim=(1e-3, 1))
    axes.set(xlabel="p-value", ylabel="share of moments at or below it")
    axes.legend(fontsize=8)
    return to_png(figure)


def samples_figure(ours: Sequence[SceneResult], rivals: Sequence[RivalResult]) -> bytes:
    """A row for each scene: three frames of ours, then three of [13]; truth green, ours red, theirs blue."""
    rows = []
    for result in ours:
        if not result.samples:
            continue
        theirs = [
            rival.samples
            for rival in rivals
            if (rival.baseline, rival.name, rival.seed) == (IZADINIA, result.name, result.seed)
        ]
        rows.append(titled(result.name, [*result.samples, *(theirs[0] if theirs else ())]))
    width = max(row.shape[1] for row in rows)
    padded = [cv2.copyMakeBorder(row, 0, 0, 0, width - row.shape[1], cv2.BORDER_CONSTANT) for row in rows]
    done, picture = cv2.imencode(".png", np.vstack(padded))
    assert done
    return picture.tobytes()


def titled(name: str, pictures: Sequence[cv2.typing.MatLike]) -> cv2.typing.MatLike:
    """Pictures of one height side by side, their name above them."""
    row = np.hstack([cv2.resize(picture, pictures[0].shape[1::-1]) for picture in pictures])
    row = cv2.copyMakeBorder(row, LABEL, 0, 0, 0, cv2.BORDER_CONSTANT)
    return cv2.putText(row, name, (4, LABEL - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (255, 255, 255), 1)
