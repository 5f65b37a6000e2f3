"""Objective accuracy: the plan cuts the most of all combinations, counted from the forecasts."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.alternatives import Alternative
from planner.domain.portfolio.benefits import Today
from planner.domain.portfolio.in_use.mistakes import Errors
from planner.domain.portfolio.life import Use
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.portfolio.risk import RiskPreference
from planner.domain.vocabulary import AlternativeKind, Mode, Objective
from planner.errors import UnsupportedError
from planner.testing import assert_plan_is_consistent
from tests.allocation_cases import best_by_enumeration, random_portfolio
from tests.problem_cases import cvar

QUICK = 4


@pytest.fixture(scope="module")
def published() -> Posterior:
    """Return the shipped model."""
    return planner.load_model("published")


def case(seed: int) -> Portfolio:
    return replace(random_portfolio(seed), objective=Objective.ACCURACY)


def rows_of(portfolio: Portfolio, model: Posterior) -> list[dict[str, Any]]:
    rows = planner.options(portfolio, model)["options"]
    assert isinstance(rows, list)
    return rows


@pytest.mark.parametrize(
    "seed", [seed if seed < QUICK else pytest.param(seed, marks=pytest.mark.slow)
             for seed in range(40)])  # fmt: skip
def test_the_plan_cuts_the_most_of_all_combinations(seed: int, published: Posterior) -> None:
    """Each option by the mean of its error's draws, below a guess's; then every combination."""
    portfolio = case(seed)
    rows = rows_of(portfolio, published)
    choices = []
    for project in portfolio.projects:
        mine = [row for row in rows if row["project"] == project.id]
        forecast = planner.forecast(project, published)
        for row in mine[:: max(1, len(mine) // 5)]:
            draws = forecast.error_draws([row["images_total"]], row["architecture"])
            cut = project.majority_guess_error - draws[forecast.solve_rows, 0].mean()
            assert row["error_reduction"] == pytest.approx(cut, rel=1e-9, abs=1e-12)
        cents = np.array([round(row["cost_total"] * 100) for row in mine], dtype=np.int64)
        worth = np.array([row["error_reduction"] for row in mine], dtype=np.float64)
        choices.append((project.id, cents, worth))
    plan = planner.plan(portfolio, published)
    assert_plan_is_consistent(plan, portfolio)
    assert portfolio.budget is not None
    best = best_by_enumeration(choices, round(portfolio.budget * 100), portfolio.project_rules)
    if best is None:
        assert plan.status == "infeasible"
        return
    assert plan.objective is not None
    assert plan.status == "optimal"
    assert plan.objective.kind is Objective.ACCURACY
    assert plan.objective.value == pytest.approx(best, rel=1e-6, abs=1e-9)
    assert plan.objective.bound >= best - 1e-9


def test_caution_counts_the_tail_of_the_sum(published: Posterior) -> None:
    """The claimed value is the weighted mean and tail of what the draws of the forecasts sum to."""
    risk = RiskPreference(measure="cvar", level=0.8, weight=0.5)
    portfolio = replace(case(3), risk=risk, budget=20_000.0, rules=())
    plan = planner.plan(portfolio, published)
    total = np.zeros(1)
    for decision, project in zip(plan.decisions, portfolio.projects, strict=True):
        if decision.architecture is not None:
            forecast = planner.forecast(project, published)
            draws = forecast.error_draws([decision.images_total], decision.architecture)
            total = total + project.majority_guess_error - draws[forecast.solve_rows, 0]
    assert plan.objective is not None
    assert len(total) > 1
    expected = 0.5 * total.mean() + 0.5 * cvar(total, 0.8)
    assert plan.objective.value == pytest.approx(expected, rel=1e-9)


def test_the_error_of_today_is_where_a_cut_begins(published: Posterior) -> None:
    """Instead of a guess's; a service of the file cuts what it states, and may be the choice."""
    portfolio = replace(case(3), budget=20_000.0, rules=())
    project = replace(
        portfolio.projects[0],
        use=Use(images_per_year=1_000),
        errors=Errors(cost_per_error=0.1),
        today=Today(price_per_1000=0.0, error=0.2),
        alternatives=(Alternative(id="vendor", kind=AlternativeKind.BUY, error=0.01),),
    )
    rows = rows_of(replace(portfolio, projects=(project,)), published)
    forecast = planner.forecast(project, published)
    own = [row for row in rows if row["architecture"] is not None][-1]
    mean = forecast.error_draws([own["images_total"]], own["architecture"])
    cut = 0.2 - mean[forecast.solve_rows, 0].mean()
    assert own["error_reduction"] == pytest.approx(cut, rel=1e-9)
    (vendor,) = (row for row in rows if row["architecture"] is None)
    assert vendor["error_reduction"] == pytest.approx(0.19)


def test_labelling_that_stops_leaves_nothing_to_cut(published: Posterior) -> None:
    """The error stays at the target there: refused, with the fix."""
    portfolio = replace(case(0), mode=Mode.STOP_WHEN_REACHED)
    with pytest.raises(UnsupportedError, match="mode: commit") as caught:
        planner.plan(portfolio, published)
    assert caught.value.problems[0].field == "portfolio.mode"
