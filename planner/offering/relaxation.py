"""How much could any plan be worth, and what is one more unit of money worth?

Expected value under one budget is a multiple-choice knapsack. Its linear relaxation is solved
by sorting the steps of every project's hull by worth per cent (Dyer 1984, Zemel 1984). With
rules in play the dual prices come from a linear program instead. Either way the bound is then
evaluated here, in NumPy, over *all* options: it holds for any non-negative prices, wherever
they come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from planner.offering.pruning import hull
from planner.offering.rules import RuleRow
from planner.offering.table import OptionTable

type Floats = NDArray[np.float64]
type Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual prices: of one cent of budget, and of each rule row; all at least 0."""

    per_cent: float
    per_rule: Floats


@dataclass(frozen=True, eq=False)
class Bound:
    """An upper bound on the worth of every plan, with what is needed to discard options by it.

    Attributes
    ----------
    value : float
        No plan that keeps the rules is worth more, up to floating-point rounding.
    option_value : ndarray of shape (n_options,)
        No plan that keeps the rules *and* uses the option is worth more.
    gain : ndarray of shape (n_projects,)
        What each project adds to the bound: its best option's worth less the prices, 0 if that
        is not to fund it.
    """

    value: float
    option_value: Floats
    gain: Floats


def preferred_rows(table: OptionTable, bound: Bound) -> list[int]:
    """Return the option of each project that is worth most at the bound's prices, best first.

    Only those worth more than not funding: where rules charge for being funded, these are the
    projects that the relaxation funds.
    """
    margin = bound.option_value - bound.value  # 0 for the best option, below it for the others
    order = np.lexsort((table.cents, -margin, table.owner))
    owners, first = np.unique(table.owner[order], return_index=True)
    best = order[first]
    gain = bound.gain[owners]
    funded = best[gain > 0]
    return [int(row) for row in funded[np.argsort(-gain[gain > 0], kind="stable")]]


@dataclass(frozen=True, eq=False)
class Steps:
    """Steps along every project's hull, best worth per cent first.

    Attributes
    ----------
    owner, row : ndarray of int64
        Project that steps, and the option it arrives at.
    cents, worth : ndarray
        What the step adds.
    """

    owner: Rows
    row: Rows
    cents: NDArray[np.int64]
    worth: Floats

    @property
    def efficiency(self) -> Floats:
        """Worth per cent of each step; infinite where the step is free."""
        with np.errstate(divide="ignore"):
            return np.where(self.cents > 0, self.worth / np.maximum(self.cents, 1), np.inf)


def hull_rows(table: OptionTable, rows: Rows) -> Rows:
    """Return those of the undominated rows that lie on the hull of their project's options."""
    kept: list[int] = []
    for start, stop in _segments(table.owner[rows]):
        part = rows[start:stop]
        kept.extend(part[hull(table.cents[part], table.worth[part])].tolist())
    return np.array(kept, dtype=np.int64)


def hull_steps(table: OptionTable, rows: Rows) -> Steps:
    """Return the steps from "do not fund" along the hulls of options of positive worth."""
    owner: list[int] = []
    arrives: list[int] = []
    cents: list[int] = []
    worth: list[float] = []
    paying = rows[table.worth[rows] > 0]
    for start, stop in _segments(table.owner[paying]):
        part = paying[start:stop]
        x = np.concatenate([[0], table.cents[part]])
        y = np.concatenate([[0.0], table.worth[part]])
        corner = hull(x, y) if x[1] > 0 else [0, *(i + 1 for i in hull(x[1:], y[1:]))]
        cents.extend(np.diff(x[corner]).tolist())
        worth.extend(np.diff(y[corner]).tolist())
        arrives.extend(part[np.array(corner[1:]) - 1].tolist())
        owner.extend([int(table.owner[part[0]])] * (len(corner) - 1))
    steps = Steps(
        np.array(owner, dtype=np.int64),
        np.array(arrives, dtype=np.int64),
        np.array(cents, dtype=np.int64),
        np.array(worth, dtype=np.float64),
    )
    order = np.argsort(-steps.efficiency, kind="stable")
    return Steps(steps.owner[order], steps.row[order], steps.cents[order], steps.worth[order])


def budget_price(steps: Steps, budget_cents: int) -> float:
    """Return the worth of one more cent of budget in the linear relaxation without rules.

    The worth per cent of the first step that does not fit whole; 0 if all fit.
    """
    spent = np.cumsum(steps.cents)
    over = np.flatnonzero(spent > budget_cents)
    return float(steps.efficiency[over[0]]) if len(over) else 0.0


def upper_bound(
    table: OptionTable,
    prices: Prices,
    rows: Sequence[RuleRow],
    budget_cents: int,
    *,
    must: NDArray[np.bool_],
) -> Bound:
    r"""Return the Lagrangian bound at given prices, over all options of the table.

    .. math:: \lambda B + \sum_r y_r b_r + \sum_i \max_o (v_{io} - \lambda c_{io} - \pi_i),
              \quad \pi_i = \sum_r y_r a_{ri}

    where "do not fund" (0) takes part in the maximum unless the project must be funded.

    Parameters
    ----------
    table : OptionTable
        Every option.
    prices : Prices
        Any non-negative prices; the best ones give the tightest bound.
    rows : sequence of RuleRow
        What ``prices.per_rule`` belongs to.
    budget_cents : int
        Budget.
    must : ndarray of bool, length n_projects
        Projects that a rule says are funded.
    """
    charge = np.zeros(len(table.projects))
    position = {project: i for i, project in enumerate(table.projects)}
    for price, row in zip(prices.per_rule.tolist(), rows, strict=True):
        for project, coefficient in row.terms:
            if project in position:
                charge[position[project]] += price * coefficient
    reduced = table.worth - prices.per_cent * table.cents - charge[table.owner]
    reduced[table.cents > budget_cents] = -np.inf  # dearer than all there is: in no plan
    best = np.where(must, -np.inf, 0.0)
    np.maximum.at(best, table.owner, reduced)
    limits = np.array([row.limit for row in rows])
    total = prices.per_cent * budget_cents + float(prices.per_rule @ limits) + float(best.sum())
    return Bound(total, total - best[table.owner] + reduced, best)


def _segments(owner: Rows) -> list[tuple[int, int]]:
    """Return start and stop of each run of equal values."""
    if len(owner) == 0:
        return []
    cuts = np.flatnonzero(np.diff(owner)) + 1
    ends = [0, *cuts.tolist(), len(owner)]
    return list(pairwise(ends))
