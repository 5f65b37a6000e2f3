"""planner plan --rank: the order of what projects return, and no choice."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.domain.format import short_range

EXAMPLES = Path(__file__).parents[2] / "examples"
RETAIL = str(EXAMPLES / "01_retail_shelves" / "portfolio.yaml")
GRANT = str(EXAMPLES / "03_small_grant" / "portfolio.yaml")
SERVICE = str(EXAMPLES / "13_build_or_buy" / "portfolio.yaml")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "80"})


def ranked(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("plan", *words, "--rank", "--json").stdout)
    return found


@pytest.mark.parametrize(
    ("file", "worth"),
    [(RETAIL, "expected_net_value"), (GRANT, "chance_of_target"), (SERVICE, "expected_net_value")],
)
def test_every_project_stands_with_the_option_that_a_reader_of_all_options_would_take(
    file: str, worth: str
) -> None:
    """Most worth within the budget, the cheapest of equals; in the order of worth for the money."""
    found = ranked(file)
    options = json.loads(run("options", file, "--json").stdout)["options"]
    affordable = [row for row in options if row["cost_total"] <= found["limit"]]
    expected: dict[str, Any] = {}
    for row in affordable:
        best = expected.get(row["project"])
        if best is None or (row[worth], -row["cost_total"]) > (best[worth], -best["cost_total"]):
            expected[row["project"]] = row
    for item in found["projects"]:
        own = expected[item["project"]]
        assert (item["committed"], item["worth"]) == (own["cost_total"], own[worth])
        assert item["images_total"] == own["images_total"]
    pays = {name for name, row in expected.items() if row[worth] > 0}
    returns = [
        expected[name][worth] / expected[name]["cost_total"]
        if expected[name]["cost_total"]
        else float("inf")
        for name in (item["project"] for item in found["projects"] if item["rank"] is not None)
    ]
    assert returns == sorted(returns, reverse=True)
    assert {item["project"] for item in found["projects"] if item["rank"] is not None} == pays


def test_what_stands_before_adds_up_to_the_cent() -> None:
    """What the first so many commit together is a sum of what each commits."""
    total = 0
    for item in ranked(RETAIL)["projects"]:
        total += round(item["committed"] * 100)
        assert round(item["committed_so_far"] * 100) == total


def test_options_dearer_than_the_budget_are_left_out() -> None:
    """With less money the same question has other answers, and a project without any no rank."""
    poor = ranked(RETAIL, "--budget", "10")
    assert all(item["committed"] <= 10 for item in poor["projects"])
    assert poor["projects"][-1]["rank"] is None
    assert poor["projects"][-1]["architecture"] is None


def test_the_screen_says_that_nothing_is_chosen_and_fits_eighty_columns() -> None:
    """A row for each project, an alternative under its own name."""
    shown = run("plan", SERVICE, "--rank").stdout
    assert "Nothing is chosen" in shown
    assert "vendor" in shown
    assert max(len(line.rstrip()) for line in shown.splitlines()) < 80


@pytest.mark.parametrize("flags", [("--audit", "x.json"), ("--export", "x"), ("--xlsx", "x.xlsx")])
def test_a_ranking_is_asked_for_alone(flags: tuple[str, str]) -> None:
    """It writes nothing, and is no audit."""
    done = run("plan", GRANT, "--rank", *flags)
    assert done.exit_code == 2
    assert "--rank" in done.stderr


def test_verbose_ranks_stand_with_their_ranges() -> None:
    """Cost and net value, as in the JSON; targets have no net value. All of it fits a line."""
    for file, columns in ((RETAIL, 2), (GRANT, 1)):
        shown = run("plan", file, "--rank", "-v").stdout
        assert shown.splitlines()[0].count("P10..P90") == columns
        assert max(map(len, shown.splitlines())) <= 80
        for item in ranked(file)["projects"]:
            cost = item["ranges"]["cost"]
            (line,) = (line for line in shown.splitlines() if f" {item['project']} " in line)
            assert short_range(cost["p10"], cost["p90"]) in line
    assert "P10" not in run("plan", RETAIL, "--rank").stdout
