"""Where output goes: data to stdout, everything else to stderr; and how an error ends a command."""

import functools
import inspect
import json
import os
import sys
from collections.abc import Callable, Mapping

import typer
from rich.console import Console
from rich.text import Text

from planner.domain.plan import SCHEMA_VERSION
from planner.errors import InputError, PlannerError

PAGE_WIDTH = 80


def data_console(*, no_color: bool = False) -> Console:
    """Return the console for results: stdout, at most 80 columns wide when it is not a terminal."""
    return _console(stderr=False, no_color=no_color)


def message_console(*, no_color: bool = False) -> Console:
    """Return the console for warnings, progress and errors: stderr."""
    return _console(stderr=True, no_color=no_color)


def _console(*, stderr: bool, no_color: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PAGE_WIDTH
    return Console(
        stderr=stderr, no_color=no_color or None, highlight=False, width=width, soft_wrap=False
    )


def print_json(data: Mapping[str, object]) -> None:
    """Print one JSON object, byte for byte the same for the same data."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2) + "\n")


def answers(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the errors a command may raise into one message and the exit code that belongs to it."""

    @functools.wraps(command)
    def wrapper(*args: object, **kwargs: object) -> None:
        as_json, debug = bool(kwargs.get("as_json")), bool(kwargs.get("debug"))
        try:
            command(*args, **kwargs)
        except PlannerError as error:
            _report(error, as_json=as_json)
            raise typer.Exit(error.exit_code) from None
        except BrokenPipeError:  # the reader, such as `head`, has seen enough
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - must outlive this function
            raise typer.Exit(0) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:
            if debug:
                raise
            _report_bug(error)
            raise typer.Exit(1) from None

    wrapper.__signature__ = inspect.signature(command, eval_str=True)  # type: ignore[attr-defined]
    return wrapper


def _report(error: PlannerError, *, as_json: bool) -> None:
    if as_json:
        problems = (
            [
                {
                    "code": problem.code,
                    "place": problem.place,
                    "field": problem.field,
                    "message": problem.message,
                    "fix": problem.fix,
                }
                for problem in error.problems
            ]
            if isinstance(error, InputError)
            else [{"code": "ERROR", "place": "", "field": "", "message": str(error), "fix": ""}]
        )
        print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "status": "error",
                "exit_code": error.exit_code,
                "problems": problems,
            }
        )
    message_console().print(Text(_printable(str(error))), soft_wrap=True)


def _report_bug(error: Exception) -> None:
    """Say that this is our mistake, not the user's."""
    message_console().print(
        Text(
            _printable(f"This is a bug in planner ({type(error).__name__}: {error}). Nothing was ")
            + "written. Run the command again with --debug and report what it shows."
        ),
        soft_wrap=True,
    )


def _printable(text: str) -> str:
    """Return text without control characters that could steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
