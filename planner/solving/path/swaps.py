r"""A better plan of a knapsack by exchanging one option, or two at once, near its relaxation.

At the price :math:`\lambda` of a cent an option loses :math:`\ell_o` against the best of its
project, and a plan with :math:`u` cents unspent falls short of the bound by
:math:`\lambda u + \sum \ell_o`. So only options that lose less than the plan at hand falls short
can be in a better one. They are few, and become fewer with each exchange.
"""

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.solving.path.points import Points

__all__ = ["shortfall", "swapped"]


MOST_SWAPS = 20
"""Exchanges made in one plan; each is the best found."""


def shortfall(
    points: Points, taken: Rows, losses: Floats, price: float, budget_cents: int
) -> float:
    """Return how far a plan falls short of the bound at a price."""
    unspent = budget_cents - int(points.cents[taken].sum())
    return price * unspent + float(losses[taken].sum())


def swapped(
    points: Points,
    taken: Rows,
    losses: Floats,
    price: float,
    budget_cents: int,
    closed: float = 0.0,
) -> Rows:
    """Return a plan that no exchange looked at improves, within the budget.

    Parameters
    ----------
    points : Points
        To choose from.
    taken : ndarray of int64, shape (n_projects,)
        Point of each project; together within the budget.
    losses : ndarray of float64, shape (n_points,)
        What each loses at the price, at least 0.
    price : float
        Worth of a cent, at least 0.
    budget_cents : int
        Hard limit.
    closed : float, default=0
        A plan that falls short by no more needs no exchange.
    """
    taken, near = taken.copy(), np.arange(len(losses))
    for _ in range(MOST_SWAPS):
        short = shortfall(points, taken, losses, price, budget_cents)
        if short <= closed:
            break
        near = near[losses[near] < short]
        moves = near[near != taken[points.owner[near]]]
        best = _best_swap(points, taken, moves, budget_cents - int(points.cents[taken].sum()))
        if not len(best):
            break
        taken[points.owner[best]] = best
    return taken


def _best_swap(points: Points, taken: Rows, moves: Rows, room: int) -> Rows:
    """Return the one or two points whose taking gains most within the room; none if none gains.

    For each change the best other one that its room pays for: one sort by cost and a running
    maximum. The change of nothing takes part, so single changes are pairs with it.
    """
    owner = np.append(points.owner[moves], -1)
    now = taken[points.owner[moves]]
    costs = np.append(points.cents[moves] - points.cents[now], 0)
    adds = np.append(points.worth[moves] - points.worth[now], 0.0)
    order = np.argsort(costs, kind="stable")
    lead, other = running_best(adds[order], owner[order])
    reach = np.searchsorted(costs[order], room - costs, side="right") - 1
    partner = np.where(reach >= 0, lead[reach], -1)
    partner = np.where((partner >= 0) & (owner[order[partner]] == owner), other[reach], partner)
    paired = np.flatnonzero(partner >= 0)
    gain = adds[paired] + adds[order[partner[paired]]]
    if not len(gain) or gain.max() <= 0:
        return np.zeros(0, dtype=np.int64)
    place = int(gain.argmax())
    both = np.array([paired[place], order[partner[paired[place]]]])
    return np.asarray(moves[both[both < len(moves)]])


def running_best(adds: Floats, owner: Rows) -> tuple[Rows, Rows]:
    """Return, up to each place, where the largest is, and an earlier record of another project."""
    before = np.concatenate([[-np.inf], np.maximum.accumulate(adds)[:-1]])
    records = np.flatnonzero(adds > before)
    fresh = np.diff(owner[records], prepend=-2) != 0
    run = np.maximum.accumulate(np.where(fresh, np.arange(len(records)), 0))
    others = np.where(run > 0, records[run - 1], -1)
    which = np.searchsorted(records, np.arange(len(adds)), side="right") - 1
    return records[which], others[which]
