"""Can some of the user's limits hold together?

The suspects are rules, budgets and least chances, and every required shared asset, which may be had
for free. Each question is a small integer model: the least money that keeps what is kept.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pulp

from planner.domain.arrays import Floats, Rows
from planner.domain.facts.fixes import SetBudget
from planner.domain.portfolio.portfolio import CarbonCap, Portfolio, UnitShare
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import Fix
from planner.domain.vocabulary import Status
from planner.errors import NotConvergedError
from planner.offering.build_problem import build_layout, build_problem, period_name, spend_bound
from planner.offering.deadline import NEVER, Deadline
from planner.offering.effort import SECOND, Allowance, Effort, OutOfEffortError
from planner.offering.options import Menu
from planner.offering.packing import PackedGroup, pack_outcomes
from planner.offering.problem import DecisionProblem, LinearRow, Outcomes
from planner.offering.rules import project_rules, skipped
from planner.planning.conflict.smallest import (
    BUDGET,
    DECIDING_WORK,
    Conflict,
    chance_suspects,
    conflict_of,
    fix_of,
    require_time,
)
from planner.planning.prepare import Prepared
from planner.solving.highs_options import highs

SPEND_WORK = 15 * SECOND
"""For the least random spend that some rules allow."""
_NONE = np.zeros(0, dtype=np.int64)


def why_infeasible(prepared: Prepared, deadline: Deadline = NEVER) -> Conflict:
    """Return the smallest set of the user's rules that cannot hold together, and smallest fixes.

    Raises
    ------
    OutOfEffortError
        The deadline came before they were found.
    """
    case = case_of(prepared, deadline)
    return conflict_of(case, case.period_fixes)


def case_of(prepared: Prepared, deadline: Deadline = NEVER) -> "PortfolioCase":
    """Return the question about a portfolio."""
    rules = project_rules(prepared.portfolio.rules)
    return PortfolioCase(prepared, chance_suspects(prepared.menus, rules), deadline)


def asset_name(asset: str) -> str:
    """Return how messages call a shared asset."""
    return f"shared[{asset}]"


@dataclass(eq=False)
class PortfolioCase:
    """The question "can these suspects hold together?", with its answers so far."""

    prepared: Prepared
    chance_of: dict[str, str]
    deadline: Deadline = NEVER
    answers: dict[frozenset[str], bool] = field(default_factory=dict)

    @property
    def menus(self) -> Sequence[Menu]:
        """Everything priced."""
        return self.prepared.menus

    @property
    def suspects(self) -> tuple[str, ...]:
        """Everything the user may change, in the order in which it is given up last."""
        portfolio = self.prepared.portfolio
        return (
            *dict.fromkeys(rule.name for rule in portfolio.rules),
            *self.chance_of,
            *(asset_name(asset.id) for asset in portfolio.shared if asset.required),
            *(period_name(period.id) for period in portfolio.periods),
            *([BUDGET] if portfolio.budget is not None else []),
        )

    def least_cents(
        self, kept: frozenset[str], lowered: tuple[str, float] | None = None
    ) -> int | None:
        """Return the least total that keeps some suspects, the budget aside; None if none does.

        Committed cost; where the budget holds random spend, the least CVaR of the spend.
        """
        return self._least(kept, lowered, None)

    def holds(self, kept: frozenset[str], lowered: tuple[str, float] | None = None) -> bool:
        """Whether some plan keeps these suspects."""
        if lowered is None and kept in self.answers:
            return self.answers[kept]
        cents = self.least_cents(kept, lowered)
        fits = cents is not None and (BUDGET not in kept or cents <= self.prepared.budget_cents)
        if lowered is None:
            self.answers[kept] = fits
        return fits

    def period_fixes(self, core: frozenset[str]) -> Iterable[Fix]:
        """Offer the least budget of each period in the conflict that keeps everything else."""
        everything = frozenset(self.suspects)
        for period in self.prepared.portfolio.periods:
            name = period_name(period.id)
            if name not in core:
                continue
            cents = self._least(everything - {name}, None, name)
            total = None if cents is None else self._least(everything - {name}, None, None)
            within = total is not None and (
                BUDGET not in everything or total <= self.prepared.budget_cents
            )
            if cents is not None and within:
                yield fix_of(SetBudget(cents / 100, name), field=f"portfolio.{name}.budget")

    def _least(
        self, kept: frozenset[str], lowered: tuple[str, float] | None, period: str | None
    ) -> int | None:
        """Return the least cents in total, or of what a period's row counts."""
        require_time(self.deadline)
        portfolio = self._kept_portfolio(kept)
        options = [self._options(menu, kept, lowered) for menu in self.menus]
        layout = build_layout(options, portfolio)
        outcomes = None
        if portfolio.hold is not None:
            groups = [PackedGroup(self.menus[i], options[i]) for i in layout.order]
            outcomes = pack_outcomes(
                groups, portfolio, self.prepared.objective, seed=self.prepared.seed
            )
        problem = build_problem(portfolio, options, layout, self.prepared.objective, outcomes)
        counted = next((row for row in problem.rows if row.rule == period), None)
        periods = {period_name(item.id) for item in portfolio.periods}
        rows = [row for row in problem.rows if row.rule not in periods or row.rule in kept]
        limit = None if BUDGET not in kept or period is None else self.prepared.budget_cents
        if outcomes is not None and period is None:
            return _least_spend(replace(problem, rows=tuple(rows)), portfolio, self.deadline)
        return _least_cost(
            replace(problem, rows=tuple(rows), budget_cents=limit), counted, self.deadline
        )

    def _kept_portfolio(self, kept: frozenset[str]) -> Portfolio:
        """Return the portfolio with the rules and the assets that are kept."""
        portfolio = self.prepared.portfolio
        return replace(
            portfolio,
            rules=tuple(rule for rule in portfolio.rules if rule.name in kept),
            shared=tuple(
                asset
                for asset in portfolio.shared
                if not asset.required or asset_name(asset.id) in kept
            ),
        )

    def _options(
        self, menu: Menu, kept: frozenset[str], lowered: tuple[str, float] | None
    ) -> ProjectOptions:
        """Return what a project may choose if some suspects are kept, the cheapest of each kind."""
        project = menu.project
        rules = [rule for rule in self.prepared.portfolio.rules if rule.name in kept]
        if project.id in skipped(rules):
            return menu.priced.take(_NONE)
        least = project.min_chance if f"projects[{project.id}].min_chance" in kept else None
        if project.min_chance is not None and f"projects[{project.id}].min_chance" not in (
            self.chance_of
        ):
            least = project.min_chance
        if lowered is not None and lowered[0] == project.id:
            least = lowered[1]
        committed = [rule for rule in menu.committed if rule.name in kept]
        options = menu.priced.take(menu.eligible(least, committed))
        has_shares = any(isinstance(rule, UnitShare | CarbonCap) for rule in rules)
        is_random = self.prepared.portfolio.hold is not None
        return options if has_shares or is_random else _cheapest_of_each(options)


def _cheapest_of_each(options: ProjectOptions) -> ProjectOptions:
    """Return, of the options that need the same assets from the same period on, the cheapest."""
    count = len(options)
    nothing = np.zeros((count, 0), dtype=np.int64)
    keys = np.column_stack(
        [
            np.zeros(count, dtype=np.int64) if options.start is None else options.start,
            np.zeros(count, dtype=np.int64) if options.use_index is None else options.use_index,
            nothing if options.pool_images is None else options.pool_images,
        ]
    )
    order = np.lexsort((np.arange(count), options.bound_cents))
    _, first = np.unique(keys[order], axis=0, return_index=True)
    return options.take(np.sort(order[first]))


def _least_cost(
    problem: DecisionProblem, counted: LinearRow | None, deadline: Deadline = NEVER
) -> int | None:
    """Return the least cents in all, or of what one row counts; None if the rows conflict.

    Only options that help to fill some row are ever needed.
    """
    model = pulp.LpProblem("least_cost", pulp.LpMinimize)
    helping = [row.options[row.option_coefficients < 0] for row in problem.rows]
    needed = np.unique(np.concatenate([_NONE, *helping]))
    choose = dict(zip(needed.tolist(), _binaries(model, "choose", len(needed)), strict=True))
    own = _binaries(model, "own", len(problem.assets))
    cost = problem.cents.astype(np.float64), problem.asset_cents.astype(np.float64)
    if counted is not None:
        cost = _dense(counted, len(problem), len(problem.assets))
    cost = cost[0][needed], cost[1]
    unit = _unit(max(float(np.abs(part).max(initial=0.0)) for part in cost))
    terms = [*zip(choose.values(), (cost[0] / unit).tolist(), strict=True)]
    terms += zip(own, (cost[1] / unit).tolist(), strict=True)
    model.setObjective(pulp.lpSum_vars_coefs(terms))
    for number, row in enumerate(_all_rows(problem)):
        scale = _unit(float(np.abs([*row.option_coefficients, *row.asset_coefficients, 0]).max()))
        pairs = zip(row.options.tolist(), (row.option_coefficients / scale).tolist(), strict=True)
        mine = [(choose[option], factor) for option, factor in pairs if option in choose]
        pairs = zip(row.assets.tolist(), (row.asset_coefficients / scale).tolist(), strict=True)
        mine += [(own[asset], factor) for asset, factor in pairs]
        if mine:
            model.addConstraint(pulp.lpSum_vars_coefs(mine) <= row.limit / scale, f"row[{number}]")
        elif row.limit < 0:
            return None
    if not terms:
        return 0
    stats = model.solve(highs(gap=0.0, effort=Effort(Allowance(DECIDING_WORK, deadline))))
    if stats.status == pulp.constants.LpSolveStatus.Infeasible:
        return None
    if not stats.has_solution:
        message = (
            f"HiGHS could not decide whether the rules can hold together ({stats.status_str})."
        )
        raise NotConvergedError(message)
    taken = zip([*choose.values(), *own], np.concatenate(cost).tolist(), strict=True)
    return round(math.fsum(cents for variable, cents in taken if (variable.varValue or 0) > 0.5))


def _all_rows(problem: DecisionProblem) -> Iterable[LinearRow]:
    """Yield the rows, one option for each project, and the budget."""
    none, nothing = _NONE, np.zeros(0)
    yield from problem.rows
    for owner in np.unique(problem.owner).tolist():
        mine = np.flatnonzero(problem.owner == owner)
        yield LinearRow(f"one[{owner}]", "", mine, np.ones(len(mine)), none, nothing, 1.0)
    if problem.budget_cents is not None and len(problem):
        yield LinearRow(
            "budget_total",
            BUDGET,
            np.arange(len(problem), dtype=np.int64),
            problem.cents.astype(np.float64),
            np.arange(len(problem.assets), dtype=np.int64),
            problem.asset_cents.astype(np.float64),
            float(problem.budget_cents),
        )


def _dense(row: LinearRow, n_options: int, n_assets: int) -> tuple[Floats, Floats]:
    options, assets = np.zeros(n_options), np.zeros(n_assets)
    np.add.at(options, row.options, row.option_coefficients)
    np.add.at(assets, row.assets, row.asset_coefficients)
    return options, assets


def _unit(largest: float) -> float:
    """Return a power of two that brings the largest number to about a million."""
    return 2.0 ** max(0, math.ceil(math.log2(max(largest, 1.0))) - 20)


def _binaries(model: pulp.LpProblem, name: str, count: int) -> list[pulp.LpVariable]:
    if count == 0:
        return []
    return list(model.add_variable_matrix(f"{name}[%s]", range(count), cat="Binary"))


@dataclass(frozen=True, eq=False)
class _MinusSpend:
    """Outcomes whose worth is the spend saved."""

    outcomes: Outcomes

    @property
    def n_draws(self) -> int:
        return self.outcomes.n_draws

    def worth_at(self, weights: Floats) -> Floats:
        return -self.outcomes.spend_at(weights) / 100

    def worth_draws(self, options: Rows) -> Floats:
        return -self.outcomes.spend_draws(options) / 100

    def spend_at(self, weights: Floats) -> Floats:
        return self.outcomes.spend_at(weights)

    def spend_draws(self, options: Rows) -> Floats:
        return self.outcomes.spend_draws(options)


def _least_spend(
    problem: DecisionProblem, portfolio: Portfolio, deadline: Deadline = NEVER
) -> int | None:
    """Return the least CVaR of random spend that the rules allow, in cents; None if infeasible."""
    from planner.solving.solver import PortfolioSolver

    bound, outcomes = spend_bound(portfolio), problem.outcomes
    if bound is None or outcomes is None or not len(problem):
        return None if any(row.limit < 0 for row in problem.rows) else 0
    saved = _MinusSpend(outcomes)
    solution = PortfolioSolver(
        replace(
            problem,
            outcomes=saved,
            worth=saved.worth_at(np.full(outcomes.n_draws, 1 / outcomes.n_draws)),
            asset_worth=-problem.asset_cents / 100,
            risk=RiskMeasure("cvar", level=bound.level, weight=1.0),
            spend=None,
            budget_cents=None,
        )
    ).solve(allowance=Allowance(SPEND_WORK, deadline))
    if solution.stop == "time":
        raise OutOfEffortError
    return None if solution.status is Status.INFEASIBLE else math.ceil(-100 * solution.value - 1e-6)
