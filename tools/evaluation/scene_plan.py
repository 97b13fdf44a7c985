"""Which of the rendered scenes are measured, and how long and large."""

from dataclasses import replace

from ...core.scenes import Case, evaluation_scenes
from .settings import EvaluateOptions

SECONDS = 20.0  # long enough for turns and pauses
QUICK_SECONDS, QUICK_SIZE = 12.0, (320, 240)
QUICK_NOBODY = "offscreen"


def planned(settings: EvaluateOptions) -> list[Case]:
    """Every case, or the little that is quick: the paper's situations, and one in which nobody is right."""
    if not settings.quick:
        return evaluation_scenes(scene_seconds(settings))
    width, height = QUICK_SIZE
    cases = [
        case
        for case in evaluation_scenes(scene_seconds(settings))
        if case.kind == "situation" or case.name == QUICK_NOBODY
    ]
    return [replace(case, scene=replace(case.scene, width=width, height=height)) for case in cases]


def scene_seconds(settings: EvaluateOptions) -> float:
    """How long each of ours is."""
    return settings.seconds or (QUICK_SECONDS if settings.quick else SECONDS)


def is_situation(case: Case) -> bool:
    """Whether the paper's metrics and the baselines are asked for."""
    return case.kind == "situation"
