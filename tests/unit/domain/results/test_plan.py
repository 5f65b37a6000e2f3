"""Plans as data: the JSON of the contract, the frame, and the options behind them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from planner.domain.results.audit import AuditResult
from planner.domain.results.option import ProjectOptions
from planner.domain.results.plan import Decision, Fix, ObjectiveResult, Plan
from planner.domain.results.risk import Quantiles, RiskResult
from planner.domain.results.spending import BudgetResult, Cost, SharedResult
from planner.domain.vocabulary import Objective, Status, Verdict
from planner.reporting.columns import Surface
from planner.reporting.sections.plan_columns import decision_columns

SPREAD = Quantiles(1.0, 0.0, 1.0, 2.0, 3.0, 4.0)


def plan(status: Status) -> Plan:
    """Return a plan with one funded project, or an infeasible one."""
    feasible = status is not Status.INFEASIBLE
    decision = Decision(
        "é",
        Verdict.GO,
        "ResNet-50",
        10,
        5,
        Cost.from_cents({"data": 10, "training": 20, "fixed": 3}, 7),
        0.5,
        9.0,
        8.6,
        "why",
    )
    return Plan(
        model={"name": "published", "sha256": "x"},
        seed=0,
        inputs_sha256="",
        portfolio="P",
        currency="USD",
        horizon_years=1.0,
        status=status,
        assumptions={"epochs": 50},
        objective=ObjectiveResult(Objective.NET_VALUE, 8.6, 8.6, 0.0) if feasible else None,
        budget=BudgetResult(1.0, 0.4, 0.6, 0.0),
        decisions=(decision,) if feasible else (),
        shared=(SharedResult("s", 0.07, {"é": 0.07}),) if feasible else (),
        risk=RiskResult(SPREAD, SPREAD, 0.0) if feasible else None,
        audit=AuditResult(8.6, 8.5, 100, 8.6, 8.6) if feasible else None,
        conflict=() if feasible else ("rules[0]: fund a",),
        fixes=() if feasible else (Fix(5, "more", flag="--budget"), Fix(0.4, "less", field="f")),
    )


def test_plan_has_the_shape_of_the_contract() -> None:
    """The JSON carries every name of the contract, and nothing about conflicts if there is none."""
    data = json.loads(plan(Status.OPTIMAL).to_json())
    assert data["schema_version"] == 1
    assert data["status"] == "optimal"
    assert data["decisions"][0]["verdict"] == "GO"
    assert data["decisions"][0]["cost"] == {
        "data": 0.1,
        "training": 0.2,
        "fixed": 0.03,
        "shared": 0.07,
        "total": 0.4,
    }
    shared = data["shared"][0]
    assert (shared["id"], shared["cost"], shared["shares"]) == ("s", 0.07, {"é": 0.07})
    assert "conflict" not in data
    assert "é" in plan(Status.OPTIMAL).to_json()


def test_infeasible_plan_names_conflict_and_fixes() -> None:
    """Without a plan the objective is null, and each fix has a flag or a field."""
    data = json.loads(plan(Status.INFEASIBLE).to_json())
    assert (data["objective"], data["decisions"], data["risk"]) == (None, [], None)
    assert data["conflict"] == ["rules[0]: fund a"]
    assert data["fixes"] == [
        {"flag": "--budget", "value": 5, "text": "more"},
        {"field": "f", "value": 0.4, "text": "less"},
    ]


def test_frame_has_a_row_per_project() -> None:
    """Costs become columns of their own."""
    pytest.importorskip("pandas")
    frame = plan(Status.OPTIMAL).to_frame()
    assert list(frame["project"]) == ["é"]
    assert list(frame["cost_total"]) == [0.4]
    assert "cost" not in frame.columns


def test_options_are_parallel_arrays() -> None:
    """Total cost sums the kinds, net value subtracts it, and taking rows takes them everywhere."""
    cents = np.array([100, 200, 300])
    options = ProjectOptions(
        project="a",
        architectures=("x", "y"),
        architecture_index=np.array([0, 1, 1]),
        images_total=np.array([10, 20, 30]),
        images_to_buy=np.array([0, 10, 20]),
        cents={"data": cents, "training": cents, "fixed": cents},
        chance=np.array([0.1, 0.2, 0.3]),
        expected_value=np.array([10.0, 20.0, 30.0]),
    )
    assert len(options) == 3
    assert options.architecture(2) == "y"
    assert options.expected_net_value.tolist() == [7.0, 14.0, 21.0]
    last = options.take(np.array([False, False, True]))
    assert (len(last), last.total_cents.tolist(), last.chance.tolist()) == (1, [900], [0.3])


def test_every_cost_line_has_a_column_before_the_total() -> None:
    """A line of the ledger that no column was declared for is shown all the same."""
    cost = Cost.from_cents({"data": 1000, "storage_rent": 500}, shared=200)
    base = plan(Status.OPTIMAL)
    record = replace(base, decisions=(replace(base.decisions[0], cost=cost),))
    columns = decision_columns(record)
    shown = [item for item in columns.on(Surface.SHEET, record.decisions) if "cost." in item.key]
    amounts = {item.header: item.value(record.decisions[0]) for item in shown}
    assert amounts.pop("Total") == sum(float(str(amount)) for amount in amounts.values()) == 17.0
    assert amounts["Storage rent"] == 5.0
    assert record.to_frame()["cost_storage_rent"].tolist() == [5.0]


def test_the_column_of_chances_is_named_for_what_they_are() -> None:
    """Of a target where there is one, that use pays where none is given, both where both are."""
    base = plan(Status.OPTIMAL)
    names = [item.project for item in base.decisions]
    aims: dict[str, dict[str, object]] = {"of": {"target_error": 0.1}, "pays": {"classes": 2}}
    said = {}
    for which in ("of", "pays"):
        given = dict.fromkeys(names, aims[which])
        said[which] = _chance_header(replace(base, inputs={"projects": given}))
    mixed = (*base.decisions, replace(base.decisions[0], project="other"))
    given = {**dict.fromkeys(names, aims["of"]), "other": aims["pays"]}
    said["both"] = _chance_header(replace(base, decisions=mixed, inputs={"projects": given}))
    assert said == {
        "of": "Chance of target",
        "pays": "Chance that use pays",
        "both": "Chance of target, or that use pays",
    }
    assert _chance_header(replace(base, inputs={})) == "Chance of target"


def _chance_header(record: Plan) -> str:
    return decision_columns(record).header("chance_of_target", Surface.PAGE)
