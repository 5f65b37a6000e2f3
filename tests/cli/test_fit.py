"""``planner fit`` on the command line: help, bad input and what it writes where."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.fit import DEFAULT_DRAWS, DEFAULT_SEED, DEFAULT_TARGET_ACCEPT, DEFAULT_TUNE
from planner.regression.fitting import fit as fitting
from tests.contracts.commands import require

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
        (["none.csv", "--rows", "reconstruction", "-o", "ours"], "never fitted together"),
        (["--candidates", "log10_imges"], "fix  log10_images"),
        (["--candidates", ","], "names no candidate"),
        (["--sbc", "9"], "expected 10 to 1,000"),
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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sbc", "20", "-o", "ours"], "writes no model"),
        (["--candidates", "type", "-o", "ours"], "writes no model"),
        (["--candidates", "type", "--sbc", "20"], "two questions"),
        (["--plots", "there", "-o", "ours"], "--plots"),
        (["--rows", "paper", "-o", "ours"], "neither shipped nor"),
    ],
)
def test_questions_that_exclude_each_other_are_misuse(arguments: list[str], said: str) -> None:
    """Exit 2 before anything is read."""
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("\u2502", " ").split())


OWN = """\
dataset,task,architecture,n_classes,n_train,pretrained,error,distance
a,classification,resnet50,4,200,1,0.30,0.1
a,classification,resnet50,4,2000,1,0.13,0.1
a,classification,resnet50,4,20000,1,0.055,0.1
b,classification,resnet50,9,200,0,0.36,0.7
b,classification,resnet50,9,2000,0,0.155,0.7
b,classification,resnet50,9,20000,0,0.068,0.7
"""


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_candidates_are_logged_step_by_step(tmp_path: Path) -> None:
    """On a table of one's own with a column of one's own: text, and one JSON object."""
    (tmp_path / "own.csv").write_text(OWN, encoding="utf-8")
    asked = [str(tmp_path / "own.csv"), "--alone", "--candidates", "log10_images,distance,frozen"]
    text = run(*asked)
    assert text.exit_code == 0, text.output
    assert "Step 1: add" in text.stdout
    assert "frozen: constant" in text.stdout
    report: dict[str, Any] = json.loads(run(*asked, "--json").stdout)
    require(report, "fit-candidates")
    assert report["chosen"] == ["log10_images", "distance"]
    assert [step["action"] for step in report["steps"]] == ["add", "add", "stop"]
    shipped = run(*asked[:1], *asked[2:])
    assert shipped.exit_code == 3
    assert "fix  --alone" in shipped.stderr
