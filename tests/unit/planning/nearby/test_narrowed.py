"""Questions about a plan begin at it and choose from few options, never from others."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.arrays import Rows
from planner.domain.portfolio.portfolio import AtMost, Portfolio, RiskPreference
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.problem import Solution
from planner.planning.changed import at_label_price, at_target_error, at_value
from planner.planning.nearby.narrowed import narrowed, with_few_networks
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.planning.reasons.dropped_limits import limits_of, may_gain
from planner.reference.store import load_model
from planner.reference.tables import load_catalogue
from planner.solving.tail import measure, tail_part, worst_share
from planner.testing import synthetic_posterior
from tests.random_portfolios import rich_portfolio
from tests.unit.questions.frontier.test_frontier import PORTFOLIO

MODEL = synthetic_posterior(400, seed=3)
CVAR = RiskPreference(measure="cvar", level=0.8, weight=0.6)
MANY = ("ResNet-50", "EfficientNet-B0", "EfficientNet-B7", "MobileNetV3-L")


def solved(portfolio: Portfolio) -> tuple[Prepared, Solution]:
    prepared = prepare(portfolio, MODEL, load_catalogue())
    return prepared, solve_prepared(prepared)


def cautious() -> Portfolio:
    projects = tuple(replace(one, architectures=MANY) for one in PORTFOLIO.projects)
    return replace(
        PORTFOLIO,
        projects=projects,
        risk=CVAR,
        rules=(AtMost("two", 2, ("cheap", "dear", "hard")),),
    )


def started(prepared: Prepared) -> Rows:
    """Return the options that a search begins with."""
    assert prepared.near is not None
    return prepared.near.start(prepared.menus, prepared.options, prepared.layout).options


def test_a_narrowed_portfolio_starts_at_the_plan_and_is_worth_no_less() -> None:
    """The plan is among what is left, much less than before; nothing is on offer that was not."""
    prepared, plan = solved(cautious())
    fewer = narrowed(prepared, plan)
    assert len(fewer.problem) < 0.5 * len(prepared.problem)
    keys = [replace(fewer.option(number), row=0) for number in started(fewer).tolist()]
    assert keys == [replace(prepared.option(number), row=0) for number in plan.options.tolist()]
    again = solve_prepared(fewer, gap=0.0)
    assert plan.value * (1 - 1e-9) <= again.value <= plan.bound * (1 + 1e-9)


def test_the_project_asked_about_keeps_everything_on_offer() -> None:
    """And a portfolio that is narrowed already stays as it is."""
    prepared, plan = solved(cautious())
    fewer = narrowed(prepared, plan, whole=1)
    assert len(fewer.options[1]) == len(prepared.options[1])
    assert len(fewer.options[0]) < len(prepared.options[0])
    assert narrowed(fewer, plan) is fewer


def test_a_plan_is_found_again_among_the_options_of_a_changed_project() -> None:
    """The same network and images; a project that has it no more is left out at the start."""
    prepared, plan = solved(cautious())
    index = next(
        i for i, pick in enumerate(prepared.layout.picks(plan.options)) if pick is not None
    )
    fewer = narrowed(prepared, plan, whole=index)
    changed = at_value(fewer, index, 1.05 * PORTFOLIO.projects[index].mean_value)
    picks = changed.layout.picks(started(changed))
    assert [pick is None for pick in picks] == [
        pick is None for pick in prepared.layout.picks(plan.options)
    ]
    beyond = at_target_error(fewer, index, 1e-6)
    assert beyond.layout.picks(started(beyond))[index] is None


def test_chances_that_are_known_are_those_that_would_be_forecast() -> None:
    """With another value or price: bit by bit, draw by draw."""
    prepared, _ = solved(cautious())
    for change, at in ((at_value, 30_000.0), (at_label_price, 0.31)):
        changed = change(prepared, 1, at)
        fresh = prepare(changed.portfolio, MODEL, load_catalogue())
        ours, theirs = changed.menus[1], fresh.menus[1]
        assert ours.priced.images_total.tolist() == theirs.priced.images_total.tolist()
        assert ours.priced.chance.tolist() == theirs.priced.chance.tolist()
        assert ours.success is not None
        assert theirs.success is not None
        assert np.array_equal(ours.success, theirs.success)


def test_with_few_networks_a_change_offers_only_those() -> None:
    """At the prices of the numbers that are left."""
    prepared, plan = solved(cautious())
    guide = with_few_networks(prepared, plan, 0)
    names = {rate.architecture for rate in guide.menus[0].rates}
    changed = at_target_error(guide, 0, 0.15)
    assert set(changed.menus[0].priced.architectures) == names
    kept = np.isin(np.array(MANY), list(names)).sum()
    assert kept == len(names)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), weight=st.floats(0.05, 1.0), level=st.floats(0.5, 0.95))
def test_weights_at_the_margin_tell_a_cut_on_the_tail(
    seed: int, weight: float, level: float
) -> None:
    """A mixture of tails: no plan's tail is worth more than its mean under these weights."""
    rng = np.random.default_rng(seed)
    risk = RiskMeasure("cvar", level=level, weight=weight)
    tails = [worst_share(rng.normal(size=60), 1 - level) for _ in range(3)]
    marginal = (1 - weight) / 60 + weight * np.mean(tails, axis=0)
    cut = tail_part(marginal, risk)
    assert cut is not None
    assert cut.weights == pytest.approx(np.mean(tails, axis=0), abs=1e-12)
    for _ in range(20):
        worth = rng.normal(size=60)
        assert measure(worth, risk) <= float(cut.weights @ worth) + 1e-9


@pytest.mark.parametrize("seed", range(60, 75))
def test_a_limit_that_may_gain_nothing_gains_no_more_than_the_proof_leaves_open(seed: int) -> None:
    """The plan without it is made and compared."""
    prepared = prepare(rich_portfolio(seed), load_model("published"), load_catalogue())
    plan = solve_prepared(prepared)
    if plan.status is Status.INFEASIBLE or prepared.portfolio.hold is not None:
        return
    left_open = max(plan.gap, plan.asked) * abs(plan.value)
    for limit in limits_of(prepared, plan):
        if not may_gain(prepared, plan, limit):
            gain, _ = limit.gain(plan)
            assert gain <= left_open * (1 + 1e-6) + 1e-6
