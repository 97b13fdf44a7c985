"""What the two presets do differently, beyond the options."""

from dataclasses import dataclass

from .options import Options


@dataclass(frozen=True, slots=True)
class Recipe:
    """Figures are of 54 composites of two real clips unless said: the right part, or what is named of what
    sounds where 5 % of unrelated moments are."""

    curves: tuple[str, ...]  # of the sound
    # Of motion: 1, how much it accelerates; 6, where to and how fast it goes and changes as well.
    descriptors: int
    permutations: tuple[int, int]  # (N, S); N = 1000, 2000, 4000: named 0.27, 0.31, 0.33
    # Time constants in s, of codes and of correlation, 0 for none. Codes at 2 and 6 s: composites alike, but
    # what sounds late is named late: violin is right in 0.64 and 0.42 of frames. Correlation at 2 and 6 s:
    # composites alike, talk is right in 0.70 and 0.97.
    memory: tuple[float, float]
    # Of the slow course that is taken off before coding, s, 0 for none: 0.3, 0.5, 0.7 and 1 serve alike, and
    # without, unrelated sound is named in 0.05 of moments where 0.30 of the rest are, with it 0.32.
    trend: float
    draws: int  # of the null; twice as many change nothing
    # Slots between two rankings. At 8 and 10: ten rendered scenes are right in 0.82 and 0.83 of frames, in
    # single clips 0.79 and 0.82 of moments, the right part of 36 composites wins in 0.84 and 0.83; a frame
    # costs a twentieth less.
    hop: int
    compressed: bool  # motion as a logarithm
    grouped: bool  # tracks form objects, ranked by evidence and motion rather than by the score alone
    # That are scored, and as many places: at 160 and 320 the right part won in 0.77 and 0.80 (72 composites,
    # before there were places); of both, at 240 and 320 ten scenes are right in 0.80 and 0.82.
    most_tracks: int
    # That are remembered, the present one among them: with one, rendered scenes with cuts are right in 0.67
    # of frames, with three in 0.80.
    most_shots: int
    most_voices: int  # that are told apart and remembered


LIVE = Recipe(
    curves=("onset", "flux", "level", "low", "high"),
    descriptors=6,
    permutations=(2000, 2),
    memory=(2.0, 6.0),
    trend=0.5,
    draws=100,
    hop=10,
    compressed=True,
    grouped=True,
    most_tracks=320,
    most_shots=3,
    most_voices=4,
)
PAPER = Recipe(
    curves=("energy",),
    descriptors=1,
    permutations=(2000, 5),
    memory=(0.0, 0.0),
    trend=0.0,
    draws=200,
    hop=6,
    compressed=False,
    grouped=False,
    most_tracks=15,
    most_shots=1,
    most_voices=1,
)


def recipe_of(options: Options) -> Recipe:
    """The recipe of the chosen preset."""
    return PAPER if options.preset == "paper" else LIVE
