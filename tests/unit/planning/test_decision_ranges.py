"""No number of a decision stands without its range."""

import json
import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

import planner
from planner.domain.quantities import Range
from planner.domain.results.explanation import Explanation
from planner.domain.results.plan import Plan
from planner.economics.draws import price_draws
from planner.errors import InputError
from planner.inputs.portfolio_file import parse_portfolio
from planner.testing import synthetic_posterior

MODEL = synthetic_posterior(400)
ONE = """
version: 1
portfolio: {budget: 200k, horizon_years: 2, discount_rate: 8%}
projects:
  - {id: a, classes: 4, target_accuracy: 80%, value: 300k, architectures: [ResNet-50],
     images: {held: 1k, limit: 9k, price: 0.5..2},
     build: {lines: [{id: cameras, once: 5k..30k}]},
     benefits: [{id: time, yearly: 20k..70k, if: live}]}
"""
TWO = """  - {id: b, classes: 2, target_accuracy: 99.99%, value: 1, images: {held: 10, limit: 20}}
shared: [{id: s, kind: base_model, members: [a], required: true, fixed_cost: 7k}]
"""


def plan(text: str) -> Plan:
    return planner.plan(parse_portfolio(text.encode(), "p.yaml"), MODEL)


def test_the_range_of_the_only_project_is_that_of_the_plan() -> None:
    """Cost and net value, quantile by quantile, from draws that were summed apart."""
    found = plan(ONE)
    (decision,) = found.decisions
    assert decision.ranges is not None
    assert found.risk is not None
    for name in ("p10", "p50", "p90"):
        cost, net = (getattr(one, name) for one in (found.risk.cost, found.risk.net_value))
        assert getattr(decision.ranges.cost, name) == pytest.approx(cost, abs=0.01)
        assert getattr(decision.ranges.net_value, name) == pytest.approx(net, abs=0.01)
    assert decision.ranges.cost.p10 < decision.cost.total < decision.ranges.cost.p90


def test_a_share_of_an_asset_is_paid_for_sure_and_what_is_not_funded_has_no_range() -> None:
    """7,000 on top of the spend; net value stays that before assets."""
    alone, found = plan(ONE).decisions[0], plan(ONE + TWO)
    funded, other = found.decisions
    assert (other.ranges, alone.ranges is None, funded.ranges is None) == (None, False, False)
    assert alone.ranges is not None
    assert funded.ranges is not None
    assert (funded.images_total, funded.cost.shared) == (alone.images_total, 7_000)
    assert funded.ranges.cost.p90 == pytest.approx(alone.ranges.cost.p90 + 7_000, abs=0.01)
    assert funded.ranges.net_value == alone.ranges.net_value
    data = json.loads(found.to_json())["decisions"]
    assert sorted(data[0]["ranges"]) == ["cost", "net_value"]
    assert "ranges" not in data[1]


def test_ranked_projects_have_the_ranges_of_the_plan_that_funds_them() -> None:
    """Where the budget is enough both stand with the option that is worth most."""
    (decision,) = plan(ONE).decisions
    (ranked,) = planner.rank(parse_portfolio(ONE.encode(), "p.yaml"), MODEL).projects
    assert ranked.images_total == decision.images_total
    assert ranked.ranges == decision.ranges
    unfunded = planner.rank(parse_portfolio(ONE.replace("200k", "1").encode(), "p.yaml"), MODEL)
    assert unfunded.projects[0].ranges is None


PLAIN = """
version: 1
projects:
  - {id: a, classes: 4, target_accuracy: 80%, value: 30k, architectures: [ResNet-50, ResNet-18],
     images: {held: 1k, limit: 9k, price: PRICE}}
  - {id: b, classes: 2, target_accuracy: 90%, value: 1k, images: {held: 10, limit: 20}}
"""


def rows_of(price: str) -> list[dict[str, Any]]:
    """Return the options of the first project at a price of images."""
    portfolio = parse_portfolio(PLAIN.replace("PRICE", price).encode(), "p.yaml")
    rows = planner.options(portfolio, MODEL, project="a", ranges=True)["options"]
    assert isinstance(rows, list)
    return rows


def test_every_option_has_the_range_that_its_draws_have_when_counted_by_hand() -> None:
    """The value where an error of the audit's draws meets the target, less what is paid."""
    project = parse_portfolio(PLAIN.replace("PRICE", "1").encode(), "p.yaml").projects[0]
    forecast, rows = planner.forecast(project, MODEL), rows_of("1")
    assert {row["project"] for row in rows} == {"a"}
    for row in rows:
        errors = forecast.error_draws(np.array([row["images_total"]]), row["architecture"])
        met = np.sort(errors[MODEL.audit_rows, 0] <= 0.2)
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            value = 30_000 * bool(met[math.ceil(share * len(met)) - 1])
            assert row["ranges"]["cost"][name] == row["cost_total"]
            assert row["ranges"]["net_value"][name] == pytest.approx(value - row["cost_total"])


def test_a_range_of_the_price_of_an_image_is_the_range_of_the_cost_of_those_bought() -> None:
    """Its ends times the images, training apart, which costs a few cents."""
    for row in rows_of("0.5..2"):
        cost, bought = row["ranges"]["cost"], row["images_to_buy"]
        assert cost["p10"] == pytest.approx(0.5 * bought, rel=0.2, abs=5)
        assert cost["p50"] == pytest.approx(1.0 * bought, rel=0.2, abs=5)
        assert cost["p90"] == pytest.approx(2.0 * bought, rel=0.2, abs=5)


def test_the_option_that_a_plan_chose_has_the_range_of_its_decision() -> None:
    """Among all of them, and among those alone that cost more only to be likelier."""
    portfolio = parse_portfolio(ONE.encode(), "p.yaml")
    (decision,) = planner.plan(portfolio, MODEL).decisions
    assert decision.ranges is not None
    every = planner.options(portfolio, MODEL, ranges=True)["options"]
    few = planner.options(portfolio, MODEL, pareto=True, ranges=True)["options"]
    bare = planner.options(portfolio, MODEL)["options"]
    assert isinstance(every, list)
    assert isinstance(few, list)
    (own,) = (row for row in every if row["images_total"] == decision.images_total)
    assert own["ranges"] == asdict(decision.ranges)
    assert all(row in every for row in few)
    assert 0 < len(few) < len(every)
    assert [{k: v for k, v in row.items() if k != "ranges"} for row in every] == bare


def test_the_value_of_a_target_may_be_a_range() -> None:
    """Planned at its mean; in each draw that meets the target another value is earned."""
    price = Range(20_000, 80_000)
    text = PLAIN.replace("PRICE", "1").replace("value: 30k", f"value: {price}")
    mean = text.replace(str(price), str(price.lognormal_mean))
    portfolio = parse_portfolio(text.encode(), "p.yaml")
    project = portfolio.projects[0]
    assert project.value == price
    ranged, plain = (
        planner.options(parse_portfolio(one.encode(), "p.yaml"), MODEL, project="a", ranges=True)
        for one in (text, mean)
    )
    draws = price_draws(price, MODEL.n_draws // 2, 0, "a", "value[value].value")
    forecast = planner.forecast(project, MODEL)
    assert isinstance(ranged["options"], list)
    assert isinstance(plain["options"], list)
    for row, other in zip(ranged["options"], plain["options"], strict=True):
        for key in ("cost_total", "chance_of_target", "expected_value", "expected_net_value"):
            assert row[key] == pytest.approx(other[key], rel=1e-9)
        errors = forecast.error_draws(np.array([row["images_total"]]), row["architecture"])
        net = np.sort((errors[MODEL.audit_rows, 0] <= 0.2) * draws - row["cost_total"])
        for name, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
            by_hand = net[math.ceil(share * len(net)) - 1]
            assert row["ranges"]["net_value"][name] == pytest.approx(by_hand, abs=1e-6)


def test_a_range_of_value_is_a_bar_of_the_tornado_and_no_goal_about_value() -> None:
    """It moves the worth by what its ends differ; a goal that counts one value is refused."""
    text = PLAIN.replace("PRICE", "1").replace("value: 30k", "value: 20k..80k")
    portfolio = parse_portfolio(
        text.replace("projects:", "portfolio: {budget: 9k}\nprojects:").encode(), "p.yaml"
    )
    found = planner.explain(portfolio, "a", MODEL)
    assert isinstance(found, Explanation)
    assert found.tornado is not None
    (bar,) = (bar for bar in found.tornado.bars if bar.input.startswith("value of the target"))
    assert bar.value_at_high > bar.value_at_low
    with pytest.raises(InputError, match="states a range"):
        planner.frontier(portfolio, MODEL, goals=["value:20k"])


BOUGHT = """
version: 1
projects:
  - {id: a, classes: 4, target_accuracy: 80%, images: {held: 100, limit: 200},
     use: {images_per_year: 1m}, today: {price_per_1000: 50},
     alternatives: [{id: vendor, kind: buy, accuracy: 95%, price_per_1000: PRICE}]}
"""


def test_the_price_of_a_service_may_be_a_range() -> None:
    """A year of a million images: what it saves, less a thousand prices at either end."""
    texts = (
        BOUGHT.replace("PRICE", price) for price in ("5..20", str(Range(5, 20).lognormal_mean))
    )
    ranged, mean = (
        next(row for row in rows if row["architecture"] is None)
        for rows in (
            planner.options(parse_portfolio(text.encode(), "p.yaml"), MODEL, ranges=True)["options"]
            for text in texts
        )
        if isinstance(rows, list)
    )
    assert ranged["expected_net_value"] == pytest.approx(mean["expected_net_value"])
    net = ranged["ranges"]["net_value"]
    assert net["p10"] == pytest.approx(50_000 - 20_000, rel=0.08)
    assert net["p50"] == pytest.approx(50_000 - 10_000, rel=0.08)
    assert net["p90"] == pytest.approx(50_000 - 5_000, rel=0.08)
    assert len(set(mean["ranges"]["net_value"].values())) == 1
