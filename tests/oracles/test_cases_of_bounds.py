"""Small files that were once answered with a false price, bound or sentence."""

from dataclasses import replace

import pytest

import planner
from planner.domain.portfolio.portfolio import Hold, Period, Portfolio
from planner.domain.portfolio.project import Images, Project
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Mode

NETWORKS = ("EfficientNet-B0", "ResNet-50")
HELD = Portfolio(
    name="t",
    budget=12_000.0,
    horizon_years=2.0,
    mode=Mode.STOP_WHEN_REACHED,
    hold=Hold(chance=0.9),
    projects=(
        Project(
            id="a",
            classes=4,
            target_error=0.06,
            images=Images(held=2000, limit=50_000, price=0.37, fixed_cost=500.0),
            value=90_000.0,
            architectures=NETWORKS,
        ),
        Project(
            id="b",
            classes=10,
            target_error=0.09,
            images=Images(held=2000, limit=50_000, price=0.2),
            value=60_000.0,
            architectures=NETWORKS,
        ),
    ),
)
HALF_YEARS = Portfolio(
    name="S",
    budget=8_000.0,
    periods=(Period(id="H1", budget=4_000.0), Period(id="H2", budget=4_000.0)),
    projects=(
        Project(
            id="a",
            classes=3,
            target_accuracy=0.92,
            images=Images(held=0, limit=30_000, price=0.4),
            value=60_000.0,
            min_chance=0.65,
            architectures=("ResNet-50",),
        ),
    ),
)


def planned(portfolio: Portfolio, model: str = "published") -> Plan:
    return planner.plan(portfolio, planner.load_model(model))


def worth(plan: Plan) -> float:
    assert plan.objective is not None
    return plan.objective.value


def test_the_price_under_a_hold_is_that_of_the_bound_on_random_spend() -> None:
    """Near the gain for each unit of money from 12,000 to 13,000."""
    plan = planned(HELD)
    gain = (worth(planned(replace(HELD, budget=13_000.0))) - worth(plan)) / 1_000
    assert plan.budget.shadow_price == pytest.approx(gain, rel=0.2)
    assert plan.status == "optimal"


def test_a_frontier_under_a_hold_says_nothing_beyond_its_last_budget() -> None:
    """10,000 is not where more budget adds nothing: at 12,000 the plan is worth more."""
    frontier = planner.frontier(HELD, planner.load_model("published"), budgets=[9_000.0, 10_000.0])
    assert not any("adds nothing" in note for note in frontier.notes)
    assert frontier.points[-1].shadow_price > 0
    assert worth(planned(HELD)) > frontier.points[-1].value


def test_the_total_has_no_price_where_the_periods_bind() -> None:
    """Neither in the plan nor along the frontier, which says that the periods stay as they are."""
    plan = planned(HALF_YEARS, "transfer")
    assert plan.budget.shadow_price == 0
    frontier = planner.frontier(HALF_YEARS, planner.load_model("transfer"), points=3)
    bound = [point for point in frontier.points if point.budget >= plan.budget.committed]
    assert len(bound) >= 2
    assert all(point.shadow_price == 0 for point in bound)
    assert any("The budgets of the periods" in note for note in frontier.notes)
    assert frontier.next_step is not None
    assert "if the budgets of the periods stay as they are" in frontier.next_step.text
