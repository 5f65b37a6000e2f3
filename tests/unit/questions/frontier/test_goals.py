"""Smallest budgets for goals, against trying every plan."""

import numpy as np
import pytest

from planner.domain.facts.frontier import Goal
from planner.domain.results.frontier import GoalResult
from planner.errors import InputError
from planner.offering.problem import DecisionProblem, Solution
from planner.questions.frontier.goal_search import smallest_budget
from planner.questions.frontier.goals import (
    binomial_interval,
    goal_met,
    goal_problems,
    parse_goal,
)
from tests.problem_cases import Enumerated, choices, packed, random_problem

VALUES = np.array([100.0, 100.0, 100.0])


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("targets:5", Goal("targets", 5)),
        ("value:1M", Goal("value", 1e6)),
        ("net-value: 500k", Goal("net_value", 5e5)),
        ("all", Goal("all")),
    ],
)
def test_goals_are_read_as_people_write_them(text: str, goal: Goal) -> None:
    """Numbers as in a file."""
    assert parse_goal(text) == goal


@pytest.mark.parametrize("text", ["", "fame:3", "targets", "targets:1.5", "value:0", "all:3"])
def test_goals_that_say_nothing_are_refused(text: str) -> None:
    """With what was expected."""
    with pytest.raises(InputError, match="--goal"):
        parse_goal(text)


def test_impossible_goals_and_confidences_are_refused_together() -> None:
    """Both mistakes in one pass."""
    with pytest.raises(InputError, match="2 problems"):
        goal_problems([Goal("targets", 4)], 1.0, 3)


def test_goals_are_met_draw_by_draw() -> None:
    """Two funded of two projects, three draws."""
    success = np.array([[1, 1, 0], [1, 0, 0]], dtype=np.bool_)
    stakes, spend = np.array([10.0, 5.0]), np.array([4.0, 4.0, 4.0])

    def met(goal: Goal, projects: int = 2) -> list[bool]:
        return list(goal_met(goal, success, stakes, spend, projects).tolist())

    assert met(Goal("all")) == [True, False, False]
    assert met(Goal("all"), 3) == [False, False, False]
    assert met(Goal("targets", 1)) == [True, True, False]
    assert met(Goal("value", 10)) == [True, True, False]
    assert met(Goal("net_value", 7)) == [True, False, False]


def test_the_interval_is_clopper_and_pearson_s() -> None:
    """8 of 10: 0.4439 to 0.9748."""
    found = binomial_interval(8, 10)
    assert (found.low, found.high) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert binomial_interval(10, 10).high == 1.0


def share_met(problem: DecisionProblem, goal: Goal, options: np.ndarray) -> float:
    outcomes = packed(problem)
    return float(
        goal_met(
            goal,
            outcomes.success_draws(options),
            VALUES[problem.owner[options]],
            outcomes.spend_draws(options).sum(axis=0) / 100,
            len(problem.projects),
        ).mean()
    )


def answer(problem: DecisionProblem, goal: Goal, confidence: float) -> GoalResult:
    """Judge on the solve's own draws, so that enumeration is the truth."""
    draws = packed(problem).n_draws

    def hits(plan: Solution) -> tuple[int, int]:
        return round(share_met(problem, goal, plan.options) * draws), draws

    found: GoalResult = smallest_budget(
        goal,
        confidence,
        problem,
        Enumerated,
        hits,
        values=VALUES,
        currency="USD",
        top_cents=12_000,
    )
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("goal", [Goal("targets", 1), Goal("targets", 2), Goal("all")])
def test_the_budget_found_meets_the_goal_and_nothing_below_the_bound_does(
    seed: int, goal: Goal
) -> None:
    """Re-evaluated, and against every plan there is."""
    problem, confidence = random_problem(seed), 0.55
    found = answer(problem, goal, confidence)
    meeting = [
        int(problem.cents[options].sum()) / 100
        for options in choices(problem)
        if share_met(problem, goal, options) >= confidence
    ]
    if not meeting:
        assert found.budget is None
        assert found.reached < confidence
        return
    assert found.no_plan_below <= min(meeting)
    if found.budget is not None:  # an upper bound: the plans tried need not hold the cheapest
        assert found.budget >= min(meeting)
        assert found.reached >= confidence


def test_a_goal_out_of_reach_says_how_near_the_best_plan_comes() -> None:
    """No plan earns ten times all values."""
    found = answer(random_problem(0), Goal("value", 3000.0), 0.9)
    assert (found.budget, found.reached) == (None, 0.0)
    assert found.no_plan_below == 120.0  # proven for the whole range searched
