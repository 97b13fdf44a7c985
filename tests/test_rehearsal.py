"""After the rehearsal nothing is left to compile: a live source would not wait for it."""

import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numba
import numpy as np
import pytest
from numba.core.caching import CacheImpl
from soundspot import core
from soundspot.core import appearance, kernels, rehearsal
from soundspot.core.kernels import loop
from soundspot.core.kernels.colours import fill_luv
from soundspot.core.options import Options
from soundspot.core.rehearsal import cache_folder, is_cold, warm_up
from soundspot.tools import progress

REHEARSAL = """
import importlib, json, pkgutil
import numpy as np
from soundspot.core import kernels
from soundspot.core.look import Looker
from soundspot.core.options import Options
from soundspot.core.rehearsal import rehearse_answers, rehearse_looks, warm_up
from soundspot.core.values import VideoFrame

names = [f"{kernels.__name__}.{module.name}" for module in pkgutil.iter_modules(kernels.__path__)]
loops = {}
for module in map(importlib.import_module, names):
    loops |= {name: loop for name, loop in vars(module).items() if hasattr(loop, "signatures")}

def compiled():
    return {name: len(loop.signatures) for name, loop in loops.items()}

rehearse_looks()
rehearse_answers(Options(preset=PRESET))
halves = compiled()
warm_up(Options(preset=PRESET))
rehearsed = compiled()
Looker(90, 160, 96).push(VideoFrame(np.zeros((90, 160, 3), np.uint8), 0.0, 0))
print(json.dumps([halves, rehearsed, compiled()]))
"""
OFFLINE = {"count_pairs"}  # asked by a baseline of the evaluation alone
PAPER = {"climb", "link_pixels", "merge_small", "renumber", "sum_regions"}
LIVE = {"carry_labels", "measure_regions", "refine_boundaries", "look_up", "grow_groups", "mean_paths"}
LIVE |= {"find_pixels", "label_halves", "sum_products", "match_halves", "add_up"}


def called_from_outside():
    """Names of what the modules of core take from its kernels."""
    names, files = set(), Path(core.__file__).parent.rglob("*.py")
    for path in (file for file in files if file.parent.name != "kernels"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.ImportFrom(module="kernels", names=modules):
                    assert [module.asname for module in modules] == ["kernels"], path
                case ast.ImportFrom(module=str(module), names=loops) if module.startswith("kernels."):
                    names |= {loop.name for loop in loops}
                case ast.Attribute(value=ast.Name(id="kernels"), attr=name):
                    names.add(name)
    return names


@pytest.mark.parametrize(("preset", "others"), [("live", PAPER), ("paper", LIVE)])
def test_the_rehearsal_calls_every_kernel(preset, others):
    """In a process of its own, where no other test has called them; `others` are the other preset's."""
    line = [sys.executable, "-c", REHEARSAL.replace("PRESET", repr(preset))]
    ran = subprocess.run(line, capture_output=True, text=True, check=True, timeout=300)
    halves, rehearsed, used = json.loads(ran.stdout)
    called = called_from_outside() & rehearsed.keys()
    assert {name for name in called if not rehearsed[name]} == others | OFFLINE
    assert halves == rehearsed, "what two processes compile side by side leaves nothing"
    assert used == rehearsed, "a picture that is made smaller compiles nothing more"


@pytest.mark.parametrize("executable", [sys.executable, "false", "no such program"])
def test_without_a_cache_a_helper_compiles_one_half_and_may_fail(monkeypatch, executable):
    calls = []
    monkeypatch.setattr(sys, "executable", executable)
    monkeypatch.setattr(progress, "is_cold", lambda: True)
    for name in ("rehearse_answers", "warm_up"):
        monkeypatch.setattr(progress, name, lambda options, name=name: calls.append(name))
    progress.compile_kernels(Options(), quiet=True)
    assert calls == ["rehearse_answers", "warm_up"]


def test_a_filled_cache_needs_no_helper(monkeypatch):
    warm_up()
    monkeypatch.setattr(progress, "rehearse_answers", None)
    progress.compile_kernels(Options(), quiet=True)
    assert cache_folder() and not is_cold()


@pytest.mark.parametrize(("folder", "text"), [("kept", "once"), (None, "at each start")])
def test_it_is_said_how_often_kernels_are_compiled(monkeypatch, capsys, folder, text):
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "cache_folder", lambda: folder)
    monkeypatch.setattr(progress, "is_cold", lambda: False)
    monkeypatch.setattr(progress, "warm_up", lambda options: time.sleep(0.5))
    progress.compile_kernels(Options())
    assert text in capsys.readouterr().err


def test_a_fresh_cache_is_cold(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    for cold in (True, False):
        smallest = loop()(fill_luv.py_func)
        monkeypatch.setattr(rehearsal, "fill_luv", smallest)
        monkeypatch.setattr(appearance, "fill_luv", smallest)
        assert is_cold() is cold


def test_a_change_in_another_file_of_kernels_compiles_them_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    for stamp, misses in (("one", 1), ("one", 0), ("other", 1), ("other", 0), (None, 1), (None, 0)):
        monkeypatch.setattr(kernels, "STAMP", stamp)
        smallest = loop()(fill_luv.py_func)
        monkeypatch.setattr(appearance, "fill_luv", smallest)
        appearance.luv_picture(np.zeros((1, 1, 3), np.uint8))
        assert smallest.stats.cache_misses.total() == misses


def test_the_stamp_is_of_all_files(tmp_path):
    assert kernels.stamp_of(tmp_path) is None, "numba's own is left"
    for name in ("one.py", "two.py"):
        (tmp_path / name).write_text("1")
    before, dates = kernels.stamp_of(tmp_path), (tmp_path / "one.py").stat()
    (tmp_path / "one.py").write_text("2")
    os.utime(tmp_path / "one.py", ns=(dates.st_atime_ns, dates.st_mtime_ns))
    assert kernels.stamp_of(tmp_path) != before, "also when neither its size nor its date has changed"
    before = kernels.stamp_of(tmp_path)
    (tmp_path / "one.py").rename(tmp_path / "first.py")
    assert kernels.stamp_of(tmp_path) != before
    assert kernels.stamp_of(Path(kernels.__file__).parent) == kernels.STAMP


def test_what_else_numba_complains_of_is_not_taken_for_a_missing_folder(monkeypatch):
    def complain(**options):
        raise RuntimeError("something else")

    monkeypatch.setattr(numba, "njit", complain)
    with pytest.raises(RuntimeError, match="something else"):
        loop()(lambda value: value)


def test_where_nothing_can_be_written_loops_are_compiled_but_not_kept(monkeypatch):
    monkeypatch.setattr(CacheImpl, "_locator_classes", [])
    double = loop()(lambda value: 2 * value)
    assert double(21) == 42
    assert double.stats.cache_path is None
    monkeypatch.setattr(rehearsal, "fill_luv", double)
    assert cache_folder() is None and not is_cold()
