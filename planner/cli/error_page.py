"""What a person reads when planner itself is at fault: what happened, what is kept, what to do."""

import os
import platform
import shlex
import sys
import tempfile
import traceback
from datetime import UTC, datetime
from pathlib import Path

from planner._version import __version__
from planner.errors import NotWrittenError
from planner.files import write_text

CODE = "BUG"


def describe(error: Exception) -> str:
    """Return the exception as one line."""
    return f"{type(error).__name__}: {error}".strip().removesuffix(":")


def error_page(error: Exception) -> str:
    """Return the page shown for a bug, after saving a report of it.

    The report is written to the folder for temporary files, never beside the user's own; if even
    that cannot be done, the page says how to see the traceback instead.
    """
    report = _saved_report(error)
    kept = (
        f"What we need to find it is in this file:\n  {report}\n"
        if report is not None
        else "No report could be saved; --debug after the command shows what we need to find it.\n"
    )
    send = (
        "  - Send that file to whoever looks after planner for you. It holds the command, the\n"
        "    versions and the place in the program, not your portfolio file; read it first.\n"
        if report is not None
        else "  - Run the command again with --debug, and send what it shows.\n"
    )
    return (
        "Something went wrong inside planner. This is a bug in planner, not a mistake of yours.\n"
        f"  {describe(error)}\n"
        "No file was left half-written.\n"
        f"{kept}"
        "What you can do\n"
        "  - planner doctor      says whether the installation is sound.\n"
        "  - planner check FILE  says whether the file is.\n"
        f"{send}"
    ).rstrip()


def _saved_report(error: Exception) -> Path | None:
    """Save what a developer needs; return where, or None if nothing could be saved."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    try:
        handle, name = tempfile.mkstemp(prefix=f"planner-error-{stamp}-", suffix=".txt")
        os.close(handle)
        try:
            return write_text(name, _report(error), force=True)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except (OSError, NotWrittenError):
        return None


def _report(error: Exception) -> str:
    lines = (
        f"planner {__version__}",
        f"Python {platform.python_version()}, {platform.platform()}",
        f"command: {shlex.join(sys.argv)}",
        "",
        "".join(traceback.format_exception(error)),
    )
    # half a surrogate pair in a name must not stop the report of a bug
    return "\n".join(lines).encode("utf-8", "backslashreplace").decode("utf-8")
