"""planner diff and planner plan --audit on the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

RUNNER = CliRunner()
TEXT = (
    "version: 1\nportfolio: {{budget: {budget}}}\nprojects:\n"
    "  - {{id: '{name}', classes: 4, target_accuracy: 90%, value: 80k, architectures: [ResNet50],\n"
    "     images: {{held: 1k, limit: 50k, price: {price}}}}}\n"
    "  - {{id: other, classes: 8, target_accuracy: 85%, value: 30k, architectures: [ResNet-50],\n"
    "     images: {{held: 100, limit: 50k, price: 0.3}}}}\n"
)


def portfolio(folder: Path, name: str = "shelf", price: str = "0.3", budget: str = "20k") -> str:
    path = folder / f"{price}-{budget}.yaml"
    path.write_text(TEXT.format(name=name, price=price, budget=budget), encoding="utf-8")
    return str(path)


def saved(folder: Path, file: str, *flags: str) -> str:
    path = folder / f"{Path(file).stem}{''.join(flags)}.json"
    result = RUNNER.invoke(app, ["plan", file, "--model", "published", "--json", *flags])
    assert result.exit_code == 0, result.output
    path.write_text(result.stdout, encoding="utf-8")
    return str(path)


def test_a_diff_names_what_changed_and_why(tmp_path: Path) -> None:
    """Two plans of the same file at two prices: the price stands in the reason."""
    first = saved(tmp_path, portfolio(tmp_path))
    second = saved(tmp_path, portfolio(tmp_path, price="3"))
    result = RUNNER.invoke(app, ["diff", first, second], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "images.price 0.3 → 3" in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80
    data = json.loads(RUNNER.invoke(app, ["diff", first, second, "--json"]).stdout)
    assert not data["same"]


def test_the_same_plan_is_said_to_be_the_same(tmp_path: Path) -> None:
    """No table, one sentence."""
    plan = saved(tmp_path, portfolio(tmp_path))
    result = RUNNER.invoke(app, ["diff", plan, plan])
    assert "do the same with every project" in result.stdout
    assert "=" in RUNNER.invoke(app, ["diff", plan, plan, "-v"]).stdout


@pytest.mark.parametrize("name", ["[red]x[/red]", "=cmd()", "é" * 300, "🙂 \u202ex", "<b>x</b>"])
def test_hostile_names_are_text_in_a_diff(name: str, tmp_path: Path) -> None:
    """Markup, formulas and long names neither break nor style a page."""
    first = saved(tmp_path, portfolio(tmp_path, name=name))
    second = saved(tmp_path, portfolio(tmp_path, name=name, price="3"))
    result = RUNNER.invoke(app, ["diff", first, second], env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert max(len(line) for line in result.stdout.splitlines()) <= 80


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[1]", "no JSON object"),
        ('{"a": NaN}', "NaN"),
        ("{}", "no schema_version"),
        ('{"schema_version": 2}', "schema version 2"),
        ('{"schema_version": true}', "schema version True"),
        ('{"schema_version": 1, "options": []}', "not a plan"),
        ('{"schema_version": 1, "status": "error"}', "mistakes of a run"),
        ("\x00", "binary"),
    ],
)
def test_what_is_no_plan_is_refused(content: str, message: str, tmp_path: Path) -> None:
    """Exit 3, one reason, and how to save a plan; both files are judged in one pass."""
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    result = RUNNER.invoke(app, ["diff", str(path), str(tmp_path / "none.json")])
    assert result.exit_code == 3
    assert message in result.stderr
    assert "there is no such file" in result.stderr
    assert "2 problems" in result.stderr
    assert "init" not in result.stderr


def test_a_damaged_plan_names_every_place(tmp_path: Path) -> None:
    """Values that a plan cannot hold are listed with their paths."""
    path = Path(saved(tmp_path, portfolio(tmp_path)))
    data = json.loads(path.read_text(encoding="utf-8"))
    data["decisions"][1]["verdict"] = "MAYBE"
    data["budget"]["limit"] = "much"
    del data["seed"]
    path.write_text(json.dumps(data), encoding="utf-8")
    result = RUNNER.invoke(app, ["diff", str(path), str(path)])
    for place in ("decisions[1].verdict", "budget.limit", "seed"):
        assert place in result.stderr


def test_an_audit_ends_with_0_or_4(tmp_path: Path) -> None:
    """0 while the saved plan stands, 4 once it breaks the budget; nothing is chosen anew."""
    file = portfolio(tmp_path)
    plan = saved(tmp_path, file)
    flags = ["--model", "published", "--audit", plan]
    good = RUNNER.invoke(app, ["plan", file, *flags], env={"COLUMNS": "80"})
    assert good.exit_code == 0, good.output
    assert "The saved plan stands" in good.stdout
    bad = RUNNER.invoke(app, ["plan", file, *flags, "--budget", "5"], env={"COLUMNS": "80"})
    assert bad.exit_code == 4
    assert "BUDGET" in bad.stdout
    for result in (good, bad):
        assert max(len(line) for line in result.stdout.splitlines()) <= 80
    assert RUNNER.invoke(app, ["plan", file, *flags, "--xlsx", "x.xlsx"]).exit_code == 2
