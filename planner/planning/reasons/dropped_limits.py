"""What would the plan be without one of its limits?

Each limit is dropped alone, and the plan is made again: a limit binds where the plan is then worth
more. That is told by solves, not by dual prices: of limits that bind together one may have no
price, and a relaxation may price what no plan of whole projects feels.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from planner.domain.portfolio.portfolio import (
    CarbonCap,
    Committed,
    Fund,
    Require,
    Rule,
    Skip,
    UnitShare,
)
from planner.domain.vocabulary import Status
from planner.offering.build_problem import period_name
from planner.offering.effort import SECOND, Allowance
from planner.offering.problem import Solution
from planner.planning.changed import without_period_limit, without_rule
from planner.planning.conflict.smallest import BUDGET
from planner.planning.prepare import Prepared, solve_prepared
from planner.planning.reasons.budget_price import dual_price, freed, is_better

__all__ = ["Freed", "Limit", "limits_of", "may_gain"]

WORK, NEARBY_WORK = 2 * SECOND, 0.15 * SECOND
"""For the plan without a limit, which stops where the plan does; where that begins at the plan."""


@dataclass(frozen=True, eq=False)
class Freed:
    """A portfolio without one of its limits, and its plan."""

    prepared: Prepared
    solution: Solution

    def funds(self, index: int) -> bool:
        """Whether the plan funds a project of the file."""
        if self.solution.status is Status.INFEASIBLE:
            return False
        return self.prepared.layout.picks(self.solution.options)[index] is not None


@dataclass(frozen=True, eq=False)
class Limit:
    """One limit of a portfolio.

    Attributes
    ----------
    name : str
        As messages call it.
    rule : Rule or None
        The user's, if it is one.
    drop : callable
        Gives the portfolio without it, and the plan.
    """

    name: str
    rule: Rule | None
    drop: Callable[[], Freed]

    def gain(self, solution: Solution) -> tuple[float, Freed]:
        """Return what the plan gains without the limit, and that plan; 0 if it gains nothing."""
        without = self.drop()
        better = is_better(without.solution, solution)
        return (without.solution.value - solution.value if better else 0.0), without

    def concerns(self, prepared: Prepared, index: int) -> bool:
        """Whether it speaks about a project, its business unit, or money that it may spend."""
        project, rule = prepared.menus[index].project, self.rule
        if rule is None:
            return True
        if isinstance(rule, UnitShare | CarbonCap):
            return True  # what one spends or emits is a share of what all do
        if isinstance(rule, Require):
            return project.id in (rule.project, rule.needs)
        named = getattr(rule, "projects", None)
        return project.id in (named if named is not None else (getattr(rule, "project", ""),))


def limits_of(prepared: Prepared, solution: Solution) -> Iterator[Limit]:
    """Yield the limits of a portfolio: its budget, those of its periods, and its rules."""
    if prepared.portfolio.budget is not None:
        yield Limit(BUDGET, None, lambda: Freed(prepared, freed(prepared, solution) or solution))
    for period in prepared.portfolio.periods:
        yield Limit(
            period_name(period.id),
            None,
            partial(_solved, without_period_limit, prepared, period.id),
        )
    for rule in prepared.portfolio.rules:
        yield Limit(rule.name, rule, partial(_solved, without_rule, prepared, rule))


def may_gain(prepared: Prepared, solution: Solution, limit: Limit) -> bool:
    """Whether a plan without a limit may be worth more than what is known of the plan explains.

    The bound that the plan's prices give holds without any limit that has no price. So what a plan
    without that limit gains is no more than what the proof of the plan at hand leaves open. Rules
    that keep options off the menus have no row to be priced, nor has a budget for what is too dear.
    """
    left_open = max(solution.gap, solution.asked)
    if solution.own_bound > solution.value + left_open * abs(solution.value):
        return True
    if isinstance(limit.rule, Committed | Fund | Skip):
        return True
    by_periods = prepared.portfolio.budget is None and limit.rule is None
    if limit.name == BUDGET or by_periods:  # all periods together are a budget too
        dear = prepared.problem.cents.max(initial=0) > prepared.budget_cents
        if dear or dual_price(solution) > 0:
            return True
    rows = zip(prepared.problem.rows, solution.row_prices.tolist(), strict=False)
    return any(price > 0 for row, price in rows if row.rule == limit.name)


def _solved[T](drop: Callable[[Prepared, T], Prepared], prepared: Prepared, what: T) -> Freed:
    without = drop(prepared, what)
    work = WORK if prepared.near is None else NEARBY_WORK
    return Freed(without, solve_prepared(without, allowance=Allowance(work)))
