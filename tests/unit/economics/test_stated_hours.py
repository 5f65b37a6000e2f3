"""Training from the accelerator-hours that a project states."""

from dataclasses import replace
from typing import Any

import pytest

import planner
from planner.domain.portfolio.risk import RiskPreference
from planner.domain.quantities import Range
from planner.inputs.portfolio_file import parse_portfolio

MODEL = planner.load_model("published")
FILE = """
version: 1
portfolio: {budget: 1M}
compute: {COMPUTE}
projects:
  - {id: a, classes: 4, target_accuracy: 60%, value: 900k, accelerator_hours: HOURS,
     images: {held: 10k, limit: LIMIT, price: 0.1}, architectures: [ResNet-50, VGG-16]}
"""


def rows(hours: str, compute: str, limit: str = "10k") -> list[dict[str, Any]]:
    text = FILE.replace("HOURS", hours).replace("COMPUTE", compute).replace("LIMIT", limit)
    found = planner.options(parse_portfolio(text.encode(), "p.yaml"), MODEL)["options"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize(
    ("hours", "compute", "cost"),
    [
        ("11.5", "folds: 4, usd_per_hour: 3.00", 138.00),
        ("11.5", "folds: 4, usd_per_hour: 3.00, trials: 5, testing_overhead: 10%", 759.00),
        ("11.5", "folds: 4, usd_per_hour: 3.00, epochs: 7", 138.00),
        ("6144", "usd_per_hour: 1.139323", 7_000.00),
        ("288", "usd_per_hour: 0.5", 144.00),
    ],
)
def test_known_bills(hours: str, compute: str, cost: float) -> None:
    """Leave-one-site-out, BERT-large, two cards for six days: to the cent, whatever the network."""
    full = [row for row in rows(hours, compute) if row["images_total"] == 10_000]
    assert {row["architecture"] for row in full} == {"ResNet-50", "VGG-16"}
    assert {row["cost_total"] for row in full} == {cost}


def test_fewer_images_take_hours_in_proportion() -> None:
    """Less the labels, cost over images is the same at every level."""
    for row in rows("100", "usd_per_hour: 2", "40k"):
        training = row["cost_total"] - 0.1 * row["images_to_buy"]
        assert training == pytest.approx(200 * row["images_total"] / 40_000, abs=0.006)


def test_hours_stand_in_the_plan_with_how_they_are_priced() -> None:
    """And in the time that training takes."""
    text = FILE.replace("HOURS", "80").replace("COMPUTE", "usd_per_hour: 2, gpus: 8")
    text = text.replace("LIMIT", "10k").replace("value: 900k", "value: 900k, use: {years: 1}")
    plan = planner.plan(parse_portfolio(text.encode(), "p.yaml"), MODEL)
    (decision,) = plan.decisions
    assert decision.cost.training == 160
    assert decision.life is not None
    assert decision.life.wall_hours == pytest.approx(10)
    prices = plan.assumptions["training_prices"]
    assert isinstance(prices, dict)
    assert "80 accelerator-hours" in prices[decision.architecture]


@pytest.mark.parametrize(
    ("hours", "compute", "said"),
    [
        ("0", "epochs: 1", "above 0"),
        ("many", "epochs: 1", "not a number"),
        ("46", "basis: paper", "knows no hardware"),
    ],
)
def test_hours_without_a_price_are_refused(hours: str, compute: str, said: str) -> None:
    """At their field."""
    with pytest.raises(planner.InputError, match=said) as caught:
        rows(hours, compute)
    assert caught.value.problems[0].field.endswith("accelerator_hours")


RANGES = """
version: 1
portfolio: {budget: 1M, horizon_years: 2, objective: net_value}
compute: {usd_per_hour: 100}
projects:
  - {id: a, classes: 4, target_accuracy: 60%, value: 900k, accelerator_hours: 240..288,
     images: {held: 1k, limit: 2k, price: 0.1, fixed_cost: 1k..3k}, architectures: [ResNet-50],
     use: {deploy: always}, benefits: [{id: press, once: 5k..20k, if: live}],
     upkeep: {lines: [{id: compliance, yearly: 10k..30k}]}}
shared: [{id: base, kind: base_model, members: [a], required: true, fixed_cost: 20k..50k}]
"""


def test_ranges_of_fixed_amounts_are_read_counted_at_their_means_and_stand_in_the_tornado() -> None:
    """Two cards for five to six days, and all else: bars as wide as P90 less P10, by hand."""
    portfolio = parse_portfolio(RANGES.encode(), "p.yaml")
    assert portfolio.projects[0].accelerator_hours == Range(240, 288)
    found = planner.explain(portfolio, None, MODEL)
    (decision,) = planner.plan(portfolio, MODEL).decisions
    share = decision.images_total / 2_000
    hours, fixed = Range(240, 288).lognormal_mean, Range(1e3, 3e3).lognormal_mean
    assert decision.cost.training == pytest.approx(100 * hours * share, abs=0.01)
    assert decision.cost.shared == pytest.approx(Range(20e3, 50e3).lognormal_mean, abs=0.01)
    assert decision.cost.fixed == pytest.approx(fixed if decision.images_to_buy else 0, abs=0.01)
    assert found.tornado is not None
    width = {bar.input: bar.value_at_high - bar.value_at_low for bar in found.tornado.bars}
    assert width["accelerator-hours of a training of a"] == pytest.approx(-4_800 * share)
    assert width["fixed cost of base"] == pytest.approx(-30e3)
    assert width["benefit press of a"] == pytest.approx(15e3)
    assert width["upkeep compliance of a"] == pytest.approx(-2 * 20e3)
    if decision.images_to_buy:
        assert width["collection set-up cost of a"] == pytest.approx(-2e3)


ALTERNATIVES = """
version: 1
portfolio: {budget: 1M, horizon_years: 2, objective: net_value}
projects:
  - {id: a, classes: 4, target_accuracy: 60%, value: 900k, images: {held: 1k, limit: 1k},
     architectures: [ResNet-50], use: {images_per_year: 1M, deploy: always},
     build: {lines: [{id: dear, once: 500k}]}, today: {price_per_1000: 40..90},
     alternatives: [{id: vendor, kind: buy, accuracy: 90%, once: 10k..40k, yearly: 5k..9k},
                    {id: rules, kind: rules, accuracy: 62%, once: 450k..460k}]}
"""


def test_alternatives_and_the_present_way_may_be_ranges_too() -> None:
    """Starting cost is committed at its mean, judged on its draws, and each has its bar."""
    portfolio = parse_portfolio(ALTERNATIVES.encode(), "p.yaml")
    plan = planner.plan(portfolio, MODEL)
    (decision,) = plan.decisions
    assert decision.choice is not None
    assert decision.choice["alternative"] == "vendor"
    assert decision.cost.total == pytest.approx(Range(10e3, 40e3).lognormal_mean, abs=0.01)
    assert decision.ranges is not None
    assert decision.ranges.cost.p10 == pytest.approx(10e3, rel=0.1)
    assert decision.ranges.cost.p90 == pytest.approx(40e3, rel=0.1)
    tornado = planner.explain(portfolio, None, MODEL).tornado
    assert tornado is not None
    width = {bar.input: bar.value_at_high - bar.value_at_low for bar in tornado.bars}
    assert width["starting cost of a"] == pytest.approx(-30e3)
    assert width["upkeep vendor of a"] == pytest.approx(-2 * 4e3)
    assert width["today's way of a"] == pytest.approx(2 * 1_000 * 50)
    cautious = replace(portfolio, risk=RiskPreference(measure="cvar"))
    assert planner.plan(cautious, MODEL).decisions[0].choice == decision.choice
