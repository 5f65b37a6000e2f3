"""Can a project be funded in any plan at all, and if not, which limits say so?

That it is funded is made a demand that nobody may give up: if no plan keeps it together with all
limits, the smallest set of limits that speaks against it is the reason (see
:mod:`planner.planning.conflict.smallest`). Mostly a look at the project alone shows that it can be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Cents, Rows
from planner.domain.portfolio.portfolio import CarbonCap, Fund, UnitShare
from planner.economics.amounts import budget_to_cents
from planner.economics.shared import asset_cents
from planner.offering.build_problem import period_name
from planner.offering.options import Menu
from planner.offering.rules import broken_rules, cap_grams, emitted_grams, project_rules
from planner.offering.steps import taken, uses
from planner.planning.conflict.case import case_of
from planner.planning.conflict.smallest import BUDGET, Case, smallest_conflict
from planner.planning.hand_made import HandMadePlan
from planner.planning.hold import holds_budget
from planner.planning.prepare import Prepared

__all__ = ["barred_by", "fits_in_place_of_some", "possible_options"]

DEMAND = "demand"


@dataclass(eq=False)
class _Demanded:
    """A case of a portfolio that demands a project, which is no suspect itself."""

    case: Case

    @property
    def menus(self) -> Sequence[Menu]:
        """Everything priced."""
        return self.case.menus

    @property
    def chance_of(self) -> Mapping[str, str]:
        """Projects whose least chance is a suspect, by the suspect's name."""
        return self.case.chance_of

    @property
    def suspects(self) -> tuple[str, ...]:
        """Everything that may be given up."""
        return tuple(name for name in self.case.suspects if name != DEMAND)

    def least_cents(
        self, kept: frozenset[str], lowered: tuple[str, float] | None = None
    ) -> int | None:
        """Return the least total cost with the project."""
        return self.case.least_cents(kept | {DEMAND}, lowered)

    def holds(self, kept: frozenset[str], lowered: tuple[str, float] | None = None) -> bool:
        """Whether some plan with the project keeps these suspects."""
        return self.case.holds(kept | {DEMAND}, lowered)


def barred_by(
    prepared: Prepared, index: int, *, solves: bool = True, plan: Rows | None = None
) -> tuple[str, ...]:
    """Return the smallest set of limits with which no plan funds a project; empty if one does.

    Parameters
    ----------
    prepared : Prepared
        The portfolio; some plan keeps all its limits.
    index : int
        Place of the project in the file; it has options.
    solves : bool, default=True
        Look for conflicts of several limits, which takes small solves.
    plan : ndarray of int64, optional
        Options of a plan that keeps all limits: most projects fit in place of some of it.
    """
    if _stands_alone(prepared, index):
        return ()
    if not _holds_alone(prepared, index).any():
        return (BUDGET,)
    late = _too_dear_for_periods(prepared, index)
    if late or not solves:
        return late
    if plan is not None and fits_in_place_of_some(prepared, index, plan):
        return ()
    demand = Fund(DEMAND, (prepared.options[index].project,))
    portfolio = replace(prepared.portfolio, rules=(*prepared.portfolio.rules, demand))
    asked = replace(prepared, portfolio=portfolio)
    hold = prepared.portfolio.hold
    if hold is not None and hold.chance is not None:
        return _barred_by_chance(asked)
    case = _Demanded(case_of(asked))
    everything = frozenset(case.suspects)
    if case.holds(everything):
        return ()
    core = smallest_conflict(case)
    return tuple(name for name in case.suspects if name in core)


def fits_in_place_of_some(prepared: Prepared, index: int, plan: Rows) -> bool:
    """Whether a plan put together by hand funds the project and keeps all limits.

    Around each of its ways, in each period, at its cheapest, and as much of a known plan as fits.
    """
    if prepared.portfolio.hold is not None:  # random spend is no sum of options
        return False
    numbers, problem = prepared.numbers(index), prepared.problem
    options = prepared.options[index]
    none = np.zeros(len(options), dtype=np.int64)
    kinds = [none if one is None else one for one in (options.start, options.use_index)]
    order = np.lexsort((options.bound_cents, *kinds))
    _, first = np.unique(np.stack(kinds, axis=1)[order], axis=0, return_index=True)
    for option in numbers[order[first]].tolist():
        draft = HandMadePlan(problem)
        draft.take(option, force=True)
        waiting = [one for one in plan.tolist() if problem.owner[one] != problem.owner[option]]
        while waiting and len(left := [one for one in waiting if not draft.take(one)]) < len(
            waiting
        ):
            waiting = left
        if not draft.broken():
            return True
    return False


def _barred_by_chance(asked: Prepared) -> tuple[str, ...]:
    """Return the same where the budget is to hold random spend with a chance.

    Least spends are told by CVaR, which asks for more than a chance, so the budget is no suspect
    here: it is named only where none of the project's options would be held even alone.
    """
    case = _Demanded(case_of(asked))
    if case.holds(frozenset(case.suspects) - {BUDGET}):
        return ()
    core = smallest_conflict(_Without(case, BUDGET))
    return tuple(name for name in case.suspects if name in core)


@dataclass(eq=False)
class _Without(_Demanded):
    """A case without one of its suspects."""

    name: str = ""

    @property
    def suspects(self) -> tuple[str, ...]:
        """Everything that may be given up."""
        return tuple(name for name in self.case.suspects if name != self.name)


def _stands_alone(prepared: Prepared, index: int) -> bool:
    """Whether a plan that funds the project alone keeps all limits; quickly told."""
    portfolio, options = prepared.portfolio, prepared.options[index]
    if broken_rules(project_rules(portfolio.rules), frozenset({options.project})):
        return False
    unit = portfolio.projects[index].unit
    allowed = _holds_alone(prepared, index)
    for rule in portfolio.rules:
        if isinstance(rule, CarbonCap):
            allowed &= emitted_grams(options) <= cap_grams(rule)
        if isinstance(rule, UnitShare):
            mine = rule.unit == unit
            most = rule.max_share is None or rule.max_share >= 1.0 or not mine
            least = not rule.min_share or mine
            if not (most and least):
                allowed &= options.total_cents == 0
    cents = options.total_cents + _asset_cents(prepared, index)
    start = np.zeros(len(options), dtype=np.int64) if options.start is None else options.start
    for number, period in enumerate(portfolio.periods):
        allowed &= (start != number) | (cents <= budget_to_cents(period.budget))
    return bool(allowed.any())


def possible_options(prepared: Prepared, index: int) -> NDArray[np.bool_]:
    """Return which options of a project money and shares of units do not rule out by themselves.

    A quick look at each option alone: no plan chooses the others.
    """
    portfolio, options = prepared.portfolio, prepared.options[index]
    allowed = _holds_alone(prepared, index)
    start = np.zeros(len(options), dtype=np.int64) if options.start is None else options.start
    for number, period in enumerate(portfolio.periods):
        allowed &= (start != number) | (options.total_cents <= budget_to_cents(period.budget))
    unit = portfolio.projects[index].unit
    for rule in portfolio.rules:
        if isinstance(rule, UnitShare) and rule.unit == unit and rule.max_share == 0:
            allowed &= options.total_cents == 0
        if isinstance(rule, CarbonCap):
            allowed &= emitted_grams(options) <= cap_grams(rule)
    return allowed


def _too_dear_for_periods(prepared: Prepared, index: int) -> tuple[str, ...]:
    """Return the periods it may start in, if each option costs more than its own holds.

    Only what the project itself costs: shared assets may be paid in an earlier period.
    """
    portfolio, options = prepared.portfolio, prepared.options[index]
    start = np.zeros(len(options), dtype=np.int64) if options.start is None else options.start
    names = []
    for number, period in enumerate(portfolio.periods):
        mine = options.total_cents[start == number]
        if len(mine) and mine.min() <= budget_to_cents(period.budget):
            return ()
        if len(mine):
            names.append(period_name(period.id))
    return tuple(names)


def _holds_alone(prepared: Prepared, index: int) -> NDArray[np.bool_]:
    """Return which options of a project the total budget holds if nothing else is funded."""
    portfolio = prepared.portfolio
    cents = prepared.options[index].bound_cents
    if portfolio.budget is None:
        return np.ones(len(cents), dtype=np.bool_)
    assets = _asset_cents(prepared, index)
    hold = portfolio.hold
    if hold is None:
        return np.asarray(cents + assets <= prepared.budget_cents)
    outcomes = prepared.problem.outcomes if hold.chance is None else prepared.audit_outcomes
    if outcomes is None:
        return np.ones(len(cents), dtype=np.bool_)
    spend = outcomes.spend_draws(prepared.numbers(index)) + assets[:, None]
    return holds_budget(hold, spend, prepared.budget_cents)


def _asset_cents(prepared: Prepared, index: int) -> Cents:
    """Return the cents of the shared assets that each option needs, bought for it alone."""
    options = prepared.options[index]
    cents = np.zeros(len(options), dtype=np.int64)
    for asset in prepared.portfolio.shared:
        using = uses(options, asset)
        cents[using] += asset_cents(asset, taken(options, asset)[using])
    return cents
