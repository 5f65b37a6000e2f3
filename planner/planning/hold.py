"""How does the budget bind random spend, where labelling stops at the target?

``cvar``: the mean of the dearest share of outcomes stays within the budget, on the solve's draws.
``chance``: the share of outcomes within the budget, on draws that the solve never saw, is at least
what was asked for. The solver knows the first kind alone; its level is moved until the second
holds, as little careful as that allows. A CVaR at the chance's own level is the safe start: if the
mean of the dearest tenth is within the budget, so are nine tenths of the outcomes.
"""

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from planner.domain.results.risk import HoldResult
from planner.domain.vocabulary import Status
from planner.offering.effort import Allowance
from planner.offering.problem import Solution
from planner.planning.hold_bound import bound_under_chance
from planner.planning.risk import chance_interval
from planner.solving.answer import infeasible, status_at
from planner.solving.gap import PROVEN_GAP, relative_gap
from planner.solving.measures import tail_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.domain.portfolio.portfolio import Hold
    from planner.domain.portfolio.risk import RiskMeasure
    from planner.offering.problem import DecisionProblem
    from planner.planning.prepare import Prepared

MOST_SOLVES = 8
SEARCHES = MOST_SOLVES + 3
"""All of them: without a limit on spend, with one on the caps, of the bound, and of the levels."""
FREE_SHARE = 0.25
"""Of the time that is left, where any was asked for, for each of the first three."""
LEAST_LEVEL, MOST_LEVEL = 0.001, 0.999
HALF_A_CENT = 0.5


def solve_held(
    prepared: "Prepared",
    *,
    budget_cents: int | None,
    risk: "RiskMeasure | None",
    gap: float | None,
    allowance: Allowance,
) -> "Solution":
    """Return the best plan found whose random spend the budget holds.

    A chance: the best plan of all where that holds it. Else, of the levels tried, at most eight,
    of a budget on the caps and of the searches for a bound, the plan worth most among those that
    hold the chance on the audit's draws; if none does, the one found at the most careful level,
    which is never called optimal. The bound is that of :mod:`planner.planning.hold_bound`; where
    that finds no plan, there is none. Each of these searches gets the same share of the work.
    """
    hold = prepared.portfolio.hold
    if hold is None or hold.chance is None:
        problem = _with_spend(prepared.problem, None, budget_cents)
        return _solve(prepared, problem, risk, gap, allowance)
    limit = prepared.budget_cents if budget_cents is None else budget_cents
    chance, deadline = float(hold.chance), allowance.deadline
    each = replace(allowance, work=allowance.work / SEARCHES)
    first = replace(each, deadline=deadline.after_share(FREE_SHARE))
    free = prepared.free_solver.solve(risk=risk, gap=gap, allowance=first)
    if free.status is Status.INFEASIBLE or holds_chance(prepared, free, limit):
        return free
    # Where the sum of the caps is within the budget, so is every outcome, prices at their means.
    first = replace(each, deadline=deadline.after_share(FREE_SHARE))
    capped = prepared.free_solver.solve(budget_cents=limit, risk=risk, gap=gap, allowance=first)
    bound, below = free.bound, list[Solution]()
    if not deadline.has_passed():
        first = replace(each, deadline=deadline.after_share(FREE_SHARE))
        feasible = _feasible([capped, free])
        sharper, below = bound_under_chance(prepared, chance, limit, risk, feasible, first)
        bound = min(bound, sharper)
    if bound == -math.inf:
        return infeasible(prepared.problem)
    known = _feasible([capped, *below])
    holding = [one for one in known if holds_chance(prepared, one, limit)]
    for one in holding:
        if one.value >= bound * (1 - PROVEN_GAP):
            return _with_bound(one, bound)
    found = _by_level(prepared, chance, limit, risk, gap, each)
    holding += [one for one in _feasible(found) if holds_chance(prepared, one, limit)]
    best = max(holding or found[-1:], key=lambda one: one.value)
    best = replace(best, stop="time") if deadline.has_passed() else best
    best = _with_bound(best, bound)
    if holding or best.status is Status.INFEASIBLE:
        return best
    return replace(best, status=Status.FEASIBLE)  # it is none of the plans that were asked for


def _feasible(found: "Iterable[Solution]") -> "list[Solution]":
    return [one for one in found if one.status is not Status.INFEASIBLE]


def _by_level(
    prepared: "Prepared",
    chance: float,
    limit: int,
    risk: "RiskMeasure | None",
    gap: float | None,
    allowance: Allowance,
) -> "list[Solution]":
    """Return plans held by the CVaR at several levels, the most careful one last.

    With a deadline the first level is looked at in any case.
    """
    low, high, level = 0.0, 1.0, chance
    holding: list[Solution] = []
    careful: list[Solution] = []
    for _ in range(MOST_SOLVES):
        level = min(max(level, LEAST_LEVEL), MOST_LEVEL)
        problem = _with_spend(prepared.problem, level, limit)
        found = _solve(prepared, problem, risk, gap, allowance)
        if found.stop == "time" and (holding or careful):
            break  # what a search had not finished must not win by luck
        infeasible = found.status is Status.INFEASIBLE
        if not infeasible and not holds_chance(prepared, found, limit):
            careful.append(found)
            low = level
        else:
            high = level
            careful[:0] = [found] if infeasible else []  # the last resort comes first
            holding += [] if infeasible else [found]
        level = (low + high) / 2
        if high - low < LEAST_LEVEL or allowance.deadline.has_passed():
            break
    return [*holding, *careful]


def _with_bound(best: "Solution", bound: float) -> "Solution":
    """Return a plan with a bound that holds for every plan with the chance asked for.

    That of its own search holds only for plans with the same CVaR of spend.
    """
    if best.status is Status.INFEASIBLE:
        return best
    bound = max(best.value, bound)
    gap = relative_gap(best.value, bound)
    status = status_at(gap, best.asked)
    return replace(best, status=status, bound=bound, gap=gap, solver_bound=bound, own_bound=bound)


def _with_spend(
    problem: "DecisionProblem", level: float | None, budget_cents: int | None
) -> "DecisionProblem":
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
    problem: "DecisionProblem",
    risk: "RiskMeasure | None",
    gap: float | None,
    allowance: Allowance,
) -> "Solution":
    from planner.solving.solver import PortfolioSolver

    solver = prepared.solver if problem is prepared.problem else PortfolioSolver(problem)
    return solver.solve(risk=risk, gap=gap, allowance=allowance)


def holds_chance(prepared: "Prepared", solution: "Solution", limit_cents: int) -> bool:
    """Whether a plan's spend is within a limit in as many of the audit's draws as was asked for.

    True where no chance was asked for.
    """
    from planner.planning.prepare import audit_spend

    hold = prepared.portfolio.hold
    if hold is None or hold.chance is None:
        return True
    spend = (
        audit_spend(prepared, solution.options)
        + prepared.problem.asset_cents[solution.assets].sum()
    )
    return bool(holds_budget(hold, spend[None, :], limit_cents)[0])


def holds_budget(
    hold: "Hold", spend_cents: NDArray[np.float64], limit_cents: int
) -> NDArray[np.bool_]:
    """Return which of some plans the budget holds, as asked for.

    Parameters
    ----------
    hold : Hold
        Chance, or level of the CVaR.
    spend_cents : ndarray of shape (n_plans, n_draws)
        On the audit's draws for a chance, on the solve's for a CVaR.
    limit_cents : int
        The budget.
    """
    if hold.chance is not None:
        return np.asarray((spend_cents <= limit_cents + HALF_A_CENT).mean(axis=1) >= hold.chance)
    share = 1.0 - float(hold.cvar or 0.0)
    dear = np.array([-tail_mean(-draws, share) for draws in spend_cents])
    return np.asarray(dear <= limit_cents * (1 + 1e-7) + 1e-3)


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
