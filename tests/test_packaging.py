"""The package is what the tree shows, imports point one way, importing and asking for help cost little."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
import soundspot

ROOT = Path(__file__).parents[1]
SHIPPED = ("core", "stream", "tools")
TOP_LEVEL = {
    "__init__.py",
    "py.typed",
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    ".gitignore",
    ".ci",
}

# What everything in core may stand on, and what stands above the stages; whatever is not named is a stage.
GROUND = {"core.values", "core.errors", "core.options", "core.kernels", "core.wta", "core.history"}
ABOVE_THE_STAGES = ["core.ledger", "core.ledgers", "core.localizer", "core.rehearsal"]
STREAM_GROUND = {"stream.clock", "stream.ring", "stream.crew"}
LIVE_WAY = {"stream.ahead", "stream.session", "stream.queued", "stream.replay", "stream.live"}


def modules(*folders: str) -> Iterator[tuple[str, Path]]:
    """Dotted name below the package and path of every module in the folders."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__"), path


def ours(name: str, path: Path, tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every module of ours that a piece of this one imports, with the line."""
    package = name.split(".") if path.name == "__init__.py" else name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
            for alias in node.names:
                deeper = [*base, alias.name]
                is_module = (ROOT.joinpath(*deeper).with_suffix(".py")).exists() or ROOT.joinpath(
                    *deeper
                ).is_dir()
                yield ".".join(deeper if is_module else base), node.lineno
        else:
            words = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            words += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            for word in words:
                assert word.split(".")[0] != "soundspot", f"{path}:{node.lineno}: import it relatively"


def edges(*folders: str) -> list[tuple[str, str, str]]:
    """(importing module, imported module, `path:line`) of every import of ours, late ones too."""
    return [
        (name, target, f"{path.relative_to(ROOT)}:{line}")
        for name, path in modules(*folders)
        for target, line in ours(name, path, ast.parse(path.read_text()))
    ]


def test_core_imports_nothing_of_stream_and_tools() -> None:
    assert [edge for edge in edges("core") if not edge[1].startswith("core")] == []


def test_stream_imports_nothing_of_tools() -> None:
    assert [edge for edge in edges("stream") if edge[1].startswith("tools")] == []


def is_under(name: str, names: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in names)


def test_imports_never_go_round() -> None:
    """So there is an order in which to read the modules, from the ground up."""
    graph: dict[str, set[str]] = {}
    for name, path in modules(*SHIPPED):
        at_the_top = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ImportFrom)]
        graph[name] = {target for node in at_the_top for target, _ in ours(name, path, node)}
    TopologicalSorter(graph).prepare()


def height(name: str) -> int:
    """The layer of a module of core: 0 the ground, 1 the stages, then what puts them together."""
    if is_under(name, GROUND):
        return 0
    return 2 + ABOVE_THE_STAGES.index(name) if name in ABOVE_THE_STAGES else 1


def test_core_stands_in_layers() -> None:
    """The ground knows no stage, no stage the ledger, the ledger no localizer, nobody the rehearsal."""
    assert [edge for edge in edges("core") if height(edge[1]) > height(edge[0])] == []


def test_every_layer_is_there() -> None:
    """A name of the layers that no file has would allow nothing and forbid nothing."""
    names = {name for name, _ in modules("core")}
    assert {*GROUND, *ABOVE_THE_STAGES} <= names


def test_scenes_stand_aside() -> None:
    """They need no stage, and the method is not built on them: it only rehearses with one."""

    def allowed(name: str, target: str) -> bool:
        if name.startswith("core.scenes"):
            return is_under(target, {*GROUND, "core.scenes"})
        return name == "core.rehearsal" or not is_under(target, {"core.scenes"})

    assert [edge for edge in edges("core") if not allowed(*edge[:2])] == []


def test_only_the_live_way_knows_threads() -> None:
    """The session and what it puts into threads; nothing in stream needs the method itself."""
    assert [edge for edge in edges("stream") if edge[1] == "stream.crew" and edge[0] not in LIVE_WAY] == []
    assert [edge for edge in edges("stream") if edge[1] in ABOVE_THE_STAGES] == []


def test_the_ground_of_stream_stands_on_core_alone() -> None:
    grounded = [edge for edge in edges("stream") if edge[0] in STREAM_GROUND and edge[1].startswith("stream")]
    assert [edge for edge in grounded if edge[1] not in STREAM_GROUND] == []


def called(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node.lineno


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module, node.lineno


def test_core_is_pure() -> None:
    """No print, file, input, thread, clock or device."""
    worldly = {
        "threading",
        "multiprocessing",
        "time",
        "socket",
        "subprocess",
        "os",
        "sys",
        "av",
        "sounddevice",
    }
    for name, path in modules("core"):
        tree = ast.parse(path.read_text())
        assert [call for call in called(tree) if call[0] in {"print", "open", "input"}] == [], name
        assert [one for one in imported(tree) if one[0].split(".")[0] in worldly] == [], name


def test_nothing_draws_through_pyplot() -> None:
    """pyplot keeps figures and picks a back-end for the whole process: a library must not."""
    for name, path in modules(*SHIPPED):
        assert [one for one in imported(ast.parse(path.read_text())) if "pyplot" in one[0]] == [], name


def test_the_package_list_equals_the_folders() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    folders = [path.parent for folder in SHIPPED for path in (ROOT / folder).rglob("__init__.py")]
    found = [".".join(("soundspot", *folder.relative_to(ROOT).parts)) for folder in folders]
    assert sorted(told) == sorted(["soundspot", *found])


def test_every_folder_with_python_is_a_package() -> None:
    folders = {path.parent for _, path in modules(*SHIPPED)}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_the_top_level_is_fixed() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git work tree here, so what belongs to the tree is not known")
    listing = subprocess.run(["git", "-C", ROOT, "ls-files"], capture_output=True, text=True, check=False)
    tracked = {line.split("/")[0] for line in listing.stdout.splitlines()}
    assert tracked - TOP_LEVEL <= {*SHIPPED, "tests"}


def test_no_other_module_lies_at_the_top() -> None:
    """It would be shipped as soundspot's own."""
    assert [path.name for path in ROOT.glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize(
    "top", ["__init__.py", "core/__init__.py", "stream/__init__.py", "tools/__init__.py"]
)
def test_the_root_of_each_part_imports_nothing(top: str) -> None:
    assert list(imported(ast.parse((ROOT / top).read_text()))) == []


def test_the_package_under_test_is_this_tree() -> None:
    """An old install elsewhere would be tested in its place."""
    assert soundspot.__file__ is not None
    assert Path(soundspot.__file__).resolve() == (ROOT / "__init__.py").resolve()


@pytest.mark.parametrize("part", ["core", "stream"])
def test_a_part_refuses_another_name(part: str) -> None:
    """One file under two names would give numba two caches of the same kernel."""
    refused = subprocess.run(
        [sys.executable, "-c", f"import {part}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert f"want soundspot.{part}" in refused.stderr


@pytest.mark.parametrize("words", [["--help"], ["--version"], []])
def test_asking_for_help_loads_nothing_heavy(words: list[str]) -> None:
    heavy = {"numba", "cv2", "matplotlib", "scipy", "av", "sounddevice"}
    program = (
        "import sys\nfrom soundspot.tools.main import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
