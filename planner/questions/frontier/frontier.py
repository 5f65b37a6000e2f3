"""What does every budget buy, and what does caution cost?

One sweep: the options are forecast and priced once, and one solver goes from budget to budget,
keeping what it learned. In portfolios of moderate size, points that the sweep leaves open are
closed by a solve of their own. A larger budget never gets a worse plan: it may always keep the
plan of a smaller one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from planner.domain.catalogue import Catalogue
from planner.domain.facts.frontier import (
    Enough,
    FrontierNote,
    Goal,
    NoPlanKnown,
    PeriodsStay,
    Unproven,
)
from planner.domain.facts.time_limit import NoTimeForGoals, NoTimeForStep, Points
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Range
from planner.domain.results.frontier import Frontier, FrontierPoint, GoalResult, NextStep
from planner.domain.vocabulary import Status
from planner.economics.amounts import budget_to_cents, total_budget_cents
from planner.economics.life.worth import has_life
from planner.errors import InputError, NotConvergedError, Problem, bad_value
from planner.offering.deadline import NEVER, Deadline, deadline_in
from planner.offering.effort import SECOND, Allowance, OutOfEffortError
from planner.offering.objective import require_search_limits
from planner.offering.problem import DecisionProblem, Solution, Solver
from planner.planning.budgets import budget_grid, dearest_spend, require_budgets
from planner.planning.held_out import HeldOut, with_all_draws
from planner.planning.hold import holds_chance
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.budget_price import freed, prices_along
from planner.planning.reasons.next_step import next_step
from planner.planning.stopped import time_notes
from planner.questions.frontier.breaks import break_points
from planner.questions.frontier.goal_search import smallest_budget
from planner.questions.frontier.goals import (
    goal_met,
    goal_problems,
    parse_goal,
)
from planner.questions.frontier.risk import frame, none_feasible, point_of, risk_frontier
from planner.questions.frontier.sweeps import pooled, swept, swept_in_groups
from planner.solving.gap import PROVEN_GAP
from planner.tasks import SERIAL, Tasks

__all__ = ["build_frontier"]

CLOSED_UP_TO = 60
"""Projects up to which open points get a solve of their own."""
CLOSING_WORK = 10 * SECOND
STEP_SHARE, POINTS_SHARE = 0.2, 0.7
"""Of the time that is left, where any was asked for: for the next step, then for the points."""
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
    time_limit_s: float | None = None,
    prepared: Prepared | None = None,
    deadline: Deadline = NEVER,
    tasks: Tasks = SERIAL,
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
        Such as ``targets:5``; see :mod:`planner.questions.frontier.goals`.
    confidence : float, default=0.9
        Chance with which goals are to be met.
    seed : int, default=0
        Fixes project luck.
    time_limit_s : float, optional
        Seconds for all that follows once the options are priced; points that they leave no time
        for are left out, and the notes say so. None for no limit.
    prepared : Prepared, optional
        The same portfolio, with a budget, prepared already with the same seed.
    deadline : Deadline
        Of the command that ``prepared`` is from.
    tasks : Tasks
        Solves the budgets, in groups.

    Raises
    ------
    InputError
        Budgets that are no amounts, goals that cannot be asked, or what a plan refuses.
    InfeasibleError
        No plan keeps all rules at any of the budgets.
    """
    require_search_limits(0.0, time_limit_s)
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
        return risk_frontier(portfolio, posterior, catalogue, seed, time_limit_s, tasks)
    stated = portfolio if total is not None else replace(portfolio, budget=UNBOUNDED)
    if prepared is None:
        prepared = prepare(stated, posterior, catalogue, seed=seed)
    grid = budget_grid(prepared.problem, here, budgets, points)
    deadline = deadline if time_limit_s is None else deadline_in(time_limit_s)
    step, extra = _next_step(prepared, here, deadline)
    cents = [budget_to_cents(budget) for budget in grid]
    by_spend = portfolio.hold is None
    own = _plans(prepared, cents, deadline.after_share(POINTS_SHARE), tasks)
    solutions = pooled(cents, own, extra, by_spend=by_spend)
    known = [
        budget
        for budget, one in zip(grid, solutions, strict=True)
        if one is not None or not deadline.is_set
    ]
    kept = [
        (budget, one)
        for budget, one in zip(grid, solutions, strict=True)
        if one is not None and one.status is not Status.INFEASIBLE
    ]
    if not kept:
        raise none_feasible(prepared, own[-1], cents[-1], deadline)
    judge = HeldOut(prepared, [one for _, one in kept])
    level = portfolio.risk.level
    plans = [one for _, one in kept]
    prices = prices_along(
        [budget_to_cents(budget) for budget, _ in kept], plans, freed(prepared, plans[-1], deadline)
    )
    curve = tuple(
        replace(point_of(judge, one, budget, _weight(prepared), level), shadow_price=price)
        for (budget, one), price in zip(kept, prices, strict=True)
    )
    answered = _answered(wanted, confidence, prepared, kept, deadline)
    return replace(
        frame(prepared, "budget", portfolio, posterior),
        points=curve,
        you_are_here=here,
        next_step=step,
        breaks=None if deadline.is_set else break_points(prepared, judge, cents[0], cents[-1]),
        goals=tuple(reached for _, reached in answered),
        facts=(
            *_period_note(portfolio),
            *_notes(
                known,
                curve,
                has_periods=bool(portfolio.periods),
                by_spend=by_spend,
                sure=not any(map(_is_stopped, solutions)),
            ),
            *time_notes(deadline, solutions, len(grid), Points.BUDGETS),
            *_unanswered(deadline, here is not None and step is None, wanted[len(answered) :]),
        ),
    )


def _next_step(
    prepared: Prepared, here: float | None, deadline: Deadline
) -> tuple[NextStep | None, list[Solution]]:
    """Return what the next money buys, and the plans solved for it; nothing without a budget."""
    if here is None:
        return None, []
    return next_step(prepared, here, deadline.after_share(STEP_SHARE))


def _plans(
    prepared: Prepared, budgets: Sequence[int], deadline: Deadline, tasks: Tasks
) -> list[Solution | None]:
    """Return a plan for each budget, closed where that is cheap; None where none was found.

    A plan that does not hold its spend with the chance asked for is none.

    With a deadline the budgets share the time; those that it leaves none for have no plan.
    """
    if prepared.portfolio.hold is not None:  # the budget bounds random spend, not a sum
        return [
            _solved(prepared, deadline.after_share(1 / (len(budgets) - number)), cents)
            for number, cents in enumerate(budgets)
        ]
    if deadline.is_set or prepared.has_one_budget:  # the whole path costs as much as one budget
        found = swept(prepared.solver, budgets, deadline)
    else:
        found = swept_in_groups(prepared.problem, budgets, tasks)
    if deadline.is_set or not prepared.has_one_budget or len(prepared.menus) > CLOSED_UP_TO:
        return found
    return [
        one
        if one is not None and (one.status is Status.INFEASIBLE or one.gap <= PROVEN_GAP)
        else _solved(prepared, NEVER, cents)
        for cents, one in zip(budgets, found, strict=True)
    ]


def _solved(prepared: Prepared, deadline: Deadline, cents: int) -> Solution | None:
    if deadline.has_passed():
        return None
    try:
        allowance = Allowance(CLOSING_WORK, deadline)
        found = solve_prepared(prepared, budget_cents=cents, allowance=allowance)
    except NotConvergedError:
        return None
    is_plan = found.status is Status.INFEASIBLE or holds_chance(prepared, found, cents)
    return found if is_plan else None


def _weight(prepared: Prepared) -> float:
    risk = prepared.portfolio.risk
    return risk.weight if risk.measure == "cvar" else 0.0


def _answered(
    goals: Sequence[Goal],
    confidence: float,
    prepared: Prepared,
    known: Sequence[tuple[float, Solution]],
    deadline: Deadline,
) -> list[tuple[Goal, GoalResult]]:
    """Return what goals cost, as many of them as the deadline leaves time for."""
    found: list[tuple[Goal, GoalResult]] = []
    for goal in goals:
        try:
            found.append((goal, _goal(goal, confidence, prepared, known, deadline)))
        except OutOfEffortError:
            break
    return found


def _unanswered(
    deadline: Deadline, no_step: bool, goals: Sequence[Goal]
) -> Iterator[NoTimeForStep | NoTimeForGoals]:
    """Yield what else there was no time for."""
    if deadline.is_set and no_step:
        yield NoTimeForStep(deadline.asked_s)
    if deadline.is_set and goals:
        yield NoTimeForGoals(deadline.asked_s, len(goals))


def _goal(
    goal: Goal,
    confidence: float,
    prepared: Prepared,
    known: Sequence[tuple[float, Solution]],
    deadline: Deadline,
) -> GoalResult:
    """Return the smallest budget found for a goal.

    Raises
    ------
    OutOfEffortError
        The deadline came before all of its sweeps were done.
    """
    problem = with_all_draws(prepared)
    judge = HeldOut(prepared, [one for _, one in known])
    values = np.array([prepared.menus[i].project.mean_value for i in prepared.layout.order])
    projects = len(prepared.portfolio.projects)

    def hits(plan: Solution) -> tuple[int, int]:
        seen = judge.outcome(plan)
        met = goal_met(goal, seen.success, values[seen.owners], seen.spend, projects)
        return int(met.sum()), len(met)

    def solver(one: DecisionProblem) -> Solver:
        from planner.solving.solver import PortfolioSolver

        return PortfolioSolver(one)

    return smallest_budget(
        goal,
        confidence,
        problem,
        solver,
        hits,
        values=values,
        currency=prepared.portfolio.currency,
        top_cents=dearest_spend(problem),
        own=[one for _, one in known],
        deadline=deadline,
    )


def _require_values(goals: Sequence[Goal], portfolio: Portfolio) -> None:
    """Refuse goals about values where projects have none.

    Raises
    ------
    InputError
        Naming every project without a value.
    """
    if any(goal.kind in ("value", "net_value") for goal in goals):
        _refuse_lives(portfolio)
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


def _refuse_lives(portfolio: Portfolio) -> None:
    """Refuse a goal about value where projects earn and cost more than one ``value``."""
    problems = [found for project in portfolio.projects for found in _beyond_one_value(project)]
    if problems:
        raise InputError(problems)


def _beyond_one_value(project: Project) -> Iterator[Problem]:
    """Yield what a project states that a goal about value does not count."""
    if has_life(project):
        yield Problem(
            "--goal",
            f"a goal about value counts the field value alone, and {project.id} states a life.",
            "--goal targets:3",
            code="GOAL_OF_A_LIFE",
        )
    elif isinstance(project.value, Range):
        yield Problem(
            "--goal",
            f"a goal about value counts one value, and {project.id} states a range of it.",
            "--goal targets:3",
            code="GOAL_OF_A_RANGE",
        )


def _is_stopped(solution: Solution | None) -> bool:
    return solution is not None and solution.stop == "time"


def _period_note(portfolio: Portfolio) -> Iterator[PeriodsStay]:
    """Yield that the budgets of periods stay as they are."""
    if portfolio.periods:
        yield PeriodsStay(sum(period.budget for period in portfolio.periods))


def _notes(
    grid: Sequence[float],
    points: Sequence[FrontierPoint],
    *,
    has_periods: bool,
    by_spend: bool,
    sure: bool,
) -> Iterator[FrontierNote]:
    """Yield what the reader should know about the whole curve.

    With ``by_spend`` a budget that is as large as what a plan commits is enough for it.
    Nothing that follows from the plans of its end alone where a time limit stopped the searches.
    """
    left_out = len(grid) - len(points)
    if left_out:
        yield NoPlanKnown(left_out)
    if sure and points and points[-1].shadow_price == 0:
        last = points[-1].value
        first = next(point for point in points if point.value >= last - 1e-12 * abs(last))
        exact = by_spend and not has_periods
        yield Enough(first.committed if exact else first.budget, has_periods)
    gaps = [(one.bound - one.value) / max(abs(one.value), 1e-12) for one in points]
    open_ = [gap for gap in gaps if gap > PROVEN_GAP]
    if open_:
        yield Unproven(len(open_), len(points), max(open_))
