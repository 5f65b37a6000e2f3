"""What changed between two plans, and what is named as the cause."""

from dataclasses import replace
from functools import cache

import pytest

import planner
from planner.domain.facts.changes import ChangeKind
from planner.domain.portfolio.portfolio import AtMost, Portfolio
from planner.domain.portfolio.project import Images, Pilot, Project
from planner.domain.results.plan import Plan
from planner.domain.results.plan_diff import PlanDiff, ProjectChange
from planner.domain.vocabulary import Verdict


def project(name: str, **fields: object) -> Project:
    base = {
        "id": name,
        "classes": 10,
        "target_error": 0.1,
        "images": Images(held=500, limit=40_000, price=0.3),
        "value": 60_000,
        "architectures": ("ResNet-50",),
    }
    return Project(**{**base, **fields})  # type: ignore[arg-type]


BASE = Portfolio(
    projects=(project("a"), project("b", value=50_000), project("c", value=40_000)), budget=15_000
)


@cache
def plan(seed: int = 0, budget: float = 15_000) -> Plan:
    portfolio = replace(BASE, budget=budget)
    return planner.plan(portfolio, planner.load_model("transfer"), seed=seed)


def plan_of(portfolio: Portfolio) -> Plan:
    return planner.plan(portfolio, planner.load_model("transfer"))


def change(diff: PlanDiff, name: str) -> ProjectChange:
    return next(item for item in diff.projects if item.project == name)


def test_a_plan_is_the_same_as_itself() -> None:
    """Nothing is said to differ where nothing does."""
    diff = planner.diff(plan(), plan())
    assert diff.same
    assert diff.changes == ()
    assert {item.why for item in diff.projects} == {"The same."}


def test_another_budget_is_named_as_the_cause() -> None:
    """Projects that changed with the budget alone point at it; it is listed with its values."""
    diff = planner.diff(plan(), plan(budget=3_000))
    assert [(c.field, c.before, c.after) for c in diff.changes] == [
        ("portfolio.budget", 15_000, 3_000)
    ]
    moved = [item for item in diff.projects if item.change is ChangeKind.CHANGED]
    assert moved
    assert all("own fields are the same" in item.why for item in moved)
    assert all("portfolio.budget" in item.why for item in moved)


def test_another_seed_is_named() -> None:
    """The luck of the draws is a cause like any other."""
    diff = planner.diff(plan(), plan(seed=1))
    assert [c.field for c in diff.changes] == ["seed"]


def test_a_projects_own_fields_come_first() -> None:
    """A changed price is named with its values; others point at the project that changed."""
    dearer = replace(BASE.projects[0], images=Images(held=500, limit=40_000, price=3.0))
    diff = planner.diff(plan(), plan_of(replace(BASE, projects=(dearer, *BASE.projects[1:]))))
    own = change(diff, "a")
    assert [(c.field, c.before, c.after) for c in own.inputs] == [("images.price", 0.3, 3.0)]
    assert "images.price 0.3 → 3" in own.why
    for name in ("b", "c"):
        item = change(diff, name)
        if item.change is ChangeKind.CHANGED:
            assert "other projects changed (a)" in item.why


def test_measured_runs_are_evidence() -> None:
    """A pilot added shows as evidence, not as a field."""
    measured = replace(BASE.projects[0], pilots=(Pilot(images=500, error=0.3),))
    diff = planner.diff(plan(), plan_of(replace(BASE, projects=(measured, *BASE.projects[1:]))))
    own = change(diff, "a")
    assert own.inputs == ()
    assert [c.field for c in own.evidence] == ["pilots"]
    assert "0 before, 1 now" in own.why


def test_projects_and_rules_come_and_go_by_name() -> None:
    """Order plays no part: projects match by id, rules by what they say."""
    names = ("c", "b")
    rule = AtMost("rules[0]: at most 1 of c, b", 1, names)
    other = replace(
        BASE, projects=(BASE.projects[2], BASE.projects[1], project("d")), rules=(rule,)
    )
    diff = planner.diff(plan(), plan_of(other))
    assert change(diff, "a").change is ChangeKind.REMOVED
    assert change(diff, "d").change is ChangeKind.ADDED
    assert [(c.field, c.after) for c in diff.changes] == [("rules", "at most 1 of c, b")]
    moved = replace(other, rules=(replace(rule, name="rules[7]: at most 1 of c, b"),))
    assert planner.diff(plan_of(other), plan_of(moved)).changes == ()


def test_plans_without_inputs_are_compared_by_result() -> None:
    """Where a plan does not say what it was made from, no cause is invented."""
    bare = replace(plan(budget=3_000), inputs={})
    diff = planner.diff(plan(), bare)
    assert not diff.inputs_known
    assert [c.field for c in diff.changes] == ["portfolio.budget"]
    first = next(item for item in diff.projects if item.change is ChangeKind.CHANGED)
    assert "cause is not known" in first.why


@pytest.mark.parametrize("budget", [0.0, 3_000.0, 15_000.0])
def test_before_and_after_are_the_decisions(budget: float) -> None:
    """What stands on each side is what that plan decided, to the cent."""
    other = plan(budget=budget)
    diff = planner.diff(plan(), other)
    for item, decision in zip(diff.projects, other.decisions, strict=True):
        assert item.after is not None
        assert item.after.cost_total == decision.cost.total
        assert (item.after.verdict is Verdict.NO_GO) == (decision.architecture is None)
