"""The figures as tables for a terminal."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .context import Data
from .rivals import AS_WIDE, THIRTEEN
from .stages import STAGES
from .targets import target_rows

MARKS = {True: "kept", False: "MISSED", None: "too short to tell"}
SHARED = (
    "Times are as they were; in the ratios the machine's slowness, by the reference kernel, is divided out.\n"
    "Where the floor took longer by the wall than by CPU, other programs had a share of the machine."
)
CLOCKS = {"cpu": "CPU", "wall": "wall"}


def report_text(sections: Mapping[str, Data], machine: Mapping[str, Any], noise: Mapping[str, float]) -> str:
    """Everything that was measured, targets last: they are what is looked at first on a terminal."""
    parts = [machine_line(machine, noise)]
    for name, data in sections.items():
        parts += [f"## {name}: {TITLES[name]}", TEXTS[name](data)] if data else []
    rows = [[row.what, row.target, row.measured, MARKS[row.kept]] for row in target_rows(sections)]
    if rows:
        parts += ["## Targets, for 2 cores", aligned(["what", "target", "measured", ""], rows)]
    return "\n\n".join(parts) + "\n"


def machine_line(machine: Mapping[str, Any], noise: Mapping[str, float]) -> str:
    """Where this was measured, and how noisy it was."""
    return (
        f"soundspot {machine['soundspot']} on {machine['name']}, {machine['cores']} core(s) to run on, "
        f"Python {machine['python']}, OpenCV {machine['opencv']}, numba {machine['numba']}.\n"
        f"Reference kernel: {noise['runs']:.0f} runs, median {noise['median_ms']:.2f} ms; "
        f"the slowest twentieth took {noise['spread_cpu']:.2f} x the fastest by CPU, "
        f"{noise['spread_wall']:.2f} x by the wall."
    )


def aligned(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table whose columns are as wide as they must be, numbers to the right."""
    cells = [[cell(value) for value in row] for row in rows]
    widths = [max(len(row[k]) for row in [list(heads), *cells]) for k in range(len(heads))]
    right = [k > 0 and any(isinstance(row[k], int | float) for row in rows) for k in range(len(heads))]

    def line(words: Sequence[str]) -> str:
        placed = [
            word.rjust(width) if at_right else word.ljust(width)
            for word, width, at_right in zip(words, widths, right, strict=True)
        ]
        return "| " + " | ".join(placed) + " |"

    rule = "|" + "|".join(
        "-" * (width + 1) + (":" if side else "-") for width, side in zip(widths, right, strict=True)
    )
    return "\n".join([line(heads), rule + "|", *(line(row) for row in cells)])


def cell(value: Any) -> str:
    """One value; what is not known as a dash."""
    if value is None or value != value:
        return "–"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def cost_text(data: Data) -> str:
    """ms a frame; stages by CPU in one thread, mean / median / p95."""
    whole = {size: part for size, part in data.items() if "stages" in part}
    if not whole:
        return "ended before a size was done"
    lines = [[stage, *(three(part["stages"][stage]) for part in whole.values())] for stage in STAGES]
    lines.append(["whole, one thread (CPU)", *(three(part["whole, one thread"]) for part in whole.values())])
    for name in ("whole", "decoding", "floor", "floor, cv2's threads"):
        for clock, told in CLOCKS.items():
            lines.append([f"{name} ({told})", *(three(part[name][clock]) for part in whole.values())])
    for name in next(iter(whole.values()))["ratios"]:
        lines.append([name, *(f"{part['ratios'][name]:.2f} x" for part in whole.values())])
    lines.append(["real-time factor at 30 fps", *(part["real-time factor"] for part in whole.values())])
    return aligned(["ms a frame: mean / median / p95", *whole], lines) + "\n\n" + SHARED


def three(cost: Mapping[str, float]) -> str:
    """`5.12 / 4.80 / 9.41`."""
    return " / ".join(cell(cost[name]) for name in ("mean", "median", "p95"))


def rivals_text(data: Data) -> str:
    """ms a frame and how many times ours."""
    names = [name for name in ("ours", "paper's recipe", THIRTEEN, AS_WIDE) if name in data]
    text = aligned(
        ["640x480, one thread", "CPU ms a frame", "times ours"],
        [[name, data[name]["cpu"], data[name]["times ours"]] for name in names],
    )
    if "paper's recipe" in data:
        steps = data["paper's recipe"]["steps"].items()
        text += "\n\nSteps of the paper's recipe, ms: " + ", ".join(
            f"{name} {cost:.1f}" for name, cost in steps
        )
    return text + (f"\n\nLeft out: {data['left out']}" if "left out" in data else "")


def wta_text(data: Data) -> str:
    """Sliding beside batch."""
    heads = ["400 tracks, 120 slots, N = 2000", "sliding, ms", "numpy batch, ms", "ratio", "identical"]
    keys = ("sliding", "numpy batch", "ratio")
    rows = [
        [name, *(part[key] for key in keys), "yes" if part["identical"] else "NO"]
        for name, part in data.items()
    ]
    return aligned(heads, rows)


def growth_text(data: Data) -> str:
    """One table for each quantity that grows."""
    texts = []
    for name, parts in data.items():
        if not parts:
            continue
        if name == "width":
            stages = list(next(iter(parts.values()))["stages"])
            heads = ["width, px", *stages, "whole, CPU ms a frame"]
            rows = [[value, *part["stages"].values(), part["cpu"]] for value, part in parts.items()]
        else:
            heads = [name, "codes, ms a slot", "score", "both"]
            rows = [[value, part["codes"], part["score"], part["cpu"]] for value, part in parts.items()]
        texts.append(aligned(heads, rows))
    return "\n\n".join(texts)


def along_text(data: Data) -> str:
    """A row for each piece."""
    rows = [
        [round(piece["until"]), piece["cpu"], piece["cpu"] / piece["kernel"], piece["memory"]]
        for piece in data.get("pieces", ())
    ]
    return aligned(["until, s", "CPU ms a frame", "in reference kernels", "memory, MB"], rows)


def live_text(data: Data) -> str:
    """One stream."""
    heads, keys = live_columns()
    return aligned(["", *heads], [["640x480 30 fps", *(data.get(key) for key in keys)]])


def four_text(data: Data) -> str:
    """A row for each of them."""
    heads, keys = live_columns()
    rows = [[str(k + 1), *(each[key] for key in keys)] for k, each in enumerate(data["streams"])]
    return aligned(["640x480 15 fps", *heads], rows)


def live_columns() -> tuple[list[str], list[str]]:
    """Heads, and the keys of what stands below."""
    columns = {
        "beyond declared: p50, ms": "p50",
        "p95": "p95",
        "p99": "p99",
        "declared": "declared",
        "frames": "frames",
        "skipped": "skipped",
        "steps of pace": "steps",
        "share of a core": "share",
        "MB after 1 min": "memory after a minute",
        "at the end": "memory at the end",
    }
    return list(columns), list(columns.values())


def start_text(data: Data) -> str:
    """Seconds to the first answer."""
    return aligned(
        ["start", "s to first answer"], [[kind, data[kind]] for kind in ("cold", "warm") if kind in data]
    )


TITLES = {
    "cost": "what a frame costs",
    "rivals": "beside others",
    "wta": "Winner-Take-All codes",
    "growth": "how the cost grows",
    "along": "along a stream, as fast as it goes",
    "live": "one stream in real time",
    "four": "four streams at once in real time",
    "start": "from the command to its first answer",
}
TEXTS: dict[str, Callable[[Data], str]] = {
    "cost": cost_text,
    "rivals": rivals_text,
    "wta": wta_text,
    "growth": growth_text,
    "along": along_text,
    "live": live_text,
    "four": four_text,
    "start": start_text,
}
