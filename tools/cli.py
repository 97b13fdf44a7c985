"""Options told once: a dataclass made of `option`s -> command-line flags, and the README's table of them."""

import argparse
import re
import types
from argparse import Namespace
from collections.abc import Collection
from dataclasses import Field, fields
from difflib import get_close_matches
from functools import partial
from typing import Any, NoReturn, TypeVar, get_args, get_origin

from ..core.errors import OptionError
from ..core.values import Box

Settings = TypeVar("Settings")

BOX_FORM = "X0,Y0,X1,Y1"
PLACEHOLDERS = {str: "FILE", int: "N", float: "X", Box: BOX_FORM}
UNIT_PLACEHOLDERS = {"s": "S", "px": "PX", "Hz": "HZ", "p": "P"}
LIKENESS = 0.8  # 0 … 1, of an unknown flag to one that was perhaps meant: `--loud` is not `--hold`


class Parser(argparse.ArgumentParser):
    """argparse, but an error is one line that ends with the next step, and flags are never abbreviated."""

    def __init__(self, **keywords: Any) -> None:
        super().__init__(allow_abbrev=False, **keywords)

    def error(self, message: str) -> NoReturn:
        """Raises OptionError: the caller of `parse_args` prints one line and exits with 2."""
        # a value that was refused is told as `name=value: want …`, which needs no other beginning
        line = re.sub(r"^argument \S+: (?=\w+=)", "", " ".join(message.split()))
        raise OptionError(f"{line}{self._meant(line)}; see `{self.prog} --help`")

    def _meant(self, line: str) -> str:
        """What the unknown flag of an error line may have been meant to be."""
        unknown = re.search(r"unrecognized arguments:.*? (-(?!-no-)[\w-]+)", line)
        near = get_close_matches(unknown[1], self._option_string_actions, 1, LIKENESS) if unknown else []
        return f"; did you mean {near[0]}" if near else ""


def add_options(
    parser: argparse.ArgumentParser, settings: type[Any], title: str, without: Collection[str] = ()
) -> None:
    """One flag for each field of `settings`, in a group of the help page called `title`; none for the fields
    `without` one."""
    group = parser.add_argument_group(title)
    for spec in [spec for spec in fields(settings) if spec.name not in without]:
        text = f"{spec.metadata['help']} ({told(spec)})".replace("%", "%%")
        if value_type(spec) is bool:
            group.add_argument(flag(spec), action="store_true", help=text)
        else:
            group.add_argument(flag(spec), help=text, **reading(spec))


def read_options(arguments: Namespace, settings: type[Settings]) -> Settings:
    """The flags back as a `settings` instance. Raises OptionError for a value out of its range."""
    values = {spec.name: getattr(arguments, spec.name) for spec in fields(settings)}  # type: ignore[arg-type]
    repeated = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return settings(**{**values, **repeated})


def option_table(*settings: type[Any]) -> str:
    """The Markdown table of every flag: what it does, its unit, range and default."""
    rows = ["| option | what it does | unit | range | default |", "|---|---|---|---|---|"]
    for spec in [spec for group in settings for spec in fields(group)]:
        cells = (
            usage(spec),
            spec.metadata["help"],
            spec.metadata["unit"],
            range_of(spec),
            default_text(spec),
        )
        rows.append(f"| `{cells[0]}` | " + " | ".join(cells[1:]) + " |")
    return "\n".join(rows)


def flag(spec: "Field[Any]") -> str:
    """`max_lag` -> `--max-lag`."""
    return "--" + spec.name.replace("_", "-")


def usage(spec: "Field[Any]") -> str:
    """`--max-lag S`; a switch has no value, choices are written out."""
    if value_type(spec) is bool:
        return flag(spec)
    return f"{flag(spec)} {'/'.join(spec.metadata['choices']) or placeholder(spec)}"


def placeholder(spec: "Field[Any]") -> str:
    """The capital word that stands for the value in the help page: its unit, or else its kind."""
    if is_repeated(spec):
        return BOX_FORM
    form: str = spec.metadata["form"]
    return form or UNIT_PLACEHOLDERS.get(spec.metadata["unit"], PLACEHOLDERS[value_type(spec)])


def reading(spec: "Field[Any]") -> dict[str, Any]:
    """How argparse reads one value of the field; ranges and choices are held by the settings themselves."""
    if is_repeated(spec):
        return {"type": read_box, "action": "append", "metavar": BOX_FORM, "default": []}
    if spec.metadata["choices"]:
        return {"metavar": "{" + ",".join(spec.metadata["choices"]) + "}", "default": spec.default}
    return {"type": partial(read_value, spec), "metavar": placeholder(spec), "default": spec.default}


def read_value(spec: "Field[Any]", text: str) -> Any:
    """A word or a number."""
    kind = value_type(spec)
    try:
        return kind(text)
    except ValueError:
        wanted = "a whole number" if kind is int else "a number"
        limits = " ".join(word for word in (range_of(spec), spec.metadata["unit"]) if word)
        raise argparse.ArgumentTypeError(f"{spec.name}={text}: want {wanted}, {limits}") from None


def read_box(text: str) -> Box:
    """`10,20,110,80` -> (10, 20, 110, 80)."""
    try:
        x0, y0, x1, y1 = (int(word) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"ignore={text} px: want {BOX_FORM}, four whole numbers of pixels"
        ) from None
    return x0, y0, x1, y1


def value_type(spec: "Field[Any]") -> Any:
    """The type of one value: `float | None` -> float, `tuple[Box, ...]` -> Box."""
    kind: Any = spec.type
    if isinstance(kind, types.UnionType):
        kind = next(part for part in get_args(kind) if part is not types.NoneType)
    return get_args(kind)[0] if is_repeated(spec) else kind


def is_repeated(spec: "Field[Any]") -> bool:
    """Whether the flag may come several times: its field is a tuple of any length."""
    return get_origin(spec.type) is tuple and Ellipsis in get_args(spec.type)


def told(spec: "Field[Any]") -> str:
    """Unit, range and default in a few words: `s, 0 to 1; default 0.2`."""
    words = [word for word in (spec.metadata["unit"], range_of(spec)) if word]
    return "; ".join([*([", ".join(words)] if words else []), f"default {default_text(spec)}"])


def range_of(spec: "Field[Any]") -> str:
    """`0 to 1`, or nothing where every value is allowed."""
    low, high = spec.metadata["low"], spec.metadata["high"]
    return "" if low is None else f"{low:.10g} to {high:.10g}"


def default_text(spec: "Field[Any]") -> str:
    """The default as a user would write it; `off` for a switch, `none` for nothing."""
    if value_type(spec) is bool:
        return "on" if spec.default else "off"
    if spec.default in (None, ()):
        return "none"
    return f"{spec.default:g}" if isinstance(spec.default, float) else str(spec.default)
