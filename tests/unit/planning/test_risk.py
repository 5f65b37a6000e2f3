"""Quantiles and tails of the plan on draws the solve never saw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from planner.domain.portfolio.project import Images, Project
from planner.domain.portfolio.risk import RiskMeasure
from planner.forecasting.forecast import build_forecast
from planner.planning.risk import (
    RiskedProject,
    chance_interval,
    plan_draws,
    split_risk,
    spread_of,
    summarise,
)
from planner.solving.measures import certain_equivalent, risk_value, tail_mean
from planner.testing import synthetic_posterior

MODEL = synthetic_posterior(400)


def _funded(value: float | None, cents: int, cost: "np.ndarray | None" = None) -> RiskedProject:
    project = Project(
        id="a", classes=10, target_error=0.08, images=Images(limit=10_000), value=value
    )
    return RiskedProject(project, build_forecast(project, MODEL), "ResNet-50", 5_000, cents, cost)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60), st.floats(0.01, 1.0))
def test_tail_mean_is_the_best_of_all_ways_to_weigh_a_tail(
    draws: list[float], share: float
) -> None:
    """It equals the maximum over t of t minus mean shortfall below t over the share."""
    values = np.array(draws)
    by_definition = max(t - np.maximum(t - values, 0).mean() / share for t in values)
    assert tail_mean(values, share) == pytest.approx(by_definition, abs=1e-6, rel=1e-9)


def test_the_tail_of_everything_is_the_mean() -> None:
    """CVaR over the whole distribution equals the mean."""
    draws = np.array([3.0, -1.0, 7.5])
    assert tail_mean(draws, 1.0) == pytest.approx(draws.mean())


def test_worst_is_low_for_value_and_high_for_cost() -> None:
    """Quantiles are outcomes; the tail is taken at the bad end."""
    draws = np.arange(1.0, 101.0)
    value, cost = summarise(draws, worst="low"), summarise(draws, worst="high")
    assert (value.p10, value.p50, value.p80, value.p90) == (10.0, 50.0, 80.0, 90.0)
    assert value.cvar90 == pytest.approx(5.5)
    assert cost.cvar90 == pytest.approx(95.5)
    assert value.mean == cost.mean == pytest.approx(50.5)


def test_net_value_is_value_times_success_minus_cost() -> None:
    """Success is read draw by draw from the audit's half of the chains."""
    item = _funded(1_000.0, 12_345)
    success = item.success_draws()
    assert success.shape == (200,)
    risk = spread_of(plan_draws([item], 200), 123.45)
    assert risk.net_value.mean == pytest.approx(1_000 * success.mean() - 123.45)
    assert risk.cost.mean == risk.cost.p10 == risk.cost.cvar90 == 123.45
    assert risk.chance_over_budget == 0.0


def test_cost_draws_can_exceed_the_budget() -> None:
    """The chance over budget is the share of draws that cost more than it."""
    draws = np.linspace(0.0, 100.0, 200)
    risk = spread_of(plan_draws([_funded(None, 1_000, draws)], 200), 60.0)
    assert risk.chance_over_budget == pytest.approx(np.mean(draws + 10 > 60.005))
    assert risk.net_value.mean == pytest.approx(-risk.cost.mean)


def test_projects_share_their_draws() -> None:
    """Two equal projects stand and fall together: the spread doubles, it does not average out."""
    item = _funded(1_000.0, 0)
    one, two = (
        spread_of(plan_draws([item], 200), 0.0),
        spread_of(plan_draws([item, item], 200), 0.0),
    )
    assert two.net_value.cvar90 == pytest.approx(2 * one.net_value.cvar90)


def test_an_empty_plan_risks_nothing() -> None:
    """Nothing funded: all zeros."""
    risk = spread_of(plan_draws([], 50), 10.0)
    assert risk.net_value == risk.cost
    assert risk.cost.cvar90 == 0.0


@pytest.mark.parametrize(("hits", "count"), [(0, 40), (3, 40), (20, 40), (40, 40)])
def test_the_interval_of_a_chance_leaves_a_fortieth_of_the_binomial_on_each_side(
    hits: int, count: int
) -> None:
    """At either end, what was seen or more extreme has a probability of 2.5 %."""
    interval = chance_interval(hits, count)
    if hits:
        assert binom.sf(hits - 1, count, interval.low) == pytest.approx(0.025)
    else:
        assert interval.low == 0.0
    if hits < count:
        assert binom.cdf(hits, count, interval.high) == pytest.approx(0.025)
    else:
        assert interval.high == 1.0


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=40), st.floats(-1e3, 1e3))
def test_a_certain_amount_shifts_every_measure_of_risk_by_itself(
    draws: list[float], amount: float
) -> None:
    """Mean, mix with the tail and entropic worth; and none of them exceeds the mean."""
    values = np.array(draws)
    for measure in (
        RiskMeasure(),
        RiskMeasure("cvar", level=0.8, weight=0.7),
        RiskMeasure("entropic", aversion=1e-3),
    ):
        worth = risk_value(values, measure)
        assert risk_value(values + amount, measure) == pytest.approx(worth + amount, abs=1e-6)
        assert worth <= values.mean() + 1e-6


def test_the_split_of_risk_finds_the_part_that_two_evaluations_share() -> None:
    """Of shared and own parts of known variances the shares come back."""
    rng = np.random.default_rng(0)
    shared, one, other = 3 * rng.standard_normal(100_000), *rng.standard_normal((2, 100_000))
    split = split_risk(shared + one, shared + other)
    assert split.shared_sd == pytest.approx(3.0, rel=0.02)
    assert split.luck_sd == pytest.approx(1.0, rel=0.05)
    assert split_risk(one, other).shared_share < 0.02


@pytest.mark.parametrize("aversion", [5e-324, 1e-300, 1e-20, 1e-12])
def test_the_least_aversion_gives_the_mean(aversion: float) -> None:
    """Its certain equivalent is the mean less half the variance, and never a rounding error."""
    draws = np.random.default_rng(0).normal(0, 1e5, 2000)
    exact = float(draws.mean() - aversion * draws.var() / 2)
    assert certain_equivalent(draws, aversion) == pytest.approx(exact, rel=1e-9)
    assert risk_value(draws, RiskMeasure("entropic", aversion=aversion)) == pytest.approx(
        exact, rel=1e-9
    )


@pytest.mark.parametrize("aversion", [1e3, 1e6, 1e300, 1e308])
def test_the_greatest_aversion_gives_the_worst_draw(aversion: float) -> None:
    """Without a number that overflows."""
    draws = np.array([-3.0, 5.0, 1e9])
    assert certain_equivalent(draws, aversion) == pytest.approx(-3.0, abs=1e-2)
