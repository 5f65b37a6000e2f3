"""Plans for many budgets, put together so that none is worse than another one allows."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import batched

import numpy as np

from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError
from planner.offering.deadline import NEVER, Deadline
from planner.offering.problem import DecisionProblem, Solution, Solver
from planner.tasks import Tasks

__all__ = ["pooled", "sweep_group", "swept", "swept_in_groups"]

GROUP = 16
"""Budgets that one solver goes through, each warm from the one before."""


def swept(
    solver: Solver, budgets_cents: Sequence[int], deadline: Deadline = NEVER
) -> list[Solution | None]:
    """Return a plan for each budget; None where none was found nor proven impossible in time."""
    try:
        return list(solver.sweep(budgets_cents, deadline))
    except NotConvergedError:
        return [_alone(solver, cents, deadline) for cents in budgets_cents]


def swept_in_groups(
    problem: DecisionProblem, budgets_cents: Sequence[int], tasks: Tasks
) -> list[Solution | None]:
    """Return the same by groups of neighbouring budgets, each from a solver of its own.

    The groups follow from the budgets alone, so that who solves them changes nothing.
    """
    groups = list(batched(budgets_cents, GROUP))
    found = tasks.map(sweep_group, groups, shared=problem, key="frontier")
    return [one for group in found for one in group]


def sweep_group(problem: DecisionProblem, budgets_cents: tuple[int, ...]) -> list[Solution | None]:
    """Return a plan for each budget of a group."""
    from planner.solving.solver import PortfolioSolver

    return swept(PortfolioSolver(problem), budgets_cents)


def _alone(solver: Solver, cents: int, deadline: Deadline) -> Solution | None:
    try:
        return solver.sweep([cents], deadline)[0]
    except NotConvergedError:
        return None


def pooled(
    budgets_cents: Sequence[int],
    solutions: Sequence[Solution | None],
    others: Sequence[Solution] = (),
    *,
    by_spend: bool = True,
) -> list[Solution | None]:
    """Return for each of some rising budgets the best plan known that it allows, and a bound.

    A plan serves every budget that what it commits fits into (``by_spend``), or every larger
    budget than the one it was made for. A bound for a budget holds for every smaller one. So values
    never fall, bounds never fall, and neither depends on where a search happened to stop.

    Parameters
    ----------
    budgets_cents : sequence of int
        Increasing.
    solutions : sequence of Solution or None
        One for each budget; None where nothing is known.
    others : sequence of Solution
        More plans, from other solves of the same problem.
    by_spend : bool, default=True
        Whether the budget limits what is committed; False where it bounds random spend.
    """
    known = [*solutions, *others] if by_spend else list(solutions)
    plans = [one for one in known if one is not None and one.status is not Status.INFEASIBLE]
    kept: list[Solution | None] = []
    best: Solution | None = None
    for cents, own in zip(budgets_cents, solutions, strict=True):
        fitting = [one for one in plans if one.committed_cents <= cents] if by_spend else []
        mine = [] if own is None or own.status is Status.INFEASIBLE else [own]
        best = max([*mine, *fitting, *([best] if best else [])], key=_worth, default=None)
        kept.append(best if own is None or best is None else _with_plan(own, best))
    return _bounded(kept, solutions)


def _worth(one: Solution) -> float:
    return one.value


def _with_plan(own: Solution, best: Solution) -> Solution:
    """Return a budget's own solution with the plan of another one, if that is better."""
    if own.status is not Status.INFEASIBLE and own.value >= best.value:
        return own
    bound = best.value if own.status is Status.INFEASIBLE else max(own.bound, best.value)
    return replace(
        own,
        status=best.status,
        options=best.options,
        assets=best.assets,
        value=best.value,
        bound=bound,
        mean=best.mean,
        tail=best.tail,
        committed_cents=best.committed_cents,
    )


def _bounded(
    kept: Sequence[Solution | None], solutions: Sequence[Solution | None]
) -> list[Solution | None]:
    """Return the plans with the least bound of their own budget and all larger ones."""
    least = np.inf
    result: list[Solution | None] = []
    for one, own in zip(reversed(kept), reversed(solutions), strict=True):
        if own is not None and own.status is not Status.INFEASIBLE:
            least = min(least, own.bound)
        if one is not None and own is None and not np.isfinite(least):
            one = None  # a bound for a smaller budget is none for this one
        if one is not None:
            bound = max(one.value, least if np.isfinite(least) else one.bound)
            one = replace(one, bound=bound)
        result.append(one)
    return result[::-1]
