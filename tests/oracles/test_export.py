"""The exported model is the decision: HiGHS, reading it back, finds what the plan is worth."""

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import highspy
import numpy as np
import pytest
from typer.testing import CliRunner

import planner
from planner._stdout import unreachable_stdout
from planner.cli.app import app
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.portfolio import Portfolio, RiskPreference
from planner.domain.vocabulary import Objective
from planner.errors import InputError
from planner.questions.export import plan_and_export
from planner.reference.tables import load_catalogue
from tests.random_portfolios import rich_portfolio

N_CASES = int(os.environ.get("PLANNER_EXPORT_CASES", "24"))
ROOT = Path(__file__).parents[2]


def read_back(path: Path) -> Any:
    """Return the model as HiGHS reads it, told to prove its optimum."""
    with unreachable_stdout():
        solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        solver.setOptionValue("output_flag", False)
        assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    for name, value in (("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0), ("threads", 1)):
        solver.setOptionValue(name, value)
    return solver


def optimum(solver: Any) -> float | None:
    """Return the optimum; None where nothing keeps the rows."""
    with unreachable_stdout():
        solver.run()
    status = solver.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None
    if status == highspy.HighsModelStatus.kModelEmpty:  # nothing to choose: do the rows take 0?
        lp = solver.getLp()
        held = np.all(np.array(lp.row_lower_) <= 0) and np.all(np.array(lp.row_upper_) >= 0)
        return 0.0 if held else None
    assert status == highspy.HighsModelStatus.kOptimal
    return float(solver.getInfo().objective_function_value)


def exported(portfolio: Portfolio, model: Posterior, folder: Path) -> tuple[Any, dict[str, Any]]:
    plan = plan_and_export(portfolio, model, load_catalogue(), folder, gap=0.0)
    return plan, json.loads((folder / "model.json").read_text("utf-8"))


@pytest.mark.parametrize("seed", range(N_CASES))
def test_another_solver_reads_the_plans_optimum(
    seed: int, synthetic: Posterior, tmp_path: Path
) -> None:
    """Rules, periods, units, pools, base models, holds and measures of risk: the same optimum."""
    portfolio = rich_portfolio(seed)
    if portfolio.risk.measure == "entropic":
        portfolio = replace(portfolio, risk=RiskPreference(measure="cvar", level=0.8, weight=0.7))
    plan, names = exported(portfolio, synthetic, tmp_path / "out")
    unit = names["objective"]["unit"]
    found = [optimum(read_back(tmp_path / "out" / f"model.{kind}")) for kind in ("mps", "lp")]
    if plan.objective is None:
        assert found == [None, None]
        assert names["plan"] is None
        return
    assert found[0] is not None
    assert found[1] is not None
    value, bound = plan.objective.value, plan.objective.bound
    close = 2e-6 * max(abs(value), unit)
    for worth in (found[0] * unit, found[1] * unit):
        # a chance of random spend is searched for, so that the plan may be less than the best
        assert value - close <= worth <= bound + close
        if portfolio.hold is None or portfolio.hold.chance is None:
            assert worth == pytest.approx(value, abs=close)


def test_the_cases_reach_what_matters() -> None:
    """Every kind of limit that the model must hold occurs."""
    cases = [rich_portfolio(seed) for seed in range(16)]
    assert {case.hold is not None and case.hold.cvar is not None for case in cases} == {True, False}
    assert any(case.hold is not None and case.hold.chance is not None for case in cases)
    assert any(case.risk.measure == "cvar" for case in cases)
    assert any(case.periods for case in cases)
    assert any(asset.images for case in cases for asset in case.shared)


def fixed_at(solver: Any, chosen: set[str]) -> None:
    """Fix what is chosen and what is not."""
    for column in range(solver.getNumCol()):
        _, name = solver.getColName(column)
        if name[0] in "xy" and name[1:].isdigit():
            solver.changeColBounds(column, *([float(name in chosen)] * 2))


@pytest.mark.slow
def test_the_plan_stands_in_the_model_of_a_whole_chain(tmp_path: Path) -> None:
    """Thirty projects under CVaR: the plan's columns keep every row and are worth its value."""
    portfolio = planner.read_portfolio(ROOT / "examples/04_grocery_chain/portfolio.yaml")
    folder = tmp_path / "out"
    plan = planner.export(portfolio, planner.load_model(), folder, gap=1e-3)
    names = json.loads((folder / "model.json").read_text("utf-8"))
    assert plan.objective is not None
    solver = read_back(folder / "model.mps")
    fixed_at(solver, set(names["plan"]["chosen"]))
    value = optimum(solver)
    assert value is not None
    assert value * names["objective"]["unit"] == pytest.approx(plan.objective.value, rel=1e-8)


def test_names_say_what_was_chosen(synthetic: Posterior, tmp_path: Path) -> None:
    """The columns of the plan are its decisions, and their costs what it commits."""
    portfolio = replace(rich_portfolio(3), objective=Objective.NET_VALUE, shared=(), rules=())
    plan, names = exported(portfolio, synthetic, tmp_path / "out")
    chosen = set(names["plan"]["chosen"])
    rows = [row for row in names["columns"]["options"] if row["column"] in chosen]
    told = {(row["project"], row["architecture"], row["images_total"]) for row in rows}
    funded = {(d.project, d.architecture, d.images_total) for d in plan.decisions if d.architecture}
    assert told == funded
    assert sum(row["cost_total"] for row in rows) == pytest.approx(plan.budget.committed)


def test_what_is_too_large_is_refused_before_it_is_searched(
    synthetic: Posterior, tmp_path: Path
) -> None:
    """With the number of options and draws, and nothing is written."""
    portfolio = replace(
        rich_portfolio(3), risk=RiskPreference(measure="cvar", level=0.8, weight=0.7)
    )
    with pytest.raises(InputError, match=r"options and 200 draws would take more than 1e-05 GB"):
        plan_and_export(portfolio, synthetic, load_catalogue(), tmp_path / "out", most_bytes=1e4)
    assert list(tmp_path.iterdir()) == []


def test_the_estimate_of_the_size_is_from_above_and_not_far_off(
    synthetic: Posterior, tmp_path: Path
) -> None:
    """What is refused as too large would be at least half of that."""
    from planner.planning.prepare import prepare
    from planner.questions.export import form_of
    from planner.solving.extensive.files import write_model
    from planner.solving.extensive.linear_model import BYTES_OF_ENTRY

    portfolio = replace(
        rich_portfolio(3), risk=RiskPreference(measure="cvar", level=0.8, weight=0.7)
    )
    model = form_of(prepare(portfolio, synthetic, load_catalogue())).model
    paths = (tmp_path / "m.mps", tmp_path / "m.lp")
    write_model(model, paths)
    size = sum(path.stat().st_size for path in paths)
    entries = len(model.values) + len(model.columns) + len(model.rows)
    assert 0.4 * BYTES_OF_ENTRY * entries <= size <= BYTES_OF_ENTRY * entries


def test_a_measure_that_is_not_linear_is_refused(synthetic: Posterior, tmp_path: Path) -> None:
    """With the measure that can be exported as the way out."""
    risk = RiskPreference(measure="entropic", aversion=1e-3)
    with pytest.raises(InputError, match=r"entropic .*\n.*--risk cvar"):
        planner.export(replace(rich_portfolio(3), risk=risk), synthetic, tmp_path / "out")


def test_a_folder_with_files_is_kept_unless_forced(synthetic: Posterior, tmp_path: Path) -> None:
    """An empty one is filled; with --force the export replaces what stands there."""
    portfolio, folder = rich_portfolio(3), tmp_path / "out"
    folder.mkdir()
    planner.export(portfolio, synthetic, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="exists already"):
        planner.export(portfolio, synthetic, folder)
    planner.export(portfolio, synthetic, folder, force=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert set(before) == {"model.mps", "model.lp", "model.json"}


def test_the_command_writes_beside_its_answer(tmp_path: Path) -> None:
    """``plan --export DIR`` prints the plan as ever; ``--audit`` chooses nothing to export."""
    file, folder = str(ROOT / "examples/03_small_grant/portfolio.yaml"), tmp_path / "out"
    asked = ["plan", file, "--export", str(folder), "--json"]
    answer = CliRunner().invoke(app, asked)
    assert answer.exit_code == 0
    value = json.loads(answer.stdout)["objective"]["value"]
    names = json.loads((folder / "model.json").read_text("utf-8"))
    assert names["plan"]["value"] == value
    assert CliRunner().invoke(app, asked).exit_code == 3  # it stands there now
    saved = ["plan", file, "--audit", str(folder / "model.json"), "--export", str(tmp_path / "x")]
    assert CliRunner().invoke(app, saved).exit_code == 2
