"""Cost of a frame at each size: bare decoding, the floor, every stage, the whole."""

from collections.abc import Callable

from ...core.options import Options
from ..evaluation.pool import core_count
from .context import Bench, Data
from .effort import Size
from .floor import decoding_costs, floor_costs
from .stages import Costs, session_costs, stage_costs
from .stopwatch import median_p95


def measure_cost(bench: Bench, data: Data) -> None:
    """Fill `data` with a part for each size, `640x480` say."""
    for size in bench.effort.sizes:
        measure_size(bench, size, data.setdefault(named(size), {}))


def named(size: Size) -> str:
    """`640x480`."""
    return f"{size[0]}x{size[1]}"


def measure_size(bench: Bench, size: Size, data: Data) -> None:
    """One size: ms a frame, and how many times the floor."""
    name, options = named(size), Options()
    short, settled = bench.short_source(*size), bench.settled_source(*size)

    def timed(what: str, work: Callable[[], dict[str, Costs]]) -> dict[str, Costs]:
        """What the work costs; the machine's slowness meanwhile goes into the data."""
        bench.step(f"cost {name}: {what}")
        with bench.reference.around() as noise:
            costs = work()
        data.setdefault("slowness", {})[what] = {"cpu": noise.cpu, "wall": noise.wall}
        return costs

    decoding = timed("decoding", lambda: decoding_costs(bench, short))
    floor = timed("floor", lambda: floor_costs(bench, short, 1))
    floor_wide = timed("floor, cv2's threads", lambda: floor_costs(bench, short, core_count()))
    stages = timed("stages", lambda: stage_costs(bench, settled, options))
    whole = timed("whole", lambda: session_costs(bench, settled, options))
    alone: Costs = sum(stages.values(), start=stages["decode"] * 0)
    data |= {
        "decoding": both(decoding),
        "floor": both(floor),
        "floor, cv2's threads": both(floor_wide),
        "stages": {stage: median_p95(costs) for stage, costs in stages.items()},
        "whole, one thread": median_p95(alone),
        "whole": both(whole),
    }
    data["ratios"] = ratios_of(data)
    data["real-time factor"] = data["whole"]["wall"]["mean"] * 30 / 1000


def both(costs: dict[str, Costs]) -> Data:
    """By the wall and by CPU."""
    return {clock: median_p95(values) for clock, values in costs.items()}


def ratios_of(data: Data) -> dict[str, float]:
    """The whole beside the floor and beside decoding, each by what the machine could do meanwhile: means, as
    the evidence works at a ranking only."""

    def steady(what: str, clock: str) -> float:
        return float(data[what][clock]["mean"] / data["slowness"][what][clock])

    alone = data["whole, one thread"]["mean"] / data["slowness"]["stages"]["cpu"]
    as_run = steady("whole", "wall")
    return {
        "one thread, beside the floor": alone / steady("floor", "cpu"),
        "as run, beside the floor": as_run / steady("floor", "wall"),
        "as run, beside the floor with cv2's threads": as_run / steady("floor, cv2's threads", "wall"),
        "one thread, beside decoding": alone / steady("decoding", "cpu"),
    }
