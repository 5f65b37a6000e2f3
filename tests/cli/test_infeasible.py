"""Every question about a portfolio that needs a plan can meet one that no plan fits."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import planner
from planner.cli.app import app
from planner.domain.results.infeasible import InfeasibleError

HEAD = """\
version: 1
portfolio: {{name: N, budget: 20k{portfolio}}}
projects:
  - {{id: a, classes: 4, target_accuracy: 92%, images: {{held: 1k, limit: 9k, price: 0.3}},
     value: 50k, architectures: [EfficientNet-B0]}}
  - {{id: b, classes: 4, target_accuracy: 92%, images: {{held: 1k, limit: 9k, price: 0.3}},
     value: 50k, architectures: [EfficientNet-B0]}}
rules: [{{fund: [a]}}, {{skip: [a]}}]
{more}
"""
PERIODS = ", periods: [{id: H1, budget: 9k}, {id: H2, budget: 9k}]"
POOL = (
    "shared: [{id: cam, kind: dataset, members: [a, b], images: {held: 0, limit: 6k, price: .2}}]"
)
KINDS = {
    "plain": ("", ""),
    "pool": ("", POOL),
    "periods": (PERIODS, ""),
    "cvar": (", risk: {measure: cvar}", ""),
    "entropic": (", risk: {measure: entropic, aversion: 1e-5}", ""),
    "hold": (", mode: stop_when_reached, hold: {chance: 90%}", ""),
}
QUESTIONS = (
    "plan",
    "plan --replications 2",
    "plan --xlsx out.xlsx",
    "frontier",
    "frontier --budget 1k:4k:1k",
    "frontier --risk",
    "frontier --goal targets:1",
    "explain",
    "explain {file} a",
    "explain {file} b",
    "report -o out.html",
)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_question_about_a_plan_tells_the_conflict_and_its_fixes(
    kind: str, question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 4, and the answer of ``planner plan``."""
    monkeypatch.chdir(tmp_path)
    portfolio, more = KINDS[kind]
    Path("p.yaml").write_text(HEAD.format(portfolio=portfolio, more=more), encoding="utf-8")
    command, *rest = question.split()
    asked = [part.format(file="p.yaml") for part in rest]
    arguments = [command, *([] if "p.yaml" in asked else ["p.yaml"]), *asked]
    result = CliRunner().invoke(app, [*arguments, "--model", "published"])
    assert result.exit_code == 4, result.output
    if command != "report":
        assert "rules[0]: fund a; rules[1]: skip a" in result.stdout
        assert "drop rules[0]: fund a" in result.stdout


@pytest.mark.parametrize("question", ["plan", "frontier", "explain"])
def test_the_conflict_is_told_in_json_as_by_a_plan(question: str, tmp_path: Path) -> None:
    """One object with ``objective`` null, the conflict and the fixes."""
    file = tmp_path / "p.yaml"
    file.write_text(HEAD.format(portfolio="", more=""), encoding="utf-8")
    result = CliRunner().invoke(app, [question, str(file), "--json", "--model", "published"])
    assert result.exit_code == 4
    told = json.loads(result.stdout)
    assert told["status"] == "infeasible"
    assert told["objective"] is None
    assert told["conflict"] == ["rules[0]: fund a", "rules[1]: skip a"]
    assert [fix["text"] for fix in told["fixes"]] == [f"drop {name}" for name in told["conflict"]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("question", ["options", "collect {file} a"])
def test_questions_that_need_no_plan_are_answered(
    kind: str, question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is on offer, and how much to collect for one project, do not depend on the rules."""
    monkeypatch.chdir(tmp_path)
    portfolio, more = KINDS[kind]
    Path("p.yaml").write_text(HEAD.format(portfolio=portfolio, more=more), encoding="utf-8")
    command, *rest = question.split()
    asked = [part.format(file="p.yaml") for part in rest] or ["p.yaml"]
    result = CliRunner().invoke(app, [command, *asked, "--model", "published"])
    assert result.exit_code == 0, result.output


def test_a_frontier_tells_the_least_budget_where_all_are_too_small(tmp_path: Path) -> None:
    """The largest budget asked about is too small for what the rules demand."""
    file = tmp_path / "p.yaml"
    text = HEAD.format(portfolio="", more="").replace("{skip: [a]}", "{fund: [b]}")
    text = text.replace("held: 1k", "held: 0")
    file.write_text(text, encoding="utf-8")
    portfolio, model = planner.read_portfolio(file), planner.load_model("published")
    with pytest.raises(InfeasibleError, match="No plan fits") as raised:
        planner.frontier(portfolio, model, budgets=[0.0, 1.0])
    plan = raised.value.plan
    assert "budget" in plan.conflict
    (fix,) = (fix for fix in plan.fixes if fix.flag == "--budget")
    least = fix.value
    assert isinstance(least, float)
    assert planner.frontier(portfolio, model, budgets=[0.0, least]).points
