"""What would the next amount of budget buy?"""

import math
from collections.abc import Iterator

from planner.domain.facts.alternatives import AddedBudget, Change, Chosen
from planner.domain.results.frontier import NextStep
from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance
from planner.offering.problem import Solution
from planner.planning.prepare import OptionKey, Prepared, solve_prepared

USUAL = 10_000.0
STEP_WORK = 10 * SECOND
"""For each of the two plans."""


def usual_amount(budget: float) -> float:
    """Return a round amount to ask about: 10,000 where that is 2 to 50 % of the budget.

    Else the 1, 2 or 5 times a power of ten next below a tenth of the budget.

    Examples
    --------
    >>> usual_amount(120_000.0), usual_amount(5e6), usual_amount(0.0)
    (10000.0, 500000.0, 10000.0)
    """
    if budget <= 0 or 0.02 * budget <= USUAL <= 0.5 * budget:
        return USUAL
    unit = 10.0 ** math.floor(math.log10(budget / 10))
    return max(step * unit for step in (1, 2, 5) if step * unit <= budget / 10 * (1 + 1e-9))


def next_step(
    prepared: Prepared, budget: float, deadline: Deadline = NEVER
) -> tuple[NextStep | None, list[Solution]]:
    """Return what the next amount of budget buys, and the plans solved for it.

    None where the present budget allows no plan, or none was found within the limits.
    """
    amount = usual_amount(budget)
    if deadline.has_passed():
        return None, []
    try:
        allowance = Allowance(STEP_WORK, deadline.after_share(0.5))
        now = solve_prepared(prepared, allowance=allowance)
        more = prepared.budget_cents + round(100 * amount)
        allowance = Allowance(STEP_WORK, deadline)
        then = solve_prepared(prepared, budget_cents=more, allowance=allowance)
    except NotConvergedError:
        return None, []
    if Status.INFEASIBLE in (now.status, then.status):
        return None, []
    solved = [now, then]
    if "time" in (now.stop, then.stop):
        return None, solved
    if then.value <= now.value * (1 + 1e-9) + 1e-9:
        then = now
    facts = AddedBudget(
        amount=amount,
        changes=tuple(_changes(prepared, now, then)),
        spend=(then.committed_cents - now.committed_cents) / 100,
        gain=max(0.0, then.value - now.value),
        objective=prepared.objective,
        is_measured=prepared.problem.risk.kind != "expected",
        has_periods=bool(prepared.portfolio.periods),
        currency=prepared.portfolio.currency,
    )
    return NextStep(facts), solved


def _changes(prepared: Prepared, now: Solution, then: Solution) -> Iterator[Change]:
    """Yield what is done differently, project by project in file order."""
    before, after = _by_project(prepared, now), _by_project(prepared, then)
    for project in prepared.portfolio.projects:
        old, new = before.get(project.id), after.get(project.id)
        if old != new:
            yield Change(project.id, _chosen(old), _chosen(new))


def _chosen(key: OptionKey | None) -> Chosen | None:
    return None if key is None else Chosen(key.images, key.architecture, key.start, key.uses)


def _by_project(prepared: Prepared, plan: Solution) -> dict[str, OptionKey]:
    keys = [prepared.option(int(option)) for option in plan.options]
    return {key.project: key for key in keys}
