"""``planner fit`` on the command line: help, bad input and what it writes where."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.fit import DEFAULT_DRAWS, DEFAULT_SEED, DEFAULT_TARGET_ACCEPT, DEFAULT_TUNE
from planner.regression.fitting import fit as fitting

BAD = "dataset,task,architecture,n_classes,n_train,pretrained,error\na,vision,r,4,0,1,0\n"


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["fit", *arguments])


def test_flags_default_to_what_the_library_does() -> None:
    """The command line repeats no number that the library could change alone."""
    assert fitting.DEFAULT_SEED == DEFAULT_SEED
    assert fitting.DEFAULT_TUNE == DEFAULT_TUNE
    assert fitting.DEFAULT_DRAWS == DEFAULT_DRAWS
    assert fitting.DEFAULT_TARGET_ACCEPT == DEFAULT_TARGET_ACCEPT


def test_every_mistake_is_reported_on_stderr_with_exit_code_3(tmp_path: Path) -> None:
    """Bad rows: exit 3, file, line and column of each, nothing on stdout, nothing written."""
    (tmp_path / "own.csv").write_text(BAD, encoding="utf-8")
    result = run(str(tmp_path / "own.csv"), "-o", str(tmp_path / "ours"))
    assert result.exit_code == 3
    assert result.stdout == ""
    for column, name in ((3, "task"), (14, "n_train"), (18, "error")):
        assert f"own.csv:2:{column}  {name}" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]


def test_mistakes_are_json_on_request(tmp_path: Path) -> None:
    """--json names each problem with its code and place."""
    (tmp_path / "own.csv").write_text(BAD, encoding="utf-8")
    result = run(str(tmp_path / "own.csv"), "-o", str(tmp_path / "ours"), "--json")
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["exit_code"] == 3
    assert {problem["field"] for problem in report["problems"]} >= {"task", "n_train", "error"}
    places = {problem["place"].partition("own.csv")[2] for problem in report["problems"]}
    assert places == {":2:3", ":2:14", ":2:18"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.csv", "-o", "ours"], "there is no such file"),
        (["--alone", "-o", "ours"], "nothing to fit"),
        (["--model", "transfr", "-o", "ours"], "no model 'transfr'"),
        (["--model", "published", "-o", "."], "name a new folder"),
        (["--model", "published", "-o", "ours", "--target-accept", "2"], "is not in"),
    ],
)
def test_requests_that_cannot_be_met_end_with_exit_code_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    """Bad input is told before sampling, in words, without a traceback."""
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 3, result.output
    assert said in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_required() -> None:
    """Without -o the command is misused: exit 2."""
    assert run("own.csv").exit_code == 2


def test_a_refit_with_pilots_needs_some(tmp_path: Path) -> None:
    """A portfolio without runs has nothing to add, and is answered before anything slow."""
    path = tmp_path / "portfolio.yaml"
    path.write_text(
        "version: 1\nportfolio: {budget: 10k}\nprojects:\n"
        "  - {id: a, task: classification, classes: 4, target_accuracy: 90%, value: 10k,\n"
        "     images: {held: 100, limit: 10k, price: 0.1}}\n",
        encoding="utf-8",
    )
    result = run("--pilots", str(path), "-o", str(tmp_path / "ours"))
    assert result.exit_code == 2
    assert "has pilots" in result.stderr
    assert not (tmp_path / "ours").exists()
