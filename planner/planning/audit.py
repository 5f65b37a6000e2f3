"""Is the chosen plan what the solver says it is?

Recomputed from the decisions alone, in integers and plain sums, without the table, the model or the
solver.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from planner.domain.facts.faults import AboveBound, AuditFault, Overspent, RuleBroken, WorthDiffers
from planner.domain.portfolio.portfolio import CarbonCap, Committed, Portfolio, UnitShare
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.domain.words.answers.faults import audit_failed
from planner.economics.amounts import budget_to_cents
from planner.errors import AuditError
from planner.offering.objective import objective_worth
from planner.offering.rules import (
    as_committed,
    broken_rules,
    emitted_grams,
    exact_share,
    project_rules,
)
from planner.planning.prepare import Prepared
from planner.planning.sharing import Purchase
from planner.solving.measures import risk_value

TOLERANCE = 1e-6
"""Relative difference from the solver's objective that rounding explains."""


@dataclass(frozen=True)
class Tally:
    """A plan recomputed: its worth under the objective, and what it commits, in cents.

    ``bound`` is what the budget binds besides.
    """

    value: float
    cents: int
    bound: int = 0


def recompute(
    options: Sequence[ProjectOptions], picks: Sequence[int | None], objective: Objective
) -> Tally:
    """Return worth and exact cost of one option (or None) per project."""
    chosen = [(item, pick) for item, pick in zip(options, picks, strict=True) if pick is not None]
    cents = sum(int(line[pick]) for item, pick in chosen for line in item.cents.values())
    value = math.fsum(float(objective_worth(item, objective)[pick]) for item, pick in chosen)
    bound = sum(int(item.bound_cents[pick] - item.total_cents[pick]) for item, pick in chosen)
    return Tally(value, cents, bound)


def require_sound(
    prepared: Prepared,
    picks: Sequence[int | None],
    bought: Sequence[Purchase],
    *,
    claimed: float,
    bound: float,
) -> Tally:
    """Return a plan recomputed, or raise if it does not stand.

    Worth comes from the draws (or sums) of the chosen options and the assets that they need, money
    from their cents.

    Raises
    ------
    AuditError
        It overspends in total or in a period, breaks a rule, is not worth what was claimed, or
        beats its own bound.
    """
    portfolio, options = prepared.portfolio, prepared.options
    own = recompute(options, picks, prepared.objective)
    cents = own.cents + sum(purchase.total_cents for purchase in bought)
    net = prepared.objective is Objective.NET_VALUE
    assets = math.fsum(purchase.present_cost for purchase in bought) if net else 0.0
    value = own.value - assets
    outcomes = prepared.problem.outcomes
    if outcomes is not None:
        worth = outcomes.worth_draws(prepared.layout.chosen(picks)).sum(axis=0) - assets
        value = risk_value(worth, prepared.problem.risk)
    scale = max(abs(own.value), abs(assets), abs(claimed))
    faults: list[AuditFault] = [
        *_overspent(portfolio, options, picks, bought, cents + own.bound),
        *map(RuleBroken, broken_by(portfolio, options, picks)),
    ]
    if not math.isclose(value, claimed, rel_tol=TOLERANCE, abs_tol=TOLERANCE * scale):
        faults.append(WorthDiffers(claimed, value))
    if value > bound + TOLERANCE * max(scale, abs(bound)):
        faults.append(AboveBound(value, bound))
    if faults:
        raise AuditError(audit_failed(faults))
    return Tally(value, cents, own.bound)


def _overspent(
    portfolio: Portfolio,
    options: Sequence[ProjectOptions],
    picks: Sequence[int | None],
    bought: Sequence[Purchase],
    cents: int,
) -> Iterator[Overspent]:
    """Yield where more is committed than may be, in total and by period."""
    if portfolio.budget is not None and portfolio.hold is None:
        limit = budget_to_cents(portfolio.budget)
        if cents > limit:
            yield Overspent(cents / 100, limit / 100, portfolio.currency)
    for period, spent in zip(
        portfolio.periods, period_cents(portfolio, options, picks, bought), strict=False
    ):
        limit = budget_to_cents(period.budget)
        if spent > limit:
            yield Overspent(spent / 100, limit / 100, portfolio.currency, period.id)


def period_cents(
    portfolio: Portfolio,
    options: Sequence[ProjectOptions],
    picks: Sequence[int | None],
    bought: Sequence[Purchase],
) -> list[int]:
    """Return what is committed in each period: options that start in it, and assets bought."""
    spent = [0] * max(1, len(portfolio.periods))
    for item, pick in zip(options, picks, strict=True):
        if pick is not None:
            spent[0 if item.start is None else int(item.start[pick])] += int(item.total_cents[pick])
    for purchase in bought:
        for period, cents in enumerate(purchase.cents):
            spent[period] += cents
    return spent


def broken_by(
    portfolio: Portfolio, options: Sequence[ProjectOptions], picks: Sequence[int | None]
) -> Iterator[str]:
    """Yield the names of the rules that a choice breaks, of every kind."""
    chosen = [(item, pick) for item, pick in zip(options, picks, strict=True) if pick is not None]
    funded = {item.project for item, _ in chosen}
    yield from broken_rules(project_rules(portfolio.rules), funded)
    unit_of = {project.id: project.unit for project in portfolio.projects}
    total = sum(int(item.total_cents[pick]) for item, pick in chosen)
    for rule in portfolio.rules:
        if isinstance(rule, UnitShare):
            inside = sum(
                int(item.total_cents[pick])
                for item, pick in chosen
                if unit_of[item.project] == rule.unit
            )
            most, least = rule.max_share, rule.min_share
            if most is not None and inside > exact_share(most) * total:
                yield rule.name
            if least is not None and inside < exact_share(least) * total:
                yield rule.name
        elif isinstance(rule, CarbonCap):
            grams = sum(int(emitted_grams(item)[pick]) for item, pick in chosen)
            if grams > 1_000 * Fraction(repr(float(rule.kg))):
                yield rule.name
        elif isinstance(rule, Committed):
            for item, pick in chosen:
                if item.project == rule.project and not as_committed(item, rule)[pick]:
                    yield rule.name
