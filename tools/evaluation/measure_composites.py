"""Composites of real clips: the main judge."""

from collections.abc import Mapping
from pathlib import Path

from ...core.errors import SourceError
from .clips import Medium, readable_clips
from .composite_tables import section
from .composites import KINDS, Draw, draw_composites
from .settings import Section, Study, words
from .trials import CompositeJob, Trial

SECONDS = 10.0


def measure_composites(study: Study, folder: Path) -> Section:
    """Run them and tell. Raises SourceError for a folder with too few clips."""
    media, refusals = readable_clips(folder)
    study.left_out.extend(refusals)
    draws = drawn(study, media)
    jobs = [job_of(draw, media, study, seed) for seed in range(study.settings.seeds) for draw in draws]
    trials: list[Trial] = study.run(jobs, "composites")
    return section(trials)


def drawn(study: Study, media: Mapping[str, Medium]) -> list[Draw]:
    """The composites that are asked for, of the kinds for which there are clips enough."""
    kinds = [kind for kind in words(study.settings.kinds) if len(media) >= KINDS[kind]]
    if not kinds:
        raise SourceError(
            f"clips={', '.join(media)}: want more clips; kinds two, unrelated, four take 2, 3, 4"
        )
    sounding = study.chosen([name for name, medium in media.items() if not medium.silent])
    return draw_composites(list(media), sounding, kinds, study.settings.pairs, study.settings.pick)


def job_of(draw: Draw, media: Mapping[str, Medium], study: Study, seed: int) -> CompositeJob:
    """The draw as a job with one of the seeds."""
    seconds = study.settings.seconds or SECONDS
    return CompositeJob(
        draw,
        tuple(media[name].path for name in draw.parts),
        media[draw.heard].path,
        study.seeded()[seed],
        seconds,
        seconds * media[draw.seen].frame_rate,
    )
