"""``planner observe``: what is printed, what is written, and what is left alone."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from planner import _api_evidence
from planner.cli.app import app
from planner.domain.portfolio.project import Pilot
from planner.inputs.portfolio_file import read_portfolio
from planner.questions.observe.observe import ObservedFile

RUNNER = CliRunner()
TEXT = """\
# Ours, do not reorder
version: 1
portfolio: {budget: 20k}
projects:
  - id: shelf   # the big one
    classes: 10
    target_accuracy: 94%
    images: {held: 5k, limit: 100k, price: 0.50..0.60}
    value: 80k
    architectures: [ResNet-50]

  - {id: other, classes: 4, target_error: 5%, images: {limit: 1k}, value: 1k}
"""
RUNS = "project,images,error,test_images\nshelf,5k,9.1%,2000\n"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "runs.csv").write_text(RUNS, encoding="utf-8")
    return tmp_path


def observe(*arguments: str) -> Result:
    return RUNNER.invoke(app, ["observe", "p.yaml", "runs.csv", *arguments])


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_copy_beside_the_file_and_before_and_after_on_screen(here: Path) -> None:
    """The file itself is not touched; the copy differs by the runs alone; the next step is said."""
    result = observe()
    assert result.exit_code == 0, result.output
    assert (here / "p.yaml").read_text(encoding="utf-8") == TEXT
    rows = "    pilots:\n      - {images: 5000, error: 9.1%, test_images: 2000}\n"
    expected = TEXT.replace("[ResNet-50]\n", f"[ResNet-50]\n{rows}")
    assert (here / "p.observed.yaml").read_text(encoding="utf-8") == expected
    assert "shelf: 1 run added · target error 6 % · ResNet-50" in result.stdout
    for label in ("images needed", "never reached", "chance at 100,000", "total, USD"):
        assert label in result.stdout
    assert "Next: planner plan p.observed.yaml" in result.stdout
    assert "other" not in result.stdout
    assert max(cell_len(line) for line in result.stdout.splitlines()) <= 80
    assert read_portfolio(here / "p.observed.yaml").projects[0].pilots == (
        Pilot(5_000, 0.091, test_images=2_000),
    )


def test_the_plan_of_the_copy_rests_on_the_runs(here: Path) -> None:
    """The chance that a plan shows is the one with the pilots."""
    assert observe("-q").exit_code == 0
    chances = []
    for name in ("p.yaml", "p.observed.yaml"):
        result = RUNNER.invoke(app, ["plan", name, "--json"])
        assert result.exit_code == 0, result.output
        chances.append(json.loads(result.stdout)["decisions"][0]["chance_of_target"])
    assert chances[0] != chances[1]


def test_json_is_one_object(here: Path) -> None:
    """The comparison, the runs as read, and where they were written."""
    result = observe("--json", "-o", "out.yaml")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert result.stderr == ""
    assert (data["schema_version"], data["output"], data["portfolio"]) == (1, "out.yaml", "p.yaml")
    assert data["runs"]["rows"][0] | {"line": 2, "error": 0.091} == data["runs"]["rows"][0]
    (project,) = data["projects"]
    assert project["before"] != project["after"]
    assert set(project["after"]["data_needed"]) == {"p10", "p50", "p90", "chance_never"}
    assert {"p10", "p50", "p90"} <= set(project["after"]["cost"])
    assert "out.yaml" in files(here)


def test_nothing_is_overwritten_unless_forced(here: Path) -> None:
    """Neither an earlier copy, nor the portfolio by its own name."""
    (here / "p.observed.yaml").write_text("mine", encoding="utf-8")
    for arguments in ((), ("-o", "p.observed.yaml"), ("-o", "./p.yaml", "--force")):
        result = observe(*arguments)
        assert result.exit_code == 3
        assert "--force" in result.stderr or "--in-place" in result.stderr
    assert (here / "p.observed.yaml").read_text(encoding="utf-8") == "mine"
    assert (here / "p.yaml").read_text(encoding="utf-8") == TEXT
    assert observe("--force").exit_code == 0
    assert "pilots" in (here / "p.observed.yaml").read_text(encoding="utf-8")


def test_a_copy_is_observed_into_a_numbered_one(here: Path) -> None:
    """Rounds of runs do not pile up in the name; runs that are there are not doubled."""
    assert observe().exit_code == 0
    for number in (2, 3):
        source = "p.observed.yaml" if number == 2 else f"p.observed-{number - 1}.yaml"
        result = RUNNER.invoke(app, ["observe", source, "runs.csv"])
        assert result.exit_code == 0
        assert "1 of the runs stood in the file already." in result.stdout
        copy = (here / f"p.observed-{number}.yaml").read_bytes()
        assert copy == (here / "p.observed.yaml").read_bytes()


def test_in_place_writes_the_file_itself(here: Path) -> None:
    """On request; a link stays one; with a name for the copy it is a contradiction."""
    (here / "link.yaml").symlink_to("p.yaml")
    result = RUNNER.invoke(app, ["observe", "link.yaml", "runs.csv", "--in-place"])
    assert result.exit_code == 0
    assert (here / "link.yaml").is_symlink()
    assert "error: 9.1%" in (here / "p.yaml").read_text(encoding="utf-8")
    assert observe("--in-place", "-o", "x.yaml").exit_code == 2


@pytest.mark.parametrize("flag", ["--in-place", "--quiet"])
def test_a_private_file_stays_private(here: Path, flag: str) -> None:
    """The file written can be read by nobody who could not read the portfolio."""
    (here / "p.yaml").chmod(0o600)
    assert observe(flag).exit_code == 0
    written = here / ("p.yaml" if flag == "--in-place" else "p.observed.yaml")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert "pilots" in written.read_text(encoding="utf-8")


def test_dry_run_writes_nothing(here: Path) -> None:
    """Only the comparison is printed."""
    result = observe("--dry-run")
    assert result.exit_code == 0
    assert "Nothing was written (--dry-run)." in result.stdout
    assert files(here) == ["p.yaml", "runs.csv"]
    assert json.loads(observe("--dry-run", "--json").stdout)["output"] is None


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("runs.csv", RUNS.replace("shelf", "shelve"), "runs.csv:2:1  project"),
        ("runs.csv", RUNS.replace("9.1%", "1"), "1% or 100%"),
        ("runs.csv", "", "is empty"),
        ("p.yaml", TEXT.replace("94%", "940%"), "p.yaml:7:22"),
    ],
)
def test_nothing_is_written_when_anything_is_wrong(
    here: Path, name: str, text: str, words: str
) -> None:
    """Exit 3, the place, no file."""
    (here / name).write_text(text, encoding="utf-8")
    result = observe()
    assert result.exit_code == 3
    assert words in result.stderr
    assert result.stdout == ""
    assert files(here) == ["p.yaml", "runs.csv"]


def test_a_model_without_pilots_is_refused_before_writing(here: Path) -> None:
    """The published equation cannot learn from runs; the one that can is named."""
    result = observe("--model", "published")
    assert result.exit_code == 3
    assert "--model transfer" in result.stderr
    assert files(here) == ["p.yaml", "runs.csv"]


def test_a_folder_that_cannot_be_written_is_said(here: Path) -> None:
    """No half-written file, no traceback."""
    result = observe("-o", "no/such/folder.yaml")
    assert result.exit_code == 3
    assert "does not exist" in result.stderr


def test_doubts_are_said_on_stderr_and_quiet_silences_them(here: Path) -> None:
    """What is suspected does not mix with the result."""
    (here / "runs.csv").write_text("project,images,error,gpu\nshelf,5k,94%,A100\n")
    result = observe("--dry-run")
    assert result.exit_code == 0
    assert "! PILOT_ABOVE_CHANCE  shelf: line 2" in result.stderr
    assert "Columns not used: gpu." in result.stderr
    assert "PILOT" not in result.stdout
    assert observe("--dry-run", "-q").stderr == ""


def test_same_inputs_same_bytes(here: Path) -> None:
    """Twice the same command prints the same."""
    assert observe("--dry-run", "--json").stdout == observe("--dry-run", "--json").stdout


def test_toml_is_written_as_toml(here: Path) -> None:
    """The copy keeps the format of the file."""
    (here / "p.toml").write_text(
        'version = 1\n[[projects]]\nid = "shelf" # mine\nclasses = 10\ntarget_error = "6%"\n'
        "architectures = ['ResNet-50']\n[projects.images]\nlimit = 10000\n",
        encoding="utf-8",
    )
    result = RUNNER.invoke(app, ["observe", "p.toml", "runs.csv"])
    assert result.exit_code == 0, result.output
    assert read_portfolio(here / "p.observed.toml").projects[0].pilots[0].error == 0.091
    assert "# mine" in (here / "p.observed.toml").read_text(encoding="utf-8")


def test_a_file_that_changed_while_its_runs_were_weighed_is_left_as_it_is(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between reading and replacing lie seconds: what someone wrote then is not overwritten."""
    edited = TEXT.replace("80k", "90k")

    def edit_meanwhile(*arguments: object, **options: object) -> ObservedFile:
        found = observe_really(*arguments, **options)  # type: ignore[arg-type]
        (here / "p.yaml").write_text(edited, encoding="utf-8")
        return found

    observe_really = _api_evidence.observe
    monkeypatch.setattr(_api_evidence, "observe", edit_meanwhile)
    result = observe("--in-place")
    assert result.exit_code == 3
    assert "changed" in result.stderr
    assert "run the command again" in result.stderr
    assert (here / "p.yaml").read_text(encoding="utf-8") == edited
    assert files(here) == ["p.yaml", "runs.csv"]


def test_of_two_at_once_nothing_is_lost(here: Path) -> None:
    """Two processes add different runs in place: all that reported success are in the file."""
    errors = {"first": 0.091, "second": 0.088}
    running = {}
    for name, error in errors.items():
        (here / f"{name}.csv").write_text(f"project,images,error\nshelf,5k,{error}\n")
        command = [sys.executable, "-m", "planner", "observe", "p.yaml", f"{name}.csv"]
        running[name] = subprocess.Popen(
            [*command, "--in-place", "-q"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    said = {name: process.communicate(timeout=120) for name, process in running.items()}
    codes = {name: process.returncode for name, process in running.items()}
    written = read_portfolio(here / "p.yaml").projects[0].pilots
    done = [errors[name] for name, code in codes.items() if code == 0]
    assert done, said
    assert sorted(pilot.error for pilot in written) == sorted(done)
    for name, code in codes.items():
        assert code == 0 or (code == 3 and "changed" in said[name][1]), said[name]


SHARED = """\
version: 1
portfolio:
  currency: USD
  budget: 40k
  mode: stop_when_reached
  hold: {chance: 80%}
  periods: [{id: H1, budget: 30k}, {id: H2, budget: 30k}]
projects:
  - {id: a, classes: 3, target_accuracy: 95%, images: {held: 1k, limit: 40k, price: 0.40},
     value: 60k, unit: north}
  - {id: b, classes: 5, target_accuracy: 92%, images: {held: 500, limit: 30k, price: 0.30},
     value: 40k, unit: south}
  - {id: c, classes: 5, target_accuracy: 92%, images: {held: 500, limit: 30k, price: 0.30},
     value: 40k, unit: south, earliest: H2}
shared:
  - {id: cam, kind: dataset, members: [a, b], fixed_cost: 1k, images: {limit: 20k, price: 0.20}}
  - {id: base, kind: base_model, members: [a, c], fixed_cost: 1k, required: false,
     gives: {training_discount: 10%}}
rules:
  - {require: a, needs: b}
  - {exclusive: [a, c]}
  - {at_most: 2, of: [a, b, c]}
  - {unit: south, max_share: 80%}
  - {committed: b, images: 5k, architecture: ResNet-50}
"""


def test_whatever_ties_projects_together_a_run_of_one_is_learned_from(here: Path) -> None:
    """Shared assets, rules of every kind, units, periods and hold: only c has a before and after.

    No architecture is named and none measured, so the cheapest of all is shown.
    """
    (here / "p.yaml").write_text(SHARED, encoding="utf-8")
    (here / "runs.csv").write_text("project,images,error\nc,500,0.14\n", encoding="utf-8")
    result = observe("--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert [project["id"] for project in answer["projects"]] == ["c"]
    assert answer["projects"][0]["before"] != answer["projects"][0]["after"]
    (written,) = read_portfolio(here / "p.observed.yaml").projects[2].pilots
    assert (written.images, written.error) == (500, 0.14)


@pytest.mark.slow
def test_the_forecast_of_a_project_does_not_hang_on_what_it_shares(here: Path) -> None:
    """Before and after of c are the same in a file without rules and shared assets."""
    answers = []
    for text in (SHARED, SHARED[: SHARED.index("shared:")]):
        (here / "p.yaml").write_text(text, encoding="utf-8")
        (here / "runs.csv").write_text("project,images,error\nc,500,0.14\n", encoding="utf-8")
        answers.append(json.loads(observe("--json", "--dry-run").stdout)["projects"])
    assert answers[0] == answers[1]
