"""What every section works with: how much to measure, the rendered files, the reference, an end in time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...core.scenes import make_scene
from ..scene import write_scene
from ..stopping import Stop
from .again import Again
from .effort import Effort
from .reference import Reference

SCENE = "ball"
USUAL_RATE = 30.0  # frames a second

Data = dict[str, Any]


class Ended(Exception):
    """The user asked for the end: what is measured by then counts."""


@dataclass(slots=True)
class Bench:
    """`folder` takes the rendered files, `tell` is called with what is being measured."""

    effort: Effort
    folder: Path
    stop: Stop
    tell: Callable[[str], None] = lambda text: None
    reference: Reference = field(default_factory=Reference)

    def check(self) -> None:
        """Raises Ended when the user wants the end."""
        if self.stop.is_set():
            raise Ended

    def step(self, text: str) -> None:
        """Say what comes now. Raises Ended."""
        self.check()
        self.tell(text)

    def file(self, width: int, height: int, rate: float = USUAL_RATE) -> Path:
        """A rendered scene of that size, made when it is first asked for."""
        path = self.folder / f"{width}x{height}-{rate:g}.mp4"
        if not path.exists():
            self.step(f"rendering {width}x{height}")
            scene = make_scene(SCENE, 0, self.effort.file_seconds, width, height, rate)
            write_scene(scene, path)
        return path

    def source(self, width: int, height: int, seconds: float, rate: float = USUAL_RATE) -> Again:
        """So many seconds of that file, played over and over."""
        return Again(self.file(width, height, rate), self.effort.file_seconds, seconds)

    def settled_source(self, width: int, height: int) -> Again:
        """As long as a cost takes to settle and then to be measured."""
        return self.source(width, height, self.effort.settle + (self.effort.frames + 2) / USUAL_RATE)

    def short_source(self, width: int, height: int) -> Again:
        """As long as a cost that need not settle takes to be measured."""
        return self.source(width, height, (self.effort.frames + 1) / USUAL_RATE)
