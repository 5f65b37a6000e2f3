"""Plans over a range of budgets, each warm from the one before.

Small portfolios are solved at each budget. Large ones are relaxed, rounded and improved, without
an integer search: cuts, options and basis stay, so a further budget costs a fraction of a solve.
A plan is affordable under every larger budget, so value never falls along the sweep.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.allocation.engine.run import Run, infeasible
from planner.allocation.problem import Solution
from planner.allocation.solve import PROVEN_GAP, relative_gap
from planner.domain.vocabulary import Status

SMALL = 3_000
"""Options up to which every budget is searched."""
SWEEP_GAP = 1e-4
RELAXED_GAP = 5e-3
ROUNDS = 4
SECONDS_EACH = 2.0
"""Searches of one budget stop there; the gap is told."""
PASSES = 2


def swept(
    run_at: Callable[[int], Run], budgets_cents: Sequence[int], n_options: int
) -> tuple[Solution, ...]:
    """Return a solution for each budget, in the order given.

    Parameters
    ----------
    run_at : callable
        Gives a warm solve under a budget.
    budgets_cents : sequence of int
        In any order.
    n_options : int
        Size of the portfolio.
    """
    found: dict[int, Solution] = {}
    best: Solution | None = None
    for budget in sorted(set(budgets_cents)):
        run = run_at(budget)
        seed = None if best is None else best.options
        if budget < 0:
            solution = infeasible(run)
        elif n_options <= SMALL:
            solution = run.solve(SWEEP_GAP, time.monotonic() + SECONDS_EACH, seed=seed)
        else:
            solution = _quick(run)
        if best is not None and solution.value < best.value:
            solution = _carried(best, solution)
        if solution.status is not Status.INFEASIBLE:
            best = solution
        found[budget] = solution
    return tuple(found[budget] for budget in budgets_cents)


def _quick(run: Run) -> Solution:
    """Return a plan from the relaxation; searched only where rows leave nothing simpler."""
    deadline = time.monotonic() + SECONDS_EACH
    relaxation = run.relax(RELAXED_GAP, deadline, rounds=ROUNDS)
    if relaxation is None:
        return infeasible(run)
    progress = run.start(relaxation, None, passes=PASSES)
    if progress.choice is None:
        return run.solve(SWEEP_GAP, deadline + 5 * SECONDS_EACH)
    return run.conclude(relaxation, progress)


def _carried(best: Solution, solution: Solution) -> Solution:
    """Return a smaller budget's plan with this budget's bounds and prices."""
    bound = max(best.value, solution.bound)
    gap = relative_gap(best.value, bound)
    return replace(
        solution,
        options=best.options,
        assets=best.assets,
        status=Status.OPTIMAL if gap <= PROVEN_GAP else Status.FEASIBLE,
        value=best.value,
        bound=bound,
        gap=gap,
        mean=best.mean,
        tail=best.tail,
        solver_bound=max(best.value, solution.solver_bound),
        own_bound=max(best.value, solution.own_bound),
        committed_cents=best.committed_cents,
    )
