"""What does every budget buy, and what does caution cost?

One sweep: the options are forecast and priced once, and one solver goes from budget to budget,
keeping what it learned. In portfolios of moderate size, points that the sweep leaves open are
closed by a solve of their own. A larger budget never gets a worse plan: it may always keep the
plan of a smaller one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.allocation.budget_price import freed, prices_along
from planner.allocation.budgets import budget_grid, dearest_spend, require_budgets
from planner.allocation.frontier_risk import frame, none_feasible, point_of, risk_frontier
from planner.allocation.goal_search import smallest_budget
from planner.allocation.goals import (
    Goal,
    goal_met,
    goal_problems,
    goal_text,
    parse_goal,
)
from planner.allocation.held_out import HeldOut, with_all_draws
from planner.allocation.money import budget_to_cents, total_budget_cents
from planner.allocation.next_step import next_step
from planner.allocation.prepare import Prepared, prepare, solve_prepared
from planner.allocation.problem import Problem as ProblemArrays
from planner.allocation.problem import Solution, Solver
from planner.allocation.solve import PROVEN_GAP
from planner.allocation.sweeps import pooled, swept
from planner.domain.catalogue import Catalogue
from planner.domain.format import gap, money, money_to_the_cent
from planner.domain.frontier import Frontier, FrontierPoint, GoalResult
from planner.domain.portfolio import Portfolio
from planner.domain.posterior import Posterior
from planner.domain.vocabulary import Status
from planner.errors import InputError, NotConvergedError, Problem, bad_value

__all__ = ["build_frontier"]

CLOSED_UP_TO = 60
"""Projects up to which open points get a solve of their own."""
CLOSING_TIME_S = 10.0
UNBOUNDED = 1e12
"""Budget under which the options are refined where the file names none."""


def build_frontier(
    portfolio: Portfolio,
    posterior: Posterior,
    catalogue: Catalogue,
    *,
    budgets: Sequence[float] | None = None,
    risk: bool = False,
    points: int = 31,
    goals: Sequence[str | Goal] = (),
    confidence: float = 0.9,
    seed: int = 0,
    prepared: Prepared | None = None,
) -> Frontier:
    """Return value, chance and risk against budget, or the mean against the worst outcomes.

    Parameters
    ----------
    portfolio : Portfolio
        Its budget, if any, marks where the reader stands and where the options are refined.
    posterior, catalogue : optional
        As for a plan.
    budgets : sequence of float, optional
        Budgets to look at; by default evenly from 0 to beyond the present one, or to what
        everything that pays would cost.
    risk : bool, default=False
        Move the weight of the tail from 0 to 1 under the present budget instead.
    points : int, default=31
        Budgets, where none are given.
    goals : sequence of str or Goal
        Such as ``targets:5``; see :mod:`planner.allocation.goals`.
    confidence : float, default=0.9
        Chance with which goals are to be met.
    seed : int, default=0
        Fixes project luck.
    prepared : Prepared, optional
        The same portfolio, with a budget, prepared already with the same seed.

    Raises
    ------
    InputError
        Budgets that are no amounts, goals that cannot be asked, or what a plan refuses.
    InfeasibleError
        No plan keeps all rules at any of the budgets.
    """
    wanted = [goal if isinstance(goal, Goal) else parse_goal(goal) for goal in goals]
    goal_problems(wanted, confidence, len(portfolio.projects))
    _require_values(wanted, portfolio)
    require_budgets(budgets, points)
    total = total_budget_cents(portfolio)
    if risk and total is None:
        message = "the trade between mean and risk needs a budget to make it under."
        raise bad_value("portfolio.budget", message, "--budget 120k", "MISSING_BUDGET")
    here = None if total is None else total / 100
    if risk:
        return risk_frontier(portfolio, posterior, catalogue, seed)
    stated = portfolio if total is not None else replace(portfolio, budget=UNBOUNDED)
    if prepared is None:
        prepared = prepare(stated, posterior, catalogue, seed=seed)
    grid = budget_grid(prepared.problem, here, budgets, points)
    step, extra = (None, []) if here is None else next_step(prepared, here)
    cents = [budget_to_cents(budget) for budget in grid]
    by_spend = portfolio.hold is None
    found = _plans(prepared, cents)
    solutions = pooled(cents, found, extra, by_spend=by_spend)
    kept = [
        (budget, one)
        for budget, one in zip(grid, solutions, strict=True)
        if one is not None and one.status is not Status.INFEASIBLE
    ]
    if not kept:
        raise none_feasible(prepared, found[-1], cents[-1])
    judge = HeldOut(prepared, [one for _, one in kept])
    level = portfolio.risk.level
    plans = [one for _, one in kept]
    prices = prices_along(
        [budget_to_cents(budget) for budget, _ in kept], plans, freed(prepared, plans[-1])
    )
    curve = tuple(
        replace(point_of(judge, one, budget, _weight(prepared), level), shadow_price=price)
        for (budget, one), price in zip(kept, prices, strict=True)
    )
    return replace(
        frame(prepared, "budget", portfolio, posterior),
        points=curve,
        you_are_here=here,
        next_step=step,
        goals=tuple(_goal(goal, confidence, prepared, kept) for goal in wanted),
        notes=(*_period_note(portfolio), *_notes(grid, curve, portfolio)),
    )


def _plans(prepared: Prepared, budgets: Sequence[int]) -> list[Solution | None]:
    """Return a plan for each budget, closed where that is cheap."""
    if prepared.portfolio.hold is not None:  # the budget bounds random spend, not a sum
        return [_solved(prepared, cents) for cents in budgets]
    found = swept(prepared.solver, budgets)
    if not prepared.is_plain or len(prepared.menus) > CLOSED_UP_TO:
        return found
    return [
        one
        if one is not None and (one.status is Status.INFEASIBLE or one.gap <= PROVEN_GAP)
        else _solved(prepared, cents)
        for cents, one in zip(budgets, found, strict=True)
    ]


def _solved(prepared: Prepared, cents: int) -> Solution | None:
    try:
        return solve_prepared(prepared, budget_cents=cents, time_limit_s=CLOSING_TIME_S)
    except NotConvergedError:
        return None


def _weight(prepared: Prepared) -> float:
    risk = prepared.portfolio.risk
    return risk.weight if risk.measure == "cvar" else 0.0


def _goal(
    goal: Goal,
    confidence: float,
    prepared: Prepared,
    known: Sequence[tuple[float, Solution]],
) -> GoalResult:
    """Return the smallest budget found for a goal, in words too."""
    problem = with_all_draws(prepared)
    judge = HeldOut(prepared, [one for _, one in known])
    values = np.array([prepared.menus[i].project.value or 0.0 for i in prepared.layout.order])
    projects = len(prepared.portfolio.projects)

    def hits(plan: Solution) -> tuple[int, int]:
        seen = judge.outcome(plan)
        met = goal_met(goal, seen.success, values[seen.owners], seen.spend, projects)
        return int(met.sum()), len(met)

    def solver(one: ProblemArrays) -> Solver:
        from planner.allocation.engine import PortfolioSolver

        return PortfolioSolver(one)

    found = smallest_budget(
        goal,
        confidence,
        problem,
        solver,
        hits,
        values=values,
        currency=prepared.portfolio.currency,
        top_cents=dearest_spend(problem),
        own=[one for _, one in known],
    )
    return replace(found, text=goal_text(found, prepared.portfolio.currency))


def _require_values(goals: Sequence[Goal], portfolio: Portfolio) -> None:
    """Refuse goals about values where projects have none.

    Raises
    ------
    InputError
        Naming every project without a value.
    """
    if any(goal.kind in ("value", "net_value") for goal in goals):
        missing = [project.id for project in portfolio.projects if project.value is None]
        if missing:
            raise InputError(
                Problem(
                    f"projects[{name}].value",
                    "is missing; a goal about value needs the value of every project.",
                    "value: 100k, or --goal targets:3",
                    code="MISSING_VALUE",
                )
                for name in missing
            )


def _period_note(portfolio: Portfolio) -> Iterator[str]:
    """Yield that the budgets of periods stay as they are."""
    if portfolio.periods:
        total = sum(period.budget for period in portfolio.periods)
        yield (
            f"The budgets of the periods, {money(total, portfolio.currency)} together, stay "
            "as they are: a larger total alone cannot be spent beyond them."
        )


def _notes(
    grid: Sequence[float], points: Sequence[FrontierPoint], portfolio: Portfolio
) -> Iterator[str]:
    """Yield what the reader should know about the whole curve."""
    left_out = len(grid) - len(points)
    if left_out:
        which = "1 budget is" if left_out == 1 else f"{left_out} budgets are"
        yield f"{which} left out: no plan that keeps all rules is known there."
    if points and points[-1].shadow_price == 0:
        last = points[-1].value
        first = next(point for point in points if point.value >= last - 1e-12 * abs(last))
        which = "more in total" if portfolio.periods else "more budget"
        enough = money_to_the_cent(first.budget, portfolio.currency)
        yield f"From a budget of {enough} on, {which} adds nothing."
    open_ = [p for p in points if p.bound - p.value > PROVEN_GAP * max(abs(p.value), 1e-12)]
    if open_:
        worst = max((p.bound - p.value) / max(abs(p.value), 1e-12) for p in open_)
        yield (
            f"{len(open_)} of {len(points)} points are not proven best; the largest gap to the "
            f"bound is {gap(worst)}."
        )
