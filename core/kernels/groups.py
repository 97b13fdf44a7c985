"""Loops over things that move together: groups grow thing by thing."""

import numpy as np

from . import loop


@loop()
def grow_groups(seeds, near, together, least, members, ends):
    """Fill `members` (n,) with group after group and `ends` (n,) with where each one ends; returns how many
    there are.

    The first of the `seeds` (n,) that is still free starts a group; again and again the free neighbour, by
    `near` (n, n), joins that is most like all members so far, by `together` float32 (n, n), while it is like
    them by `least` at all.
    """
    count = len(seeds)
    free = np.ones(count, np.bool_)
    placed, groups = 0, 0
    for seed in seeds:
        if not free[seed]:
            continue
        first, newest = placed, seed
        reachable, total = np.zeros(count, np.bool_), np.zeros(count, np.float32)
        while True:
            members[placed] = newest
            placed += 1
            free[newest] = False
            newest, most = -1, least
            size = np.float32(placed - first)
            for k in range(count):
                reachable[k] |= near[members[placed - 1], k]
                total[k] += together[members[placed - 1], k]
                mean = total[k] / size
                if reachable[k] and free[k] and (mean > most or (newest < 0 and mean == most)):
                    newest, most = k, mean
            if newest < 0:
                break
        ends[groups] = placed
        groups += 1
    return groups


@loop()
def mean_paths(paths, weights, members, ends, means):
    """Fill `means` (groups, k) with the mean of the `paths` (n, k), by their `weights` (n,), over each group;
    `members` and `ends` as of `grow_groups`."""
    first = 0
    for group in range(ends.shape[0]):
        total = 0.0
        means[group] = 0.0
        for member in members[first : ends[group]]:
            total += weights[member]
            for k in range(paths.shape[1]):
                means[group, k] += np.float64(paths[member, k]) * weights[member]
        for k in range(paths.shape[1]):
            means[group, k] /= total
        first = ends[group]
