"""One number is quoted: what it is made of, and that every answer stands around it."""

from functools import cache

import numpy as np
import pytest

import planner
from planner import _api
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Objective, Verdict
from tests.random_portfolios import rich_portfolio

SEEDS = range(6)


@cache
def made() -> list[tuple[Portfolio, Plan]]:
    """Return rich portfolios with their plans, those that have one."""
    portfolios = [rich_portfolio(seed) for seed in range(9)]
    found = [(one, planner.plan(one, planner.load_model("published"))) for one in portfolios]
    return [(one, plan) for one, plan in found if plan.audit is not None][:6]


def project(name: str, **other: object) -> planner.Project:
    fields = {
        "classes": 4,
        "target_error": 0.1,
        "images": {"held": 2_000, "limit": 20_000, "price": 0.1},
        "architectures": ("ResNet-50",),
        "value": 20_000.0,
        **other,
    }
    return planner.Project(id=name, **fields)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_what_projects_bring_less_shared_cost_is_the_worth_to_quote(seed: int) -> None:
    """The waterfall ends at the headline: nothing is left over but what is bought together."""
    portfolio, plan = made()[seed]
    assert plan.audit is not None
    assert plan.objective is not None
    assert plan.worth == plan.audit.held_out_value
    brought = [item.held_out_net_value for item in plan.decisions]
    assert all(net is not None for net in brought)
    for item in plan.decisions:
        assert item.held_out_net_value == 0.0 or item.verdict is not Verdict.NO_GO
    undiscounted = portfolio.discount_rate == 0 or not portfolio.periods
    if plan.objective.kind is Objective.NET_VALUE and undiscounted:
        total = sum(net for net in brought if net is not None)
        shared = sum(asset.cost for asset in plan.shared)
        assert plan.audit.held_out_expected == pytest.approx(total - shared, abs=0.005)
    if plan.assumptions["risk"] == "expected":
        assert plan.audit.held_out_expected == plan.audit.held_out_value


def test_what_a_project_brings_is_its_value_times_its_chance_on_the_other_half_less_its_cost() -> (
    None
):
    """Reached apart, from the forecast alone; a shared asset is not the project's own."""
    shared = {"id": "photos", "kind": "dataset", "members": ("a", "b"), "fixed_cost": 100.01}
    portfolio = planner.Portfolio(
        budget=3_000.0,
        projects=(project("a"), project("b", classes=9)),
        shared=(shared,),  # type: ignore[arg-type]
    )
    model = planner.load_model("published")
    plan = planner.plan(portfolio, model)
    assert plan.shared[0].cost == 100.01
    for item, one in zip(plan.decisions, portfolio.projects, strict=True):
        forecast = planner.forecast(one, model)
        rows = forecast.audit_rows
        error = forecast.error_draws([item.images_total], item.architecture)[rows, 0]
        own = item.cost.total - item.cost.shared
        assert item.held_out_net_value == pytest.approx(20_000 * np.mean(error <= 0.1) - own)


def test_the_tornado_and_the_frontier_stand_around_the_worth_to_quote() -> None:
    """Its centre is that number; the frontier's point of the present budget has it as well."""
    portfolio = planner.Portfolio(
        budget=900.0,
        projects=tuple(
            project(name, images={"held": 200, "limit": 20_000, "price": "0.1..0.3"})
            for name in ("a", "b", "c")
        ),
    )
    model = planner.load_model("published")
    plan = planner.plan(portfolio, model)
    whole = planner.explain(portfolio, None, model)
    assert whole.tornado is not None
    assert whole.tornado.centre == plan.worth
    curve = _api.frontier(portfolio, model, budgets=[450.0, 900.0])
    here = next(point for point in curve.points if point.budget == 900.0)
    assert here.held_out_value == plan.worth


@pytest.mark.parametrize("budget", [400.0, 900.0, 5_000.0])
def test_budget_and_reserve_cover_the_cost_in_80_per_cent_of_outcomes(budget: float) -> None:
    """The least such reserve: nothing where the budget is enough already."""
    images = {"held": 200, "limit": 20_000, "price": "0.1..0.3"}
    portfolio = planner.Portfolio(
        budget=budget, projects=(project("a", images=images), project("b", images=images))
    )
    plan = planner.plan(portfolio, planner.load_model("published"))
    assert plan.risk is not None
    reserve, cost = plan.risk.reserve_p80, plan.risk.cost
    assert reserve == max(0.0, cost.p80 - budget)
    assert (reserve == 0.0) == (plan.risk.chance_over_budget <= 0.2)
