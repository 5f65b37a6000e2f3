"""Plan, frontier and printed options choose from one menu: what bounds one bounds the others."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.portfolio.project import Images
from planner.domain.quantities import Range
from planner.domain.results.explanation import Explanation

MODEL = planner.load_model("published")
MIXED = planner.Portfolio(
    name="t",
    budget=40_000.0,
    horizon_years=2.0,
    projects=(
        planner.Project(
            id="a",
            classes=4,
            target_error=0.06,
            images=Images(held=2000, limit=50_000, price=Range(0.30, 0.45), fixed_cost=500.0),
            value=90_000.0,
            architectures=("EfficientNet-B0", "ResNet-50"),
        ),
        planner.Project(
            id="b",
            classes=10,
            target_error=0.09,
            images=Images(held=2000, limit=50_000, price=0.2),
            value=60_000.0,
            architectures=("EfficientNet-B0", "ResNet-50"),
        ),
    ),
)


def priced(portfolio: planner.Portfolio) -> list[dict[str, Any]]:
    """Return the printed options."""
    rows: Any = planner.options(portfolio, MODEL)["options"]
    return list(rows)


def best_of_printed(portfolio: planner.Portfolio, budget: float) -> float:
    """Return the best sum of at most one printed option of each project, by brute force."""
    rows = priced(portfolio)
    total_cents, total_worth = np.zeros(1, dtype=np.int64), np.zeros(1)
    for project in portfolio.projects:
        mine = [row for row in rows if row["project"] == project.id]
        cents = np.array([0, *(round(100 * row["cost_total"]) for row in mine)])
        worth = np.array([0.0, *(row["expected_net_value"] for row in mine)])
        total_cents = np.add.outer(total_cents, cents).ravel()
        total_worth = np.add.outer(total_worth, worth).ravel()
    return float(total_worth[total_cents <= round(100 * budget)].max())


def test_the_printed_options_are_the_same_under_every_budget() -> None:
    """The budget decides what is chosen, not what is on offer."""
    menus = [priced(replace(MIXED, budget=budget)) for budget in (None, 1.0, 7_000.0, 1e9)]
    assert all(menu == menus[0] for menu in menus)


def test_no_plan_beats_the_bound_of_a_frontier() -> None:
    """At each budget plan and frontier are worth the same: the best of the printed options."""
    budgets = [7_000.0, 8_000.0, 9_000.0]
    points = planner.frontier(MIXED, MODEL, budgets=budgets).points
    assert [point.budget for point in points] == budgets
    for point in points:
        plan = planner.plan(replace(MIXED, budget=point.budget), MODEL)
        assert plan.objective is not None
        assert plan.objective.value == pytest.approx(point.value, rel=1e-9)
        assert plan.objective.value <= point.bound * (1 + 1e-9)
        assert point.value == pytest.approx(best_of_printed(MIXED, point.budget), rel=1e-9)


def test_a_flip_of_the_budget_is_one_of_plans() -> None:
    """The plan at the budget where a project comes in funds it; a little below it does not."""
    first, second = MIXED.projects
    demanding = replace(MIXED, budget=900.0, projects=(replace(first, min_chance=0.5), second))
    told = planner.explain(demanding, "a", MODEL)
    assert isinstance(told, Explanation)
    (flip,) = (flip for flip in told.flips if flip.quantity == "budget")
    assert flip.at is not None
    assert flip.at > 900.0

    def funds(budget: float) -> bool:
        plan = planner.plan(replace(demanding, budget=budget), MODEL)
        return plan.decisions[0].verdict != "NO-GO"

    assert funds(flip.at)
    assert not funds(flip.at * 0.998)
