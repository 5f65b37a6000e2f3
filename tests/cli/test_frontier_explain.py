"""``planner frontier`` and ``planner explain`` on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.frontier import budget_range, spaced
from planner.errors import InputError

RUNNER = CliRunner()
SMALL = """
version: 1
portfolio: {name: Two lines, budget: 2k}
projects:
  - id: shelf
    classes: 4
    target_accuracy: 90%
    images: {held: 1k, limit: 50k, price: 0.3}
    value: 80k
    architectures: [ResNet-50]
  - id: weld
    classes: 2
    target_accuracy: 97%
    images: {held: 0, limit: 50k, price: 0.5..0.9}
    value: 60k
    architectures: [ResNet-50]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "portfolio.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


def run(*arguments: str) -> str:
    result = RUNNER.invoke(app, [*arguments, "--model", "published"])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_frontier_prints_a_table_that_fits_and_says_where_you_are(file: str) -> None:
    """80 columns; the mark; the price with its unit; the next step."""
    text = run("frontier", file, "--points", "5")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "▸ " in text
    flat = " ".join(text.split())
    assert "one more USD of budget adds" in flat or "the budget does not bind" in flat
    assert "The next USD" in flat


def test_frontier_takes_a_range_of_budgets_and_goals(file: str) -> None:
    """The JSON holds what was asked, the present budget among the points."""
    found = json.loads(
        run("frontier", file, "--budget", "0:4k:1k", "--goal", "targets:1", "--confidence",
            "0.5", "--json")
    )  # fmt: skip
    assert [point["budget"] for point in found["points"]] == [0, 1000, 2000, 3000, 4000]
    assert found["you_are_here"] == 2000
    (goal,) = found["goals"]
    assert set(goal) >= {"goal", "confidence", "budget", "reached", "no_plan_below", "text"}


def test_frontier_trades_mean_for_tail_under_another_budget(file: str) -> None:
    """--risk with one amount."""
    found = json.loads(run("frontier", file, "--risk", "--budget", "3k", "--json"))
    assert found["axis"] == "risk"
    assert {point["budget"] for point in found["points"]} == {3000}


def test_frontier_draws_itself(file: str, tmp_path: Path) -> None:
    """The same bytes each time."""
    pictures = []
    for name in ("a", "b"):
        run("frontier", file, "--points", "3", "--plot", str(tmp_path / name))
        pictures.append((tmp_path / name / "frontier.svg").read_bytes())
    assert pictures[0] == pictures[1]


def test_explain_a_project_and_draw_its_tornado(file: str, tmp_path: Path) -> None:
    """Paragraph, flips, runner-up, core index, tornado; at most 80 columns."""
    text = run("explain", file, "shelf", "--plot", str(tmp_path))
    assert max(len(line) for line in text.splitlines()) <= 80
    flat = " ".join(text.split())
    for words in ("What would change", "Binding:", "Core index", "What moves its value"):
        assert words in flat
    assert (tmp_path / "tornado_shelf.svg").is_file()


def test_explain_without_a_project_explains_the_plan(file: str) -> None:
    """One JSON object with every project's standing."""
    found = json.loads(run("explain", file, "--json"))
    assert found["schema_version"] == 1
    assert [one["project"] for one in found["standings"]] == ["shelf", "weld"]
    assert found["tornado"]["bars"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["frontier", "--budget", "9k:1k"], "0 ≤ FROM < TO"),
        (["frontier", "--budget", "1:2:3:4"], "FROM:TO"),
        (["frontier", "--budget", "0:1M:1"], "1,000 budgets"),
        (["frontier", "--goal", "fame:3"], "targets:5"),
        (["explain", "--project", "wled"], "weld"),
    ],
)
def test_mistakes_end_with_code_3_and_the_fix(file: str, arguments: list[str], said: str) -> None:
    """Nothing on stdout."""
    command, *rest = arguments
    rest = rest[1:] if rest[0] == "--project" else rest
    result = RUNNER.invoke(app, [command, file, *rest, "--model", "published"])
    assert result.exit_code == 3
    assert said in " ".join(result.stderr.split())
    assert result.stdout == ""


@pytest.mark.parametrize("text", ["", "a:b", "-5:10", "0:10:0", "0:0"])
def test_ranges_that_are_none_are_refused(text: str) -> None:
    """With an example."""
    with pytest.raises(InputError, match="--budget"):
        budget_range(text)


def test_steps_end_at_the_stop() -> None:
    """Also where they do not divide the range."""
    assert spaced(10, 100, 40, 31) == [10, 50, 90, 100]
    assert spaced(0, 80, 40, 31) == [0, 40, 80]
