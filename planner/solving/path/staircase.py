"""Where the best plan changes, exactly: every sum of cost and worth that no cheaper one reaches.

Without rows a plan is one point of each project, so plans are sums. Those of the projects so far
that a cheaper or equally dear one is worth as much as can be left out before the next project is
added (Nemhauser & Ullmann 1969): what stays at the end is, from the least budget on, each plan that
is best, at the budget that first pays for it.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.solving.path.points import Points

__all__ = ["Staircase", "staircase"]

MOST_STEPS = 4_000
"""Steps beyond which a staircase is as good as a curve, and is not listed."""


@dataclass(frozen=True, eq=False)
class Staircase:
    """The best plans of all budgets up to one.

    Attributes
    ----------
    cents : ndarray of int64
        Least budget that pays for each, strictly rising from 0.
    worth : ndarray of float64
        Strictly rising.
    beside : ndarray of float64
        Another sum over what each plan takes.
    """

    cents: Rows
    worth: Floats
    beside: Floats


def staircase(points: Points, beside: Floats, most_cents: int) -> Staircase | None:
    """Return the best plan of every budget; None where there are too many to list.

    Parameters
    ----------
    points : Points
        To choose from, one of each project.
    beside : ndarray of float64, shape (n_points,)
        Something else that adds up over a plan, such as its worth on other draws.
    most_cents : int
        Largest budget.
    """
    cents, worth, other = np.zeros(1, dtype=np.int64), np.zeros(1), np.zeros(1)
    for group in np.split(np.arange(len(points.cents)), points.first[1:]):
        all_cents = (cents[:, None] + points.cents[group]).ravel()
        some = np.flatnonzero(all_cents <= most_cents)
        all_worth = (worth[:, None] + points.worth[group]).ravel()
        some = some[np.lexsort((-all_worth[some], all_cents[some]))]
        before = np.maximum.accumulate(np.concatenate([[-np.inf], all_worth[some]]))[:-1]
        kept = some[all_worth[some] > before]
        if len(kept) > MOST_STEPS:
            return None
        all_other = (other[:, None] + beside[group]).ravel()
        cents, worth, other = all_cents[kept], all_worth[kept], all_other[kept]
    return Staircase(cents, worth, other)
