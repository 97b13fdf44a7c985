"""Times methods from outside: within its `with` block they are wrapped, so the stages need no timers."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from types import ModuleType, TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Owner = type[Any] | ModuleType
Methods = Sequence[tuple[Owner, str]]
MILLI = 1e3


class Stopwatch:
    """What each stage takes of the CPU, a frame at a time: a stage that calls another one does not count its
    time. `stages` are methods and functions by name, called in this thread; what other threads of the process
    do meanwhile, such as a decoder's, is the stage `elsewhere`'s."""

    def __init__(self, stages: Mapping[str, Methods], elsewhere: str) -> None:
        self._stages = stages
        self._elsewhere = elsewhere
        self._others = others_time()
        self._kept: list[tuple[Owner, str, Any]] = []
        self._inner: list[float] = []  # s that the calls within each running one took
        self._now: defaultdict[str, float] = defaultdict(float)
        self.frames: list[dict[str, float]] = []

    def __enter__(self) -> "Stopwatch":
        for stage, methods in self._stages.items():
            for owner, name in methods:
                method = vars(owner)[name]
                self._kept.append((owner, name, method))
                setattr(owner, name, self.timed(stage, method))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for owner, name, method in self._kept:
            setattr(owner, name, method)
        self._kept.clear()

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The call, its own time added to the stage."""

        @wraps(call)
        def measured(*positional: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            begun = time.thread_time()
            try:
                return call(*positional, **named)
            finally:
                passed = time.thread_time() - begun
                self._now[stage] += passed - self._inner.pop()
                if self._inner:
                    self._inner[-1] += passed

        return measured

    def next_frame(self) -> None:
        """What was measured since the last call belongs to one frame."""
        others, before = others_time(), self._others
        self._others = others
        self._now[self._elsewhere] += others - before
        self.frames.append(dict(self._now))
        self._now.clear()

    def forget(self) -> None:
        """Leave out what was measured so far."""
        self.frames.clear()
        self._now.clear()

    def costs(self) -> dict[str, NDArray[np.float64]]:
        """ms of each stage, (frames,), in the order of the stages."""
        return {
            stage: np.array([frame.get(stage, 0.0) for frame in self.frames]) * MILLI
            for stage in self._stages
        }


def others_time() -> float:
    """CPU in s of all threads but this one."""
    return time.process_time() - time.thread_time()


def median_p95(costs: NDArray[np.float64]) -> dict[str, float]:
    """A cost in ms (frames,) in a few numbers: the mean too, as some stages work at a ranking only."""
    if not costs.size:
        return {"mean": float("nan"), "median": float("nan"), "p95": float("nan")}
    median, p95 = np.percentile(costs, (50, 95))
    return {"mean": float(costs.mean()), "median": float(median), "p95": float(p95)}
