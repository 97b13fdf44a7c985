"""Rendered scenes: the live metrics on each, the paper's and the baselines on its six situations."""

from collections.abc import Sequence

from ...core.errors import OptionError
from ..baselines import BASELINES, load_baseline
from .pool import Job
from .rivals import RivalJob, RivalResult, cache_folder
from .scene_jobs import SceneJob, SceneResult
from .scene_plan import Planned, planned, scene_settings
from .scene_tables import SceneRun, section
from .settings import Section, Study

RIVAL_SEEDS = 2
RIVAL_SECONDS = 10.0


def measure_scenes(study: Study) -> Section:
    """Run them and tell."""
    plan = planned(study.settings)
    chosen = study.chosen([each.name for each in plan])
    plan = [each for each in plan if each.name in chosen]
    names, refusals = usable_baselines(study)
    results = study.run([*our_jobs(study, plan), *rival_jobs(study, plan, names)], "scenes")
    ours = [result for result in results if isinstance(result, SceneResult)]
    run = SceneRun(
        [result for result in ours if result.rounds == 1],
        [result for result in ours if result.rounds == 2],
        [result for result in results if isinstance(result, RivalResult)],
        refusals,
    )
    return section(run, plan)


def our_jobs(study: Study, plan: Sequence[Planned]) -> list[Job]:
    """Every scene once, and the situations, with more time, also twice over."""
    jobs: list[Job] = []
    for options in study.seeded():
        for each in plan:
            settings = scene_settings(each, study.settings, options.seed)
            first = options.seed == study.options.seed
            jobs.append(SceneJob(each.name, settings, options, sampled=each.situation and first))
            if each.situation and not study.settings.quick:
                jobs.append(SceneJob(each.name, settings, options, rounds=2))
    return jobs


def rival_jobs(study: Study, plan: Sequence[Planned], names: Sequence[str]) -> list[Job]:
    """Every baseline on every situation."""
    cache = cache_folder(study.settings.cache)
    seeds = [options.seed for options in study.seeded()][:RIVAL_SEEDS]
    return [
        RivalJob(name, each.name, scene_settings(each, study.settings, seed, RIVAL_SECONDS), cache)
        for seed in seeds
        for each in plan
        for name in names
        if each.situation
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
