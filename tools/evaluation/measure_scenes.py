"""Rendered scenes: the live metrics on each, the paper's and the baselines' on its six situations."""

from collections.abc import Sequence
from dataclasses import replace

from ...core.errors import OptionError
from ...core.scenes import Case
from ..baselines import BASELINES, load_baseline
from .pool import Job
from .rivals import RivalJob, RivalResult, cache_folder
from .scene_jobs import SceneJob, SceneResult
from .scene_plan import is_situation, planned
from .scene_tables import SceneRun, section
from .settings import Section, Study

RIVAL_SEEDS = 2
RIVAL_SECONDS = 10.0


def measure_scenes(study: Study) -> Section:
    """Run them and tell."""
    cases = planned(study.settings)
    chosen = study.chosen([case.name for case in cases])
    cases = [case for case in cases if case.name in chosen]
    names, refusals = usable_baselines(study)
    results = study.run([*our_jobs(study, cases), *rival_jobs(study, cases, names)], "scenes")
    ours = [result for result in results if isinstance(result, SceneResult)]
    run = SceneRun(
        [result for result in ours if result.rounds == 1],
        [result for result in ours if result.rounds == 2],
        [result for result in results if isinstance(result, RivalResult)],
        refusals,
    )
    return section(run, cases)


def our_jobs(study: Study, cases: Sequence[Case]) -> list[Job]:
    """Every scene once, and the situations, unless it shall be quick, also twice over."""
    jobs: list[Job] = []
    for options in study.seeded():
        for case in cases:
            scene = case.seeded(options.seed)
            sampled = is_situation(case) and options.seed == study.options.seed
            jobs.append(SceneJob(case.name, scene, options, sampled=sampled))
            if is_situation(case) and not study.settings.quick:
                jobs.append(SceneJob(case.name, scene, options, rounds=2))
    return jobs


def rival_jobs(study: Study, cases: Sequence[Case], names: Sequence[str]) -> list[Job]:
    """Every baseline on every situation, of 10 s and with two seeds, as some are slow."""
    cache = cache_folder(study.settings.cache)
    seconds = min(RIVAL_SECONDS, study.settings.seconds)
    return [
        RivalJob(name, case.name, replace(case.seeded(options.seed), seconds=seconds), cache)
        for options in study.seeded()[:RIVAL_SEEDS]
        for case in cases
        for name in names
        if is_situation(case)
    ]


def usable_baselines(study: Study) -> tuple[list[str], list[str]]:
    """Those that load, and one line for each that does not; none when it shall be quick."""
    good: list[str] = []
    refusals: list[str] = []
    for name in () if study.settings.quick else BASELINES:
        try:
            load_baseline(name)
            good.append(name)
        except OptionError as error:
            refusals.append(str(error))
    return good, refusals
