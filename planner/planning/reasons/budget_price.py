"""What is one more unit of the total budget worth?

At the margin: the dual price, in the linear relaxation, of the limit through which the total budget
binds, be it the sum of what is committed or a bound on random spend. A relaxation may take
projects in part, so its price may be 0 where the next project needs more money at once, or above 0
where no plan of whole projects is worth more. Whether money is worth anything is therefore asked
apart: is the best plan without a total budget worth more? If not, the price is 0. If it is and the
relaxation says 0, the price is the mean gain for each unit of money up to what that plan commits.
So the price is 0 exactly where no larger total budget, all else as it is, makes the plan better.
"""

from collections.abc import Sequence

from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance
from planner.offering.problem import Solution
from planner.planning.nearby.narrowed import narrowed
from planner.planning.prepare import Prepared, solve_freed
from planner.solving.gap import PROVEN_GAP

__all__ = ["budget_price", "dual_price", "freed", "is_better", "price_between", "prices_along"]

SEARCHES = ((0.5 * SECOND, 1e-3), (3 * SECOND, 1e-3), (5 * SECOND, 1e-6))
"""Work and gap of searches without a total budget, until one finds more or proves that none is."""
NEARBY = ((0.2 * SECOND, 1e-3),)
"""The same where the plan itself is not proven the best: begun at it, among few options."""
LEAST = 1e-12


def freed(prepared: Prepared, solution: Solution, deadline: Deadline = NEVER) -> Solution | None:
    """Return a plan without a total budget that tells whether more of it is worth anything.

    None where the deadline came before that could be told.

    Rules, budgets of periods and shared assets stay. A short search ends the question mostly: it
    finds a better plan than the one at hand, or proves that there is none.
    """
    freer: Solution | None = None
    searches: Sequence[tuple[float, float]] = SEARCHES
    if solution.gap > PROVEN_GAP:
        prepared, searches = narrowed(prepared, solution), NEARBY
    for work, gap in searches:
        if deadline.has_passed():
            break
        try:
            freer = solve_freed(prepared, gap=gap, allowance=Allowance(work, deadline))
        except NotConvergedError:
            if not deadline.has_passed():
                raise
            break
        if is_better(freer, solution) or freer.bound <= _least_better(solution):
            return freer
    return None if deadline.has_passed() else freer


def budget_price(
    prepared: Prepared, solution: Solution, deadline: Deadline = NEVER
) -> float | None:
    """Return what one more unit of money of total budget is worth to a plan, at least 0.

    0 where the file has no total budget: the budgets of its periods have prices of their own. None
    where the deadline left no time to ask whether it is worth anything.
    """
    if prepared.portfolio.budget is None:
        return 0.0
    freer = freed(prepared, solution, deadline)
    if freer is None:
        return None
    now, then = prepared.budget_cents, freer.committed_cents
    by_spend = prepared.portfolio.hold is None
    if not is_better(freer, solution) or (by_spend and then <= now):
        return 0.0  # a better plan that the budget pays for was missed; money does not lack
    return price_between(solution, freer, now, then)


def is_better(one: Solution, other: Solution) -> bool:
    """Whether a plan is worth more than another by more than rounding and proven gaps explain."""
    return one.status is not Status.INFEASIBLE and one.value > _least_better(other)


def price_between(now: Solution, then: Solution, cents_now: int, cents_then: int) -> float:
    """Return the dual price at a plan; where that is 0, the mean gain up to a better one."""
    price = dual_price(now)
    if price > LEAST:
        return price
    return 100 * (then.value - now.value) / max(cents_then - cents_now, 1)


def prices_along(
    budgets_cents: Sequence[int], plans: Sequence[Solution], freer: Solution | None
) -> list[float]:
    """Return the price of the budget at each of some rising budgets.

    Parameters
    ----------
    budgets_cents : sequence of int
        Rising.
    plans : sequence of Solution
        One for each budget.
    freer : Solution or None
        The best plan without a total budget: where it is not worth more, neither is any budget.
        None if it is not known; the price at the last budget is then the dual price.

    Returns
    -------
    list of float
        0 where no larger budget is worth more; the gain for each unit of money up to the next
        better plan where the dual price is 0 and a larger budget is worth more.
    """
    asked = list(zip(budgets_cents, plans, strict=True))
    known = list(asked)
    if freer is not None:  # a spend that is random can need more than the cents it commits
        known.append((max(freer.committed_cents, budgets_cents[-1] + 1), freer))
    prices = []
    for place, (cents, one) in enumerate(asked):
        later = known[place + 1 :]
        better = next(((a, b) for a, b in later if a > cents and is_better(b, one)), None)
        if better is not None:
            prices.append(price_between(one, better[1], cents, better[0]))
        else:
            prices.append(0.0 if freer is not None else dual_price(one))
    return prices


def dual_price(solution: Solution) -> float:
    """Return what the linear relaxation says that one more unit of money is worth."""
    return solution.budget_price + solution.spend_price


def _least_better(solution: Solution) -> float:
    return solution.value + PROVEN_GAP * max(abs(solution.value), LEAST)
