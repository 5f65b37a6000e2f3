"""Every combination of options of a small portfolio, added up: the oracle of every question.

A row is one combination of at most one option of each project and one way to pay for the shared
assets it needs. What a row costs and is worth is summed here from single options; which rules it
keeps is asked of the rules as they are written. No model, no bound and no search of the product
takes part, so that any question can be answered by looking at all rows: with another budget,
without one of the limits, under other weights of the draws.
"""

import itertools
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.portfolio import (
    AtLeast,
    AtMost,
    CarbonCap,
    Committed,
    Exclusive,
    Fund,
    Portfolio,
    Require,
    Rule,
    Skip,
    UnitShare,
)
from planner.domain.quantities import amount_mean
from planner.domain.results.option import ProjectOptions
from planner.domain.vocabulary import Objective
from planner.offering.options import Menu
from planner.offering.packing import PackedGroup, pack_outcomes
from planner.planning.prepare import Prepared

BUDGET = "budget"
HALF_A_CENT = 0.5


@dataclass(frozen=True, eq=False)
class Line:
    """One option as it is added up: ``allowed`` where no commitment speaks against it."""

    row: int
    cents: int
    start: int
    uses: tuple[str, ...]
    pools: dict[str, int]
    images: int
    architecture: str


class PortfolioTable:
    """All combinations of a prepared portfolio.

    Parameters
    ----------
    prepared : Prepared
        Its menus are read, its problem and its solver are not.
    """

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.portfolio: Portfolio = prepared.portfolio
        self.menus = prepared.menus
        self.n_periods = max(1, len(self.portfolio.periods))
        self.eligible = [_eligible(menu) for menu in self.menus]
        self.lines = [list(_lines(options)) for options in self.eligible]
        sizes = [len(lines) + 1 for lines in self.lines]  # the last of each is: not funded
        self.picks: Rows = np.array(
            list(itertools.product(*(range(size) for size in sizes))), dtype=np.int64
        ).reshape(-1, len(sizes))
        self.funded: Flags = self.picks < np.array(sizes) - 1
        self.combination, self.paid = self._ways()

    def __len__(self) -> int:
        return len(self.combination)

    def _column(self, project: int, values: list[float]) -> Floats:
        """Return a number of each combination from those of one project's options."""
        return np.array([*values, 0.0])[self.picks[:, project]]

    @cached_property
    def own_cents(self) -> Floats:
        """Cents of each project in each combination, shape (n_combinations, n_projects)."""
        return np.stack(
            [
                self._column(k, [float(line.cents) for line in lines])
                for k, lines in enumerate(self.lines)
            ],
            axis=1,
        )

    @cached_property
    def start(self) -> Rows:
        """Period in which each project starts; 0 where it is not funded."""
        return np.stack(
            [
                self._column(k, [float(line.start) for line in lines])
                for k, lines in enumerate(self.lines)
            ],
            axis=1,
        ).astype(np.int64)

    def _ways(self) -> tuple[Rows, Floats]:
        """Return the combination of each row, and the cents of assets it pays by period."""
        rows = np.arange(len(self.picks), dtype=np.int64)
        paid = np.zeros((len(rows), self.n_periods))
        for asset in self.portfolio.shared:
            need = self._needs(asset.id)[rows]
            costs = _asset_costs(self.prepared, asset.id, np.unique(need))
            total = _looked_up(costs, need[:, -1])
            if self.n_periods == 1:
                paid[:, 0] += total
                continue
            first = _looked_up(costs, need[:, 0])
            parts = []
            for cents in sorted(set(costs.values())):
                at = np.flatnonzero((cents >= first) & (cents <= total))
                more = paid[at].copy()
                more[:, 0] += cents
                more[:, 1] += total[at] - cents
                parts.append((rows[at], more))
            rows = np.concatenate([part[0] for part in parts])
            paid = np.concatenate([part[1] for part in parts])
        return rows, paid

    def _needs(self, asset: str) -> Rows:
        """Return the images needed of an asset by the end of each period, −1 for not at all."""
        need = np.full((len(self.picks), self.n_periods), -1, dtype=np.int64)
        for k, lines in enumerate(self.lines):
            mine = [line.pools.get(asset, 0) if asset in line.uses else -1 for line in lines]
            taken = np.array([*mine, -1])[self.picks[:, k]]
            for period in range(self.n_periods):
                need[:, period] = np.maximum(
                    need[:, period], np.where(self.start[:, k] <= period, taken, -1)
                )
        return need

    @cached_property
    def by_period(self) -> Floats:
        """Cents that each row commits in each period."""
        cents = np.zeros((len(self.picks), self.n_periods))
        for period in range(self.n_periods):
            cents[:, period] = np.where(self.start == period, self.own_cents, 0.0).sum(axis=1)
        return cents[self.combination] + self.paid

    @cached_property
    def total(self) -> Floats:
        """Cents that each row commits in all."""
        return self.by_period.sum(axis=1)

    @cached_property
    def is_funded(self) -> Flags:
        """Which projects of the file each row funds."""
        return self.funded[self.combination]

    @cached_property
    def asset_worth(self) -> Floats:
        """Minus the present cost of the assets of each row, where the objective counts cost."""
        if self.prepared.objective is not Objective.NET_VALUE:
            return np.zeros(len(self))
        years = np.arange(self.n_periods) * self.portfolio.horizon_years / self.n_periods
        present = (1.0 + self.portfolio.discount_rate) ** -years
        return -(self.paid @ present) / 100

    def _draws(self, project: int, *, spend: bool, held_out: bool) -> Floats:
        """Return worth or spend (cents) of one project's options in each draw, none last."""
        menu, options = self.menus[project], self.eligible[project]
        packed = pack_outcomes(
            [PackedGroup(menu, options)],
            self.portfolio,
            self.prepared.objective,
            seed=self.prepared.seed,
            held_out=held_out,
        )
        every = np.arange(len(options), dtype=np.int64)
        found = packed.spend_draws(every) if spend else packed.worth_draws(every)
        return np.concatenate([found, np.zeros((1, packed.n_draws))])

    def _summed(self, *, spend: bool, held_out: bool) -> Floats:
        """Return worth or spend of each combination in each draw."""
        total: Floats | None = None
        for k, options in enumerate(self.eligible):
            if len(options) == 0:
                continue
            mine = self._draws(k, spend=spend, held_out=held_out)[self.picks[:, k]]
            total = mine if total is None else total + mine
        return np.zeros((len(self.picks), 1)) if total is None else total

    @cached_property
    def worth_draws(self) -> Floats:
        """Worth of each combination in each of the solve's draws, assets aside."""
        return self._summed(spend=False, held_out=False)

    @cached_property
    def value(self) -> Floats:
        """Objective of each row, the measure of risk included."""
        risk = self.portfolio.risk
        if risk.measure == "expected":
            each = [_expected(self.prepared, options) for options in self.eligible]
            worth = np.zeros(len(self.picks))
            for k, mine in enumerate(each):
                worth += self._column(k, mine)
        elif risk.measure == "cvar":
            worth = (1 - risk.weight) * self.worth_draws.mean(axis=1) + risk.weight * _tail(
                self.worth_draws, 1 - risk.level
            )
        else:
            worth = _entropic(self.worth_draws, risk.aversion or 0.0)
        return worth[self.combination] + self.asset_worth

    @cached_property
    def spend_cvar(self) -> Floats:
        """Mean of the dearest share of each row's spend, on the solve's draws, in cents."""
        hold = self.portfolio.hold
        level = 0.0 if hold is None else float(hold.cvar or 0.0)
        spend = self._summed(spend=True, held_out=False)
        return -_tail(-spend, 1 - level)[self.combination] + self.paid.sum(axis=1)

    def chance_within(self, budget_cents: float) -> Floats:
        """Return the share of the audit's draws in which each row's spend is within a budget."""
        spend = self._audit_spend[self.combination] + self.paid.sum(axis=1)[:, None]
        return np.asarray((spend <= budget_cents + HALF_A_CENT).mean(axis=1))

    @cached_property
    def _audit_spend(self) -> Floats:
        return self._summed(spend=True, held_out=True)

    @property
    def limits(self) -> list[str]:
        """Names of everything that limits the choice."""
        names = [rule.name for rule in self.portfolio.rules]
        names += [f"periods[{period.id}]" for period in self.portfolio.periods]
        names += [BUDGET] if self.portfolio.budget is not None else []
        return list(dict.fromkeys(names))

    def keeps(self, name: str, budget: float | None = None) -> Flags:
        """Return which rows keep one limit; ``budget`` replaces the total one."""
        if name == BUDGET:
            return self._within(budget)
        for number, period in enumerate(self.portfolio.periods):
            if name == f"periods[{period.id}]":
                return np.asarray(self.by_period[:, number] <= round(100 * period.budget))
        (rule,) = (rule for rule in self.portfolio.rules if rule.name == name)
        return self._keeps_rule(rule)

    def _within(self, budget: float | None) -> Flags:
        amount = self.portfolio.budget if budget is None else budget
        if amount is None:
            amount = sum(period.budget for period in self.portfolio.periods)
        cents, hold = float(round(100 * amount)), self.portfolio.hold
        if hold is None:
            return np.asarray(self.total <= cents)
        if hold.chance is None:
            return np.asarray(self.spend_cvar <= cents * (1 + 1e-7) + 1e-3)
        return np.asarray(self.chance_within(cents) >= hold.chance)

    def _keeps_rule(self, rule: Rule) -> Flags:
        place = {project.id: k for k, project in enumerate(self.portfolio.projects)}
        if isinstance(rule, UnitShare):
            return self._keeps_share(rule)
        if isinstance(rule, Committed):
            return self._keeps_commitment(rule, place[rule.project])
        assert not isinstance(rule, CarbonCap)  # these portfolios say nothing of machines
        if isinstance(rule, Require):
            a, b = self.is_funded[:, place[rule.project]], self.is_funded[:, place[rule.needs]]
            return np.asarray(~a | b)
        named = sorted({place[project] for project in rule.projects})
        count = self.is_funded[:, named].sum(axis=1)
        match rule:
            case Exclusive():
                return np.asarray(count <= 1)
            case Fund():
                return np.asarray(count == len(named))
            case Skip():
                return np.asarray(count == 0)
            case AtMost():
                return np.asarray(count <= rule.count)
            case AtLeast():
                return np.asarray(count >= rule.count)

    def _keeps_share(self, rule: UnitShare) -> Flags:
        inside = np.array([project.unit == rule.unit for project in self.portfolio.projects])
        own = self.own_cents[self.combination]
        mine, every = own[:, inside].sum(axis=1), own.sum(axis=1)
        kept = np.ones(len(self), dtype=np.bool_)
        if rule.max_share is not None:
            kept &= 1000 * mine <= round(1000 * rule.max_share) * every
        if rule.min_share is not None:
            kept &= 1000 * mine >= round(1000 * rule.min_share) * every
        return kept

    def _keeps_commitment(self, rule: Committed, project: int) -> Flags:
        lines = self.lines[project]
        name = None if rule.architecture is None else _plain(rule.architecture)
        fits = [
            (rule.images is None or line.images == rule.images)
            and (name is None or _plain(line.architecture) == name)
            for line in lines
        ]
        return np.asarray(np.array([*fits, False])[self.picks[:, project]][self.combination])

    def allowed(self, *, budget: float | None = None, without: Collection[str] = ()) -> Flags:
        """Return which rows keep every limit but some."""
        kept = np.ones(len(self), dtype=np.bool_)
        names = self.limits
        if BUDGET not in names and budget is not None:
            names = [*names, BUDGET]
        for name in names:
            if name not in without:
                kept &= self.keeps(name, budget)
        return kept

    def best(self, *, budget: float | None = None, without: Collection[str] = ()) -> float | None:
        """Return the best objective among the rows that are allowed; None if none is."""
        rows = self.allowed(budget=budget, without=without)
        return float(self.value[rows].max()) if rows.any() else None

    def may_fund(self, project: int, without: Collection[str] = ()) -> tuple[bool, bool]:
        """Return whether some best row funds a project, and whether some best row does not."""
        rows = self.allowed(without=without)
        if not rows.any():
            return False, True
        top = self.value[rows].max()
        best = rows & (self.value >= top - 1e-6 * max(1.0, abs(float(top))))
        funds = self.is_funded[best, project]
        return bool(funds.any()), bool((~funds).any())


def _eligible(menu: Menu) -> ProjectOptions:
    """Return the options above the least chances, whatever rules say."""
    return menu.priced.take(menu.eligible(menu.project.min_chance, ()))


def _lines(options: ProjectOptions) -> Iterator[Line]:
    for row in range(len(options)):
        way = 0 if options.use_index is None else int(options.use_index[row])
        taken = options.pool_images
        yield Line(
            row=row,
            cents=sum(int(cents[row]) for cents in options.cents.values()),
            start=0 if options.start is None else int(options.start[row]),
            uses=options.uses[way],
            pools={}
            if taken is None
            else {pool: int(taken[row, k]) for k, pool in enumerate(options.pools)},
            images=int(options.images_total[row]),
            architecture=options.architecture(row),
        )


def _asset_costs(prepared: Prepared, name: str, needs: Rows) -> dict[int, float]:
    """Return the cents of an asset by the images that are needed of it; 0 for not at all."""
    (asset,) = (asset for asset in prepared.portfolio.shared if asset.id == name)
    costs: dict[int, float] = {-1: 0.0}
    for need in needs.tolist():
        if need < 0:
            continue
        cents = 100 * amount_mean(asset.fixed_cost)
        if asset.images is not None:
            bought = max(0, need - asset.images.held)
            price = asset.images.price
            assert isinstance(price, float | int)
            cents += 100 * price * bought + (
                100 * amount_mean(asset.images.fixed_cost) if bought else 0.0
            )
        costs[need] = float(round(cents))
    return costs


def _looked_up(costs: dict[int, float], needs: Rows) -> Floats:
    known = np.array(sorted(costs))
    return np.array([costs[int(k)] for k in known])[np.searchsorted(known, needs)]


def _expected(prepared: Prepared, options: ProjectOptions) -> list[float]:
    match prepared.objective:
        case Objective.NET_VALUE:
            return list(options.expected_net_value)
        case Objective.VALUE:
            return list(options.expected_value)
        case Objective.TARGETS_MET:
            return list(options.chance)
        case Objective.ACCURACY:
            assert options.errors_cut is not None
            return list(options.errors_cut)


def _tail(draws: Floats, share: float) -> Floats:
    """Return the mean of the lowest share of each row; the draw at the edge counts in part."""
    ordered = np.sort(draws, axis=1)
    size = share * draws.shape[1]
    weights = np.clip(size - np.arange(draws.shape[1]), 0.0, 1.0)
    return np.asarray(ordered @ weights / weights.sum())


def _entropic(draws: Floats, aversion: float) -> Floats:
    scaled = aversion * (draws - draws.min(axis=1, keepdims=True))
    lifted = np.log1p(np.expm1(-scaled).mean(axis=1))
    return np.asarray(draws.min(axis=1) - lifted / aversion)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
