"""Options told once: a field is its default, unit, range and help text.

From a field come the constructor, the check, the command-line flag and the README's table.
"""

from dataclasses import Field, dataclass, field, fields
from typing import Any

from .errors import OptionError
from .values import Box

PRESETS = ("live", "paper")


def option(
    default: Any,
    help: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
    form: str = "",
) -> Any:
    """A dataclass field that knows its unit, its range (both ends allowed) or choices, and its help text.

    `form` is the capital word that stands for its value where neither unit nor type tells what it is.
    """
    metadata = {"help": help, "unit": unit, "low": low, "high": high, "choices": choices, "form": form}
    return field(default=default, metadata=metadata)


def check_options(options: Any) -> None:
    """Hold every field of a dataclass made of `option`s against its range. Raises OptionError."""
    for spec in fields(options):
        check_value(spec, getattr(options, spec.name))


def check_value(spec: "Field[Any]", value: Any) -> None:
    """Hold one value against its field's range or choices; None means "not set". Raises OptionError."""
    if value is None:
        return
    low, high, choices = (spec.metadata[key] for key in ("low", "high", "choices"))
    unit = f" {spec.metadata['unit']}" if spec.metadata["unit"] else ""
    if choices and value not in choices:
        raise OptionError(f"{spec.name}={value}: want one of {', '.join(choices)}")
    if low is not None and not low <= value <= high:
        raise OptionError(f"{spec.name}={value}{unit}: want {low:.10g} to {high:.10g}{unit}")


@dataclass(frozen=True, slots=True)
class Options:
    """How the localizer works. Raises OptionError for a value out of its range."""

    preset: str = option("live", "live: ours; paper: the method as published", choices=PRESETS)
    window: float = option(6.0, "length of the compared history", unit="s", low=1.0, high=30.0)
    width: int = option(
        320, "analysis width of a 4:3 picture; other shapes get as many pixels", unit="px", low=96, high=1280
    )
    sensitivity: float = option(
        0.03,
        "p-value at which a source is named; up to 5 times this, at most 0.1, where it lasts",
        unit="p",
        low=0.01,
        high=0.5,
    )
    max_lag: float = option(
        0.2, "largest lag searched between picture and sound", unit="s", low=0.0, high=1.0
    )
    max_sources: int = option(1, "most sources named at once", low=1, high=8)
    confirm: float = option(
        0.3, "how long a source must persist before it is named", unit="s", low=0.0, high=5.0
    )
    hold: float = option(
        1.5, "how long a named source is held when its evidence fades", unit="s", low=0.0, high=30.0
    )
    ignore: tuple[Box, ...] = option(
        (), "box of the picture to leave out, repeatable: clocks, fans, televisions", unit="px"
    )
    heatmap: bool = option(False, "also compute the paper's confidence surface")
    seed: int = option(0, "seed of the random permutations and draws", low=0, high=2**31 - 1)

    def __post_init__(self) -> None:
        check_options(self)
        for box in self.ignore:
            check_box(box)


def check_box(box: Box) -> None:
    """Raises OptionError unless the box is (x0, y0, x1, y1) with x0 < x1 and y0 < y1, none negative."""
    if len(box) != 4 or min(box) < 0 or box[0] >= box[2] or box[1] >= box[3]:
        text = ",".join(str(edge) for edge in box)
        raise OptionError(
            f"ignore={text} px: want X0,Y0,X1,Y1 with X0 < X1 and Y0 < Y1, counted from the upper left"
        )
