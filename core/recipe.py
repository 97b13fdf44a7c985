"""What the two presets do differently, beyond the options."""

from dataclasses import dataclass

from .options import Options


@dataclass(frozen=True, slots=True)
class Recipe:
    """`curves` of the sound; `descriptors` of a track's motion, 1 for the magnitude of its acceleration
    alone, 5 with the directions of acceleration and velocity; `permutations` (N, S); `memory` time constant
    in s over windows, 0 for none; `draws` of the null, in `live` half as many since twice the tracks are
    scored; `hop` slots between rankings; `compressed`: motion as a logarithm; `grouped`: tracks form objects,
    which are ranked by evidence and motion rather than by the score alone; `most_tracks` that are scored:
    with 160 what moves little has none of them beside what moves much, and 72 composites are right in 0.77 of
    moments instead of 0.80. Taking the slow trend off both curves did not help here: on 36 composites 0.87 of
    moments were right with it (0.7 s) and 0.90 without."""

    curves: tuple[str, ...]
    descriptors: int
    permutations: tuple[int, int]
    memory: float
    trend: float
    draws: int
    hop: int
    compressed: bool
    grouped: bool
    most_tracks: int


LIVE = Recipe(
    curves=("onset", "flux", "level", "low", "high"),
    descriptors=5,
    permutations=(2000, 2),
    memory=2.0,
    trend=0.5,
    draws=100,
    hop=6,
    compressed=True,
    grouped=True,
    most_tracks=320,
)
PAPER = Recipe(
    curves=("energy",),
    descriptors=1,
    permutations=(2000, 5),
    memory=0.0,
    trend=0.0,
    draws=200,
    hop=6,
    compressed=False,
    grouped=False,
    most_tracks=15,
)


def recipe_of(options: Options) -> Recipe:
    """The recipe of the chosen preset."""
    return PAPER if options.preset == "paper" else LIVE
