"""planner actuals: what came of projects, against their forecast, kept in a log."""

import csv
import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner, Result

import planner
from planner.cli.app import app
from planner.domain.portfolio.portfolio import Compute
from planner.inputs.runs.actuals import ActualFile, ActualRow
from planner.questions.observe.actuals import compare_actuals
from planner.reference.tables import load_catalogue

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "project,date,spend,images,error\n"
ROWS = """shelf-gaps,2027-03-31,4000,9000,7.2%
planogram,2027-04-01,"234.5670",,
"price-tags",2027-04-02,,42000,0.04
"""


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a portfolio in a folder of its own."""
    target = tmp_path / "retail.yaml"
    shutil.copy(EXAMPLES / "01_retail_shelves" / "portfolio.yaml", target)
    return target


def told(file: Path, text: str, *flags: str) -> Result:
    table = file.with_name("told.csv")
    table.write_text(text, encoding="utf-8")
    return run("actuals", str(file), str(table), "--model", "published", *flags)


def answer(file: Path, text: str, *flags: str) -> dict[str, Any]:
    done = told(file, text, "--json", *flags)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_each_number_stands_with_the_share_of_the_forecast_at_or_below_it(file: Path) -> None:
    """Counted here from the draws of the forecast, and from prices that are written out."""
    model = planner.load_model("published")
    portfolio = planner.read_portfolio(file)
    rows = {row["project"]: row for row in answer(file, HEAD + ROWS, "--dry-run")["rows"]}
    for name, images, error in (("shelf-gaps", 9_000, 0.072), ("price-tags", 42_000, 0.04)):
        project = next(item for item in portfolio.projects if item.id == name)
        forecast = planner.forecast(project, model)
        network = rows[name]["architecture"]
        draws = forecast.error_draws(np.array([float(images)]), network)[:, 0]
        needed = forecast.data_needed_draws(project.error_target, network)
        assert rows[name]["error"]["quantile"] == np.mean(draws <= error)
        assert rows[name]["error"]["p50"] == np.sort(draws)[len(draws) // 2 - 1]
        assert rows[name]["images"]["quantile"] == np.mean(needed <= images)
    assert rows["planogram"]["images"] is None
    assert rows["planogram"]["error"] is None


def test_spend_is_forecast_for_the_images_that_were_labelled() -> None:
    """Lognormal prices of labels times what is bought, and training on all of them."""
    project = planner.Project(
        id="a",
        classes=4,
        target_accuracy=0.9,
        images={"held": 1_000, "limit": 20_000, "price": "0.2..0.6"},  # type: ignore[arg-type]
    )
    free = Compute(usd_per_hour=0.0)
    portfolio = planner.Portfolio(projects=(project,), compute=free)
    spent = 5_000 * np.sqrt(0.2 * 0.6)  # the median price times what was bought
    row = ActualRow("a", dt.date(2027, 1, 1), float(spent), 6_000, None)
    found = compare_actuals(
        portfolio,
        ActualFile("actuals.csv", "", (row,)),
        planner.load_model("published"),
        load_catalogue(),
    )
    (only,) = found.rows
    assert only.spend is not None
    assert not only.funded
    assert only.spend.quantile == pytest.approx(0.5, abs=0.05)
    assert only.spend.p10 == pytest.approx(5_000 * 0.2, rel=0.1)
    assert only.spend.p90 == pytest.approx(5_000 * 0.6, rel=0.1)


def test_rows_are_added_to_a_log_once_and_the_log_is_read_as_runs(file: Path) -> None:
    """The same rows again leave it byte for byte as it is; what was spent alone is no run."""
    log = file.with_name("retail.actuals.csv")
    assert answer(file, HEAD + ROWS)["known_already"] == 0
    first = log.read_bytes()
    assert answer(file, HEAD + ROWS)["known_already"] == 3
    assert log.read_bytes() == first
    later = "shelf-gaps,2027-06-30,5000,12000,6.5%\n"
    assert answer(file, HEAD + later + ROWS)["known_already"] == 3
    assert log.read_bytes().startswith(first)
    with log.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["project"] for row in rows] == [
        "shelf-gaps", "planogram", "price-tags", "shelf-gaps",
    ]  # fmt: skip
    assert [row["spend"] for row in rows] == ["4000", "234.5670", "", "5000"]
    seen = run("observe", str(file), str(log), "--dry-run", "--json")
    runs = json.loads(seen.stdout)["runs"]
    assert [(row["project"], row["images"], row["error"]) for row in runs["rows"]] == [
        ("shelf-gaps", 9_000, 0.072), ("price-tags", 42_000, 0.04), ("shelf-gaps", 12_000, 0.065),
    ]  # fmt: skip
    assert any("no run" in note for note in runs["notes"])


def test_nothing_is_written_with_dry_run_or_after_a_mistake(file: Path) -> None:
    """And no time of the day stands in the answer."""
    told(file, HEAD + ROWS, "--dry-run")
    told(file, HEAD + "nobody,2027-01-01,1,,\n")
    assert not file.with_name("retail.actuals.csv").exists()


def test_every_mistake_is_told_in_one_pass(file: Path) -> None:
    """With its line and column, what was expected, and what to write."""
    done = told(
        file,
        HEAD + "shelf-gap,31.3.2027,4000,9000,7%\n"
        "planogram,2027-04-01,,,\n"
        "planogram,2027-04-02,-5,0,140%\n"
        ",2027-04-02,5,,\n",
    )
    assert done.exit_code == 3
    for text in (
        "told.csv:2:1", "shelf-gaps", "told.csv:2:11", "year-month-day", "2027-03-31",
        "told.csv:3:1", "at least one of them", "told.csv:4:22", "at least 0",
        "told.csv:4:25", "at least 1 image", "told.csv:4:27", "told.csv:5:1", "is empty",
    ):  # fmt: skip
        assert text in done.stderr, text


def test_a_file_in_another_shape_and_a_log_that_is_none_are_refused(file: Path) -> None:
    """A column is missing; a file of the log's name holds something else."""
    done = told(file, "project,spend\nshelf-gaps,3\n")
    assert done.exit_code == 3
    assert "the column date is missing" in done.stderr
    log = file.with_name("retail.actuals.csv")
    log.write_text("something,else\n1,2\n", encoding="utf-8")
    done = told(file, HEAD + ROWS)
    assert done.exit_code == 3
    assert "no log of actuals" in done.stderr
    assert log.read_text(encoding="utf-8") == "something,else\n1,2\n"


def test_a_saved_plan_says_what_was_planned(file: Path) -> None:
    """Its images and its cost, whatever today's file would choose; the screen fits 80 columns."""
    saved = file.with_name("plan.json")
    saved.write_text(run("plan", str(file), "--json", "--model", "published").stdout, "utf-8")
    plan = json.loads(saved.read_text("utf-8"))
    decision = next(item for item in plan["decisions"] if item["project"] == "shelf-gaps")
    row = answer(file, HEAD + ROWS, "--plan", str(saved), "--budget", "1")["rows"][0]
    assert row["images"]["planned"] == decision["images_total"]
    assert row["spend"]["planned"] == pytest.approx(decision["cost"]["total"], abs=0.005)
    shown = told(file, HEAD + ROWS, "--dry-run").stdout
    assert max(len(line.rstrip()) for line in shown.splitlines()) < 80


def test_a_project_without_a_target_is_compared_in_spend_and_error(tmp_path: Path) -> None:
    """No number of images is needed for what nobody asks for."""
    file = tmp_path / "free.yaml"
    file.write_text(
        "version: 1\nportfolio: {budget: 60k, horizon_years: 3}\nprojects:\n"
        "  - {id: a, classes: 4, images: {held: 1k, limit: 50k, price: 0.2..0.4},\n"
        "     use: {images_per_year: 1M, deploy: if_pays}, errors: {cost_per_error: 0.5},\n"
        "     today: {price_per_1000: 30, error: 10%}}\n",
        encoding="utf-8",
    )
    (row,) = answer(file, HEAD + "a,2027-03-31,3000,9000,8%\n", "--dry-run")["rows"]
    assert row["images"]["quantile"] is None
    assert row["images"]["planned"] > 0
    assert 0 < row["error"]["quantile"] < 1
    assert 0 < row["spend"]["quantile"] <= 1
    curve = tmp_path / "curve.csv"
    curve.write_text("epoch,error\n1,0.3\n2,0.2\n4,0.15\n", encoding="utf-8")
    done = run("observe", str(file), "--training-curve", str(curve))
    assert done.exit_code == 3
    assert "states none" in " ".join(done.stderr.split())
