"""Options told once: a dataclass of `option`s becomes flags, refusals, a help page and a table."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest
from soundspot.core.errors import OptionError
from soundspot.core.options import Options, option
from soundspot.stream.source import SourceOptions
from soundspot.tools.cli import Parser, add_options, option_table, read_options
from soundspot.tools.run import Outputs

GROUPS = (Outputs, Options, SourceOptions)


def parsed(settings: Any, words: Sequence[str]) -> Any:
    parser = Parser(prog="soundspot run")
    add_options(parser, settings, "settings")
    return read_options(parser.parse_args(words), settings)


@pytest.mark.parametrize("settings", GROUPS)
def test_no_flag_gives_the_defaults(settings: Any) -> None:
    assert parsed(settings, []) == settings()


def test_flags_arrive_in_their_types() -> None:
    line = "--preset paper --max-lag 0.5 --seed 7 --heatmap --ignore 0,0,9,9 --ignore 10,20,30,40"
    wanted = Options(
        preset="paper", max_lag=0.5, seed=7, heatmap=True, ignore=((0, 0, 9, 9), (10, 20, 30, 40))
    )
    assert parsed(Options, shlex.split(line)) == wanted
    assert parsed(SourceOptions, ["--end", "3", "--channel", "1"]) == replace(
        SourceOptions(), end=3.0, channel=1
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--max-lag"],
        ["--max-lag", "much"],
        ["--seed", "1.5"],
        ["--max", "1"],
        ["--nothing"],
    ],
)
def test_words_that_do_not_parse_are_one_line_with_the_next_step(words: list[str]) -> None:
    with pytest.raises(OptionError) as caught:
        parsed(Options, words)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("see `soundspot run --help`")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--max-lag", "much"], "max_lag=much: want a number, 0 to 1 s; see "),
        (["--seed", "1.5"], "seed=1.5: want a whole number, 0 to 2147483647; see "),
        (["--seed", "-1"], "seed=-1: want 0 to 2147483647"),
        (["--preset", "loud"], "preset=loud: want one of live, paper"),
        (["--ignore", "1,2"], "ignore=1,2 px: want X0,Y0,X1,Y1, four whole numbers of pixels; see "),
    ],
)
def test_a_value_that_is_refused_is_named_with_what_is_wanted(words: list[str], told: str) -> None:
    with pytest.raises(OptionError) as caught:
        parsed(Options, words)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "1,2,3,4,5", "", "1.5,2,3,4"])
def test_a_box_of_another_form_is_refused_with_the_form(box: str) -> None:
    with pytest.raises(OptionError, match="X0,Y0,X1,Y1"):
        parsed(Options, ["--ignore", box])


def test_a_box_that_is_no_box_is_refused() -> None:
    with pytest.raises(OptionError, match=r"ignore=30,20,10,40 px: want X0,Y0,X1,Y1"):
        parsed(Options, ["--ignore", "30,20,10,40"])


def test_every_number_is_held_against_its_range() -> None:
    for settings in (Options, SourceOptions):
        for spec in fields(settings):
            high = spec.metadata["high"]
            if high is not None:
                with pytest.raises(OptionError, match=f"{spec.name}=.*want "):
                    parsed(settings, ["--" + spec.name.replace("_", "-"), str(int(high) + 1)])


@dataclass(frozen=True)
class Kettle:
    """Options as another part would tell them."""

    hot: float = option(99.5, "how hot, 100 % is too much", unit="s", low=0.0, high=1e6)
    name: str | None = option(None, "what to call it")
    loud: bool = option(False, "sing")


def test_help_gives_unit_range_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="kettle")
    add_options(parser, Kettle, "kettle")
    text = " ".join(parser.format_help().split())
    assert "--hot S how hot, 100 % is too much (s, 0 to 1000000; default 99.5)" in text
    assert "--name FILE what to call it (default none)" in text
    assert "--loud sing (default off)" in text


def test_the_table_gives_the_same() -> None:
    assert option_table(Kettle).splitlines()[2:] == [
        "| `--hot S` | how hot, 100 % is too much | s | 0 to 1000000 | 99.5 |",
        "| `--name FILE` | what to call it |  |  | none |",
        "| `--loud` | sing |  |  | off |",
    ]
