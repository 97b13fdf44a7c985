"""`soundspot bench` on tiny inputs: what it measures, prints and leaves. Nothing here asks how fast it is."""

import json
import math
import signal
import time
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from soundspot.core.errors import OptionError
from soundspot.core.options import Options
from soundspot.core.values import SoundBlock, VideoFrame
from soundspot.tools.bench import SECTIONS, BenchOptions, measure, write_json
from soundspot.tools.benchmark.again import Again
from soundspot.tools.benchmark.along import AlongJob
from soundspot.tools.benchmark.context import Bench, Ended
from soundspot.tools.benchmark.effort import LONG, QUICK, USUAL
from soundspot.tools.benchmark.live import LiveJob
from soundspot.tools.benchmark.plot import write_pictures
from soundspot.tools.benchmark.stages import DECODE, STAGES, stage_costs
from soundspot.tools.benchmark.stopwatch import Stopwatch
from soundspot.tools.benchmark.targets import target_rows
from soundspot.tools.benchmark.text import TEXTS, report_text
from soundspot.tools.main import main
from soundspot.tools.stopping import Stop

TINY = replace(
    QUICK,
    sizes=((96, 72),),
    file_seconds=1.0,
    settle=0.2,
    frames=8,
    paper_frames=3,
    thirteen_frames=4,
    widths=(96,),
    tracks=(20,),
    windows=(1.0,),
    permutations=(50,),
    slots=12,
    batches=1,
    stream_seconds=1.0,
    stream_pieces=2,
    live_seconds=1.0,
)
MACHINE = {"soundspot": "0", "name": "a machine", "cores": 2, "python": "3", "opencv": "5", "numba": "0"}
IN_THIS_PROCESS = ("cost", "rivals", "wta", "growth")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A bench for tiny inputs, all sections at a small size."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("rivals", "growth", "along", "live"):
            patch.setattr(import_module(f"soundspot.tools.benchmark.{name}"), "SIZE", (96, 72))
        yield Bench(TINY, tmp_path_factory.mktemp("bench"), Stop())


@pytest.fixture(scope="module")
def measured(small):
    """The sections that need no process of their own, and what the others' jobs give."""
    sections = measure(small, list(IN_THIS_PROCESS), quiet=True)
    path = small.file(96, 72)
    pieces = AlongJob(path, 1.0, 1.0, 2).work(lambda: False)
    sections["along"] = {"pieces": pieces, "cost of the last beside the first": 1.02, "memory grown": 0.5}
    live = LiveJob(path, 1.0, 1.5).work(lambda: False)
    sections["live"] = {**live, "seconds": 60.0}
    sections["four"] = {"streams": [live] * 4, "skipped": 0.0, "steps": 0, "share": 1.0, "seconds": 60.0}
    sections["start"] = {"cold": 19.0, "warm": 2.6}
    return sections


def leaves(value):
    """Every number in nested figures."""
    if isinstance(value, dict | list):
        return [
            leaf for part in (value.values() if isinstance(value, dict) else value) for leaf in leaves(part)
        ]
    return [value] if isinstance(value, float) else []


# ------------------------------------------------------------------ what is measured


def test_every_size_has_stages_floor_and_whole(measured):
    (part,) = measured["cost"].values()
    assert list(part["stages"]) == list(STAGES)
    assert all(cost["p95"] >= cost["median"] >= 0 for cost in part["stages"].values())
    for name in ("decoding", "floor", "floor, cv2's threads", "whole"):
        assert part[name]["cpu"]["mean"] > 0 and part[name]["wall"]["mean"] > 0
    assert all(ratio > 0 for ratio in part["ratios"].values())
    assert all(part["slowness"][name]["wall"] >= 1 for name in ("decoding", "floor", "whole"))
    assert part["real-time factor"] > 0


def test_the_stages_add_up_to_the_whole(measured):
    (part,) = measured["cost"].values()
    total = sum(cost["mean"] for cost in part["stages"].values())
    assert total == pytest.approx(part["whole, one thread"]["mean"])
    assert part["stages"]["flow"]["median"] > 0 and part["stages"]["tracker"]["median"] > 0


def test_costs_count_from_the_settled_moment_on(small):
    """Warming up is cheaper than what follows; that it was counted once made the evidence look free."""
    source, heard = small.settled_source(96, 72), []
    items = source.items
    source.items = lambda: (heard.append(item) or item for item in items())
    costs = stage_costs(small, source, Options())
    last = max(item.time for item in heard if isinstance(item, VideoFrame))
    assert len(costs[DECODE]) == TINY.frames
    assert last >= TINY.settle + (TINY.frames - 1) / 30 - 1e-6


def test_the_rivals_stand_beside_ours(measured):
    rivals = measured["rivals"]
    assert rivals["ours"]["times ours"] == 1
    for name in ("paper's recipe", "Izadinia et al. 2013", "Izadinia et al. 2013, at our width"):
        assert rivals[name]["times ours"] == pytest.approx(rivals[name]["cpu"] / rivals["ours"]["cpu"])
    assert {"mean shift", "codes", "matching"} <= set(rivals["paper's recipe"]["steps"])


def test_sliding_codes_are_those_of_the_batch(measured):
    assert len(measured["wta"]) == 2
    assert all(part["identical"] and part["ratio"] > 0 for part in measured["wta"].values())


def test_growth_is_measured_at_every_value(measured):
    growth = measured["growth"]
    assert {name: list(parts) for name, parts in growth.items()} == {
        "width": ["96"],
        "tracks": ["20"],
        "window": ["1"],
        "permutations": ["50"],
    }
    assert all(part["cpu"] > 0 for parts in growth.values() for part in parts.values())


def test_a_stream_is_measured_in_pieces(measured):
    pieces = measured["along"]["pieces"]
    assert [round(piece["until"], 2) for piece in pieces] == [0.47, 0.97]
    assert all(piece["cpu"] > 0 and piece["kernel"] > 0 for piece in pieces)


def test_a_live_stream_counts_its_frames(measured):
    live = measured["live"]
    assert live["frames"] == 45
    assert 0 <= live["skipped"] < 45
    assert live["p50"] <= live["p95"] <= live["p99"]
    assert live["steps"] >= 0 and live["share"] > 0 and live["declared"] > 0


def test_no_figure_is_infinite(measured):
    assert all(math.isfinite(number) for number in leaves(measured))


# ------------------------------------------------------------------ its tools


def test_a_file_played_again_goes_on_in_time(small):
    items = list(small.source(96, 72, 2.5).items())
    frames = [item for item in items if isinstance(item, VideoFrame)]
    blocks = [item for item in items if isinstance(item, SoundBlock)]
    assert [frame.index for frame in frames] == list(range(75))
    assert np.allclose([frame.time for frame in frames], np.arange(75) / 30, atol=1e-3)
    ends = [block.first + block.samples.size for block in blocks]
    assert all(later.first == end for later, end in zip(blocks[1:], ends, strict=False))


def test_a_lap_that_is_held_gives_the_same(small):
    path = small.file(96, 72)
    read, held = (list(Again(path, 1.0, 1.6, held=held).items()) for held in (False, True))
    assert [(item.time, type(item)) for item in read] == [(item.time, type(item)) for item in held]


class Kitchen:
    """Two stages, one within the other."""

    def cook(self):
        burn(0.02)
        self.stir()

    def stir(self):
        burn(0.04)


def burn(seconds):
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_an_inner_stage_is_not_counted_twice():
    kitchen, methods = Kitchen(), dict(vars(Kitchen))
    with Stopwatch({"cook": ((Kitchen, "cook"),), "stir": ((Kitchen, "stir"),), "rest": ()}, "rest") as watch:
        kitchen.cook()
        watch.next_frame()
        watch.next_frame()
    costs = watch.costs()
    assert 20 <= costs["cook"][0] < 39
    assert costs["stir"][0] >= 40
    assert costs["cook"][1] == costs["stir"][1] == 0
    assert dict(vars(Kitchen)) == methods


def test_methods_are_given_back_after_an_error():
    before = Kitchen.stir
    with pytest.raises(ZeroDivisionError), Stopwatch({"stir": ((Kitchen, "stir"),)}, "stir"):
        _ = 1 / 0
    assert Kitchen.stir is before


def test_the_reference_tells_how_slow_the_machine_was(small):
    with small.reference.around() as noise:
        pass
    assert noise.cpu >= 1 and noise.wall >= 1
    spread = small.reference.spread()
    assert spread["runs"] >= 2 and spread["median_ms"] > 0 and spread["spread_cpu"] >= 1


# ------------------------------------------------------------------ what comes out


def test_every_section_has_a_table_and_the_targets_stand_beside(measured, small):
    (part,) = measured["cost"].values()
    sections = {**measured, "cost": {"640x480": part, "1920x1080": part}}
    text = report_text(sections, MACHINE, small.reference.spread())
    assert "a machine" in text and "Reference kernel" in text
    for name in SECTIONS:
        assert f"## {name}: " in text
    for target in (
        "2.5 x, aim 1.7 x",
        "50 ms",
        "30 x",
        "20 x",
        "100 x, identical",
        "within 15 %",
        "20 s",
        "0.80",
    ):
        assert target in text
    assert set(TEXTS) == set(SECTIONS)


def test_targets_are_kept_or_missed(measured):
    rows = {row.what: row for row in target_rows(measured)}
    assert rows["start to first answer, cold"].kept is True
    assert rows["start to first answer, warm"].kept is False
    assert rows["cost along the stream"].kept is None  # a second of a stream tells nothing


@pytest.mark.parametrize(("skipped", "steps", "kept"), [(0, 0, True), (1, 0, False), (0, 1, False)])
def test_a_stream_that_is_looked_at_less_closely_does_not_keep_up(measured, skipped, steps, kept):
    live = {**measured["live"], "skipped": skipped, "steps": steps}
    four = {**measured["four"], "skipped": 0.02 * skipped, "steps": steps}
    rows = {row.what: row.kept for row in target_rows({"live": live, "four": four})}
    assert rows["live 640x480 30 fps: skipped"] is kept
    assert rows["four live 640x480 15 fps: skipped"] is kept


@pytest.mark.parametrize(
    "sections", [{}, {"cost": {"96x72": {}}}, {"rivals": {"ours": {"cpu": 1.0, "times ours": 1.0}}}]
)
def test_what_ended_early_is_told_as_far_as_it_goes(sections, small):
    assert report_text(sections, MACHINE, small.reference.spread())


def test_the_json_holds_it_all(measured, small, tmp_path):
    path = tmp_path / "bench.json"
    write_json(path, measured, MACHINE, small.reference.spread(), BenchOptions())
    told = json.loads(path.read_text())
    assert set(told) == {"machine", "reference", "settings", "targets", "sections"}
    assert set(told["sections"]) == set(SECTIONS)
    assert {"what", "target", "measured", "kept"} == set(told["targets"][0])


def test_pictures_are_left(measured, tmp_path):
    write_pictures(tmp_path, measured)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["bench-along.png", "bench-cost.png", "bench-growth.png"]


def test_after_the_wish_to_end_nothing_new_begins(small):
    stop, data = Stop(), {}
    bench = Bench(TINY, small.folder, stop, lambda text: stop.set(), small.reference)
    with pytest.raises(Ended):
        SECTIONS["growth"](bench, data)
    assert data == {"width": {}}


# ------------------------------------------------------------------ the command


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"only": "cost,speed"}, r"^only=speed: want one of cost, .*start$"),
        ({"quick": True, "long": True}, r"^quick=on, long=on: want one of the two$"),
    ],
)
def test_other_options_are_refused(settings, line):
    with pytest.raises(OptionError, match=line):
        BenchOptions(**settings)


def test_quick_and_long_say_how_much():
    assert BenchOptions().effort is USUAL
    assert BenchOptions(quick=True).effort is QUICK
    assert BenchOptions(long=True).effort is LONG
    assert BenchOptions(only="wta, cost").sections == ["cost", "wta"]


@pytest.mark.parametrize("flag", ["--json", "--plot"])
def test_where_nothing_can_be_written_nothing_is_measured(flag, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["bench", flag, str(tmp_path / "file" / "deeper")]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"soundspot: {flag[2:]}=") and error.count("\n") == 1 and "want a" in error


def test_the_command_prints_and_leaves_what_was_asked_for(tmp_path, capsys):
    words = ["bench", "--quick", "--quiet", "--only", "wta", "--json", str(tmp_path / "bench.json")]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert "## wta" in out and "## cost" not in out and "100 x, identical" in out
    assert set(json.loads((tmp_path / "bench.json").read_text())["sections"]) == {"wta"}


def test_ctrl_c_ends_it_with_what_was_done(monkeypatch, capsys):
    def interrupted(bench, data):
        data["width"] = {}
        signal.raise_signal(signal.SIGINT)
        bench.step("what comes no more")

    monkeypatch.setitem(SECTIONS, "growth", interrupted)
    assert main(["bench", "--quick", "--quiet", "--only", "wta,growth,live"]) == 130
    out = capsys.readouterr().out
    assert "## wta" in out and "## live" not in out and "Ended early" in out
