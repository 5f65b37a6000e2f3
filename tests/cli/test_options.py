"""planner options: a summary by project, or all that one project may choose from."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from planner.cli.app import app
from planner.domain.format import count, money, short_range

RETAIL = str(Path(__file__).parents[2] / "examples" / "01_retail_shelves" / "portfolio.yaml")


def run(*flags: str) -> Result:
    return CliRunner().invoke(app, ["options", RETAIL, *flags], env={"COLUMNS": "80"})


def test_without_a_project_there_is_a_line_for_each_that_says_what_its_options_span() -> None:
    """Number, least and most cost, and the best net value, as all options together say."""
    rows = json.loads(run("--json").stdout)["options"]
    lines = run().stdout.splitlines()
    for name in {row["project"] for row in rows}:
        own = [row for row in rows if row["project"] == name]
        cells = next(line for line in lines if line.startswith(name)).split()
        costs = [row["cost_total"] for row in own]
        assert cells[1:4] == [count(len(own)), money(min(costs)), money(max(costs))]
        assert cells[-1] == money(max(row["expected_net_value"] for row in own))
    assert len(lines) < 12


def test_with_a_project_all_of_its_options_are_listed_and_no_other() -> None:
    """Here and in the JSON; an id that is not in the file is answered with those that are."""
    rows = json.loads(run("--json").stdout)["options"]
    own = [row for row in rows if row["project"] == "price-tags"]
    assert json.loads(run("price-tags", "--json").stdout)["options"] == own
    listed = [line for line in run("price-tags").stdout.splitlines() if "price-tags" in line]
    assert len(listed) == len(own)
    wrong = run("price-tag")
    assert wrong.exit_code == 3
    assert "price-tags" in wrong.stderr


def test_the_frontier_of_a_project_costs_more_only_to_be_likelier() -> None:
    """What is left rises in both; everything that is left out is beaten by something in it."""
    rows = json.loads(run("--json").stdout)["options"]
    kept = json.loads(run("--pareto", "--json").stdout)["options"]
    assert {row["project"] for row in kept} == {row["project"] for row in rows}
    for name in {row["project"] for row in rows}:
        own = [row for row in kept if row["project"] == name]
        pairs = [(row["cost_total"], row["chance_of_target"]) for row in own]
        assert pairs == sorted(set(pairs))
        assert [chance for _, chance in pairs] == sorted({chance for _, chance in pairs})
        for row in (row for row in rows if row["project"] == name and row not in own):
            assert any(
                cost <= row["cost_total"] and chance >= row["chance_of_target"]
                for cost, chance in pairs
            )
    shown = run("price-tags", "--pareto").stdout
    own = [row for row in kept if row["project"] == "price-tags"]
    assert shown.count("price-tags") == len(own)
    assert "cost more only to be likelier" in " ".join(shown.split())


def test_ranges_stand_beside_cost_and_net_value_where_they_are_asked_for() -> None:
    """In the rows of one project, which a table of all projects does not have."""
    refused = run("--ranges")
    assert refused.exit_code == 2
    assert "planner options FILE PROJECT" in " ".join(refused.stderr.split())
    rows = json.loads(run("planogram", "--pareto", "--ranges", "--json").stdout)["options"]
    shown = run("planogram", "--pareto", "--ranges").stdout
    assert shown.count("P10..P90") == 2
    for row in rows:
        for spread in row["ranges"].values():
            assert short_range(spread["p10"], spread["p90"]) in shown
    assert max(map(len, shown.splitlines())) <= 80
