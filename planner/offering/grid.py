"""Which numbers of images are on offer for one project?

Integers on a log grid, because the error falls with a power of the images: equal factors, not
equal steps, change it alike. Refinement adds levels around a good one.
"""

import math

import numpy as np

from planner.domain.arrays import Rows

N_LEVELS = 24
"""Levels of the first grid; at least 20 are promised."""

FEWEST_LEVELS = 20
N_BEYOND = 8
"""Levels beyond what a pool gives."""

FEWEST_IMAGES = 10
"""No project trains on fewer images, unless fewer is all it can obtain."""


def image_levels(held: int, limit: int, n_levels: int = N_LEVELS) -> Rows:
    """Return the images on offer, from ``max(held, 10)`` to ``limit``, both ends included.

    Parameters
    ----------
    held : int
        Images owned, at least 0.
    limit : int
        Most that could be owned.
    n_levels : int, default=24
        Levels wanted, at least 2.

    Returns
    -------
    ndarray of int64, strictly increasing
        ``n_levels`` integers as evenly spaced on the log scale as integers can be; every
        integer if there are fewer; the limit alone if it lies below the start.

    Examples
    --------
    >>> image_levels(0, 12).tolist()
    [10, 11, 12]
    """
    start = max(held, FEWEST_IMAGES)
    if limit <= start:
        return np.array([limit], dtype=np.int64)
    if limit - start + 1 <= n_levels:
        return np.arange(start, limit + 1, dtype=np.int64)
    levels = [start]
    # The factor is chosen anew at each step: rounding to integers at the dense end would otherwise
    # merge levels and leave fewer than promised.
    for remaining in range(n_levels - 1, 1, -1):
        factor = math.exp(math.log(limit / levels[-1]) / remaining)
        levels.append(max(levels[-1] + 1, round(levels[-1] * factor)))
    return np.array([*levels, limit], dtype=np.int64)


def pooled_levels(held: int, limit: int, pool_limit: int) -> Rows:
    """Return the images on offer to a member of a pool.

    What members take from the pool lies on one log grid for all of them, whatever each holds: few
    distinct needs keep the choice of the pool's size small. Beyond the pool the levels go on to the
    limit.

    Parameters
    ----------
    held, limit : int
        As for :func:`image_levels`.
    pool_limit : int
        Images that the pool can have at most.

    Returns
    -------
    ndarray of int64, strictly increasing
        From ``max(held, 10)`` to ``limit``, both included; at least as many as are promised.

    Examples
    --------
    >>> a, b = pooled_levels(500, 90_000, 20_000) - 500, pooled_levels(80, 90_000, 20_000) - 80
    >>> set(a[a <= 20_000].tolist()) == set(b[b <= 20_000].tolist())
    True
    """
    start = max(held, FEWEST_IMAGES)
    plain = image_levels(held, limit)
    inside = held + image_levels(0, pool_limit)
    ends = np.array([min(start, limit), limit], dtype=np.int64)
    beyond = held + pool_limit
    outside = image_levels(beyond, limit, N_BEYOND) if beyond < limit else ends
    levels = np.unique(np.concatenate([ends, inside, outside]))
    levels = levels[(levels >= start) & (levels <= limit)]
    return levels if len(levels) >= min(len(plain), FEWEST_LEVELS) else plain


def midpoints(levels: Rows, index: int) -> Rows:
    """Return the levels that halve, on the log scale, the steps from one level to its neighbours.

    Examples
    --------
    >>> midpoints(np.array([100, 400, 1600]), 1).tolist()
    [200, 800]
    """
    centre = int(levels[index])
    neighbours = [int(levels[i]) for i in (index - 1, index + 1) if 0 <= i < len(levels)]
    between = (round(math.sqrt(centre) * math.sqrt(neighbour)) for neighbour in neighbours)
    known = set(levels.tolist())
    return np.array(sorted(set(between) - known), dtype=np.int64)
