"""Every answer under the objective accuracy says what is maximised, in points of error."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

RUNNER = CliRunner()
SMALL = """
version: 1
portfolio: {name: Two lines, budget: 2k, objective: accuracy}
projects:
  - id: shelf
    classes: 4
    target_accuracy: 90%
    images: {held: 1k, limit: 50k, price: 0.3}
    architectures: [ResNet-50]
  - id: weld
    classes: 2
    target_accuracy: 90%
    images: {held: 100, limit: 50k, price: 0.5..0.9}
    architectures: [ResNet-50]
"""
SAID = {
    ("plan",): "Cuts errors by 109.0 points in sum",
    ("frontier",): "expected points of error cut",
    ("explain", "weld"): "its error expected to fall by",
    ("explain",): "expected points of error cut, at the margin",
    ("plan", "--rank"): "the fall of its error, in points, is largest",
    ("report",): "expected points of error cut, summed over projects",
}


@pytest.mark.parametrize("words", SAID, ids="-".join)
def test_every_answer_says_what_is_counted(words: tuple[str, ...], tmp_path: Path) -> None:
    """Without a value in the file, and never in money."""
    file = tmp_path / "portfolio.yaml"
    file.write_text(SMALL, encoding="utf-8")
    command, *rest = words
    page = tmp_path / "page.html"
    into = ["-o", str(page)] if command == "report" else []
    asked = [command, str(file), *rest, *into, "--model", "published"]
    result = RUNNER.invoke(app, asked)
    assert result.exit_code == 0, result.output
    text = " ".join((page.read_text("utf-8") if into else result.stdout).split())
    assert SAID[words] in text
    assert "USD of" not in text


def test_the_worth_of_the_json_is_a_share(tmp_path: Path) -> None:
    """The plan's objective is the sum of shares of errors, its options' their parts."""
    file = tmp_path / "portfolio.yaml"
    file.write_text(SMALL, encoding="utf-8")
    both = [
        json.loads(RUNNER.invoke(app, [name, str(file), "--model", "published", "--json"]).stdout)
        for name in ("plan", "options")
    ]
    plan, options = both
    assert plan["objective"]["kind"] == options["objective"] == "accuracy"
    cuts = {
        (row["project"], row["images_total"]): row["error_reduction"] for row in options["options"]
    }
    chosen = [cuts[one["project"], one["images_total"]] for one in plan["decisions"]]
    assert plan["objective"]["value"] == pytest.approx(sum(chosen), rel=1e-9)
