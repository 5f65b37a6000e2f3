"""The manual holds every command and every option, as the help texts say them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from planner.cli.app import app
from planner.cli.manual import manual_pages

COMMAND = typer.main.get_command(app)
MACROS = {".TH", ".SH", ".SS", ".TP", ".PP", ".B"}


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    yield name, command
    for word, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name} {word}")


ALL = dict(commands(COMMAND, "planner"))


@pytest.fixture(scope="module")
def printed() -> str:
    result = CliRunner().invoke(app, ["man"])
    assert result.exit_code == 0
    return result.stdout


def plain(roff: str) -> str:
    """Return what a reader sees."""
    return re.sub(r"\\f[BR]|\\&", "", roff).replace(r"\-", "-").replace(r"\e", "\\")


@pytest.mark.parametrize("name", ALL)
def test_every_command_stands_there_with_its_options(name: str, printed: str) -> None:
    """Each flag, each argument, each help text, under the command that has it."""
    parts = re.split(r"^\.SS (.*)$", printed, flags=re.MULTILINE)
    sections = {"planner": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))
    section = " ".join(plain(sections[name]).split())
    for parameter in ALL[name].params:
        if not parameter.hidden:
            for flag in parameter.opts if parameter.param_type_name == "option" else ():
                assert re.search(rf"(^|[\s,]){re.escape(flag)}($|[\s,])", section), flag
            assert " ".join((parameter.help or "").split()) in section
    assert " ".join((ALL[name].help or "").split())[:60] in section


def test_the_manual_has_a_page_for_each_command_and_no_other() -> None:
    """Hidden ones apart."""
    assert [page.name for page in manual_pages(app)] == list(ALL)


def test_only_known_macros_begin_with_a_point(printed: str) -> None:
    """A sentence that begins with one would vanish."""
    begun = {line.split()[0] for line in printed.splitlines() if line.startswith((".", "'"))}
    assert begun == MACROS


def test_the_same_manual_each_time(printed: str) -> None:
    """No date stands in it."""
    assert CliRunner().invoke(app, ["man"]).stdout == printed
