"""The scenes that an evaluation runs, by name: the paper's situations, what it left out, and nobody."""

from dataclasses import dataclass, replace
from typing import Any, Literal

from .scene import Scene, make_scene

Kind = Literal["situation", "plain", "variant", "nobody"]

SEEDS = (0, 1, 2, 3, 4)
SITUATIONS = ("basketball", "violin", "wooden_horse", "guitar_lessons", "student_news", "guitar_street")
VARIED = ("ball", "talk")  # one that sounds at blows, one that sounds all the time
VARIATIONS: dict[str, dict[str, Any]] = {
    "late": {"sound_late": 0.2},
    "early": {"sound_late": -0.15},
    "music": {"music": 0.25},
    "noise": {"noise": 0.25},
    "pan": {"camera": "pan"},
    "shake": {"camera": "shake"},
    "hidden": {"hide": 7.0},
    "cut": {"cut": 7.0},
    "fps12": {"frame_rate": 12.0},
    "fps25": {"frame_rate": 25.0},
    "fps60": {"frame_rate": 60.0},
    "uneven": {"pace": "wandering"},
}
NOBODY: dict[str, dict[str, Any]] = {
    "silent": {"heard": "nothing"},
    "foreign_speech": {"heard": "speech"},
    "foreign_music": {"heard": "music"},
}


@dataclass(frozen=True, slots=True)
class Case:
    """A scene to be judged on, with seed 0.

    kind: "situation", one of the paper's six; "plain", an unvaried scene; "variant", a harder one, `plain`
    naming the case without what makes it harder ("" where there is none); "nobody", in which nothing sounds
    that is seen, so the truth is empty in every frame.
    """

    name: str
    scene: Scene
    kind: Kind
    plain: str = ""

    def seeded(self, seed: int) -> Scene:
        """The same with other textures, places and rhythm."""
        return replace(self.scene, seed=seed)


def evaluation_scenes(seconds: float = 20.0) -> list[Case]:
    """All cases, each to be run with every one of SEEDS, `seconds` s long.

    A case that varies another is named after it: "ball.late" is "ball" with its sound late.
    """
    situations = [_case(name, "situation", seconds) for name in SITUATIONS]
    plain = [_case(name, "plain", seconds) for name in (*VARIED, "hammer")]
    varied = [
        _case(name, "variant", seconds, change, settings)
        for name in VARIED
        for change, settings in VARIATIONS.items()
    ]
    others = [_case(name, "variant", seconds) for name in ("duet", "turns", "cymbals")]
    nobody = [
        _case(name, "nobody", seconds, change, settings)
        for name in VARIED
        for change, settings in NOBODY.items()
    ]
    away = [_case("offscreen", "nobody", seconds)]
    away += [_case("offscreen", "nobody", seconds, change, VARIATIONS[change]) for change in ("pan", "shake")]
    return [*situations, *plain, *varied, *others, *nobody, *away]


def _case(
    name: str, kind: Kind, seconds: float, change: str = "", settings: dict[str, Any] | None = None
) -> Case:
    scene = make_scene(name, seconds=seconds, **(settings or {}))
    return Case(
        f"{name}.{change}" if change else name, scene, kind, name if kind == "variant" and change else ""
    )
