"""Every file a command writes: as private as the portfolio, never into what is no file."""

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from planner.cli.app import app

RUNNER = CliRunner()
TEXT = """\
version: 1
portfolio: {budget: 20k}
projects:
  - id: shelf
    classes: 10
    target_accuracy: 94%
    images: {held: 5k, limit: 100k, price: 0.50}
    value: 80k
    architectures: [ResNet-50]
"""
RUNS = "project,images,error\nshelf,5k,9.1%\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    for name, text in (("p.yaml", TEXT), ("runs.csv", RUNS)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)


def run(*arguments: str) -> Result:
    return RUNNER.invoke(app, list(arguments))


WRITERS = {
    "report": ["report", "p.yaml", "-o", "new/plan.html", "--xlsx", "new/plan.xlsx"],
    "workbook": ["plan", "p.yaml", "--xlsx", "new/plan.xlsx"],
    "observe": ["observe", "p.yaml", "runs.csv", "-o", "new/copy.yaml"],
    "curves": ["estimate", "p.yaml", "--plot", "new"],
    "frontier": ["frontier", "p.yaml", "--budget", "0:20k", "--points", "3", "--plot", "new"],
    "tornado": ["explain", "p.yaml", "shelf", "--plot", "new"],
    "plan's pictures": ["plan", "p.yaml", "--plots", "new"],
    "report's pictures": ["report", "p.yaml", "-o", "new/plan.html", "--plots", "new"],
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if "report's" in name else ()) for name in WRITERS],
)
def test_what_is_made_from_a_private_file_is_private(here: Path, name: str) -> None:
    """No output of a portfolio that only its owner reads can be read by others."""
    (here / "new").mkdir()
    (here / "p.yaml").chmod(0o600)
    result = run(*WRITERS[name])
    assert result.exit_code == 0, result.output
    written = list((here / "new").iterdir())
    assert written
    for path in written:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_private_report_stays_private(here: Path) -> None:
    """Replacing it does not open it; a private table of runs makes a private copy."""
    assert run("report", "p.yaml").exit_code == 0
    assert stat.S_IMODE((here / "plan.html").stat().st_mode) == 0o644
    (here / "plan.html").chmod(0o600)
    assert run("report", "p.yaml").exit_code == 0
    assert stat.S_IMODE((here / "plan.html").stat().st_mode) == 0o600
    (here / "runs.csv").chmod(0o600)
    assert run("observe", "p.yaml", "runs.csv").exit_code == 0
    assert stat.S_IMODE((here / "p.observed.yaml").stat().st_mode) == 0o600


FILES = {
    "report": ("x.html", ["report", "p.yaml", "-o"]),
    "report's workbook": ("x.xlsx", ["report", "p.yaml", "--xlsx"]),
    "workbook": ("x.xlsx", ["plan", "p.yaml", "--xlsx"]),
    "observe": ("x.yaml", ["observe", "p.yaml", "runs.csv", "-o"]),
    "init": ("x.yaml", ["init", "-o"]),
    "form": ("x.xlsx", ["init", "-o"]),
    "schema": ("x.json", ["init", "--json-schema", "-o"]),
}


@pytest.mark.parametrize("kind", ["pipe", "folder", "link to a pipe"])
@pytest.mark.parametrize("name", FILES)
def test_an_output_that_is_no_regular_file_is_refused_before_anything_is_computed(
    here: Path, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 3 with place and fix, with and without --force; never waited for, never replaced."""
    target, command = FILES[name]
    if kind == "folder":
        (here / target).mkdir()
    else:
        os.mkfifo(here / "pipe")
        (here / target).symlink_to("pipe") if "link" in kind else (here / "pipe").rename(target)
    monkeypatch.setattr("planner._api.load_model", lambda *_: pytest.fail("it was computed"))
    for force in ([], ["--force"]):
        result = run(*command, target, *force)
        assert result.exit_code == 3, result.output
        assert ("is a folder" if kind == "folder" else "not a regular file") in result.stderr
        assert target in result.stderr
        assert "fix" in result.stderr
    assert not (here / target).is_file()


def test_a_folder_for_a_workbook_is_answered_with_a_file_in_it(here: Path) -> None:
    """Also with --force, and whatever its name ends in."""
    for folder in ("out", "out.xlsx"):
        (here / folder).mkdir()
        for force in ([], ["--force"]):
            result = run("plan", "p.yaml", "--xlsx", folder, *force)
            assert result.exit_code == 3
            assert f"fix  {folder}/plan.xlsx" in result.stderr
            assert "--force" not in result.stderr.replace("--xlsx", "")


FOLDERS = {
    "curves": ["estimate", "p.yaml", "--plot"],
    "frontier": ["frontier", "p.yaml", "--plot"],
    "tornado": ["explain", "p.yaml", "shelf", "--plot"],
    "plan": ["plan", "p.yaml", "--plots"],
    "report": ["report", "p.yaml", "--plots"],
    "checks": ["model", "check", "--plots"],
    "paper": ["reproduce", "--plots"],
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_file_where_pictures_should_go_is_refused_at_once(
    here: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, a pipe, and a folder below a file."""
    os.mkfifo(here / "pipe")
    monkeypatch.setattr("planner._api.read_portfolio", lambda *_, **__: pytest.fail("read"))
    monkeypatch.setattr("planner.reference.store.load_model", lambda *_: pytest.fail("loaded"))
    for target in ("p.yaml", "pipe", "p.yaml/below"):
        result = run(*FOLDERS[name], target)
        assert result.exit_code == 3, result.output
        assert "is no folder; name a folder" in result.stderr
        assert target in result.stderr
    assert (here / "p.yaml").read_text(encoding="utf-8") == TEXT


def test_the_runs_are_not_overwritten_by_the_portfolio(here: Path) -> None:
    """--force replaces an earlier copy, not what was read."""
    result = run("observe", "p.yaml", "runs.csv", "-o", "runs.csv", "--force")
    assert result.exit_code == 3
    assert "holds the runs themselves" in result.stderr
    assert (here / "runs.csv").read_text(encoding="utf-8") == RUNS


def test_a_report_through_a_link_keeps_the_link(here: Path) -> None:
    """What it leads to is the report."""
    (here / "site").mkdir()
    (here / "plan.html").symlink_to("site/index.html")
    for _ in range(2):
        assert run("report", "p.yaml").exit_code == 0
    assert (here / "plan.html").is_symlink()
    assert "generator" in (here / "site" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["estimate", "explain", "collect"])
def test_a_project_that_is_not_in_the_file_is_said_with_the_place_of_those_that_are(
    command: str,
) -> None:
    """The same words from every command that takes one, and the ids that may be meant."""
    result = run(command, "p.yaml", "shelve", "--json")
    assert result.exit_code == 3
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem == {
        "code": "UNKNOWN_PROJECT",
        "place": "p.yaml:4:3",
        "field": "PROJECT",
        "message": "no project 'shelve' in the file.",
        "fix": "shelf",
    }


def test_a_damaged_model_is_said_with_the_place_of_its_file(here: Path) -> None:
    """Which file of the folder it is; a name that is none says where it was given."""
    (here / "mine").mkdir()
    for name, place in (("./mine", "mine/model.toml"), ("./none", "--model"), ("x", "--model")):
        result = run("plan", "p.yaml", "--model", name, "--json")
        assert result.exit_code == 3
        (problem,) = json.loads(result.stdout)["problems"]
        assert problem["place"] == place
