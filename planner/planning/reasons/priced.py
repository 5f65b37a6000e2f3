"""Which projects pay at the prices of a plan that is solved already?

A solved plan prices everything that binds it: rules, periods, shared assets, and how much each
draw counts. At those prices a project is funded if one of its options is worth more than it is
charged; the price of the budget alone is found anew. It takes milliseconds where a solve takes
seconds, and it is what the linear relaxation would say if only the budget's price moved.
"""

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats, Rows
from planner.offering.problem import DecisionProblem, Solution

__all__ = ["charged_worth", "pays_at_prices", "reduced_worth"]

ROUNDS = 60


def pays_at_prices(
    problem: DecisionProblem,
    solution: Solution,
    *,
    budget_cents: int | None,
    worth: Floats | None = None,
) -> NDArray[np.bool_]:
    """Return whether each project pays, shape (n_projects,).

    Parameters
    ----------
    problem : DecisionProblem
        Perhaps with other worths, costs or another budget than when it was solved; the same rows.
    solution : Solution
        Whose row prices, draw weights and shared assets count.
    budget_cents : int or None
        What options and assets may cost; None: no limit in sum.
    worth : ndarray of shape (n_options,), optional
        Of each option; by default under the solution's draw weights.
    """
    if worth is None:
        worth = _weighted_worth(problem, solution)
    net = worth - _charges(problem, solution)
    cents = problem.cents.astype(np.float64)
    gains = _gains(problem, net)
    if budget_cents is None:
        return gains > 0
    left = budget_cents - float(problem.asset_cents[solution.assets].sum())
    starts = np.flatnonzero(np.diff(problem.owner, prepend=-1))
    owners = np.cumsum(np.diff(problem.owner, prepend=-1) > 0) - 1
    if _spent(starts, owners, net, cents) <= left:
        return gains > 0
    low, high = 0.0, _dearest_price(net, cents)
    for _ in range(ROUNDS):
        price = 0.5 * (low + high)
        if _spent(starts, owners, net - price * cents, cents) > left:
            low = price
        else:
            high = price
    return _gains(problem, net - high * cents) > 0


def charged_worth(problem: DecisionProblem, solution: Solution) -> Floats:
    """Return what each option is worth beyond what all but the budget charge it."""
    return np.asarray(_weighted_worth(problem, solution) - _charges(problem, solution))


def reduced_worth(problem: DecisionProblem, solution: Solution) -> Floats:
    """Return what each option is worth beyond what it is charged, shape (n_options,)."""
    net = charged_worth(problem, solution)
    return np.asarray(net - solution.budget_price / 100 * problem.cents)


def _weighted_worth(problem: DecisionProblem, solution: Solution) -> Floats:
    if problem.outcomes is None or solution.draw_weights is None:
        return problem.worth
    return problem.outcomes.worth_at(solution.draw_weights)


def _charges(problem: DecisionProblem, solution: Solution) -> Floats:
    """Return what the rows, and a bound on random spend, charge each option at their prices."""
    charges = np.zeros(len(problem))
    if problem.outcomes is not None and solution.spend_weights is not None:
        charges += solution.spend_price / 100 * problem.outcomes.spend_at(solution.spend_weights)
    if len(solution.row_prices) != len(problem.rows):
        return charges
    for price, row in zip(solution.row_prices.tolist(), problem.rows, strict=True):
        if price > 0:
            np.add.at(charges, row.options, price * row.option_coefficients)
    return charges


def _gains(problem: DecisionProblem, net: Floats) -> Floats:
    """Return the most that an option of each project is worth beyond its charges."""
    gains = np.full(len(problem.projects), -np.inf)
    np.maximum.at(gains, problem.owner, net)
    return gains


def _spent(starts: Rows, owners: Rows, net: Floats, cents: Floats) -> float:
    """Return what the best option of each project that pays costs; the cheaper among equals.

    ``starts`` is where the options of each project that has any begin; ``owners`` counts these
    projects along the options.
    """
    if len(starts) == 0:
        return 0.0
    best = np.maximum.reduceat(net, starts)
    cheapest = np.minimum.reduceat(np.where(net == best[owners], cents, np.inf), starts)
    return float(cheapest[best > 0].sum())


def _dearest_price(net: Floats, cents: Floats) -> float:
    """Return a price of a cent at which nothing that costs anything pays."""
    costly = (cents > 0) & (net > 0)
    return float((net[costly] / cents[costly]).max(initial=0.0)) * (1 + 1e-9)
