"""What would the next amount of budget buy?"""

import math
from collections.abc import Iterator

from planner.domain.format import count, fixed, money
from planner.domain.results.frontier import NextStep
from planner.domain.vocabulary import Objective, Status
from planner.errors import NotConvergedError
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance
from planner.offering.problem import Solution
from planner.planning.prepare import OptionKey, Prepared, solve_prepared

USUAL = 10_000.0
MOST_CHANGES = 4
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
    changes = tuple(_changes(prepared, now, then))
    gain = max(0.0, then.value - now.value)
    text = _text(prepared, amount, gain, changes, now, then)
    return NextStep(amount, gain, text, changes), solved


def _changes(prepared: Prepared, now: Solution, then: Solution) -> Iterator[str]:
    """Yield what is done differently, project by project in file order."""
    before, after = _by_project(prepared, now), _by_project(prepared, then)
    for project in prepared.portfolio.projects:
        old, new = before.get(project.id), after.get(project.id)
        if old == new:
            continue
        if old is None and new is not None:
            yield f"funds {project.id} ({count(new.images)} images, {new.architecture})"
        elif new is None:
            yield f"drops {project.id}"
        elif old is not None:
            yield f"takes {project.id} {_difference(old, new)}"


def _difference(old: OptionKey, new: OptionKey) -> str:
    parts = []
    if old.images != new.images:
        parts.append(f"from {count(old.images)} to {count(new.images)} images")
    if old.architecture != new.architecture:
        parts.append(f"to {new.architecture}")
    if old.start != new.start:
        parts.append(f"to start in {new.start}")
    if old.uses != new.uses:
        parts.append(f"to use {', '.join(new.uses) or 'no shared asset'}")
    return " and ".join(parts)


def _by_project(prepared: Prepared, plan: Solution) -> dict[str, OptionKey]:
    keys = [prepared.option(int(option)) for option in plan.options]
    return {key.project: key for key in keys}


def _text(
    prepared: Prepared,
    amount: float,
    gain: float,
    changes: tuple[str, ...],
    now: Solution,
    then: Solution,
) -> str:
    currency = prepared.portfolio.currency
    head = f"The next {money(amount, currency)} of budget"
    if not changes:
        alone = " if the budgets of the periods stay as they are"
        return f"{head} buys nothing that pays{alone if prepared.portfolio.periods else ''}."
    more = f" and changes {len(changes) - MOST_CHANGES} more" if len(changes) > MOST_CHANGES else ""
    extra = (then.committed_cents - now.committed_cents) / 100
    spend = money(abs(extra), currency)
    verb = "spends" if then.committed_cents >= now.committed_cents else "saves"
    with_rest = ", with what is left today," if extra > amount else ""
    return (
        f"{head}: the plan {'; '.join(changes[:MOST_CHANGES])}{more}. It {verb} {spend}"
        f"{' more' if verb == 'spends' else ''}{with_rest} and adds {_gain(prepared, gain)}."
    )


def _gain(prepared: Prepared, gain: float) -> str:
    if prepared.objective is Objective.TARGETS_MET:
        return f"{fixed(gain, 2)} expected targets met"
    kind = "value" if prepared.objective is Objective.VALUE else "net value"
    measured = "" if prepared.problem.risk.kind == "expected" else ", its risk measure included"
    return f"{money(gain, prepared.portfolio.currency)} of expected {kind}{measured}"
