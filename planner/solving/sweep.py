"""Plans over a range of budgets, each warm from the one before.

Where a budget is all that binds an expectation, every plan is read off one sorted list (``path``).
Else small portfolios are solved at each budget, and large ones are relaxed, rounded and improved,
without an integer search: cuts, options and basis stay, so a further budget costs a fraction of a
solve. The largest budget comes first: its answer is that of every other budget that pays for its
plan. A plan is affordable under every larger budget, and a bound holds under every smaller one, so
neither values nor bounds fall along the sweep.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from planner.domain.vocabulary import Status
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance, Effort
from planner.offering.problem import Solution
from planner.solving.answer import infeasible, sharper, with_bound
from planner.solving.gap import PROVEN_GAP
from planner.solving.path.path import BudgetPath
from planner.solving.run import Run

SMALL = 3_000
"""Options up to which every budget is searched."""
SWEEP_GAP = 1e-4
FIRST_GAP = 1e-3
RELAXED_GAP = 5e-3
ROUNDS = 4
EACH_WORK = 0.5 * SECOND
"""Searches of one budget stop there; the gap is told."""
FIRST_WORK = 2 * SECOND
"""The same for the largest budget, whose answer often serves many others."""
FIRST_SHARE = 4
"""Of the time asked for, the largest budget takes at most one in so many parts."""
PASSES = 2
MOST_CUTS = 30
"""Cuts kept from one budget to the next; more make every linear program slower."""


def swept(
    run_at: Callable[[int], Run],
    budgets_cents: Sequence[int],
    n_options: int,
    path: BudgetPath | None = None,
    deadline: Deadline = NEVER,
) -> tuple[Solution | None, ...]:
    """Return a solution for each budget, in the order given.

    Parameters
    ----------
    run_at : callable
        Gives a warm solve under a budget.
    budgets_cents : sequence of int
        In any order.
    n_options : int
        Size of the portfolio.
    path : BudgetPath, optional
        Of the problem, where it applies.
    deadline : Deadline
        Shared among the budgets that are left; None is returned for those it leaves no time for.
    """
    found: dict[int, Solution | None] = {}
    best: Solution | None = None
    rising = sorted(set(budgets_cents))
    most = None
    if path is None and rising and rising[-1] >= 0 and not deadline.has_passed():
        run = run_at(rising[-1])
        gap = _usual(run) if n_options <= SMALL else FIRST_GAP
        own = deadline.after_share(1 / min(len(rising), FIRST_SHARE))
        most = run.solve(gap, Effort(Allowance(FIRST_WORK, own)))
    for number, budget in enumerate(rising):
        if budget < 0:
            solution = infeasible(run_at(budget).problem)
        elif most is not None and _serves(most, budget, rising[-1]):
            solution = most
        elif deadline.has_passed():
            found[budget] = None
            continue
        else:
            own = deadline.after_share(1 / (len(rising) - number))
            solution = _at_budget(run_at, budget, best, n_options, path, own)
        if best is not None and solution.value < best.value:
            solution = _carried(best, solution)
        if solution.status is not Status.INFEASIBLE:
            best = solution
        found[budget] = solution
    found = _bounded(found)
    return tuple(found[budget] for budget in budgets_cents)


def _at_budget(
    run_at: Callable[[int], Run],
    budget: int,
    best: Solution | None,
    n_options: int,
    path: BudgetPath | None,
    deadline: Deadline,
) -> Solution:
    """Return a solution for one budget, read off the path where there is one."""
    if path is None:
        return _searched(run_at(budget), best, n_options, deadline)
    solution = path.solution(budget)
    if n_options <= SMALL and solution.gap > PROVEN_GAP and not deadline.has_passed():
        return sharper(solution, _searched(run_at(budget), solution, n_options, deadline))
    return solution


def _searched(run: Run, known: Solution | None, n_options: int, deadline: Deadline) -> Solution:
    """Return a plan from a search, or where that is too long from the relaxation."""
    effort = Effort(Allowance(EACH_WORK, deadline))
    if n_options > SMALL:
        return _quick(run, effort, deadline)
    seed = None if known is None else known.options
    solution = run.solve(_usual(run), effort, seed=seed)
    run.relaxer.master.forget_idle(MOST_CUTS)
    return solution


def _usual(run: Run) -> float | None:
    """Return the gap at which a search stops; None where the draws tell when."""
    return SWEEP_GAP if run.terms.tail == 0 else None


def _quick(run: Run, effort: Effort, deadline: Deadline) -> Solution:
    """Return a plan from the relaxation; searched only where rows leave nothing simpler."""
    relaxation = run.relax(RELAXED_GAP, effort, rounds=ROUNDS)
    if relaxation is None:
        return infeasible(run.problem)
    progress = run.start(relaxation, None, effort, passes=PASSES)
    if progress.choice is None:
        return run.solve(SWEEP_GAP, Effort(Allowance(5 * EACH_WORK, deadline)))
    run.improve(relaxation, progress, SWEEP_GAP, effort, quick=True)
    solution = run.concluded(relaxation, progress)
    run.relaxer.master.forget_idle(MOST_CUTS)
    return solution


def _serves(most: Solution, budget: int, largest: int) -> bool:
    """Whether the answer at the largest budget is that at another: its plan can be paid there.

    What no plan is worth more than at the largest budget bounds every smaller one as well.
    """
    if budget == largest:
        return True
    return most.status is not Status.INFEASIBLE and most.committed_cents <= budget


def _carried(best: Solution, solution: Solution) -> Solution:
    """Return a smaller budget's plan with this budget's bounds and prices."""
    carried = replace(
        solution,
        options=best.options,
        assets=best.assets,
        value=best.value,
        mean=best.mean,
        tail=best.tail,
        solver_bound=max(best.value, solution.solver_bound),
        own_bound=max(best.value, solution.own_bound),
        committed_cents=best.committed_cents,
    )
    return with_bound(carried, max(best.value, solution.bound))


def _bounded(found: dict[int, Solution | None]) -> dict[int, Solution | None]:
    """Return the solutions, each with the least bound of its own and larger budgets."""
    least = float("inf")
    bounded: dict[int, Solution | None] = {}
    for budget in reversed(found):
        solution = found[budget]
        if solution is not None and solution.status is not Status.INFEASIBLE:
            least = min(least, solution.bound)
            if least < solution.bound:
                solution = with_bound(solution, max(least, solution.value))
        bounded[budget] = solution
    return bounded
