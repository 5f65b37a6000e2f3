"""Training from the accelerator-hours that a project states."""

from typing import Any

import pytest

import planner
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
