"""What is measured and how much of it, and the means that every part of the evaluation uses."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...core.errors import OptionError, SoundspotError
from ...core.options import Options, check_options, option
from ..stopping import Stop
from .composites import KINDS
from .pool import Job, core_count, run_jobs


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """What is measured. Raises OptionError for a value out of its range."""

    only: str | None = option(
        None, "only these scenes or clips; in composites they are heard", form="NAME,NAME"
    )
    kinds: str = option(",".join(KINDS), "which composites", form="KIND,KIND")
    pairs: int = option(3, "composites of each kind for each clip", low=1, high=1000)
    seconds: float | None = option(
        None, "length of a composite or scene; 10 and 20 s otherwise", unit="s", low=5.0, high=600.0
    )
    pick: int = option(0, "another number draws other partners and sides", low=0, high=2**31 - 1)
    seeds: int = option(1, "so many seeds, from --seed on; the median counts", low=1, high=100)
    jobs: int | None = option(None, "processes; one for each core otherwise", low=1, high=1024)
    out: str | None = option(None, "leave report.md, report.json and pictures in this folder", form="FOLDER")
    cache: str | None = option(
        None, "keep the baselines' results here; in the user's cache folder otherwise", form="FOLDER"
    )
    no_baselines: bool = option(False, "leave out the baselines, which take most of the time")
    quick: bool = option(False, "fewer and smaller scenes, no baselines: under 3 minutes on 2 cores")
    quiet: bool = option(False, "no progress on the standard error")

    def __post_init__(self) -> None:
        check_options(self)
        unknown = set(words(self.kinds)) - set(KINDS)
        if unknown or not self.kinds:
            raise OptionError(f"kinds={self.kinds}: want some of {','.join(KINDS)}, commas between them")


def words(text: str | None) -> list[str]:
    """`a,b` -> ["a", "b"]."""
    return [word.strip() for word in text.split(",") if word.strip()] if text else []


@dataclass(frozen=True, slots=True)
class Study:
    """How a part of the evaluation reaches the settings, the localizer's options and the processes."""

    settings: EvaluateOptions
    options: Options
    stop: Stop
    left_out: list[str] = field(default_factory=list)  # one line for what could not be measured

    def seeded(self) -> list[Options]:
        """The localizer's options, once for each seed."""
        first = self.options.seed
        return [replace(self.options, seed=first + step) for step in range(self.settings.seeds)]

    def chosen(self, names: Sequence[str]) -> list[str]:
        """Those of the names that are asked for. Raises OptionError for one that is not there."""
        wanted = words(self.settings.only)
        missing = [name for name in wanted if name not in names]
        if missing:
            raise OptionError(f"only={missing[0]}: want one of {', '.join(names)}")
        return [name for name in names if not wanted or name in wanted]

    def run(self, jobs: Sequence[Job], title: str) -> list[Any]:
        """What the jobs give, in their order; fewer when the user ended it, or some were refused."""
        workers = self.settings.jobs or core_count()
        results = run_jobs(jobs, workers, self.stop, title, self.settings.quiet)
        self.left_out.extend(str(result) for result in results if isinstance(result, SoundspotError))
        return [result for result in results if not isinstance(result, SoundspotError)]


@dataclass(slots=True)
class Section:
    """A part of the report: Markdown, the same as JSON, and pictures by file name as PNG bytes."""

    title: str
    text: str
    data: dict[str, Any]
    pictures: dict[str, bytes] = field(default_factory=dict)
