"""``planner pilots`` on the command line."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app

ROOT = Path(__file__).parents[2]
RETAIL = str(ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml")
FILE = """
version: 1
portfolio: {budget: 9k}
projects:
  - {id: a, task: classification, classes: 6, target_accuracy: 90%, value: 60k,
     architectures: [ResNet-50], images: {held: 900, limit: 40k, price: 0.4}@}
"""


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.output
    return result.stdout


def test_it_prints_what_to_do_and_then_what_each_outcome_means() -> None:
    """Runs with prices, the set's worth with its interval, tables, spend, and what to type next."""
    text = run("pilots", RETAIL)
    assert re.search(r"Make these \d runs first, for USD \d\d\.\d\d in all:", text)
    assert "95 % interval" in text
    assert "price-tags, measured on 42,600 images:" in text
    assert "stop" in text
    assert "Without a run: shelf-gaps is funded today" in text
    assert "planner observe" in text
    assert max(len(line) for line in text.splitlines() if "portfolio.yaml" not in line) <= 79


def test_json_is_the_contract() -> None:
    """Names and kinds of everything that others read."""
    told = json.loads(run("pilots", RETAIL, "--json", "--pilot-budget", "10k", "--runs", "2"))
    names = "value_now value_with gain gain_se evpi evppi pilots policy spend warnings model seed"
    assert {*names.split(), "currency", "schema_version"} <= set(told)
    assert set(told["evppi"]) == {"shared", "own"}
    assert sum(pilot["chosen"] for pilot in told["pilots"]) == 2
    run_names = (
        "project architecture backbone images to_buy test_images price evsi evsi_se own others "
        "net_gain chosen"
    )
    assert set(run_names.split()) <= set(told["pilots"][0])
    row = told["policy"][0]["rows"][-1]
    assert row["error_at_most"] is None
    assert set(told["spend"]["then"]) == {"p10", "p50", "p90"}


def test_nothing_is_written_but_the_picture_asked_for(tmp_path: Path) -> None:
    """``--plot`` names a folder; without it the folder stays as it was."""
    file = tmp_path / "p.yaml"
    file.write_text(FILE.replace("@", ""), encoding="utf-8")
    run("pilots", str(file))
    assert [path.name for path in tmp_path.iterdir()] == ["p.yaml"]
    run("pilots", str(file), "--plot", str(tmp_path / "out"))
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "pilots.png",
        "pilots.svg",
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (", pilots_on_offer: [{images: 50k}]", "p.yaml:6:"),
        (", pilots_on_offer: [{images: 50k}]", "limit of 40,000"),
        (", pilots_on_offer: [{images: 2k, price: -5}]", "price"),
        (", pilots_on_offer: [{imagse: 2k}]", "images"),
        (
            ", pilots: [{images: 2k, error: 9%}], pilots_on_offer: [{images: 2k}]",
            "among the pilots already",
        ),
    ],
)
def test_mistakes_in_the_file_are_answered_with_their_place(
    more: str, told: str, tmp_path: Path
) -> None:
    """Exit code 3, the line, and nothing on stdout."""
    file = tmp_path / "p.yaml"
    file.write_text(FILE.replace("@", more), encoding="utf-8")
    result = CliRunner().invoke(app, ["pilots", str(file)])
    assert result.exit_code == 3
    assert told in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--pilot-budget", "-3"], "pilot_budget"),
        (["--project", "b"], "no project 'b'"),
        (["--model", "published"], "--model transfer"),
    ],
)
def test_flags_that_cannot_be_are_answered(flags: list[str], told: str, tmp_path: Path) -> None:
    """Exit code 3, with the fix."""
    file = tmp_path / "p.yaml"
    file.write_text(FILE.replace("@", ""), encoding="utf-8")
    result = CliRunner().invoke(app, ["pilots", str(file), *flags])
    assert result.exit_code == 3
    assert told in result.stderr


def test_without_a_budget_it_says_which_flag_to_give(tmp_path: Path) -> None:
    """As ``plan`` does."""
    file = tmp_path / "p.yaml"
    file.write_text((FILE.replace("@", "")).replace("{budget: 9k}", "{name: x}"), encoding="utf-8")
    result = CliRunner().invoke(app, ["pilots", str(file)])
    assert result.exit_code == 3
    assert "--budget" in result.stderr
