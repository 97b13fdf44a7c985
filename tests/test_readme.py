"""The README is run: its snippets, its tables, its commands and its flags are what the program does."""

import ast
import json
import re
import shlex
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import soundspot
from soundspot.core.options import Options
from soundspot.core.scenes import make_scene, scene_names
from soundspot.stream.source import SourceOptions
from soundspot.stream.summary import Tally
from soundspot.tools.cli import Parser, option_table
from soundspot.tools.commands import COMMANDS
from soundspot.tools.run import Outputs
from soundspot.tools.scene import write_scene

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MODULES = {name: import_module(f"soundspot.tools.{name}") for name in COMMANDS}
MAPPED = ("core", "stream", "tools")
SCHEMA = json.loads((ROOT / "stream" / "event.schema.json").read_text())


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def section(name: str) -> str:
    """What stands between the marks `<!-- name -->` and `<!-- end of name -->`."""
    return README.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0].strip()


def docstring_snippet() -> str:
    assert soundspot.__doc__ is not None
    return textwrap.dedent(soundspot.__doc__.split(":\n\n", 1)[1])


def test_the_options_table_is_the_options() -> None:
    wanted = option_table(Outputs, SourceOptions, Options)
    assert section("options") == wanted, f"put this into the README:\n{wanted}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the snippets speak of, small."""
    path = tmp_path_factory.mktemp("readme")
    for name, stem in (("ball", "talk"), ("hammer", "hammer")):
        write_scene(make_scene(name, seconds=2.0, width=160, height=120), path / f"{stem}.mp4")
    return path


@pytest.mark.parametrize("snippet", [*blocks("python"), docstring_snippet()])
def test_every_python_snippet_runs(
    snippet: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    small = make_scene("ball", seconds=2.0, width=160, height=120)
    names: dict[str, Any] = {
        "pictures": [small.frame(k).pixels for k in range(small.frame_count)],
        "sound": small.sound(),
    }
    exec(compile(snippet, "README", "exec"), names)
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(set(printed))
    assert len(printed) > 10 or "print" not in snippet
    if "masks" in names and isinstance(names["masks"], np.ndarray):
        assert names["masks"].shape == (60, 120, 160)


def test_the_docstring_shows_the_readmes_first_snippet() -> None:
    assert docstring_snippet().strip() == blocks("python")[0].strip()


def test_the_use_takes_eight_lines() -> None:
    lines = [line for line in docstring_snippet().splitlines() if line.strip()]
    assert len(lines) <= 8


def command_lines() -> list[str]:
    lines = "\n".join(blocks("sh")).splitlines()
    return [line.split("#")[0].split("|")[0].strip() for line in lines if line.startswith("soundspot ")]


@pytest.mark.parametrize("line", command_lines())
def test_every_command_line_is_understood(line: str) -> None:
    _, name, *words = shlex.split(line)
    parser = Parser(prog=f"soundspot {name}")
    MODULES[name].add_arguments(parser)
    assert parser.parse_args(words)


def test_every_subcommand_is_in_the_readme() -> None:
    assert all(f"soundspot {name}" in README for name in COMMANDS)


def test_every_flag_in_the_readme_exists() -> None:
    known = {"--version", "--help", "--debug"}
    for name, module in MODULES.items():
        parser = Parser(prog=name)
        module.add_arguments(parser)
        known |= set(re.findall(r"--[a-z][a-z-]*", parser.format_help()))
    assert set(re.findall(r"(?<![\w<!-])--[a-z][a-z-]*", README)) <= known


def test_the_example_event_has_the_documented_form() -> None:
    for text in blocks("json"):
        jsonschema.validate(json.loads(text), SCHEMA)


def properties(node: Any) -> set[str]:
    """Every property that the schema names."""
    if isinstance(node, list):
        return set().union(*(properties(item) for item in node))
    if not isinstance(node, dict):
        return set()
    return set(node.get("properties", ())).union(*(properties(item) for item in node.values()))


def test_every_field_of_an_event_is_documented() -> None:
    told = set(re.findall(r"`([a-z_]+)`", README))
    assert properties(SCHEMA) <= told


def kinds() -> set[str]:
    """The kinds of notices that the code can give."""
    found = set(Tally(0.0).drops())
    for path in (ROOT / "stream").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = {"add": 0, "Notice": 1}.get(name)
            if place is not None and len(node.args) == 3 and isinstance(node.args[place], ast.Constant):
                found.add(node.args[place].value)
    return found


def test_every_kind_of_notice_is_documented() -> None:
    assert kinds() == set(re.findall(r"^\| `([a-z_]+)` \|", section("notices"), re.MULTILINE))


def test_ci_runs_the_readmes_own_test_command() -> None:
    told = [line for line in "\n".join(blocks("sh")).splitlines() if line.endswith("pytest")]
    assert len(told) == 1
    assert any(line.startswith(told[0]) for line in (ROOT / ".ci" / "run").read_text().splitlines())


def test_the_first_screen_shows_the_two_commands() -> None:
    screen = "\n".join(README.splitlines()[:30])
    assert "soundspot demo\n" in screen
    assert "-m pytest\n" in screen


def test_every_link_into_the_tree_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_file_map_is_the_tree() -> None:
    told = re.findall(r"`([a-z0-9_/]+(?:\.py|/))`", section("files"))
    folders = tuple(name for name in told if name.endswith("/"))
    files = [path.relative_to(ROOT).as_posix() for top in MAPPED for path in (ROOT / top).rglob("*.py")]
    alone = [name for name in files if not name.startswith(folders) and not name.endswith("__init__.py")]
    assert sorted(told) == sorted([*alone, *folders])


def test_every_scene_can_be_named() -> None:
    assert {line.split()[2] for line in command_lines() if " scene " in line} <= set(scene_names())
