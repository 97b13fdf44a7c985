"""Pure functions from answers to figures. Shares lie in 0 … 1; None stands for "nothing to judge"."""

from collections.abc import Iterable, Sequence
from statistics import median

import numpy as np

Evidence = tuple[float, float]  # minus the p-value, then the score: the larger, the surer


def share(verdicts: Iterable[bool | None]) -> float | None:
    """The share of True among those that are not None."""
    return mean(float(verdict) for verdict in verdicts if verdict is not None)


def mean(values: Iterable[float | None]) -> float | None:
    """The mean of those that are not None."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def median_of(values: Iterable[float | None]) -> float | None:
    """The median of those that are not None."""
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None


def median_and_most(values: Sequence[float]) -> tuple[float, float]:
    """The median, and what 95 % of the values do not pass; values may be infinite."""
    # "higher": between a number and infinity nothing can be interpolated
    middle, most = np.quantile(values, [0.5, 0.95], method="higher")
    return float(middle), float(most)


def evidence(p_value: float | None, score: float) -> Evidence:
    """How sure an answer is; without a p-value it is not."""
    return (-2.0, score) if p_value is None else (-p_value, score)


def working_point(
    heard: Sequence[tuple[Evidence, bool]], unrelated: Sequence[Evidence], allowed: float
) -> tuple[float | None, float | None]:
    """At the threshold of evidence that at most `allowed` of the unrelated moments pass: the share of the
    heard moments that pass, and the share of those that are right."""
    if not unrelated or not heard:
        return None, None
    limit = sorted(unrelated, reverse=True)[min(int(allowed * len(unrelated)), len(unrelated) - 1)]
    passed = [right for sure, right in heard if sure > limit]
    return len(passed) / len(heard), share(passed)
