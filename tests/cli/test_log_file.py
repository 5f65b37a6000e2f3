"""``--log-file``: what was done and said, a JSON object a line; no answer depends on it."""

import json
import logging
import stat
from datetime import datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from planner.cli.app import app

PORTFOLIO = """\
version: 1
portfolio: {name: Plants, budget: 4k}
projects:
  - {id: weld, classes: 4, target_accuracy: 90%, value: 30k, architectures: [EfficientNet-B0],
     images: {held: 2k, limit: 20k, price: 0.1..0.2}}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(PORTFOLIO, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def lines(name: str = "planner.log") -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]


def test_a_log_holds_what_was_asked_read_warned_and_written_each_with_its_time() -> None:
    """From begin to end, in order; a second command adds to it."""
    run("plan", "p.yaml", "--json", "--xlsx", "out.xlsx", "--log-file", "planner.log")
    told = lines()
    assert [line["event"] for line in told if line["event"] != "warning"] == [
        *("begin", "portfolio read", "model loaded", "options priced"),
        *("written", "end"),
    ]
    first, last = told[0], told[-1]
    assert first["command"].split()[-1] == "plan"  # type: ignore[attr-defined]
    assert first["given"]["xlsx"] == "out.xlsx"  # type: ignore[index]
    assert (last["exit_code"], last["level"]) == (0, "info")
    times = [datetime.fromisoformat(str(line["time"])) for line in told]
    assert times == sorted(times)
    assert all(moment.utcoffset() is not None for moment in times)
    assert stat.S_IMODE(Path("planner.log").stat().st_mode) == 0o600
    run("check", "p.yaml", "--log-file", "planner.log")
    assert [line["event"] for line in lines()].count("begin") == 2


def test_the_answer_is_the_same_with_and_without_a_log() -> None:
    """Byte for byte; nothing of the log, and no time, is in it."""
    plain = run("plan", "p.yaml", "--json")
    assert run("plan", "p.yaml", "--json", "--log-file", "planner.log").stdout == plain.stdout
    assert "seconds" not in json.loads(plain.stdout)


def test_a_refusal_stands_in_the_log_with_its_exit_code() -> None:
    """And what was said on standard error."""
    Path("p.yaml").write_text(PORTFOLIO.replace("90%", "940%"), encoding="utf-8")
    result = run("check", "p.yaml", "--log-file", "planner.log")
    assert result.exit_code == 3
    told = {str(line["event"]): line for line in lines()}
    assert "940%" in str(told["refused"]["why"])
    assert told["end"]["exit_code"] == 3


def test_what_is_said_on_standard_error_is_kept() -> None:
    """Hints and notes that a terminal shows and a pipe loses."""
    result = run("plan", "p.yaml", "--xlsx", "out.xlsx", "--log-file", "planner.log")
    said = " ".join(str(line["text"]) for line in lines() if line["event"] == "said")
    assert "Wrote out.xlsx." in said
    assert "Wrote out.xlsx." in result.stderr


@pytest.mark.parametrize("target", ["p.yaml", ".", "missing/x.log"])
def test_what_is_no_log_is_left_alone(target: str) -> None:
    """Refused before anything is computed."""
    result = run("plan", "p.yaml", "--log-file", target)
    assert result.exit_code == 3
    assert "--log-file" in result.stderr
    assert Path("p.yaml").read_text(encoding="utf-8") == PORTFOLIO


def test_every_command_takes_it_and_none_leaves_a_handler() -> None:
    """A session that runs many commands does not fill one log with all of them."""
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, command in commands.items():
        for each in getattr(command, "commands", {"": command}).values():
            assert "log_file" in {parameter.name for parameter in each.params}, name
    before = list(logging.getLogger().handlers)
    run("check", "p.yaml", "--log-file", "planner.log")
    assert logging.getLogger().handlers == before
    assert logging.getLogger("planner").level == logging.NOTSET
