"""With shared assets, periods, units, commitments and CVaR the plan is the best of all choices.

The oracle reads what ``planner options`` prints and the file's rules, enumerates every combination
of options, and knows nothing of the product's models.
"""

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.portfolio import (
    Committed,
    Exclusive,
    Fund,
    Gives,
    Period,
    Portfolio,
    Require,
    RiskPreference,
    Rule,
    SharedAsset,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Project
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Objective
from planner.forecasting.forecast import build_forecast
from planner.testing import assert_plan_is_consistent, synthetic_posterior

MODEL = synthetic_posterior(120, seed=5)
N_CASES = 60
N_CVAR_CASES = 30

type Option = Mapping[str, Any]
type Combination = tuple[Option | None, ...]


def wide_portfolio(seed: int, *, cvar: bool = False) -> Portfolio:
    """Return two or three projects of few options, with one or two of every new feature."""
    rng = np.random.default_rng([seed, int(cvar)])
    ids = [f"p{i}" for i in range(3)][: int(rng.integers(2, 4))]
    periods = _periods(rng) if rng.random() < 0.5 else ()
    projects = tuple(_project(rng, id_, periods, few=cvar or len(ids) == 3) for id_ in ids)
    return Portfolio(
        projects=projects,
        shared=tuple(_assets(rng, ids)),
        rules=tuple(_rules(rng, projects)),
        periods=periods,
        discount_rate=0.1 if periods and rng.random() < 0.5 else 0.0,
        horizon_years=2.0,
        budget=None if periods and rng.random() < 0.4 else float(rng.choice([40, 90, 160, 400])),
        objective=None if cvar or rng.random() < 0.6 else list(Objective)[int(rng.integers(3))],
        risk=RiskPreference(
            measure="cvar", level=float(rng.choice([0.5, 0.8, 0.9])), weight=float(rng.random())
        )
        if cvar
        else RiskPreference(),
    )


def _periods(rng: np.random.Generator) -> tuple[Period, ...]:
    budgets = rng.choice([20, 60, 120, 300], size=2)
    return tuple(Period(id=f"t{i}", budget=float(b)) for i, b in enumerate(budgets))


def _project(
    rng: np.random.Generator, name: str, periods: Sequence[Period], *, few: bool
) -> Project:
    held = int(rng.integers(0, 300))
    more = int(rng.integers(1, 4)) if few else int(rng.choice([3, 8, 30]))
    return Project(
        id=name,
        classes=int(rng.integers(3, 30)),
        pretrained=bool(rng.random() < 0.6),
        target_error=float(np.round(rng.uniform(0.1, 0.4), 2)),
        images=Images(
            held=held,
            limit=max(held, 10) + more,
            price=float(rng.choice([0.0, 0.31, 4.0, 17.5])),
            fixed_cost=float(rng.choice([0, 0, 12.25])),
        ),
        value=float(rng.choice([20, 80, 300])),
        architectures=("ResNet-50",),
        unit=str(rng.choice(["north", "south"])),
        earliest=str(rng.choice([p.id for p in periods]))
        if periods and rng.random() < 0.5
        else None,
    )


def _assets(rng: np.random.Generator, ids: Sequence[str]) -> list[SharedAsset]:
    assets: list[SharedAsset] = []
    members = tuple(ids[: int(rng.integers(1, len(ids) + 1))])
    split = str(rng.choice(["shapley", "equal", "usage", "dual"]))
    if rng.random() < 0.5:
        pool = Images(
            held=int(rng.integers(0, 3)),
            limit=int(rng.integers(4, 150)),
            price=float(rng.choice([0.1, 2.5])),
            fixed_cost=float(rng.choice([0, 7])),
        )
        assets.append(
            SharedAsset(
                id="pool",
                kind="dataset",
                members=members,
                required=bool(rng.random() < 0.5),
                fixed_cost=float(rng.choice([0, 9.5])),
                images=pool,
                split=split,
            )
        )
    if rng.random() < 0.5:
        gives = Gives(pretrained=True) if rng.random() < 0.6 else Gives(training_discount=0.4)
        assets.append(
            SharedAsset(
                id="base",
                kind="base_model",
                members=tuple(ids),
                required=bool(rng.random() < 0.3),
                fixed_cost=float(rng.choice([3, 25, 90])),
                gives=gives,
                split=split,
            )
        )
    if rng.random() < 0.3:
        assets.append(
            SharedAsset(id="store", kind="dataset", members=members, fixed_cost=15.01, split=split)
        )
    return assets


def _rules(rng: np.random.Generator, projects: Sequence[Project]) -> list[Rule]:
    a, b = projects[0], projects[-1]
    kinds: list[Rule] = [
        UnitShare("rules[0]: most", a.unit or "", max_share=float(rng.choice([0.4, 0.75]))),
        UnitShare("rules[1]: least", b.unit or "", min_share=0.3),
        Committed("rules[2]: decided", a.id, images=a.images.limit - 1),
        Committed("rules[3]: decided", b.id, architecture="resnet 50"),
        Fund("rules[4]: fund", (b.id,)),
        Require("rules[5]: needs", a.id, b.id),
        Exclusive("rules[6]: one", (a.id, b.id)),
    ]
    return [rule for rule in kinds if rng.random() < 0.15]


def combinations(report: Mapping[str, Any], portfolio: Portfolio) -> list[Combination]:
    """Return every combination of at most one printed option of each project."""
    rows = report["options"]
    of_project: list[list[Option | None]] = [
        [None, *(row for row in rows if row["project"] == project.id)]
        for project in portfolio.projects
    ]
    return list(itertools.product(*of_project))


class Oracle:
    """What the file says of one combination, from its printed options alone."""

    def __init__(self, report: Mapping[str, Any], portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self.objective = Objective(report["objective"])
        self.costs: dict[str, list[tuple[int, int]]] = {
            asset["id"]: [(c["images"], round(100 * c["cost"])) for c in asset["costs"]]
            for asset in report["assets"]
        }
        self.periods: list[str | None] = [*(period.id for period in portfolio.periods)] or [None]
        count = len(self.periods)
        self.present = [
            (1 + portfolio.discount_rate) ** (-t * portfolio.horizon_years / count)
            for t in range(count)
        ]

    def owed(self, asset: str, images: int) -> int:
        """Return the cents of an asset whose neediest user takes so many images."""
        return min(cents for need, cents in self.costs[asset] if need >= images)

    def schedules(self, chosen: Sequence[Option]) -> list[list[int]]:
        """Return the cents of shared assets by period, for every way to buy them in time."""
        ways = [[0] * len(self.periods)]
        for asset in self.costs:
            needs: list[list[int]] = [[] for _ in self.periods]
            for option in chosen:
                if asset in option["uses"]:
                    period = self.periods.index(option["start"])
                    needs[period].append(option["pool_images"].get(asset, 0))
            every = [need for some in needs for need in some]
            if not every:
                continue
            total = self.owed(asset, max(every))
            if len(self.periods) == 1:
                firsts = [[total]]
            else:
                least = self.owed(asset, max(needs[0])) if needs[0] else 0
                levels = {least, *(c for _, c in self.costs[asset] if least <= c <= total)}
                firsts = [[first, total - first] for first in sorted(levels)]
            ways = [
                [a + b for a, b in zip(way, paid, strict=True)] for way in ways for paid in firsts
            ]
        return ways

    def allowed(self, chosen: Sequence[Option]) -> list[list[int]]:
        """Return the ways to buy assets that budget, periods and rules allow."""
        if not all(self._keeps(rule, chosen) for rule in self.portfolio.rules):
            return []
        return [way for way in self.schedules(chosen) if self._affords(chosen, way)]

    def _affords(self, chosen: Sequence[Option], assets: Sequence[int]) -> bool:
        by_period = list(assets)
        for option in chosen:
            by_period[self.periods.index(option["start"])] += round(100 * option["cost_total"])
        budget = self.portfolio.budget
        if budget is not None and sum(by_period) > round(100 * budget):
            return False
        pairs = zip(self.portfolio.periods, by_period, strict=False)
        return all(cents <= round(100 * period.budget) for period, cents in pairs)

    def _keeps(self, rule: Rule, chosen: Sequence[Option]) -> bool:
        by_id = {option["project"]: option for option in chosen}
        match rule:
            case Fund():
                return all(project in by_id for project in rule.projects)
            case Require():
                return rule.project not in by_id or rule.needs in by_id
            case Exclusive():
                return sum(project in by_id for project in rule.projects) <= 1
            case Committed():
                option = by_id.get(rule.project)
                return option is not None and rule.images in (None, option["images_total"])
            case UnitShare():
                units = {project.id: project.unit for project in self.portfolio.projects}
                own = {p: round(100 * option["cost_total"]) for p, option in by_id.items()}
                inside = sum(cents for p, cents in own.items() if units[p] == rule.unit)
                whole = sum(own.values())
                most = (
                    rule.max_share is None or 1000 * inside <= round(1000 * rule.max_share) * whole
                )
                least = rule.min_share is None or (
                    1000 * inside >= round(1000 * rule.min_share) * whole
                )
                return most and least
            case _:
                raise AssertionError(rule)

    def expectation(self, chosen: Sequence[Option]) -> float:
        """Return the objective of it."""
        key = {
            Objective.NET_VALUE: "expected_net_value",
            Objective.VALUE: "expected_value",
            Objective.TARGETS_MET: "chance_of_target",
        }[self.objective]
        return float(sum(option[key] for option in chosen))

    def present_assets(self, way: Sequence[int]) -> float:
        """Return the present cost of assets bought in one way, where the objective counts cost."""
        if self.objective is not Objective.NET_VALUE:
            return 0.0
        return float(sum(c * f for c, f in zip(way, self.present, strict=True))) / 100


def _best(oracle: Oracle, every: Sequence[Combination], worth: Any) -> float | None:
    """Return the best worth; an amount that is certain shifts the mean and the tail alike."""
    best: float | None = None
    for combination in every:
        chosen = [option for option in combination if option is not None]
        ways = oracle.allowed(chosen)
        if ways:
            found = worth(chosen) - min(oracle.present_assets(way) for way in ways)
            best = found if best is None else max(best, found)
    return best


def _assert_sound(plan: Plan, portfolio: Portfolio) -> None:
    """Assert what every plan with shared assets keeps: sums to the cent."""
    assert_plan_is_consistent(plan, portfolio)
    for asset in plan.shared:
        assert sum(round(100 * s) for s in asset.shares.values()) == round(100 * asset.cost)
    for decision in plan.decisions:
        mine = sum(round(100 * asset.shares.get(decision.project, 0.0)) for asset in plan.shared)
        assert round(100 * decision.cost.shared) == mine
    if plan.periods:
        spent = sum(round(100 * period.committed) for period in plan.periods)
        assert spent == round(100 * plan.budget.committed)


@pytest.mark.parametrize("seed", range(N_CASES))
def test_a_wide_plan_equals_brute_force(seed: int) -> None:
    """Objective, feasibility, budgets in total and by period, units and shares agree."""
    portfolio = wide_portfolio(seed)
    report: Mapping[str, Any] = planner.options(portfolio, MODEL)
    oracle = Oracle(report, portfolio)
    plan = planner.plan(portfolio, MODEL)
    best = _best(oracle, combinations(report, portfolio), oracle.expectation)
    if best is None:
        assert plan.status == "infeasible"
        assert plan.conflict
        assert plan.fixes
        return
    assert plan.status == "optimal", plan.conflict
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(best, rel=1e-6, abs=1e-7)
    _assert_sound(plan, portfolio)
    if oracle.objective is Objective.NET_VALUE:
        total = sum(decision.expected_net_value for decision in plan.decisions)
        assert total == pytest.approx(plan.objective.value, rel=1e-9, abs=1e-9)


def _successes(portfolio: Portfolio, option: Option) -> np.ndarray:
    """Return in which of the solve's draws an option meets its target, from the forecast alone."""
    (project,) = (p for p in portfolio.projects if p.id == option["project"])
    gives = [a.gives.pretrained for a in portfolio.shared if a.id in option["uses"]]
    if any(gives) and not project.pretrained:
        fields = {
            name: getattr(project, name)
            for name in ("id", "classes", "target_error", "images", "value", "architectures")
        }
        project = Project(**fields, pretrained=True)
    forecast = build_forecast(project, MODEL)
    errors = forecast.error_draws([option["images_total"]], option["architecture"])
    return np.asarray(errors[: MODEL.n_draws // 2, 0] <= project.error_target)


@pytest.mark.parametrize("seed", range(N_CVAR_CASES))
def test_a_wide_plan_under_cvar_equals_brute_force(seed: int) -> None:
    """The mix of mean and tail is the best of all, recomputed from sorted draws of each one."""
    portfolio = wide_portfolio(seed, cvar=True)
    report: Mapping[str, Any] = planner.options(portfolio, MODEL)
    oracle = Oracle(report, portfolio)
    value = {project.id: project.value or 0.0 for project in portfolio.projects}
    draws = {}
    for option in report["options"]:
        start = oracle.periods.index(option["start"])
        worth = value[option["project"]] * _successes(portfolio, option) - option["cost_total"]
        draws[id(option)] = oracle.present[start] * worth
    share, weight = 1 - portfolio.risk.level, portfolio.risk.weight

    def mixed(chosen: Sequence[Option]) -> float:
        total = np.zeros(MODEL.n_draws // 2)
        for option in chosen:
            total = total + draws[id(option)]
        # CVaR by its other definition: the best threshold less the mean shortfall below it.
        shortfall = np.maximum(total[:, None] - total[None, :], 0).mean(axis=1)
        tail = float(np.max(total - shortfall / share))
        return (1 - weight) * float(total.mean()) + weight * tail

    plan = planner.plan(portfolio, MODEL)
    best = _best(oracle, combinations(report, portfolio), mixed)
    if best is None:
        assert plan.status == "infeasible"
        return
    assert plan.status == "optimal", plan.conflict
    assert plan.objective is not None
    assert plan.objective.value == pytest.approx(best, rel=1e-6, abs=1e-7)
    assert plan.objective.bound >= best - 1e-7 * max(1.0, abs(best))
    assert plan.risk is not None
    assert plan.risk.caution is not None
    _assert_sound(plan, portfolio)


def test_the_wide_portfolios_reach_the_cases_that_matter() -> None:
    """Assets bought and left, later starts, conflicts and discounts all occur."""
    seen: Counter[str] = Counter()
    for seed in range(N_CASES):
        portfolio = wide_portfolio(seed)
        plan = planner.plan(portfolio, MODEL)
        seen["infeasible"] += plan.status == "infeasible"
        seen["pool"] += any(a.images for a in plan.shared)
        seen["base"] += any(a.kind == "base_model" for a in plan.shared)
        seen["split"] += any(len(a.stand_alone) > 1 for a in plan.shared)
        seen["later"] += any(d.start == "t1" for d in plan.decisions)
        seen["discounted"] += portfolio.discount_rate > 0
        seen["unit"] += any(isinstance(r, UnitShare) for r in portfolio.rules)
        seen["committed"] += any(isinstance(r, Committed) for r in portfolio.rules)
    assert min(seen.values()) >= 3, seen
