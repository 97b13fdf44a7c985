"""Whether the p-value keeps its word: among moments that match nothing it should be uniform."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import kstest

from .tables import table

HEADS = ("p at most", "share of the moments")
LEVELS = (0.01, 0.05, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class Calibration:
    """p-values of moments at which nothing visible sounds: how many, the share of them at or below each of
    LEVELS, and the largest distance between their distribution and the uniform one (Kolmogorov-Smirnov)."""

    moments: int
    shares: tuple[float, ...]
    distance: float


def calibrate(p_values: Sequence[float]) -> Calibration | None:
    """None without any."""
    if not p_values:
        return None
    values = np.array(p_values)
    shares = tuple(float((values <= level).mean()) for level in LEVELS)
    return Calibration(values.size, shares, float(kstest(values, "uniform").statistic))


def calibration_text(when: str, calibration: Calibration) -> str:
    """The p-value's word against what happened."""
    rows = [[f"{p:g}", f"{part:.3f}"] for p, part in zip(LEVELS, calibration.shares, strict=True)]
    told = f"p-value {when}: {calibration.moments} moments, distance from uniform {calibration.distance:.2f}."
    return f"{told}\n\n{table(HEADS, rows)}"
