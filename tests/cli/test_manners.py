"""Waiting, bugs, completion and colour: what a person meets around the answer."""

import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.console import print_json
from planner.cli.waiting import Waiting
from planner.errors import ResourceError

ROOT = Path(__file__).parents[2]
RETAIL = str(ROOT / "examples" / "01_retail_shelves" / "portfolio.yaml")
RUNNER = CliRunner()


def broken(*_args: object, **_kwargs: object) -> None:
    message = "a thing no one foresaw"
    raise RuntimeError(message)


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Break every command that reads a portfolio; return the folder for temporary files."""
    monkeypatch.setattr("planner._api.read_portfolio", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_page_for_a_bug_says_what_to_do(bug: Path) -> None:
    """Exit 1, no traceback on screen, the report in a file that is named."""
    result = RUNNER.invoke(app, ["plan", RETAIL])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert "not a mistake of yours" in result.stderr
    assert "a thing no one foresaw" in result.stderr
    (report,) = bug.glob("planner-error-*.txt")
    assert report.name in result.stderr.replace("\n", "")
    text = report.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert "planner 0." in text


def test_a_bug_with_json_is_one_object(bug: Path) -> None:
    """A program that reads the answer learns of the bug too."""
    result = RUNNER.invoke(app, ["plan", RETAIL, "--json"])
    answer = json.loads(result.stdout)
    assert result.exit_code == answer["exit_code"] == 1
    assert answer["problems"][0]["code"] == "BUG"


def test_a_report_that_cannot_be_saved_does_not_hide_the_bug(
    bug: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a folder to write to, the page points at --debug."""
    monkeypatch.setattr(tempfile, "tempdir", str(bug / "nowhere"))
    result = RUNNER.invoke(app, ["plan", RETAIL])
    assert result.exit_code == 1
    assert "--debug" in result.stderr


def test_debug_shows_the_traceback(bug: Path) -> None:
    """Those who ask for it get the exception itself."""
    result = RUNNER.invoke(app, ["plan", RETAIL, "--debug"])
    assert isinstance(result.exception, RuntimeError)


def on_terminal(code: str) -> str:
    """Return what a piece of Python writes to a terminal that is its stderr."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=follower,
        stdout=subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    ) as process:
        process.wait(timeout=60)
    os.set_blocking(leader, False)
    try:
        shown = os.read(leader, 65536)
    except BlockingIOError:
        shown = b""
    os.close(follower)
    os.close(leader)
    return shown.decode("utf-8", "replace")


SLOW = """
import time
from planner.cli import waiting
waiting.PATIENCE_S = {patience}
with waiting.waiting('planner plan: computing', shown={shown}):
    end = time.monotonic() + {seconds}
    while time.monotonic() < end and not (waiting._now and waiting._now._bar):
        time.sleep(0.02)
"""


def test_a_slow_command_shows_that_it_is_alive_on_a_terminal_alone() -> None:
    """After a while a spinner, before it nothing; with --quiet and --json nothing at all."""
    assert "computing" in on_terminal(SLOW.format(patience=0.1, shown=True, seconds=30))
    assert on_terminal(SLOW.format(patience=5, shown=True, seconds=0.3)) == ""
    assert on_terminal(SLOW.format(patience=0.1, shown=False, seconds=0.3)) == ""


def test_waiting_may_end_twice() -> None:
    """Writing ends it, and so does the end of the command."""
    sign = Waiting("x")
    sign.end()
    sign.end()


@pytest.mark.parametrize(
    ("typed", "offered"), [("planner fro", "frontier"), ("planner di", "diff")]
)
def test_the_shell_completes_commands(typed: str, offered: str) -> None:
    """What bash asks for after a tab is answered with the command's name."""
    words = typed.split()
    environment = {
        **os.environ,
        "_PLANNER_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(words) - 1),
    }
    script = Path(sys.executable).parent / "planner"
    done = subprocess.run(
        [str(script)], env=environment, capture_output=True, text=True, check=False
    )
    assert offered in done.stdout.split()


def test_the_shell_is_told_how_to_complete() -> None:
    """--show-completion prints a script for the shell."""
    script = Path(sys.executable).parent / "planner"
    shown = subprocess.run(
        [str(script), "--show-completion", "bash"],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "_PLANNER_COMPLETE" in shown.stdout, shown


def test_no_color_means_no_color() -> None:
    """NO_COLOR and --no-color leave plain text even where colour is forced."""
    forced = {"FORCE_COLOR": "1", "COLUMNS": "80", "TERM": "xterm-256color"}
    assert "\x1b[" in RUNNER.invoke(app, ["options", RETAIL], env=forced).stdout
    plain = RUNNER.invoke(app, ["options", RETAIL, "--no-color"], env=forced).stdout
    assert "\x1b[3" not in plain
    silent = RUNNER.invoke(app, ["options", RETAIL], env={**forced, "NO_COLOR": "1"}).stdout
    assert "\x1b[3" not in silent


def test_every_command_stands_in_the_readme() -> None:
    """The table of commands is complete, and names none that does not exist."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").partition("| command |")[2]
    text = text.partition("\n\n")[0]
    rows = {line.split("`")[1].split()[0] for line in text.splitlines() if line.startswith("| `")}
    commands = {str(info.name) for info in app.registered_commands}
    groups = {str(info.name) for info in app.registered_groups}
    assert rows == commands | groups


QUIET = {
    "init": ["init", "-o", "new.yaml"],
    "check": ["check", RETAIL],
    "estimate": ["estimate", RETAIL, "shelf-gaps"],
    "options": ["options", RETAIL],
    "plan": ["plan", RETAIL],
    "laws": ["laws"],
    "catalogue": ["catalogue", "labelling"],
}


@pytest.mark.parametrize("name", QUIET)
def test_quiet_means_the_same_everywhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """-q leaves the answer and takes warnings and hints away."""
    monkeypatch.chdir(tmp_path)
    result = RUNNER.invoke(app, [*QUIET[name], "-q"])
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "Next:" not in result.stdout


def test_every_command_takes_quiet_and_debug() -> None:
    """Flags that mean the same everywhere exist everywhere."""
    for info in app.registered_commands:
        shown = RUNNER.invoke(app, [str(info.name), "--help"], env={"COLUMNS": "80"}).stdout
        assert "--quiet" in shown, info.name
        assert "--debug" in shown, info.name


def test_verbose_lists_every_default() -> None:
    """-v of an estimate and of a plan name the defaults; the JSON carries the same."""
    for command in (["estimate", RETAIL, "shelf-gaps"], ["plan", RETAIL]):
        text = RUNNER.invoke(app, [*command, "-v"], env={"COLUMNS": "80"}).stdout
        words = "".join(text.split())
        data = json.loads(RUNNER.invoke(app, [*command, "--json"]).stdout)
        defaults = data["assumptions"]["defaults_used"]
        values = data["assumptions"]["default_values"]
        assert list(values) == defaults
        assert values["portfolio.mode"] == "commit"
        assert values["portfolio.go_chance"] == 0.6
        assert "default_values" not in words
        assert all(name in words for name in defaults)
        assert max(len(line) for line in text.splitlines()) <= 80


@pytest.mark.parametrize("columns", ["0", "1", "", "-5", "abc", "9" * 5000])
def test_a_width_that_cannot_be_is_that_of_a_page(columns: str) -> None:
    """Some terminals say 0; the answer is printed all the same."""
    told = RUNNER.invoke(app, ["laws"], env={"COLUMNS": columns})
    assert told.stdout == RUNNER.invoke(app, ["laws"], env={"COLUMNS": "80"}).stdout


def test_too_little_memory_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """What helps is said, and no report of a bug is written."""

    def starved(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("planner._api.read_portfolio", starved)
    result = RUNNER.invoke(app, ["plan", RETAIL])
    assert result.exit_code == 3
    assert result.stderr.startswith("There is not enough memory for this.")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_not_printed_and_its_place_is_named(number: float) -> None:
    """JSON has no word for it; a damaged model gives such."""
    data = {"fits": [{"sd": 1.0}, {"name": "a", "sd": number}]}
    with pytest.raises(ResourceError) as caught:
        print_json(data)
    assert caught.value.place == "fits[1].sd"
