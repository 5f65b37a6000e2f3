"""Between which numbers of images is a finer grid worth pricing?

Around those that the best plan under *some* budget may choose: the corners of a project's own
upper hull of cost and worth (Sinha & Zoltners 1979). So what is on offer follows from the project
and the portfolio's terms alone. A plan under one budget, a frontier over many, a goal and the
search for where a decision flips choose from the same options, and a bound that holds for one
holds for all.
"""

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.grid import midpoints
from planner.offering.hull import hull

__all__ = [
    "corners",
    "levels_between",
    "promising",
    "refined_corners",
    "refinement_rounds",
    "spread",
]

ROUNDS = ((6, 3), (20, 2))
"""Projects up to which levels are added in so many rounds; in larger portfolios in one round.

With few projects a step between levels may be a part of the whole budget; with many, steps of
other projects make up for it, and finer levels only make the search longer.
"""
MOST_CORNERS = 4
"""Levels of a project around which a large portfolio adds others."""


def corners(cents: Floats, worth: Floats) -> Rows:
    """Return the options of one project that are worth most at some price of money.

    Parameters
    ----------
    cents, worth : ndarray of shape (n_options,)
        What each costs and is worth.

    Returns
    -------
    ndarray of int64
        By rising cost and worth, from the cheapest to the one worth most; the cheapest counts even
        where it does not pay, since a rule may demand the project.

    Examples
    --------
    >>> corners(np.array([5.0, 0.0, 9.0, 7.0]), np.array([4.0, 1.0, 5.0, 2.0])).tolist()
    [1, 0, 2]
    """
    rising = undominated(cents, worth)
    return np.asarray(rising[hull(cents[rising], worth[rising])], dtype=np.int64)


def undominated(cents: Floats, worth: Floats) -> Rows:
    """Return the options than which none that costs no more is worth as much, by rising cost.

    Examples
    --------
    >>> undominated(np.array([5.0, 0.0, 9.0, 7.0, 4.0]), np.array([4.0, 1.0, 5.0, 2.0, 2.0]))
    array([1, 4, 0, 2])
    """
    order = np.lexsort((np.arange(len(cents)), -worth, cents))
    if len(order) == 0:
        return np.zeros(0, dtype=np.int64)
    best_before = np.maximum.accumulate(worth[order])
    better = np.concatenate([[True], worth[order][1:] > best_before[:-1]])
    return np.asarray(order[better], dtype=np.int64)


def spread(rows: Rows, most: int | None) -> Rows:
    """Return at most so many of some rows, evenly spread, both ends included; all for None.

    Examples
    --------
    >>> spread(np.array([5, 6, 7, 8, 9]), 3).tolist()
    [5, 7, 9]
    """
    if most is None or len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(np.int64)]


def levels_between(levels: Rows, good: Rows) -> Rows:
    """Return the levels that halve the steps beside some good ones, which are among the levels.

    Examples
    --------
    >>> levels_between(np.array([100, 400, 1600]), np.array([100, 400])).tolist()
    [200, 800]
    """
    places = np.searchsorted(levels, good).tolist()
    found = [midpoints(levels, place) for place in places]
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found]))


def promising(cents: Floats, worth: Floats, kind: Rows, best: Rows, most: int) -> Rows:
    """Return the kinds of options that come nearest to the best ones at some price of money.

    At the price of each edge of the hull a kind falls short of the best by some worth; kinds are
    ranked by the least of these, at the price that suits them most.

    Parameters
    ----------
    cents, worth : ndarray of shape (n_options,)
        As for :func:`corners`.
    kind : ndarray of int64, shape (n_options,)
        Of each option, from 0.
    best : ndarray of int64
        The corners.
    most : int
        Kinds to return.

    Returns
    -------
    ndarray of int64
        Increasing.
    """
    gained, paid = np.diff(worth[best]), np.diff(cents[best])
    short = np.full(int(kind.max()) + 1, np.inf)
    for price in [0.0, *(gained / np.maximum(paid, 1.0)).tolist()]:
        score = worth - price * cents
        reached = np.full(len(short), -np.inf)
        np.maximum.at(reached, kind, score)
        short = np.minimum(short, float(score.max()) - reached)
    return np.sort(np.argsort(short, kind="stable")[:most]).astype(np.int64)


def refinement_rounds(projects: int) -> int:
    """Return how often levels of images are added around good ones.

    Examples
    --------
    >>> refinement_rounds(4), refinement_rounds(7), refinement_rounds(1_000)
    (3, 2, 1)
    """
    return next((rounds for most, rounds in ROUNDS if projects <= most), 1)


def refined_corners(projects: int) -> int | None:
    """Return around how many good levels of each project others are added; None: around all.

    Examples
    --------
    >>> refined_corners(20), refined_corners(21)
    (None, 4)
    """
    return None if projects <= ROUNDS[-1][0] else MOST_CORNERS
