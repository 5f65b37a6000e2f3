"""A saved plan evaluated again: the same numbers on the same inputs, named faults on others."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import planner
from planner.domain.facts.changes import ChangeKind
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import (
    Committed,
    Exclusive,
    Gives,
    Hold,
    Period,
    Portfolio,
    RiskPreference,
    SharedAsset,
    UnitShare,
)
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range
from planner.domain.results.plan import Plan
from planner.domain.vocabulary import Mode


def project(name: str, **fields: object) -> Project:
    base = {
        "id": name,
        "classes": 10,
        "target_error": 0.1,
        "images": Images(held=500, limit=40_000, price=Range(0.2, 0.4)),
        "value": 60_000,
        "architectures": ("ResNet-50", "EfficientNet-B0"),
        "unit": "north" if name == "a" else "south",
    }
    return Project(**{**base, **fields})  # type: ignore[arg-type]


PLAIN = Portfolio(
    projects=(project("a"), project("b", value=50_000), project("c", value=9_000)), budget=12_000
)
SHARED = (
    SharedAsset(id="pool", kind="dataset", members=("a", "b"), fixed_cost=300,
                images=Images(limit=8_000, price=0.2)),
    SharedAsset(id="base", kind="base_model", members=("a", "b", "c"), required=False,
                fixed_cost=200, gives=Gives(training_discount=0.5)),
)  # fmt: skip
WIDE = replace(
    PLAIN,
    shared=SHARED,
    periods=(Period(id="h1", budget=7_000), Period(id="h2", budget=7_000)),
    discount_rate=0.08,
)
PORTFOLIOS = {
    "plain": PLAIN,
    "assets and periods": WIDE,
    "caps under a hold": replace(
        PLAIN,
        mode=Mode.STOP_WHEN_REACHED,
        hold=Hold(chance=0.8),
        rules=(Committed("rules[0]: b", "b", "ResNet-50"),),
    ),
    "cvar": replace(PLAIN, risk=RiskPreference(measure="cvar", level=0.8, weight=0.5)),
}


@cache
def model() -> Posterior:
    return planner.load_model("transfer")


@cache
def saved(kind: str = "plain") -> Plan:
    return planner.plan(PORTFOLIOS[kind], model(), seed=3)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PORTFOLIOS)
def test_on_the_same_inputs_a_plan_is_what_it_was(kind: str) -> None:
    """Every number of a plan is found again from its choice alone, without the solver."""
    plan = saved(kind)
    result = planner.audit_plan(plan, PORTFOLIOS[kind], model())
    assert result.faults == ()
    assert result.diff.same, [item for item in result.diff.projects if item.why != "The same."]
    assert plan.objective is not None
    assert result.diff.after.value == pytest.approx(plan.objective.value, rel=1e-9)
    assert result.diff.after.committed == plan.budget.committed
    assert result.held_out_now == pytest.approx(result.held_out_then, rel=1e-9)
    assert plan.risk is not None
    assert result.risk.cost == plan.risk.cost
    assert [item.cost for item in result.shared] == [item.cost for item in plan.shared]


@pytest.mark.slow
def test_a_plan_read_from_json_is_audited_alike(tmp_path: Path) -> None:
    """Saving and reading lose nothing that an audit needs."""
    path = tmp_path / "plan.json"
    path.write_text(saved("assets and periods").to_json(), encoding="utf-8")
    again = planner.read_plan(path)
    assert again == saved("assets and periods")
    one = planner.audit_plan(again, WIDE, model())
    assert one == planner.audit_plan(saved("assets and periods"), WIDE, model())


def codes(plan: Plan, portfolio: Portfolio) -> set[str]:
    result = planner.audit_plan(plan, portfolio, model())
    assert result.stands == (not result.faults)
    return {fault.code for fault in result.faults}


def test_each_way_to_fall_is_named() -> None:
    """Budget, rules, thresholds, lost projects and lost options each have their code."""
    plan = saved()
    assert [d.project for d in plan.decisions if d.architecture] == ["a", "b", "c"]
    first, second, third = PLAIN.projects
    spent = plan.budget.committed
    assert codes(plan, replace(PLAIN, budget=spent)) == set()
    assert codes(plan, replace(PLAIN, budget=spent - 0.01)) == {"BUDGET"}
    rule = Exclusive("rules[0]: at most one of a, b", ("a", "b"))
    assert codes(plan, replace(PLAIN, rules=(rule,))) == {"RULE"}
    shares = UnitShare("rules[0]: north", "north", max_share=0.01)
    assert codes(plan, replace(PLAIN, rules=(shares,))) == {"RULE"}
    likely = plan.decisions[0].chance_of_target + 0.01
    asked = replace(first, min_chance=likely)
    assert codes(plan, replace(PLAIN, projects=(asked, second, third))) == {"MIN_CHANCE"}
    hard = replace(first, target_error=0.0005)
    assert codes(plan, replace(PLAIN, projects=(hard, second, third))) == {"THRESHOLD"}
    assert codes(plan, replace(PLAIN, projects=(second, third))) == {"PROJECT_GONE"}
    small = replace(first, images=Images(held=500, limit=501, price=0.3))
    assert codes(plan, replace(PLAIN, projects=(small, second, third))) == {"OPTION_GONE"}
    periods = (Period(id="h1", budget=1), Period(id="h2", budget=20_000))
    assert "PERIOD" in codes(saved("assets and periods"), replace(WIDE, periods=periods))


def test_an_audit_never_chooses_again() -> None:
    """A better use of twice the budget is not taken; a dearer price is paid."""
    richer = planner.audit_plan(saved(), replace(PLAIN, budget=24_000), model())
    assert richer.stands
    assert richer.diff.same
    dearer = replace(PLAIN.projects[0], images=Images(held=500, limit=40_000, price=3.0))
    result = planner.audit_plan(
        saved(), replace(PLAIN, projects=(dearer, *PLAIN.projects[1:])), model()
    )
    item = result.diff.projects[0]
    assert item.change is ChangeKind.CHANGED
    assert item.before is not None
    assert item.after is not None
    assert item.after.images_total == item.before.images_total
    bought = item.after.images_to_buy
    assert item.after.cost_total == pytest.approx(3.0 * bought, rel=0.01)


def test_what_is_no_plan_of_this_portfolio_is_refused() -> None:
    """A plan of other projects, and a plan that fitted nothing, have nothing to audit."""
    with pytest.raises(planner.InputError, match="plan of something else"):
        planner.audit_plan(saved(), replace(PLAIN, projects=(project("z"),)), model())
    data = {**json.loads(saved().to_json()), "status": "infeasible"}
    from planner.domain.json_shape import decode

    plan, _ = decode(Plan, data)
    assert plan is not None
    with pytest.raises(planner.InputError, match="nothing to audit"):
        planner.audit_plan(plan, PLAIN, model())
