"""Under a quantile every answer says which share of outcomes is meant."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

RUNNER = CliRunner()
SMALL = """
version: 1
portfolio: {name: Two lines, budget: 2k, risk: {measure: quantile, level: 80%}}
projects:
  - id: shelf
    classes: 4
    target_accuracy: 90%
    images: {held: 2k, limit: 2010, price: 0.3}
    value: 80k
    architectures: [ResNet-50]
  - id: weld
    classes: 2
    target_accuracy: 90%
    images: {held: 900, limit: 910, price: 0.7}
    value: 60k
    architectures: [ResNet-50]
"""
SAID = {
    ("plan",): "Worth USD 60,000 or more in 80 % of outcomes: quote this; expected 98,150",
    ("plan", "--objective", "accuracy"): "points or more in 80 % of outcomes, of",
    ("frontier", "--points", "3"): "net value reached in 80 % of outcomes",
    ("report",): "or more in 80 % of outcomes",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "portfolio.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.mark.parametrize("words", SAID, ids="-".join)
def test_every_answer_says_what_is_reached(words: tuple[str, ...], file: Path) -> None:
    """In the headline of plan and report, and below the frontier's table."""
    command, *rest = words
    page = file.parent / "page.html"
    into = ["-o", str(page)] if command == "report" else []
    result = RUNNER.invoke(app, [command, str(file), *rest, *into, "--model", "published"])
    assert result.exit_code == 0, result.output
    shown = re.sub("<[^>]+>", "", page.read_text("utf-8")) if into else result.stdout
    text = " ".join(shown.split())
    assert SAID[words] in text


def test_the_flag_and_the_file_are_one_and_the_value_is_that_of_the_draws(file: Path) -> None:
    """``--risk quantile:0.8`` gives the file's plan; its bound is stated beside its value."""
    plain = file.with_name("plain.yaml")
    plain.write_text(SMALL.replace(", risk: {measure: quantile, level: 80%}", ""), "utf-8")
    asked = ["--model", "published", "--json"]
    stated = json.loads(RUNNER.invoke(app, ["plan", str(file), *asked]).stdout)
    flagged = ["plan", str(plain), "--risk", "quantile:0.8", *asked]
    given = json.loads(RUNNER.invoke(app, flagged).stdout)
    assert stated["decisions"] == given["decisions"]
    assert stated["objective"] == given["objective"]
    assert stated["assumptions"]["risk_settings"] == {"level": 0.8}
    objective = stated["objective"]
    assert objective["bound"] >= objective["value"]
    proven = objective["gap"] <= max(1e-6, stated["assumptions"]["gap_asked"])
    assert (stated["status"] == "optimal") is proven


def test_it_has_no_linear_form(file: Path) -> None:
    """MPS and LP hold expectations and tail averages."""
    folder = file.parent / "model"
    asked = ["plan", str(file), "--export", str(folder), "--model", "published"]
    result = RUNNER.invoke(app, asked)
    assert result.exit_code != 0
    assert "the measure quantile is no linear function of draws" in " ".join(result.output.split())
    assert not folder.exists()
