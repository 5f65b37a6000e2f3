"""What each optional field adds to a project's net value: together they make it up."""

import math

import pytest

import planner
from planner.domain.results.explanation import Explanation
from planner.inputs.portfolio_file import parse_portfolio
from planner.testing import synthetic_posterior

MODEL = synthetic_posterior(200)
FILE = """
version: 1
portfolio: {budget: 500k, horizon_years: 3, discount_rate: 8%}
compute: {usd_per_hour: 90, trials: 5, folds: 2, testing_overhead: 25%}
projects:
  - {id: a, classes: 4, target_accuracy: 80%, value: 300k, architectures: [ResNet-50],
     images: {held: 10, limit: 9k, price: 0.5..2, fixed_cost: 1k..3k, licence: 0.2, storage: 0.1},
     build: {people: [{role: engineer, weeks: 2, per_week: 3k}], lines: [{id: x, once: 5k..30k}]},
     use: {images_per_year: 90k, deploy: if_pays}, inference: {price_per_1000: 3},
     benefits: [{id: time, yearly: 20k..70k, if: live}], end: {once: 4k}}
  - {id: b, classes: 2, target_accuracy: 99.99%, value: 1, images: {held: 10, limit: 20}}
"""


def explained(text: str, project: str = "a") -> Explanation:
    found = planner.explain(parse_portfolio(text.encode(), "p.yaml"), project, MODEL)
    assert isinstance(found, Explanation)
    return found


def test_optional_fields_value_labels_and_training_make_up_the_net_value() -> None:
    """To the cent; what multiplies training is a part of it, by its own factor."""
    plan = planner.plan(parse_portfolio(FILE.encode(), "p.yaml"), MODEL)
    decision = plan.decisions[0]
    assert decision.life is not None
    amounts = {one.field: one.amount for one in explained(FILE).contributions or ()}
    times = {"trials": 5, "folds": 2, "testing_overhead": 1.25}
    for name, factor in times.items():
        part = amounts.pop(f"compute.{name}")
        assert part == pytest.approx(-decision.cost.training * (1 - 1 / factor), abs=0.01)
    assert {"images.licence", "images.storage", "build.people", "benefits", "end"} <= set(amounts)
    labels = decision.life.development["data"]
    rest = decision.life.lines["value"] - labels - decision.cost.training
    total = math.fsum([*amounts.values(), rest])
    assert total == pytest.approx(decision.expected_net_value, abs=0.02)


def test_what_is_not_funded_or_counts_no_money_has_none() -> None:
    """Nor a file that states no optional field."""
    assert explained(FILE, "b").contributions is None
    counted = FILE.replace("discount_rate: 8%", "discount_rate: 8%, objective: targets_met")
    assert explained(counted).contributions is None
    plain = """
version: 1
portfolio: {budget: 500k}
projects: [{id: a, classes: 4, target_accuracy: 80%, value: 300k, images: {held: 1k, limit: 9k}}]
"""
    assert explained(plain).contributions is None


def test_each_amount_of_a_field_has_a_bar_of_its_own_name() -> None:
    """Two lines and two people of one role: four ranges, four names."""
    people = "people: [{role: engineer, weeks: 2, per_week: 3k}]"
    two = (
        "{role: engineer, weeks: 2, per_week: 3k..9k}, {role: engineer, weeks: 1, per_week: 1k..9k}"
    )
    text = FILE.replace(people, f"people: [{two}]").replace(
        "lines: [{id: x, once: 5k..30k}]", "lines: [{id: x, once: 5k..30k}, {id: y, once: 2k..9k}]"
    )
    tornado = explained(text).tornado
    assert tornado is not None
    names = [bar.input for bar in tornado.bars]
    assert len(set(names)) == len(names)
    assert {
        "fixed costs (x) of a",
        "fixed costs (y) of a",
        "cost of people (engineer) of a",
        "cost of people (engineer 2) of a",
    } <= set(names)
