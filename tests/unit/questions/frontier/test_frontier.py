"""Frontiers: never falling, the same as single plans, with prices, next steps and goals."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import AtMost, Fund, Portfolio, RiskPreference
from planner.domain.portfolio.project import Images, Project
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.results.frontier import Frontier
from planner.domain.vocabulary import Objective, Status
from planner.errors import InputError
from planner.offering.problem import Solution
from planner.planning.plan import build_plan
from planner.planning.reasons.budget_price import prices_along
from planner.planning.reasons.next_step import usual_amount
from planner.questions.frontier.frontier import build_frontier
from planner.questions.frontier.risk import best_at_each, solve_weights
from planner.questions.frontier.sweeps import pooled
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.problem_cases import Enumerated, random_problem

MODEL = synthetic_posterior(400, seed=3)
CATALOGUE = load_catalogue()


def project(name: str, price: float, value: float, error: float = 0.1) -> Project:
    return Project(
        id=name,
        classes=4,
        target_error=error,
        images=Images(limit=30_000, price=price),
        value=value,
        architectures=("ResNet-50",),
    )


PORTFOLIO = Portfolio(
    budget=6_000,
    projects=(
        project("cheap", 0.1, 20_000.0),
        project("dear", 0.6, 40_000.0, 0.12),
        project("hard", 0.3, 30_000.0, 0.08),
    ),
)


@cache
def frontier(portfolio_risk: str = "expected") -> Frontier:
    portfolio = replace(PORTFOLIO, risk=RiskPreference(measure=portfolio_risk, level=0.8))
    return build_frontier(portfolio, MODEL, CATALOGUE, points=7)


@pytest.mark.parametrize("risk", ["expected", "cvar"])
def test_value_never_falls_as_the_budget_grows_and_no_point_beats_its_bound(risk: str) -> None:
    """Each point keeps its budget, too."""
    points = frontier(risk).points
    values = [point.value for point in points]
    assert values == sorted(values)
    assert [point.budget for point in points] == sorted({point.budget for point in points})
    for point in points:
        assert point.committed <= point.budget
        assert point.value <= point.bound + 1e-9 * abs(point.bound)


def test_points_are_the_plans_of_their_budgets() -> None:
    """Solved singly on the same options: the plan at the file's own budget."""
    found = frontier()
    (here,) = [point for point in found.points if point.budget == found.you_are_here]
    plan = build_plan(PORTFOLIO, MODEL, CATALOGUE)
    assert plan.objective is not None
    assert plan.audit is not None
    assert here.value == pytest.approx(plan.objective.value, rel=1e-6)
    assert here.committed == plan.budget.committed
    assert here.mean == pytest.approx(plan.audit.held_out_value)
    assert here.funded == tuple(d.project for d in plan.decisions if d.architecture)


def test_no_budget_buys_nothing_and_the_price_is_0_only_where_more_adds_nothing() -> None:
    """Until the curve is flat, every point has a price above 0."""
    points = frontier().points
    assert (points[0].budget, points[0].committed) == (0.0, 0.0)
    most = points[-1].value
    for point in points:
        if point.value < most * (1 - 1e-6):
            assert point.shadow_price > 0


def test_the_next_step_adds_what_the_two_plans_differ_by() -> None:
    """The amount is asked of a second plan."""
    step = frontier().next_step
    assert step is not None
    plans = [
        build_plan(replace(PORTFOLIO, budget=budget), MODEL, CATALOGUE)
        for budget in (6_000, 6_000 + step.amount)
    ]
    values = [plan.objective.value for plan in plans if plan.objective]
    # the second plan's options are refined around another price: nearly the same
    assert step.gain == pytest.approx(values[1] - values[0], rel=0.1, abs=100)
    assert step.text.startswith("The next USD")


def test_without_a_budget_the_frontier_reaches_what_everything_that_pays_costs() -> None:
    """You are nowhere, so nothing is marked."""
    found = build_frontier(replace(PORTFOLIO, budget=None), MODEL, CATALOGUE, points=4)
    assert found.you_are_here is None
    assert found.next_step is None
    assert found.points[-1].shadow_price == 0


def test_budgets_that_no_plan_keeps_the_rules_under_are_left_out() -> None:
    """A rule demands the dear project."""
    demanding = replace(PORTFOLIO, rules=(Fund("fund dear", ("dear",)),))
    found = build_frontier(demanding, MODEL, CATALOGUE, budgets=[0, 20_000])
    assert found.points[0].budget > 0
    assert any("left out" in note for note in found.notes)


def test_rules_hold_all_along_the_frontier() -> None:
    """At most one of three is funded at any budget."""
    rule = AtMost("one", 1, ("cheap", "dear", "hard"))
    found = build_frontier(replace(PORTFOLIO, rules=(rule,)), MODEL, CATALOGUE, points=5)
    assert {len(point.funded) for point in found.points} <= {0, 1}


def test_risk_is_traded_from_the_mean_to_the_tail() -> None:
    """On the solve's draws the objective falls as weight moves from the mean to the worse tail."""
    asked = replace(PORTFOLIO, risk=RiskPreference(level=0.8))
    found = build_frontier(asked, MODEL, CATALOGUE, risk=True)
    assert found.axis == "risk"
    assert [point.weight for point in found.points] == pytest.approx(np.linspace(0, 1, 11))
    values = [point.value for point in found.points]
    assert values == sorted(values, reverse=True)
    assert all(point.bound >= point.value for point in found.points)


@pytest.mark.parametrize("seed", range(4))
def test_each_weight_of_a_group_has_the_plan_that_is_best_of_all_at_it(seed: int) -> None:
    """Found one after the other from what the others taught, against every choice there is."""
    problem = replace(random_problem(seed), risk=RiskMeasure("cvar", level=0.8, weight=0.5))
    weights = (0.0, 0.3, 0.7, 1.0)
    for weight, plan in zip(weights, solve_weights(problem, weights), strict=True):
        risk = replace(problem.risk, weight=weight)
        best = Enumerated(replace(problem, risk=risk)).solve()
        assert plan.value == pytest.approx(best.value, rel=1e-6, abs=1e-9)
        assert plan.bound >= best.value - 1e-9


def test_goals_are_met_by_the_plans_that_claim_it() -> None:
    """Judged again: the frontier at the budget found holds such a plan."""
    found = build_frontier(
        PORTFOLIO, MODEL, CATALOGUE, points=3, goals=["targets:2"], confidence=0.5
    )
    (two,) = found.goals
    assert two.budget is not None
    assert two.reached >= 0.5
    assert two.interval is not None
    assert two.interval.low < two.reached < two.interval.high
    assert two.no_plan_below <= two.budget
    assert two.text.startswith("Goal: at least 2 targets met, with 50 % confidence. USD")


@pytest.mark.parametrize(
    "asked",
    [
        {"budgets": [-1.0]},
        {"budgets": [float("nan")]},
        {"points": 1},
        {"goals": ["targets:9"]},
        {"goals": ["targets:1"], "confidence": 2.0},
    ],
)
def test_what_makes_no_frontier_is_refused(asked: dict[str, object]) -> None:
    """With the flag to mend."""
    with pytest.raises(InputError, match="--"):
        build_frontier(PORTFOLIO, MODEL, CATALOGUE, **asked)  # type: ignore[arg-type]


def test_goals_about_value_need_values() -> None:
    """Every project without one is named."""
    missing = replace(
        PORTFOLIO,
        objective=Objective.TARGETS_MET,
        projects=tuple(replace(one, value=None) for one in PORTFOLIO.projects),
    )
    with pytest.raises(InputError, match="3 problems"):
        build_frontier(missing, MODEL, CATALOGUE, goals=["value:1M"])


def solution(value: float, cents: int, mean: float = 0.0, tail: float = 0.0) -> Solution:
    nothing = np.zeros(0)
    return Solution(
        options=np.array([cents], dtype=np.int64),
        assets=np.zeros(0, dtype=np.bool_),
        status=Status.OPTIMAL,
        value=value,
        bound=value,
        gap=0.0,
        mean=mean,
        tail=tail,
        solver_bound=value,
        own_bound=value,
        committed_cents=cents,
        budget_price=0.0,
        row_prices=nothing,
    )


def test_plans_and_bounds_serve_every_budget_they_hold_for() -> None:
    """The second plan fits the third budget; the third bound holds for the first two.

    Nothing bounds the fourth budget, of which nothing is known: it is left out.
    """
    found = [solution(1.0, 10), replace(solution(5.0, 20), bound=9.0), solution(4.0, 30), None]
    found[2] = replace(found[2], bound=7.0)  # type: ignore[type-var]
    *kept, unknown = pooled([15, 25, 35, 45], found)
    assert unknown is None
    assert [one.value for one in kept if one] == [1.0, 5.0, 5.0]
    assert [one.committed_cents for one in kept if one] == [10, 20, 20]
    assert [one.bound for one in kept if one] == [1.0, 7.0, 7.0]
    assert pooled([5], [None], [solution(2.0, 9)]) == [None]


def test_a_plan_found_at_one_weight_serves_at_another() -> None:
    """Mean 10, tail 0 against mean 6, tail 5: the second wins from weight 4/9 on."""
    bold, wary = solution(10.0, 1, 10.0, 0.0), solution(5.0, 2, 6.0, 5.0)
    found = best_at_each([(0.0, bold), (0.4, wary), (0.5, replace(bold, value=5.0)), (1.0, wary)])
    assert [one.committed_cents for _, one in found] == [1, 1, 2, 2]
    assert [one.value for _, one in found] == pytest.approx([10.0, 6.0, 5.5, 5.0])


def test_where_nothing_more_fits_the_price_is_the_gain_to_the_next_better_plan() -> None:
    """From 0 to a gain of 30 for 0.20 more budget; then to the best plan, that costs 0.50."""
    plans = [solution(0.0, 0), solution(0.0, 0), solution(30.0, 20)]
    best = solution(45.0, 50)
    assert prices_along([0, 10, 20], plans, best) == pytest.approx([150.0, 300.0, 50.0])


def test_where_no_budget_is_worth_more_the_price_is_0() -> None:
    """Whatever a relaxation that takes projects in part says, and only there."""
    priced = replace(solution(30.0, 20), budget_price=2.0)
    assert prices_along([20, 40], [priced, priced], solution(30.0, 20)) == [0.0, 0.0]
    assert prices_along([20, 40], [priced, priced], solution(31.0, 60)) == [2.0, 2.0]


@pytest.mark.parametrize("budget", [1.0, 77.0, 9_999.0, 25_000.0, 3e7, 1e12])
def test_the_next_amount_is_round_and_neither_all_nor_nothing(budget: float) -> None:
    """At most half of the budget, at least 2 % of it."""
    assert 0.02 * budget <= usual_amount(budget) <= 0.5 * budget


def test_break_points_are_where_single_plans_change() -> None:
    """At a break point its plan is best and commits all of it; a cent below, the one before is."""
    frontier = build_frontier(PORTFOLIO, MODEL, CATALOGUE, budgets=[2_000, 4_000, 6_000])
    breaks = frontier.breaks
    assert breaks is not None
    budgets = [one.budget for one in breaks]
    assert budgets[0] <= 2_000 < budgets[1]
    assert budgets == sorted(set(budgets))
    for point in frontier.points:
        last = [one for one in breaks if one.budget <= point.budget][-1]
        assert last.value == pytest.approx(point.value, rel=1e-9)
        assert last.held_out_value == pytest.approx(point.held_out_value, rel=1e-9)
        assert last.budget == pytest.approx(point.committed)
    before, one = breaks[-2:]
    at, below = (
        build_frontier(PORTFOLIO, MODEL, CATALOGUE, budgets=[budget]).points[0]
        for budget in (one.budget, round(one.budget - 0.01, 2))
    )
    assert (at.value, at.committed) == pytest.approx((one.value, one.budget))
    assert (below.value, below.committed) == pytest.approx((before.value, before.budget))


def test_break_points_are_left_out_where_they_are_not_known() -> None:
    """Under rules that bind plans are searched for, budget by budget."""
    ruled = replace(PORTFOLIO, rules=(AtMost("two", 2, ("cheap", "dear", "hard")),))
    assert build_frontier(ruled, MODEL, CATALOGUE, budgets=[2_000, 6_000]).breaks is None
