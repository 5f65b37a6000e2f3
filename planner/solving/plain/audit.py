"""Is the choice what the solver says it is? Recomputed in integers and plain sums."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from planner.domain.format import money_to_the_cent
from planner.domain.portfolio.portfolio import ProjectRule
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.errors import AuditError
from planner.offering.rules import broken_rules
from planner.offering.table import objective_worth

TOLERANCE = 1e-6
"""Relative difference from the solver's objective that rounding explains."""


@dataclass(frozen=True)
class Tally:
    """A plan recomputed: what it is worth under the objective and what it commits, in cents."""

    value: float
    cents: int


def recompute(
    options: Sequence[ProjectOptions], picks: Sequence[int | None], objective: Objective
) -> Tally:
    """Return worth and exact cost of one option (or None) per project."""
    chosen = [(item, pick) for item, pick in zip(options, picks, strict=True) if pick is not None]
    cents = sum(int(line[pick]) for item, pick in chosen for line in item.cents.values())
    value = math.fsum(float(objective_worth(item, objective)[pick]) for item, pick in chosen)
    return Tally(value, cents)


def require_sound(
    options: Sequence[ProjectOptions],
    picks: Sequence[int | None],
    objective: Objective,
    budget_cents: int,
    rules: Sequence[ProjectRule],
    *,
    claimed: float,
    bound: float,
) -> Tally:
    """Return the recomputed plan, or raise if it does not stand.

    Raises
    ------
    AuditError
        The plan overspends, breaks a rule, is not worth what was claimed, or beats its own bound.
    """
    tally = recompute(options, picks, objective)
    pairs = [(item, pick) for item, pick in zip(options, picks, strict=True) if pick is not None]
    funded = {item.project for item, _ in pairs}
    broken = broken_rules(rules, funded)
    scale = max(
        (abs(float(objective_worth(item, objective)[pick])) for item, pick in pairs), default=0.0
    )
    faults = []
    if tally.cents > budget_cents:
        faults.append(f"it commits {_cents(tally.cents)} of {_cents(budget_cents)}")
    if broken:
        faults.append(f"it breaks {', '.join(broken)}")
    if not math.isclose(tally.value, claimed, rel_tol=TOLERANCE, abs_tol=TOLERANCE * scale):
        faults.append(f"the solver reports a worth of {claimed}, the decisions give {tally.value}")
    if tally.value > bound + TOLERANCE * max(scale, abs(bound)):
        faults.append(f"it is worth {tally.value}, more than the proven bound {bound}")
    if faults:
        message = f"The plan does not pass its audit: {'; '.join(faults)}. Nothing is reported."
        raise AuditError(message)
    return tally


def _cents(cents: int) -> str:
    return money_to_the_cent(cents / 100)
