"""Things that lie beside each other and move -> groups of them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .kernels import groups as kernels


def within(some: NDArray[np.float32], others: NDArray[np.float32], reach: float) -> NDArray[np.bool_]:
    """Which of `some` centres (n, 2) px are at most `reach` px from which `others` (m, 2), (n, m)."""
    across, down = (np.subtract.outer(*lines) for lines in zip(some.T, others.T, strict=True))
    return np.asarray(across * across + down * down <= np.float32(reach * reach))


def touching(groups: list[NDArray[np.int64]], near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which groups, of things that are `near` (n, n) each other, lie side by side, (groups, groups)."""
    of_thing = np.empty(len(near), np.int64)
    for k, group in enumerate(groups):
        of_thing[group] = k
    some, others = np.nonzero(near)
    beside = np.zeros((len(groups), len(groups)), np.bool_)
    beside[of_thing[some], of_thing[others]] = True
    return beside


def grow_groups(
    paths: NDArray[Any], alike: NDArray[Any], near: NDArray[np.bool_], least: float
) -> list[NDArray[np.int64]]:
    """Members of each group of things with velocities `paths` (n, k), `alike` (n, n) and `near` (n, n) each
    other, which are like their group by at least `least` in the mean; the fastest thing that is still free
    starts the next group."""
    seeds = np.argsort(-np.einsum("nk,nk->n", paths, paths), kind="stable")
    members, ends = np.empty(len(paths), np.int64), np.empty(len(paths), np.int64)
    together = np.ascontiguousarray(alike, np.float32)
    count = kernels.grow_groups(seeds, near, together, np.float32(least), members, ends)
    stops = ends[:count].tolist()
    # np.split takes ten times as long for many small groups
    return [members[begin:end] for begin, end in zip([0, *stops], stops, strict=False)]


def mean_paths(
    paths: NDArray[np.float32], areas: NDArray[np.int32], groups: list[NDArray[np.int64]]
) -> NDArray[np.float64]:
    """The mean velocities over time of each group, (groups, k), each member's `paths` (n, k) by its area."""
    means = np.empty((len(groups), paths.shape[1]))
    if groups:
        ends = np.cumsum([group.size for group in groups])
        kernels.mean_paths(paths, areas + 1, np.concatenate(groups), ends, means)
    return means


def rows_of(names: NDArray[np.int64], of_row: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """The rows, in order, of each of the objects `names` (objects,), also in order; `of_row` (rows,) is each
    one's object."""
    rows = np.argsort(of_row, kind="stable")
    first, last = (np.searchsorted(of_row, names, side, rows).tolist() for side in ("left", "right"))
    return [rows[begin:end] for begin, end in zip(first, last, strict=True)]
