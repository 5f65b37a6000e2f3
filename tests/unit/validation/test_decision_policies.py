"""Ways to choose runs that are paid for: prices, budgets, and what is taken off."""

import numpy as np
import pytest

from planner.reference.store import load_model
from planner.reference.tables import load_catalogue
from planner.regression.rows.observations import build_table
from planner.regression.rows.shipped import read_observations
from planner.validation.decisions.plans import cost_of, judge_world, with_architectures
from planner.validation.decisions.policies import (
    PILOT_BUDGET,
    POLICIES,
    judge_policies,
    run_prices,
)
from planner.validation.decisions.worlds import World, draw_world, usable_truths
from planner.validation.development import curve_kinds, development_curves


def some_world(number: int) -> World:
    """Return a portfolio of development curves."""
    rows = build_table(read_observations())
    kinds = {curve: kind.split(",")[0] for curve, kind in curve_kinds(rows).items()}
    truths = usable_truths(development_curves(rows), kinds)
    return draw_world(truths, number, np.random.default_rng([0, number]))


def test_runs_cost_a_part_of_buying_everything_and_follow_from_the_seed() -> None:
    """1 to 10 % of it for each project."""
    world = some_world(0)
    prices = run_prices(world, 0)
    everything = [cost_of(p, p.images.limit) for p in world.portfolio.projects]
    shares = prices / np.array(everything)
    assert np.all((shares > 0.0099) & (shares < 0.1001))
    assert np.array_equal(prices, run_prices(world, 0))
    assert not np.array_equal(prices, run_prices(world, 1))


@pytest.mark.slow
def test_what_runs_cost_is_taken_off_what_the_plan_after_them_realises() -> None:
    """Every run: the plan with one pilot each, less all prices; others stay within 3 %."""
    world, model = some_world(1), load_model("transfer")
    catalogue = load_catalogue()
    known = with_architectures(catalogue, world.truths)
    found = judge_policies(world, model, known)
    assert tuple(found) == POLICIES
    free = judge_world(world, model, load_model("published"), catalogue)["one pilot each"]
    prices = run_prices(world, 0)
    every = found["every run, paid"]
    total = sum(item.realised for item in free) - float(prices.sum())
    assert sum(item.realised for item in every) == pytest.approx(total)
    everything = sum(cost_of(p, p.images.limit) for p in world.portfolio.projects)
    budget = world.portfolio.budget or 0.0
    for name in POLICIES[1:]:
        spent = sum(item.spent for item in found[name])
        assert spent <= budget + PILOT_BUDGET * everything + 1e-6
        assert sum(item.realised for item in found[name]) <= sum(i.best for i in found[name])
