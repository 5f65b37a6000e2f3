"""Plan, frontier and shadow price against every combination of options there is.

Random portfolios of two to four projects with rules of every kind, periods, shares of units, pools,
base models, both modes, holds on random spend and measures of risk: see
:mod:`tests.random_portfolios`.
"""

import os
from collections import Counter

import numpy as np
import pytest

from planner.domain.results.infeasible import InfeasibleError
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Status
from planner.planning.budgets import dearest_spend
from planner.planning.hold_bound import cheapest_means, hard_draws
from planner.planning.plan import plan_of
from planner.planning.prepare import Prepared, prepare, solve_prepared
from planner.questions.frontier.frontier import build_frontier
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.portfolio_table import BUDGET, PortfolioTable
from tests.random_portfolios import rich_portfolio

MODEL = synthetic_posterior(120, seed=5)
CATALOGUE = load_catalogue()
ONCE_FALSE = (1417, 1813, 1945, 1959, 2256)
"""A solver that lost its plan, spend beyond the chance asked for, a price of 0, no plan at all."""
SEEDS = (*range(40), *ONCE_FALSE)
MORE_SEEDS = range(40, 160)
ASKED = range(20_000, 20_000 + int(os.environ.get("PLANNER_PORTFOLIOS", "12")))
"""Portfolios planned with ``--gap 0``; thousands by hand."""
SHARES = (0.03, 0.1, 0.25, 0.5, 1.05)
"""Of what everything at its dearest would cost: five budgets of a frontier."""


def tolerance(value: float) -> float:
    """Return what two sums of the same amounts may differ by."""
    return 1e-6 * max(1.0, abs(value))


def case(seed: int) -> tuple[Prepared, PortfolioTable]:
    """Return a portfolio ready to be solved, and all its combinations."""
    prepared = prepare(rich_portfolio(seed), MODEL, CATALOGUE)
    return prepared, PortfolioTable(prepared)


def assert_plan_is_true(prepared: Prepared, table: PortfolioTable) -> Plan:
    """Assert that a plan is the best of all, within its bound, and its price of the right sign."""
    plan = plan_of(prepared, solve_prepared(prepared))
    best = table.best()
    if best is None:
        assert plan.status is Status.INFEASIBLE
        return plan
    assert plan.objective is not None, plan.conflict
    value, bound = plan.objective.value, plan.objective.bound
    assert value <= best + tolerance(best)
    assert bound >= best - tolerance(best)
    if plan.status is Status.OPTIMAL:
        assert value == pytest.approx(best, abs=tolerance(best))
    hold = prepared.portfolio.hold
    assert plan.status is Status.OPTIMAL or (hold is not None and hold.chance is not None)
    budget = prepared.portfolio.budget
    free = best if budget is None else table.best(without=[BUDGET])
    assert free is not None
    assert (plan.budget.shadow_price > 0) == (free > best + tolerance(best))
    return plan


def assert_frontier_is_true(prepared: Prepared, table: PortfolioTable) -> int:
    """Assert the same at five budgets, and what the notes say; return how many have a plan."""
    dearest = dearest_spend(prepared.problem) / 100
    budgets = sorted({round(share * dearest, 2) for share in SHARES})
    bests = {budget: table.best(budget=budget) for budget in budgets}
    try:
        frontier = build_frontier(
            prepared.portfolio, MODEL, CATALOGUE, budgets=budgets, prepared=prepared
        )
    except InfeasibleError:
        assert all(best is None for best in bests.values())
        return 0
    free = table.best(budget=10 * dearest + 1)
    assert free is not None
    here = prepared.portfolio.budget
    points = [point for point in frontier.points if point.budget in bests or point.budget == here]
    assert {p.budget for p in points} >= {b for b, best in bests.items() if best is not None}
    for point in points:
        best = table.best(budget=point.budget)
        assert best is not None
        assert point.value <= best + tolerance(best)
        assert point.bound >= best - tolerance(best)
        if point.value >= best - tolerance(best):
            assert (point.shadow_price > 0) == (free > best + tolerance(best))
    if any("adds nothing" in note for note in frontier.notes):
        last = table.best(budget=frontier.points[-1].budget)
        assert last is not None
        assert free <= last + tolerance(last)
    return len(points)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_beats_the_bound_of_a_plan_or_of_a_frontier(seed: int) -> None:
    """Nor is a price of the budget 0 where more of it is worth more, or above 0 where it is not."""
    prepared, table = case(seed)
    assert_plan_is_true(prepared, table)
    assert_frontier_is_true(prepared, table)


@pytest.mark.slow
def test_no_plan_beats_a_bound_in_a_hundred_portfolios() -> None:
    """The same for more of them; every kind of question occurs among them."""
    seen: Counter[str] = Counter()
    for seed in MORE_SEEDS:
        prepared, table = case(seed)
        plan = assert_plan_is_true(prepared, table)
        seen["points"] += assert_frontier_is_true(prepared, table)
        seen["infeasible"] += plan.status is Status.INFEASIBLE
        seen["priced"] += plan.budget.shadow_price > 0
        hold = prepared.portfolio.hold
        seen["chance"] += hold is not None and hold.chance is not None
        seen["cvar"] += hold is not None and hold.cvar is not None
        seen["periods"] += bool(plan.periods)
        seen["assets"] += bool(plan.shared)
    assert seen["points"] > 400
    assert min(seen.values()) >= 7, seen


def test_asked_for_no_gap_every_plan_is_the_best_of_all() -> None:
    """Proven, and the same as under the default, which is no less than that on few options."""
    wrong = []
    for seed in ASKED:
        prepared, table = case(seed)
        best, found = table.best(), solve_prepared(prepared, gap=0.0)
        hold = prepared.portfolio.hold
        if best is None or found.status is Status.INFEASIBLE:
            right = best is None and found.status is Status.INFEASIBLE
        else:
            right = found.bound >= best - tolerance(best) and found.value <= best + tolerance(best)
            if hold is None or hold.chance is None:
                right &= found.value >= best - tolerance(best)
        if not right:
            wrong.append((seed, best, found.value, found.bound))
    assert not wrong


@pytest.mark.parametrize("seed", range(20))
def test_every_choice_that_holds_with_the_chance_keeps_the_rows_behind_its_bound(
    seed: int,
) -> None:
    """Whatever sets of draws the rows are made of."""
    rng = np.random.default_rng(seed)
    spend = rng.lognormal(3, 1.5, (12, 50)) * rng.integers(1, 100, (12, 1))
    spend[:, rng.random(50) < 0.3] = 0.0
    outcomes = _SpendOnly(spend)
    over = int(rng.integers(0, 25))
    sets = list(hard_draws([spend[:4].sum(axis=0), spend[6:].sum(axis=0)], over))
    means = cheapest_means(outcomes, sets, over)  # type: ignore[arg-type]
    for _ in range(200):
        chosen = rng.random(12) < 0.4
        total = spend[chosen].sum(axis=0)
        limit = np.sort(total)[len(total) - over - 1]  # at most so many draws are above
        assert (means[:, chosen].sum(axis=1) <= limit + 1e-6).all()


class _SpendOnly:
    """Outcomes that are spend alone."""

    def __init__(self, spend: np.ndarray) -> None:
        self.spend = spend
        self.n_draws = spend.shape[1]

    def spend_draws(self, options: np.ndarray) -> np.ndarray:
        return np.asarray(self.spend[options])

    def spend_at(self, weights: np.ndarray) -> np.ndarray:
        return np.asarray(self.spend @ weights)
