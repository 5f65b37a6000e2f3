"""The flag ``--log-file``: what a command did, line by line, each with its time.

A line is one JSON object: ``time`` (UTC), ``level``, ``event``, and what is known of it. Nothing
of it reaches an answer, which is the same with and without a log.
"""

import json
import logging
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, override

import typer

from planner._journal import JOURNAL, note
from planner._version import __version__
from planner.errors import InputError, Problem
from planner.files import require_file

LogFile = Annotated[
    Path | None,
    typer.Option(
        "--log-file",
        metavar="LOG",
        envvar="PLANNER_LOG_FILE",
        help="Also write there what was done and said: a JSON object a line, with its time.",
    ),
]

BEGIN = b'{"time": "'
_OWNER_ONLY = 0o600


class Lines(logging.Formatter):
    """A record of the log as one line of JSON."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return time, level, event and facts."""
        moment = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        facts = getattr(record, "facts", None)
        line |= {"logger": record.name} if facts is None else facts
        return json.dumps(line, ensure_ascii=False, default=str)


@contextmanager
def logging_to(path: Path | None, context: Any) -> Iterator[None]:  # noqa: ANN401 - private to typer
    """Keep a log while the block lasts, if a file was named: begin, what happens, end.

    Parameters
    ----------
    path : Path or None
        Lines are added to it; made where it is missing, for its owner alone.
    context : object
        Of the command, for its name and what it was asked.

    Raises
    ------
    InputError
        Something else than a log stands there, or nothing may be written to it.
    """
    if path is None:
        yield
        return
    handler = _handler(path)
    root, level = logging.getLogger(), JOURNAL.level
    root.addHandler(handler)
    JOURNAL.setLevel(logging.INFO)
    start, code = time.monotonic(), 1
    note("begin", **_asked(context))
    try:
        yield
        code = 0
    except typer.Exit as end:
        code = end.exit_code
        raise
    finally:
        note("end", exit_code=code, seconds=round(time.monotonic() - start, 3))
        JOURNAL.setLevel(level)
        root.removeHandler(handler)
        handler.close()


def _handler(path: Path) -> logging.Handler:
    target = require_file(path, force=True, name="planner.log", field="--log-file")
    if target.exists():
        with target.open("rb") as stream:
            if stream.read(len(BEGIN)) not in (b"", BEGIN):
                message = "is no log of planner, so nothing is added to it."
                raise InputError(
                    [Problem("--log-file", message, "--log-file planner.log", str(path))]
                )
    else:
        target.touch(mode=_OWNER_ONLY)
    handler = logging.FileHandler(target, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(Lines())
    return handler


def _asked(context: Any) -> dict[str, object]:  # noqa: ANN401 - private to typer
    """Return which command was called, and with what."""
    facts: dict[str, object] = {"version": __version__, "python": platform.python_version()}
    if context is None:  # called as a function
        return facts
    given = {
        name: value if isinstance(value, bool | int | float | str) else str(value)
        for name, value in context.params.items()
        if context.get_parameter_source(name).name != "DEFAULT"
    }
    return {"command": context.command_path, "given": given, **facts}
