r"""The best plan of a knapsack near its relaxation: two halves of the core, each enumerated.

At the price :math:`\lambda` of a cent an option loses :math:`\ell_o` against the best of its
project, and a plan with :math:`u` cents unspent falls short of the bound by
:math:`\lambda u + \sum \ell_o`. So a better plan has only options that lose less than the plan at
hand falls short: the core (Balas & Zemel 1980), a few options of a few projects. Combinations of
either half of them that together lose no more than a limit are listed, and joined by one sort
(Horowitz & Sahni 1974). The limit grows until it reaches what the best plan falls short, which is
then optimal, or until the lists are full, and then tells how good a plan not seen can be.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.solving.path.points import Points
from planner.solving.path.swaps import shortfall

__all__ = ["Near", "best_near"]


MOST = 4_000
"""Combinations listed of each half."""
MOST_PROJECTS = 256
"""Projects in the core."""
MOST_LOOKED = 500_000
"""Combinations looked at for the list of a half."""
TIED = 1e-2
"""Share of a limit at which losses that fill a list count as equal."""
LIMITS = (1 / 256, 1 / 64, 1 / 16, 1 / 4, 1.0)
"""Of what the plan at hand falls short; the best one is often so near that short lists do."""


@dataclass(frozen=True, eq=False)
class Near:
    """A plan near the relaxation.

    Attributes
    ----------
    taken : ndarray of int64, shape (n_projects,)
        Point of each project.
    least_short : float
        No plan falls short of the bound by less; that of ``taken`` itself where it is optimal.
    """

    taken: Rows
    least_short: float


@dataclass(frozen=True, eq=False)
class Listed:
    """Combinations of one point for each of some projects.

    Attributes
    ----------
    cents : ndarray of int64, shape (n,)
        What each costs more than the plan they begin from.
    loss : ndarray of float64, shape (n,)
        What each loses together.
    trail : list of (ndarray of int64, ndarray of int64)
        For each project, the combination before it that each goes on from, and its point.
    limit : float
        No combination here loses more.
    floor : float
        All others lose at least this, or some combination here is as good and no dearer.
    """

    cents: Rows
    loss: Floats
    trail: list[tuple[Rows, Rows]]
    limit: float
    floor: float

    def points(self, place: int) -> list[int]:
        """Return the points of a combination."""
        found = []
        for before, point in reversed(self.trail):
            found.append(int(point[place]))
            place = int(before[place])
        return found


def best_near(
    points: Points,
    start: Rows,
    losses: Floats,
    price: float,
    budget_cents: int,
    closed: float = 0.0,
) -> Near:
    """Return the best plan found near the relaxation, and how near any other could be.

    Parameters
    ----------
    points : Points
        To choose from.
    start : ndarray of int64, shape (n_projects,)
        Point of each project; together within the budget.
    losses : ndarray of float64, shape (n_points,)
        What each loses at the price, at least 0, and 0 at one point of each project.
    price : float
        Worth of a cent, at least 0.
    budget_cents : int
        Hard limit.
    closed : float, default=0
        A plan that falls short by no more counts as optimal.
    """
    taken, short = start, shortfall(points, start, losses, price, budget_cents)
    free = np.flatnonzero(losses == 0)
    lossless = free[np.diff(points.owner[free], prepend=-1) > 0]
    for share in LIMITS:
        if short <= closed:
            break
        limit = share * short
        # Projects outside the core stay as they are here: with what loses nothing.
        base = lossless.copy()
        one, two = _halves(points, base, losses, price, limit)
        picks = _joined(one, two, price, budget_cents - int(points.cents[base].sum()))
        base[points.owner[picks]] = picks
        found = shortfall(points, base, losses, price, budget_cents)
        if len(picks) and found < short:
            short, taken = found, base
        floor = min(one.floor, two.floor)
        if floor < limit:  # the lists are full
            return Near(taken, min(short, floor))
        if short <= limit:
            break
    return Near(taken, short)


def _halves(
    points: Points, base: Rows, losses: Floats, price: float, limit: float
) -> tuple[Listed, Listed]:
    """Return the combinations of two halves of the projects that have a choice within a limit."""
    near = np.flatnonzero(losses <= limit)
    owner = points.owner[near]
    near = near[np.bincount(owner)[owner] > 1]
    first = np.flatnonzero(np.diff(points.owner[near], prepend=-1))
    groups = np.split(near, first[1:]) if len(near) else []
    least = np.array([np.partition(losses[group], 1)[1] for group in groups])
    order = np.argsort(least, kind="stable")
    floor = limit if len(order) <= MOST_PROJECTS else float(least[order[MOST_PROJECTS]])
    # What adds fewest combinations first, so that only the last lists are long.
    core = [groups[place] for place in order[:MOST_PROJECTS][::-1]]
    cents = points.cents - points.cents[base][points.owner]
    one = _listed(cents, losses, core[::2], price, limit, floor)
    return one, _listed(cents, losses, core[1::2], price, one.limit, one.floor)


def _listed(
    cents: Rows, losses: Floats, groups: Sequence[Rows], price: float, limit: float, floor: float
) -> Listed:
    """Return combinations of one point of each group within a limit; a full list lowers the limit.

    Where many lose the same a lower limit tells nothing apart: then, and where too many have been
    looked at, the groups so far must do.
    """
    cost, loss = np.zeros(1, dtype=np.int64), np.zeros(1)
    trail: list[tuple[Rows, Rows]] = []
    asked, looked = limit, 0
    for group in groups:
        total = loss[:, None] + losses[group]
        before, pick = np.nonzero(total <= limit)
        loss, cost = total[before, pick], cost[before] + cents[group[pick]]
        if len(loss) > MOST:
            kept = _undominated(cost, loss, price)
            if len(kept) > MOST:
                kept = kept[np.argsort(loss[kept], kind="stable")]
                limit = float(loss[kept[MOST]])
                kept = kept[:MOST]
            before, pick, loss, cost = before[kept], pick[kept], loss[kept], cost[kept]
        trail.append((before, group[pick]))
        looked += total.size
        if looked > MOST_LOOKED or limit < TIED * asked:
            return Listed(cost, loss, trail, limit, 0.0)
    return Listed(cost, loss, trail, limit, min(floor, limit))


def _undominated(cost: Rows, loss: Floats, price: float) -> Rows:
    """Return which combinations are worth more than any other that costs no more, by cost."""
    order = np.lexsort((loss, cost))
    gain = price * cost[order] - loss[order]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(gain)[:-1]])
    return order[gain > before]


def _joined(one: Listed, two: Listed, price: float, room: int) -> Rows:
    """Return the points of the pair within the room that falls short least; none if none fits."""
    best = _undominated(two.cents, two.loss, price)
    reach = np.searchsorted(two.cents[best], room - one.cents, side="right") - 1
    some = np.flatnonzero(reach >= 0)
    if not len(some):
        return np.zeros(0, dtype=np.int64)
    other = best[reach[some]]
    gain = price * (one.cents[some] + two.cents[other]) - one.loss[some] - two.loss[other]
    place = int(gain.argmax())
    picks = [*one.points(int(some[place])), *two.points(int(other[place]))]
    return np.array(picks, dtype=np.int64)
