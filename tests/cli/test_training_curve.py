"""planner observe --training-curve: chance of the target, and whether to go on."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.forecasting.training_curve import forecast_end

EXAMPLES = Path(__file__).parents[2] / "examples"
GRANT = str(EXAMPLES / "03_small_grant" / "portfolio.yaml")
CURVE = "epoch,error\n8,10.5%\n1,0.335\n2,0.215\n4,0.145\n"


def observe(folder: Path, text: str, *flags: str) -> Result:
    table = folder / "curve.csv"
    table.write_text(text, encoding="utf-8")
    words = ["observe", GRANT, "--training-curve", str(table), *flags]
    return CliRunner().invoke(app, words, env={"COLUMNS": "80"})


def answer(folder: Path, text: str, *flags: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(observe(folder, text, "--json", *flags).stdout)
    return found


def test_the_chance_of_a_projects_own_target_at_the_epochs_of_the_file(tmp_path: Path) -> None:
    """Rows in any order, error or accuracy; nothing is written."""
    found = answer(tmp_path, CURVE, "--project", "species")
    end = forecast_end(
        np.array([1.0, 2, 4, 8]), np.array([0.335, 0.215, 0.145, 0.105]), found["final_epoch"]
    )
    assert found["chance_of_target"] == end.chance(found["target_error"])
    assert (found["last_epoch"], found["last_error"], found["final_epoch"]) == (8, 0.105, 30)
    other = CURVE.replace("error", "accuracy")
    for error, accuracy in (("10.5%", "89.5%"), ("0.335", "0.665"), ("0.215", "0.785"),
                            ("0.145", "0.855")):  # fmt: skip
        other = other.replace(error, accuracy)
    assert answer(tmp_path, other, "--project", "species") == found
    assert [path.name for path in tmp_path.iterdir()] == ["curve.csv"]


def test_below_the_chance_asked_for_the_advice_is_to_stop(tmp_path: Path) -> None:
    """The same chance, and another limit."""
    chance = answer(tmp_path, CURVE, "--project", "species")["chance_of_target"]
    lower, higher = f"{100 * chance - 0.5:.3f}%", f"{100 * chance + 0.5:.3f}%"
    if chance > 0.005:
        kept = answer(tmp_path, CURVE, "--project", "species", "--stop-below", lower)
        assert kept["advice"] == "go on"
    left = answer(tmp_path, CURVE, "--project", "species", "--stop-below", higher)
    assert left["advice"] == "stop"
    shown = observe(tmp_path, CURVE, "--project", "species", "--stop-below", higher).stdout
    assert "Stop: that is below" in shown


@pytest.mark.parametrize(
    ("text", "flags", "said"),
    [
        (CURVE, (), "whose training is it"),
        (CURVE, ("--project", "nobody"), "no project of the portfolio"),
        (CURVE, ("--project", "species", "--final-epoch", "4"), "goes to epoch 8"),
        (CURVE, ("--project", "species", "--stop-below", "1"), "1 % or 100 %"),
        ("epoch,error\n1,0.5\n2,0.4\n", ("--project", "species"), "at least 3"),
        ("epoch,error\n1,0.5\n1,0.4\n3,0.3\n", ("--project", "species"), "stands in line 2"),
        ("epoch,error\n0,0.5\n1,0\n3,x\n", ("--project", "species"), "an epoch is above 0"),
        ("epoch,loss\n0,0.5\n", ("--project", "species"), "error or accuracy or iou is missing"),
    ],
)
def test_what_cannot_be_read_is_refused_with_place_and_fix(
    tmp_path: Path, text: str, flags: tuple[str, ...], said: str
) -> None:
    """In one pass, exit code 3."""
    done = observe(tmp_path, text, *flags)
    assert done.exit_code == 3
    assert said in " ".join(done.stderr.split())


def test_runs_or_a_curve_and_one_of_them(tmp_path: Path) -> None:
    """Both, or none, is a mistake of the command line."""
    done = CliRunner().invoke(app, ["observe", GRANT])
    assert done.exit_code == 2
    assert "--training-curve" in done.stderr
    both = CliRunner().invoke(app, ["observe", GRANT, "runs.csv", "--training-curve", "c.csv"])
    assert both.exit_code == 2


@pytest.mark.parametrize(("column", "asked"), [("accuracy", True), ("error", False)])
def test_errors_that_rise_are_asked_after(tmp_path: Path, column: str, asked: bool) -> None:
    """Once, beside the forecast that takes them as they are."""
    text = f"epoch,{column}\n1,50%\n2,40%\n3,30%\n"
    found = answer(tmp_path, text, "--project", "species")
    assert found["rises"] is asked
    said = observe(tmp_path, text, "--project", "species").stdout
    assert ("are these accuracies" in " ".join(said.split())) is asked
