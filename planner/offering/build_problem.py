"""The portfolio in arrays: options, elementary assets, rows, and the way back.

Rows by family: the user's rules about projects, ``uses`` and ``step`` (shared assets), ``period``
(budgets in time) and ``unit`` (shares of business units). A ``skip`` rule leaves no options instead
of a row, and ``committed`` leaves only what is decided and demands that it is funded.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Rows
from planner.domain.portfolio.portfolio import CarbonCap, Portfolio, UnitShare
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.economics.amounts import budget_to_cents, total_budget_cents
from planner.offering.objective import objective_worth
from planner.offering.options import Menu
from planner.offering.problem import DecisionProblem, LinearRow, Outcomes, SpendBound
from planner.offering.rules import (
    RuleRow,
    cap_grams,
    emitted_grams,
    exact_share,
    project_rules,
    rule_rows,
    skipped,
)
from planner.offering.steps import (
    Ladder,
    asset_names,
    build_ladders,
    link_rows,
    step_costs,
    step_worths,
)
from planner.offering.variants import present_factors

_NONE = np.zeros(0, dtype=np.int64)
LARGEST_EXACT = 2**53


@dataclass(frozen=True, eq=False)
class Layout:
    """Where the options of the file stand in the problem.

    Attributes
    ----------
    order : tuple of int
        Place in the file of each project of the problem: those stand in the order of their ids.
    first : ndarray of int64, shape (n_projects + 1,)
        Number of each project's first option.
    ladders : tuple of Ladder
        Shared assets in elementary steps.
    n_periods : int
        At least 1.
    """

    order: tuple[int, ...]
    first: Rows
    ladders: tuple[Ladder, ...]
    n_periods: int

    @cached_property
    def place(self) -> tuple[int, ...]:
        """Where each project of the file stands in the problem."""
        return tuple(np.argsort(np.array(self.order, dtype=np.int64)).tolist())

    def picks(self, chosen: Rows) -> tuple[int | None, ...]:
        """Return the chosen option of each project of the file, None where it is not funded."""
        found: dict[int, int] = {}
        for option in chosen.tolist():
            place = int(np.searchsorted(self.first, option, side="right")) - 1
            found[self.order[place]] = int(option - self.first[place])
        return tuple(found.get(index) for index in range(len(self.order)))

    def chosen(self, picks: Sequence[int | None]) -> Rows:
        """Return the numbers in the problem of what is chosen for each project of the file."""
        rows = (
            int(self.first[place]) + pick
            for place, index in enumerate(self.order)
            if (pick := picks[index]) is not None
        )
        return np.fromiter(rows, dtype=np.int64)


def plan_options(menus: Sequence[Menu], portfolio: Portfolio) -> tuple[ProjectOptions, ...]:
    """Return what the plan may choose, in file order; nothing of projects that a rule skips."""
    out = skipped(portfolio.rules)
    return tuple(
        menu.priced.take(_NONE) if menu.project.id in out else menu.options for menu in menus
    )


def build_layout(options: Sequence[ProjectOptions], portfolio: Portfolio) -> Layout:
    """Return where everything stands."""
    order = sorted(range(len(options)), key=lambda index: options[index].project)
    sizes = [len(options[index]) for index in order]
    n_periods = max(1, len(portfolio.periods))
    return Layout(
        order=tuple(order),
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        ladders=build_ladders(portfolio.shared, options, n_periods),
        n_periods=n_periods,
    )


def build_problem(
    portfolio: Portfolio,
    options: Sequence[ProjectOptions],
    layout: Layout,
    objective: Objective,
    outcomes: Outcomes | None = None,
) -> DecisionProblem:
    """Return the decision in arrays.

    Parameters
    ----------
    portfolio : Portfolio
        Budget, rules, periods, shared assets and risk.
    options : sequence of ProjectOptions
        In file order, from :func:`plan_options`.
    layout : Layout
        From :func:`build_layout`.
    objective : Objective
        What is counted; shared assets count against net value alone.
    outcomes : Outcomes, optional
        Draws of all options, for measures of risk and bounds on random spend.
    """
    ordered = [options[index] for index in layout.order]
    worth = _joined([objective_worth(item, objective) for item in ordered], np.float64)
    cents = _joined([item.total_cents for item in ordered], np.int64)
    bound = _joined([item.bound_cents for item in ordered], np.int64)
    start = _joined([_start(item) for item in ordered], np.int64)
    if outcomes is not None:
        worth = outcomes.worth_at(np.full(outcomes.n_draws, 1.0 / outcomes.n_draws))
    asset_worth = step_worths(layout.ladders, present_factors(portfolio))
    if objective is not Objective.NET_VALUE:
        asset_worth = np.zeros_like(asset_worth)
    budget = total_budget_cents(portfolio)
    return DecisionProblem(
        projects=tuple(item.project for item in ordered),
        owner=np.repeat(np.arange(len(ordered)), np.diff(layout.first)).astype(np.int64),
        cents=bound,
        worth=worth,
        tie=np.argsort(np.lexsort((np.arange(len(cents)), start))).astype(np.int64),
        budget_cents=None if portfolio.hold else budget,
        rows=tuple(_rows(portfolio, ordered, layout, cents, start)),
        assets=tuple(asset_names(layout.ladders, [period.id for period in portfolio.periods])),
        asset_cents=step_costs(layout.ladders, layout.n_periods),
        asset_worth=asset_worth,
        risk=risk_measure(portfolio),
        outcomes=outcomes,
        spend=spend_bound(portfolio),
    )


def risk_measure(portfolio: Portfolio) -> RiskMeasure:
    """Return what is maximised, with the file's numbers."""
    return portfolio.risk.maximised()


def spend_bound(portfolio: Portfolio, level: float | None = None) -> SpendBound | None:
    """Return how the budget binds random spend; None where it binds the sum of the caps.

    ``level`` replaces the one asked for. A chance is first held by the CVaR at its level: if the
    mean of the dearest tenth is within the budget, so are nine tenths of the outcomes.
    """
    hold, budget = portfolio.hold, total_budget_cents(portfolio)
    if hold is None or budget is None:
        return None
    asked = hold.cvar if hold.chance is None else hold.chance
    return SpendBound(level if level is not None else float(asked or 0.0), budget)


def has_one_budget(portfolio: Portfolio) -> bool:
    """Whether an expectation is maximised under one budget and rules about projects alone.

    Plans are then proven best in no time, and worth per unit of money compares any two projects.
    """
    return not (
        portfolio.risk.is_cautious
        or portfolio.shared
        or portfolio.periods
        or portfolio.hold is not None
        or any(isinstance(rule, UnitShare | CarbonCap) for rule in portfolio.rules)
    )


def needs_draws(portfolio: Portfolio) -> bool:
    """Whether the solve looks at single draws."""
    return portfolio.risk.is_cautious or portfolio.hold is not None


def _start(options: ProjectOptions) -> Rows:
    return np.zeros(len(options), dtype=np.int64) if options.start is None else options.start


def _joined[T: np.generic](
    parts: "Sequence[np.ndarray[tuple[int, ...], np.dtype[T]]]", kind: type[T]
) -> "np.ndarray[tuple[int, ...], np.dtype[T]]":
    return np.concatenate([np.empty(0, dtype=kind), *parts])


def _rows(
    portfolio: Portfolio,
    ordered: Sequence[ProjectOptions],
    layout: Layout,
    cents: Rows,
    start: Rows,
) -> Iterator[LinearRow]:
    place = {item.project: number for number, item in enumerate(ordered)}
    for row in rule_rows(project_rules(portfolio.rules)):
        if not row.name.startswith("skip["):
            yield _project_row(row, place, layout)
    yield from _period_rows(portfolio, layout, cents, start)
    for rule in portfolio.rules:
        if isinstance(rule, UnitShare):
            yield from _unit_rows(rule, portfolio, layout, cents)
        elif isinstance(rule, CarbonCap):
            yield _carbon_row(rule, ordered)
    yield from link_rows(layout.ladders, ordered, layout.first, layout.n_periods)


def _project_row(row: RuleRow, place: dict[str, int], layout: Layout) -> LinearRow:
    """Return a row over projects as one over their options."""
    known = [(place[project], factor) for project, factor in row.terms if project in place]
    options = [np.arange(layout.first[p], layout.first[p + 1], dtype=np.int64) for p, _ in known]
    factors = [np.full(len(o), f) for o, (_, f) in zip(options, known, strict=True)]
    return LinearRow(
        row.name,
        row.rule,
        np.concatenate([_NONE, *options]),
        np.concatenate([np.zeros(0), *factors]),
        _NONE,
        np.zeros(0),
        row.limit,
    )


def period_name(period: str) -> str:
    """Return how messages call the budget of a period."""
    return f"periods[{period}]"


def _period_rows(
    portfolio: Portfolio, layout: Layout, cents: Rows, start: Rows
) -> Iterator[LinearRow]:
    """Yield, for each period, what starts and is bought in it against its budget."""
    for number, period in enumerate(portfolio.periods):
        options = np.flatnonzero((start == number) & (cents > 0))
        numbers: list[int] = []
        factors: list[int] = []
        for ladder in layout.ladders:
            for step, cost in enumerate(ladder.cents.tolist()):
                numbers.append(ladder.number(step, number, layout.n_periods))
                factors.append(cost)
                if number:
                    numbers.append(ladder.number(step, number - 1, layout.n_periods))
                    factors.append(-cost)
        yield LinearRow(
            f"period[{period.id}]",
            period_name(period.id),
            options,
            cents[options].astype(np.float64),
            np.array(numbers, dtype=np.int64),
            np.array(factors, dtype=np.float64),
            float(budget_to_cents(period.budget)),
        )


def _carbon_row(rule: CarbonCap, ordered: Sequence[ProjectOptions]) -> LinearRow:
    """Return ``grams of what is chosen ≤ cap``, in whole grams."""
    grams = _joined([emitted_grams(item) for item in ordered], np.int64)
    options = np.flatnonzero(grams > 0)
    return LinearRow(
        "carbon[cap]",
        rule.name,
        options,
        grams[options].astype(np.float64),
        _NONE,
        np.zeros(0),
        float(cap_grams(rule)),
    )


def _unit_rows(
    rule: UnitShare, portfolio: Portfolio, layout: Layout, cents: Rows
) -> Iterator[LinearRow]:
    """Yield ``unit's cents − share · all cents ≤ 0`` and its mirror image, in whole numbers."""
    units = [portfolio.projects[index].unit for index in layout.order]
    inside = np.repeat([unit == rule.unit for unit in units], np.diff(layout.first))
    options = np.arange(len(cents), dtype=np.int64)
    for share, sign, name in ((rule.max_share, 1, "max"), (rule.min_share, -1, "min")):
        if share is None:
            continue
        exact = exact_share(share)
        top, bottom = exact.numerator, exact.denominator
        if int(cents.max(initial=0)) * bottom < LARGEST_EXACT:
            factors = sign * cents * np.where(inside, bottom - top, -top)
        else:
            factors = sign * cents * np.where(inside, 1.0 - share, -share)
        yield LinearRow(
            f"unit_{name}[{rule.unit}]",
            rule.name,
            options,
            factors.astype(np.float64),
            _NONE,
            np.zeros(0),
            0.0,
        )
