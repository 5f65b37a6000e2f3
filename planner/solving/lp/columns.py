"""Options to begin the linear relaxation with: the hull of each project at the expectation.

The rest are priced and come in when they pay, so the start decides how long it takes, not what
comes out.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Rows
from planner.offering.hull import hull
from planner.solving.system import System, rising

FEW = 4_000
"""So many options are all put in at once."""


def start_options(system: System, usable: Flags) -> Rows:
    """Return at least one option of every project that has any, increasing.

    Each project's cheapest, and all that may be taken where they are few. Otherwise the hull of its
    options that pay by committed cost and expected worth, and what fills rows that must be filled.
    """
    problem, cheapest = system.problem, _cheapest(system)
    if len(problem) <= FEW:
        return np.union1d(cheapest, np.flatnonzero(usable))
    must = np.flatnonzero(system.limit < 0)
    filling = system.option[np.isin(system.row, must) & (system.coefficient < 0)]
    fills = filling if len(filling) <= FEW else np.intersect1d(filling, cheapest)
    return np.unique(np.concatenate([cheapest, fills, hull_options(system)]))


def _cheapest(system: System) -> Rows:
    """Return each project's cheapest option, of equal ones the one worth most."""
    problem, (first, _) = system.problem, system.groups
    lowest = np.minimum.reduceat(problem.cents, first)
    sizes = np.diff(first, append=len(problem))
    some = np.flatnonzero(problem.cents == np.repeat(lowest, sizes))
    order = some[np.lexsort((problem.tie[some], -problem.worth[some], problem.owner[some]))]
    return order[np.flatnonzero(np.diff(problem.owner[order], prepend=-1))]


def knapsack_corner(
    owner: Rows, cents: Rows, worth: NDArray[np.float64], budget_cents: int | None
) -> tuple[Rows, int]:
    """Return the corner of the linear relaxation under a budget alone.

    The price of money is bisected until the options that are best at it cost no more than there is.

    Parameters
    ----------
    owner, cents, worth : ndarray, shape (n,)
        Of the options that take part.
    budget_cents : int or None
        Hard limit.

    Returns
    -------
    taken : ndarray of int64
        Places of at most one option of each project, within the budget.
    split : int
        Place of the option that the rest of the budget would buy in part; −1 if none.
    """
    order = np.flatnonzero(worth > 0)
    order = order[np.argsort(owner[order], kind="stable")]
    own, price_of, worth_of = owner[order], cents[order], worth[order]
    first = np.flatnonzero(np.diff(own, prepend=-1))
    sizes = np.diff(first, append=len(own))

    def best_at(price: float) -> Rows:
        reduced = worth_of - price * price_of
        lead = np.repeat(np.maximum.reduceat(reduced, first), sizes) if len(first) else reduced
        at_top = np.flatnonzero((reduced >= lead) & (reduced > 0))
        return order[at_top[np.flatnonzero(np.diff(own[at_top], prepend=-1))]]

    taken = best_at(0.0)
    if budget_cents is None or int(cents[taken].sum()) <= budget_cents:
        return taken, -1
    low, high, over = 0.0, 2 * float((worth_of / np.maximum(price_of, 1)).max(initial=0.0)), taken
    taken = taken[:0]
    for _ in range(60):
        price = 0.5 * (low + high)
        chosen = best_at(price)
        if int(cents[chosen].sum()) <= budget_cents:
            high, taken = price, chosen
        else:
            low, over = price, chosen
    extra = np.setdiff1d(over, taken)
    return taken, int(extra[0]) if len(extra) else -1


def hull_options(system: System) -> Rows:
    """Return the options on the hull of each project, from "not funded" on; only those that pay."""
    problem = system.problem
    paying = np.flatnonzero(problem.worth > 0)
    order = paying[
        np.lexsort(
            (
                problem.tie[paying],
                -problem.worth[paying],
                problem.cents[paying],
                problem.owner[paying],
            )
        )
    ]
    kept = order[rising(problem.owner[order], problem.worth[order])]
    corners: list[int] = []
    edges = np.flatnonzero(np.diff(problem.owner[kept], prepend=-1, append=-2)).tolist()
    for start, stop in pairwise(edges):
        part = kept[start:stop]
        x = np.concatenate([[-1], problem.cents[part]])
        y = np.concatenate([[0.0], problem.worth[part]])
        corners.extend(part[np.array(hull(x, y)[1:]) - 1].tolist())
    return np.array(sorted(corners), dtype=np.int64)
