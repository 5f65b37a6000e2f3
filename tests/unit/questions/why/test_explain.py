"""Explanations of a project and of a whole plan."""

from dataclasses import replace
from functools import cache

import pytest

from planner.domain.portfolio.portfolio import AtMost, Fund, Portfolio, Skip
from planner.domain.results.explanation import Explanation, PlanExplanation
from planner.domain.results.infeasible import InfeasibleError
from planner.domain.vocabulary import Verdict
from planner.errors import InputError
from planner.planning.plan import build_plan
from planner.questions.why.explain import build_explanation, build_plan_explanation
from planner.reference.tables import load_catalogue
from planner.testing import synthetic_posterior
from tests.unit.questions.frontier.test_frontier import PORTFOLIO

MODEL = synthetic_posterior(400, seed=3)
CATALOGUE = load_catalogue()
SMALL = replace(PORTFOLIO, budget=8)
"""Enough for the cheap project alone."""
ONE = AtMost("one team", 1, ("cheap", "dear", "hard"))


def explain(portfolio: Portfolio, project: str) -> Explanation:
    return build_explanation(portfolio, project, MODEL, CATALOGUE)


@cache
def cheap() -> Explanation:
    return explain(PORTFOLIO, "cheap")


@cache
def small_dear() -> Explanation:
    return explain(SMALL, "dear")


@cache
def whole() -> PlanExplanation:
    return build_plan_explanation(replace(PORTFOLIO, rules=(ONE,)), MODEL, CATALOGUE)


def test_the_verdict_and_its_reason_are_those_of_the_plan() -> None:
    """No second opinion."""
    plan = build_plan(PORTFOLIO, MODEL, CATALOGUE)
    found = cheap()
    assert found.verdict == plan.decisions[0].verdict
    assert found.text.startswith(plan.decisions[0].why)


def test_a_project_kept_out_by_the_budget_says_so_and_from_which_budget_it_is_in() -> None:
    """The budget binds, the flip is above it, and what it cannot pay is no runner-up."""
    found = small_dear()
    assert found.verdict is Verdict.NO_GO
    assert found.binding == ("budget",)
    (budget,) = [flip for flip in found.flips if flip.quantity == "budget"]
    assert budget.at is not None
    assert budget.at > 8
    again = build_plan(replace(SMALL, budget=budget.at * 1.05), MODEL, CATALOGUE)
    assert again.decisions[1].verdict is not Verdict.NO_GO
    assert found.runner_up is None
    assert "more than the whole budget" in found.text
    assert found.core_index == 0.0


def test_a_project_kept_out_by_a_rule_alone_names_it_and_nothing_else_helps() -> None:
    """A skip rule: no price, value, target or budget is searched."""
    found = explain(replace(PORTFOLIO, rules=(Skip("skip cheap", ("cheap",)),)), "cheap")
    assert found.flips == ()
    assert found.binding == ("skip cheap",)
    assert found.standing == "exterior"
    assert found.tornado is None


def test_a_rule_that_crowds_a_project_out_binds() -> None:
    """One of three may be funded; without the rule more would be."""
    rich = replace(PORTFOLIO, budget=50_000, rules=(ONE,))
    plan = build_plan(rich, MODEL, CATALOGUE)
    out = next(d.project for d in plan.decisions if d.verdict is Verdict.NO_GO)
    assert explain(rich, out).binding == ("one team",)


def test_the_tornado_stands_around_the_option_that_is_funded() -> None:
    """All draws, solve and audit, so near the plan's own expected net value."""
    plan = build_plan(PORTFOLIO, MODEL, CATALOGUE)
    found = cheap()
    assert found.tornado is not None
    assert found.tornado.unit == "USD"
    assert found.tornado.centre == pytest.approx(plan.decisions[0].expected_net_value, rel=0.1)


def test_the_whole_plan_says_what_its_limits_cost() -> None:
    """The rule that lets one project in, with what it takes away."""
    found = whole()
    (rule,) = [one for one in found.binding if one.name == "one team"]
    without = build_plan(PORTFOLIO, MODEL, CATALOGUE)
    bound = build_plan(replace(PORTFOLIO, rules=(ONE,)), MODEL, CATALOGUE)
    assert without.objective is not None
    assert bound.objective is not None
    expected = without.objective.value - bound.objective.value
    assert rule.price == pytest.approx(expected, rel=0.02)  # levels are refined elsewhere


def test_every_project_has_a_standing_in_the_order_of_the_file() -> None:
    """An index in [0, 1] and the word for it."""
    standings = whole().standings
    assert [one.project for one in standings] == ["cheap", "dear", "hard"]
    for one in standings:
        assert 0 <= one.core_index <= 1
        assert one.standing in {"core", "borderline", "exterior"}


def test_an_unknown_project_is_refused_with_the_nearest_name() -> None:
    """A typing mistake."""
    with pytest.raises(InputError, match="cheap"):
        explain(PORTFOLIO, "chaep")


def test_where_there_is_no_plan_there_is_nothing_to_explain() -> None:
    """The conflict is named instead."""
    with pytest.raises(InfeasibleError, match="fund dear"):
        explain(replace(PORTFOLIO, budget=1, rules=(Fund("fund dear", ("dear",)),)), "dear")


def test_the_same_seed_gives_the_same_explanation() -> None:
    """Byte for byte."""
    assert explain(SMALL, "dear").to_dict() == small_dear().to_dict()
