"""Every command on real descriptors: one JSON object, of its schema, and the right exit code.

Run on the pinned versions with the other tests, and by CI on the newest and the lowest ones.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from typer.testing import CliRunner

from planner._extras import FIT
from planner.cli.app import app
from tests.contracts.commands import (
    ANSWERS,
    EXAMPLES,
    FRIDAY,
    GRANT,
    MONDAY,
    REFUSALS,
    SCHEMA,
    answer,
    folder,
    only_object,
    require,
    run,
)

pytestmark = pytest.mark.contract


LONGER = {"probe", "pilots", "collect", "explain", "explain-plan", "report", "compare", "actuals"}
"""Commands that the default run leaves to the runs on the newest and the lowest versions."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in LONGER else ()) for name in ANSWERS],
)
def test_an_answer_is_one_json_object_of_its_schema(name: str) -> None:
    """Exit 0; the descriptor holds one object, every key of which the schema names.

    Nothing of a library stands beside it, on either descriptor. On a base installation a command
    that needs an extra says so instead, in one object too.
    """
    done = answer(name)
    assert not [noise for noise in ("HiGHS", "Warning", "Traceback") if noise in done.stderr]
    if name == "probe" and find_spec("sklearn") is None:
        assert (done.code, only_object(done.stdout)["exit_code"]) == (3, 3)
        assert 'needs the extra "probe"' in done.stderr
        return
    assert done.code == 0, done.stderr
    data = only_object(done.stdout)
    assert data["schema_version"] == 1
    require(data, SCHEMA.get(name, name))


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_says_so_in_its_exit_code_and_schema(name: str) -> None:
    """3: bad input, 4: no plan fits, both one object; 2: usage, nothing on stdout."""
    _, code, schema = REFUSALS[name]
    done = answer(name)
    assert done.code == code, done.stderr
    assert "Traceback" not in done.stderr
    if schema is None:
        assert done.stdout == ""
        return
    data = only_object(done.stdout)
    require(data, schema)
    assert data.get("exit_code", code) == code
    assert done.stderr if schema == "error" else data["conflict"]


def test_a_refused_command_writes_nothing() -> None:
    """The page of a report that was refused does not exist."""
    assert answer("bad file: report").code == 3
    assert not (folder() / "never.html").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["plan", GRANT, "-q"],
        ["frontier", GRANT, "--points", "3", "-q"],
        ["doctor", "-q"],
        ["report", GRANT, "-o", "quiet.html", "--force", "-q"],
    ],
    ids=lambda words: " ".join(word for word in words if word != GRANT),
)
def test_the_descriptor_holds_what_python_wrote_and_nothing_else(
    words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a command writes on the descriptor is what it writes on ``sys.stdout``."""
    monkeypatch.chdir(folder())
    monkeypatch.delenv("COLUMNS", raising=False)
    done = run(*words)
    assert done.code == 0, done.stderr
    assert done.stdout == CliRunner().invoke(app, words).stdout
    if words[0] == "doctor":
        assert done.stdout == ""


@pytest.mark.slow
def test_a_plan_is_read_again_by_the_commands_that_compare(tmp_path: Path) -> None:
    """What ``plan --json`` put on the descriptor goes into ``diff`` and ``plan --audit`` as is."""
    saved = tmp_path / "plan.json"
    saved.write_text(answer("plan").stdout, encoding="utf-8")
    compared = run("diff", str(saved), str(saved), "--json")
    assert (compared.code, only_object(compared.stdout)["same"]) == (0, True)
    audited = run("plan", GRANT, "--audit", str(saved), "--json")
    assert (audited.code, only_object(audited.stdout)["stands"]) == (0, True)


def test_plans_saved_by_the_first_release_are_still_read() -> None:
    """Release 0.1.0 wrote both plans of example 06; comparing and auditing them still works."""
    for path in (MONDAY, FRIDAY):
        assert json.loads(Path(path).read_text(encoding="utf-8"))["release"] == "0.1.0"
    changes = only_object(answer("diff").stdout)
    assert [side["release"] for side in (changes["before"], changes["after"])] == ["0.1.0"] * 2
    assert only_object(answer("plan-audit").stdout)["stands"] is True


@pytest.mark.slow
def test_planning_from_python_leaves_the_descriptor_empty() -> None:
    """A script that plans, asks for a frontier and explains prints what it prints itself."""
    script = f"""
import planner
portfolio, model = planner.read_portfolio({GRANT!r}), planner.load_model("transfer")
planner.plan(portfolio, model)
planner.frontier(portfolio, model, points=3)
planner.explain(portfolio, None, model)
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of the notebook's own machinery
def test_planning_in_a_notebook_shows_nothing_but_the_plan() -> None:
    """A kernel shows what is written on descriptor 1 too; there is nothing."""
    cell = f"""
import planner
plan = planner.plan(planner.read_portfolio({GRANT!r}), planner.load_model("transfer"))
"""
    make: Any = nbformat.v4  # ships without types
    notebook = make.new_notebook(cells=[make.new_code_cell(cell), make.new_code_cell("plan")])
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    silent, shown = (found.outputs for found in notebook.cells)
    assert silent == []
    assert [output["output_type"] for output in shown] == ["execute_result"]


@pytest.mark.slow
def test_fitting_answers_like_every_other_command(tmp_path: Path) -> None:
    """Exit 0 and one object for a fit, 5 and one object for a fit that does not converge.

    Without the extra both are refused before anything is computed.
    """
    fitted = run("fit", "-o", str(tmp_path / "ours"), "--model", "published", "--json")
    stopped = run("fit", "-o", str(tmp_path / "no"), "--draws", "20", "--tune", "20", "--json")
    if FIT.missing:
        assert (fitted.code, stopped.code) == (3, 3)
        require(only_object(fitted.stdout), "error")
        assert "Extra fit is not installed" in run("doctor").stdout
        return
    assert (fitted.code, only_object(fitted.stdout)["status"]) == (0, "fitted")
    assert (stopped.code, only_object(stopped.stdout)["exit_code"]) == (5, 5)
    require(only_object(stopped.stdout), "error")
    assert [path.name for path in tmp_path.iterdir()] == ["ours"]
    planned = run("plan", GRANT, "--model", str(tmp_path / "ours"), "--json")
    assert only_object(planned.stdout)["status"] == "optimal"


def test_every_command_that_prints_json_is_run_here() -> None:
    """No command is left out, but those that only write or print a file, or serve one."""
    words = {" ".join(words[:2]) if words[0] == "model" else words[0] for words in ANSWERS.values()}
    named = {command.name or "" for command in app.registered_commands}
    assert named - words == {"init", "fit", "man", "serve"}
    assert EXAMPLES.is_dir()
