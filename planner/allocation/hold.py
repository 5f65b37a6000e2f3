"""How does the budget bind random spend, where labelling stops at the target?

``cvar``: the mean of the dearest share of outcomes stays within the budget, on the solve's draws.
``chance``: the share of outcomes within the budget, on draws that the solve never saw, is at least
what was asked for. The solver knows the first kind alone; its level is moved until the second
holds, as little careful as that allows. A CVaR at the chance's own level is the safe start: if the
mean of the dearest tenth is within the budget, so are nine tenths of the outcomes.
"""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.allocation.risk import chance_interval, tail_mean
from planner.domain.plan import HoldResult
from planner.domain.vocabulary import Status

if TYPE_CHECKING:
    from planner.allocation.prepare import Prepared
    from planner.allocation.problem import Problem, RiskMeasure, Solution

MOST_SOLVES = 8
LEAST_LEVEL, MOST_LEVEL = 0.001, 0.999
HALF_A_CENT = 0.5


def solve_held(
    prepared: "Prepared",
    *,
    budget_cents: int | None,
    risk: "RiskMeasure | None",
    gap: float,
    time_limit_s: float,
) -> "Solution":
    """Return the best plan found whose random spend the budget holds.

    Of the levels tried, at most eight, the plan worth most among those that hold the chance on the
    audit's draws; if none does, the one found at the most careful level.
    """
    hold = prepared.portfolio.hold
    if hold is None or hold.chance is None:
        problem = _with_spend(prepared.problem, None, budget_cents)
        return _solve(prepared, problem, risk, gap, time_limit_s)
    deadline = time.monotonic() + time_limit_s
    limit = prepared.budget_cents if budget_cents is None else budget_cents
    low, high, level = 0.0, 1.0, float(hold.chance)
    holding: list[Solution] = []
    careful: list[Solution] = []
    for _ in range(MOST_SOLVES):
        level = min(max(level, LEAST_LEVEL), MOST_LEVEL)
        problem = _with_spend(prepared.problem, level, budget_cents)
        found = _solve(prepared, problem, risk, gap, max(1.0, deadline - time.monotonic()))
        infeasible = found.status is Status.INFEASIBLE
        if not infeasible and _chance_within(prepared, found, limit) < hold.chance:
            careful.append(found)
            low = level
        else:
            high = level
            careful[:0] = [found] if infeasible else []  # the last resort comes first
            holding += [] if infeasible else [found]
        level = (low + high) / 2
        if high - low < LEAST_LEVEL or time.monotonic() > deadline:
            break
    return max(holding, key=lambda one: one.value) if holding else careful[-1]


def _with_spend(problem: "Problem", level: float | None, budget_cents: int | None) -> "Problem":
    """Return the problem with another bound on random spend."""
    if problem.spend is None:
        return problem
    spend = replace(
        problem.spend,
        level=problem.spend.level if level is None else level,
        limit_cents=problem.spend.limit_cents if budget_cents is None else budget_cents,
    )
    return problem if spend == problem.spend else replace(problem, spend=spend)


def _solve(
    prepared: "Prepared",
    problem: "Problem",
    risk: "RiskMeasure | None",
    gap: float,
    time_limit_s: float,
) -> "Solution":
    from planner.allocation.engine import PortfolioSolver

    solver = prepared.solver if problem is prepared.problem else PortfolioSolver(problem)
    return solver.solve(risk=risk, gap=gap, time_limit_s=time_limit_s)


def _chance_within(prepared: "Prepared", solution: "Solution", limit_cents: int) -> float:
    """Return the share of the audit's draws in which the plan's spend is within the limit."""
    from planner.allocation.prepare import audit_spend

    spend = (
        audit_spend(prepared, solution.options)
        + prepared.problem.asset_cents[solution.assets].sum()
    )
    return float(np.mean(spend <= limit_cents + HALF_A_CENT))


def hold_result(
    kind: str, level: float, spend_cents: NDArray[np.float64], limit_cents: int
) -> HoldResult:
    """Return whether the budget holds on draws that the solve never saw.

    Parameters
    ----------
    kind : {"chance", "cvar"}
        What was asked for.
    level : float
        Least chance, or level of the CVaR.
    spend_cents : ndarray of float64
        Spend of the whole plan in each of the audit's draws.
    limit_cents : int
        The budget.

    Examples
    --------
    >>> hold_result("chance", 0.5, np.array([1.0, 2.0, 9.0, 9.0]), 5).reached
    0.5
    """
    if kind == "cvar":
        reached = -tail_mean(-spend_cents, 1 - level) / 100
        return HoldResult(kind, level, reached, None, 100 * reached <= limit_cents + HALF_A_CENT)
    within = int(np.count_nonzero(spend_cents <= limit_cents + HALF_A_CENT))
    reached = within / len(spend_cents)
    return HoldResult(
        kind, level, reached, chance_interval(within, len(spend_cents)), reached >= level
    )
