"""Rendered scenes: the live metrics on each, the paper's and the baselines' on its six situations."""

from collections.abc import Sequence
from dataclasses import replace

from ...core.errors import OptionError
from ...core.scenes import Case
from ..baselines import BASELINES, load_baseline
from .pool import Job
from .rivals import RivalJob, RivalResult, cache_folder
from .scene_jobs import SceneJob, SceneResult
from .scene_plan import is_situation, planned, scene_seconds
from .scene_tables import SceneRun, section
from .settings import Section, Study

RIVAL_SEEDS = 2
RIVAL_SECONDS = 10.0


def measure_scenes(study: Study) -> Section:
    """Run them and tell."""
    cases = planned(study.settings)
    chosen = study.chosen([case.name for case in cases])
    cases = [case for case in cases if case.name in chosen]
    names = usable_baselines(study)
    results = study.run([*our_jobs(study, cases), *rival_jobs(study, cases, names)], "scenes")
    run = SceneRun(
        [result for result in results if isinstance(result, SceneResult)],
        [result for result in results if isinstance(result, RivalResult)],
    )
    return section(run, cases)


def our_jobs(study: Study, cases: Sequence[Case]) -> list[Job]:
    """Every scene with every seed."""
    return [
        SceneJob(
            case.name,
            case.seeded(options.seed),
            options,
            sampled=is_situation(case) and options.seed == study.options.seed,
        )
        for options in study.seeded()
        for case in cases
    ]


def rival_jobs(study: Study, cases: Sequence[Case], names: Sequence[str]) -> list[Job]:
    """Every baseline on every situation, of 10 s and with two seeds, as some are slow."""
    cache = cache_folder(study.settings.cache)
    seconds = min(RIVAL_SECONDS, scene_seconds(study.settings))
    return [
        RivalJob(name, case.name, replace(case.seeded(options.seed), seconds=seconds), cache)
        for options in study.seeded()[:RIVAL_SEEDS]
        for case in cases
        for name in names
        if is_situation(case)
    ]


def usable_baselines(study: Study) -> list[str]:
    """Those that load; none when it shall be quick or they are not wanted."""
    good: list[str] = []
    settings = study.settings
    for name in () if settings.quick or settings.no_baselines else BASELINES:
        try:
            load_baseline(name)
            good.append(name)
        except OptionError as error:
            study.left_out.append(str(error))
    return good
