"""Pictures of the figures, PNG: stages beside the floor, growth, cost along the stream."""

from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from ...core.errors import SinkError
from .context import Data
from .stages import STAGES

DPI = 90
ROOM = 1.1  # above the highest point
UNITS = {"width": "width, px", "window": "window, s"}


def write_pictures(folder: Path, sections: Mapping[str, Data]) -> None:
    """bench-NAME.png for each section that has a picture. Raises SinkError for a folder that refuses it."""
    try:
        for name, draw in DRAWN.items():
            if sections.get(name):
                draw(sections[name]).savefig(folder / f"bench-{name}.png", dpi=DPI)
    except OSError as error:
        raise refused(folder, error) from error


def make_folder(folder: Path) -> None:
    """Have the folder. Raises SinkError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(folder, error) from error


def refused(folder: Path, error: OSError) -> SinkError:
    """The one line that says what the world refused."""
    return SinkError(f"plot={folder}: {error.strerror}; want a folder that can be written")


def cost_figure(data: Data) -> Figure:
    """The stages stacked for each size, the floor and bare decoding beside them."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    sizes = [size for size, part in data.items() if "stages" in part]
    bottoms = [0.0] * len(sizes)
    for stage, colour in zip(STAGES, colours(len(STAGES)), strict=True):
        heights = [data[size]["stages"][stage]["mean"] for size in sizes]
        axes.bar(sizes, heights, 0.5, bottoms, color=colour, label=stage)
        bottoms = [bottom + height for bottom, height in zip(bottoms, heights, strict=True)]
    for name, line in (("floor", "_"), ("decoding", ".")):
        heights = [data[size][name]["cpu"]["mean"] for size in sizes]
        axes.plot(sizes, heights, ls="", marker=line, ms=14, mew=2, color="black", label=name)
    axes.set(ylabel="CPU in one thread, ms a frame (mean)")
    axes.legend(fontsize=7, ncols=2)
    return figure


def colours(count: int) -> list[tuple[float, float, float]]:
    """So many colours that can be told apart side by side."""
    pairs = [(0.12, 0.47, 0.71), (1.0, 0.5, 0.05), (0.17, 0.63, 0.17), (0.84, 0.15, 0.16), (0.58, 0.4, 0.74)]
    faded = [(0.68, 0.78, 0.91), (1.0, 0.73, 0.47), (0.6, 0.87, 0.54), (1.0, 0.6, 0.59), (0.77, 0.69, 0.84)]
    pairs += [(0.55, 0.34, 0.29), (0.5, 0.5, 0.5)]
    faded += [(0.77, 0.61, 0.58), (0.8, 0.8, 0.8)]
    return [one for pair in zip(pairs, faded, strict=True) for one in pair][:count]


def growth_figure(data: Data) -> Figure:
    """Cost against each quantity that grows."""
    parts = {name: values for name, values in data.items() if values}
    figure = Figure(figsize=(3 * max(1, len(parts)), 3), layout="constrained")
    for axes, (name, values) in zip(
        figure.subplots(1, len(parts), squeeze=False)[0], parts.items(), strict=True
    ):
        costs = [part["cpu"] for part in values.values()]
        axes.plot([float(value) for value in values], costs, marker="o")
        axes.set(xlabel=UNITS.get(name, name), xlim=(0, None), ylim=(0, ROOM * max(costs)))
        axes.set_ylabel("ms a frame" if name == "width" else "evidence, ms a slot")
    return figure


def along_figure(data: Data) -> Figure:
    """Cost and memory of each piece of the stream."""
    figure = Figure(figsize=(7, 3), layout="constrained")
    cost, memory = figure.subplots(1, 2)
    pieces = data.get("pieces", [])
    until = [piece["until"] for piece in pieces]
    for axes, label, values in (
        (cost, "a frame, in reference kernels", [piece["cpu"] / piece["kernel"] for piece in pieces]),
        (memory, "memory, MB", [piece["memory"] or 0.0 for piece in pieces]),
    ):
        axes.plot(until, values, marker="o")
        axes.set(xlabel="s of the stream", ylabel=label, ylim=(0, ROOM * max(values, default=1.0)))
    return figure


DRAWN: dict[str, Callable[[Data], Figure]] = {
    "cost": cost_figure,
    "growth": growth_figure,
    "along": along_figure,
}
