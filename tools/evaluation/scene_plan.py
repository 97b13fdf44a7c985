"""Which rendered scenes are measured, under which names, and what each is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .settings import EvaluateOptions

SITUATIONS = ("basketball", "violin", "wooden_horse", "guitar_lessons", "student_news", "guitar_street")
PLAIN = SITUATIONS[0]  # what the variants vary
VARIANTS: dict[str, dict[str, Any]] = {
    "music": {"music": 0.3},
    "late": {"sound_late": 0.2},
    "early": {"sound_late": -0.15},
    "pan": {"camera": "pan"},
    "shake": {"camera": "shake"},
    "cut": {"cut": 6.0},
    "hidden": {"hide": 6.0},
    "12 fps": {"frame_rate": 12.0},
    "25 fps": {"frame_rate": 25.0},
    "60 fps": {"frame_rate": 60.0},
    "wandering": {"pace": "wandering"},
}
COMPARED = ("music", "late", "early", "pan", "12 fps", "25 fps", "60 fps", "wandering")
OTHERS = ("ball", "hammer", "talk", "turns", "duet", "cymbals")
UNSEEN: dict[str, dict[str, Any]] = {
    "offscreen": {"name": "offscreen"},
    "silence": {"name": PLAIN, "heard": "nothing"},
    "speech elsewhere": {"name": PLAIN, "heard": "speech"},
    "music elsewhere": {"name": PLAIN, "heard": "music"},
}
QUICK = {*SITUATIONS, "offscreen"}
QUICK_SECONDS, QUICK_SIZE = 6.0, {"width": 320, "height": 240}


@dataclass(frozen=True, slots=True)
class Planned:
    """A scene by its `name` in the report: the `settings` of a Scene but seed and length; whether it is one
    of the paper's situations; and the `plain` scene that its loss is counted against."""

    name: str
    settings: Mapping[str, Any]
    situation: bool = False
    plain: str | None = None


def planned(settings: EvaluateOptions) -> list[Planned]:
    """Everything that is measured, or the little that is quick."""
    plan = [Planned(name, {"name": name}, situation=True) for name in SITUATIONS]
    plan += [Planned(name, {"name": name}) for name in OTHERS]
    plan += [
        Planned(f"{PLAIN}, {name}", {"name": PLAIN, **changed}, plain=PLAIN if name in COMPARED else None)
        for name, changed in VARIANTS.items()
    ]
    plan += [Planned(name, changed) for name, changed in UNSEEN.items()]
    return [each for each in plan if not settings.quick or each.name in QUICK]


def scene_settings(
    each: Planned, settings: EvaluateOptions, seed: int, seconds: float | None = None
) -> dict[str, Any]:
    """What make_scene takes."""
    size = QUICK_SIZE if settings.quick else {}
    length = QUICK_SECONDS if settings.quick else seconds or settings.seconds
    return {**each.settings, **size, "seed": seed, "seconds": length}
