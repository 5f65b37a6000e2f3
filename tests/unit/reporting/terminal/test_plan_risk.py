"""What the terminal says of a plan's risk."""

from dataclasses import replace

import pytest

import planner
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.results.plan import Plan
from planner.domain.results.risk import Caution
from planner.reporting.terminal.plan_risk import risk_sentences


@pytest.fixture(scope="module")
def plan() -> Plan:
    project = planner.Project(
        id="a",
        classes=4,
        target_error=0.1,
        images={"held": 500, "limit": 40_000, "price": 0.3},  # type: ignore[arg-type]
        value=60_000.0,
        architectures=("ResNet-50",),
    )
    portfolio = Portfolio(projects=(project,), budget=5_000.0)
    return planner.plan(portfolio, planner.load_model("published"))


def said(plan: Plan, caution: Caution) -> str:
    assert plan.risk is not None
    return "\n".join(risk_sentences(replace(plan, risk=replace(plan.risk, caution=caution))))


def test_caution_is_priced_where_its_cost_is_known(plan: Plan) -> None:
    """More was found given up than the search leaves open, so it stands beside what it buys."""
    text = said(plan, Caution(10.0, 50.0, 0.2, 0.9, expected_given_up_at_most=11.0))
    assert "Caution costs USD 10 of expected worth and improves" in text
    assert "0.2 given up for each 1" in text


def test_caution_is_no_free_lunch_where_its_cost_is_lost_in_a_gap(plan: Plan) -> None:
    """Less was found given up than the search leaves open: its bound is said, and no price."""
    text = said(plan, Caution(0.0, 50.0, None, 0.9, expected_given_up_at_most=11.0))
    assert "Caution costs at most USD 11 of expected worth" in text
    assert "given up for each" not in text
