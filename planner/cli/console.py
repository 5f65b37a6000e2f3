"""Where output goes: data to stdout, everything else to stderr; and how an error ends a command."""

import functools
import inspect
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO, cast

import typer

from planner._journal import note
from planner.cli.log_file import LogFile, logging_to
from planner.cli.waiting import stop_waiting, waiting
from planner.domain import places
from planner.domain.results.infeasible import InfeasibleError
from planner.domain.results.plan import SCHEMA_VERSION
from planner.errors import InputError, PlannerError, ResourceError

if TYPE_CHECKING:  # asking for help must not load what draws and computes
    from pathlib import Path

    from rich.console import Console

    from planner.domain.portfolio.portfolio import Portfolio

PAGE_WIDTH = 80
LEAST_WIDTH = 10
_SIZES = ("COLUMNS", "LINES")  # read here, where they may be no number at all
_CONTEXT = "context"
_LOG_FILE = "log_file"
_NO_MEMORY = (
    "There is not enough memory for this. Close other programs, allow this one more, or ask for "
    "less: fewer projects, or fewer sizes and architectures of each."
)


def data_console(*, no_color: bool = False) -> "Console":
    """Return the console for results: stdout, at most 80 columns wide when it is not a terminal."""
    return _console(stderr=False, no_color=no_color)


def message_console(*, no_color: bool = False) -> "Console":
    """Return the console for warnings, progress and errors: stderr."""
    return _console(stderr=True, no_color=no_color)


def _console(*, stderr: bool, no_color: bool) -> "Console":
    from planner.cli.screen import SafeConsole

    stop_waiting()  # what shows that a command is at work must not stand in what it writes
    stream = sys.stderr if stderr else sys.stdout
    return SafeConsole(
        stderr=stderr,
        no_color=no_color or None,
        width=_width(stream),
        soft_wrap=False,
        _environ={name: os.environ[name] for name in os.environ if name not in _SIZES},
    )


def _width(stream: TextIO) -> int:
    """Return how wide a page is: as the user says, as the terminal is, else as a page usually is.

    A terminal that does not know its width says 0; on less than a few columns nothing can be read.
    """
    asked = os.environ.get("COLUMNS", "")
    width = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    if not width and stream.isatty():
        with suppress(OSError, ValueError):
            width = os.get_terminal_size(stream.fileno()).columns
    return width if width >= LEAST_WIDTH else PAGE_WIDTH


def _no_numbers(data: object, place: str = "") -> Iterator[str]:
    """Yield the places of numbers that are none, as ``fits[0].sd``."""
    if isinstance(data, float) and not math.isfinite(data):
        yield place
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _no_numbers(value, f"{place}.{key}" if place else str(key))
    elif isinstance(data, list | tuple):
        for at, value in enumerate(data):
            yield from _no_numbers(value, f"{place}[{at}]")


def print_json(data: Mapping[str, object]) -> None:
    """Print one JSON object, byte for byte the same for the same data.

    Where the stream's encoding lacks a character, all beyond ASCII are escaped: nothing is lost.

    Raises
    ------
    ResourceError
        A number is none: not printed, because JSON has no word for it.
    """
    stop_waiting()
    _note_warnings(data)
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=2)
    except ValueError as error:
        message = (
            "What was computed holds numbers that are none, which a damaged model gives. "
            "planner model check NAME looks at the model's files; --model names another one."
        )
        raise ResourceError(message, next(_no_numbers(data), "the answer")) from error
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(data, ensure_ascii=True, allow_nan=False, indent=2)
    sys.stdout.write(text + "\n")


def _note_warnings(data: Mapping[str, object]) -> None:
    """Keep the warnings of an answer in the log, where there is one."""
    found = data.get("warnings")
    for warning in found if isinstance(found, list | tuple) else ():
        note("warning", **warning)


def answers(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the errors a command may raise into one message and the exit code that belongs to it."""
    signature = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def wrapper(*args: object, **kwargs: object) -> None:
        called, log = kwargs.pop(_CONTEXT, None), kwargs.pop(_LOG_FILE, None)
        sources = _environment_sources(called)
        as_json, debug = bool(kwargs.get("as_json")), bool(kwargs.get("debug"))
        silent = as_json or bool(kwargs.get("quiet"))
        with ExitStack() as journal:
            try:
                journal.enter_context(logging_to(cast("Path | None", log), called))
                with waiting(_doing(called), shown=not silent):
                    command(*args, **kwargs)
            except InfeasibleError as error:
                _answer_infeasible(error, kwargs)
                raise typer.Exit(error.exit_code) from None
            except PlannerError as error:
                _report(_with_places(error, sources, kwargs.get("file")), as_json=as_json)
                raise typer.Exit(error.exit_code) from None
            except MemoryError:
                _report(ResourceError(_NO_MEMORY), as_json=as_json)
                raise typer.Exit(ResourceError.exit_code) from None
            except OSError as error:  # of a file: what happens to the streams is not raised
                failure = _file_failure(error)
                _report(failure, as_json=as_json)
                raise typer.Exit(failure.exit_code) from None
            except (typer.Exit, typer.Abort, typer.BadParameter):
                raise
            except Exception as error:
                if debug:
                    raise
                _report_bug(error, as_json=as_json)
                raise typer.Exit(1) from None

    parameters = [*signature.parameters.values(), *_OF_EVERY_COMMAND]
    wrapper.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return wrapper


_OF_EVERY_COMMAND = (
    inspect.Parameter(_LOG_FILE, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=LogFile),
    inspect.Parameter(_CONTEXT, inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
)


def _answer_infeasible(error: InfeasibleError, asked: Mapping[str, object]) -> None:
    """Print what ``planner plan`` answers where no plan fits: the conflict and its fixes."""
    if asked.get("as_json"):
        print_json(error.plan.to_dict())
        return
    from planner.reporting.terminal import plan as plan_text

    out = data_console(no_color=bool(asked.get("no_color")))
    quiet = bool(asked.get("quiet"))
    for block in plan_text.render_plan(error.plan, file=str(asked.get("file")), quiet=quiet):
        out.print(block)


def placed(portfolio: "Portfolio") -> AbstractContextManager[None]:
    """Give mistakes found after a file was read the place of their field in it."""
    return places.placed(portfolio.places)


def _environment_sources(context: Any) -> dict[str, str]:  # noqa: ANN401 - a class private to typer
    """Return, by flag, the environment variable that its value came from."""
    if context is None:  # called as a function
        return {}
    sources = {}
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "ENVIRONMENT" and parameter.envvar:
            variable = parameter.envvar
            name = variable if isinstance(variable, str) else variable[0]
            sources.update(dict.fromkeys(parameter.opts, name))
    return sources


def _with_places(error: PlannerError, sources: Mapping[str, str], file: object) -> PlannerError:
    """Return the error with a place for each problem: the file's, if nothing nearer is known.

    Of a flag or argument it is that, or the variable that its value came from.
    """
    if not isinstance(error, InputError):
        return error
    otherwise = "" if file is None else str(file)
    return type(error)(
        replace(problem, place=sources.get(place, place))
        for problem in error.problems
        for place in (problem.place or _argument(problem.field) or otherwise,)
    )


def _argument(field: str) -> str:
    """Return the flag or argument of the command line that a field is; empty for another."""
    return field if field.startswith("-") or field.isupper() else ""


def _file_failure(error: OSError) -> ResourceError:
    """Return what the operating system refused, in the words of the user."""
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return ResourceError(f"The system refuses: {reason}.")
    message = f"{error.filename}: cannot be read or written: {reason}."
    return ResourceError(message, str(error.filename))


def _report(error: PlannerError, *, as_json: bool) -> None:
    note("refused", why=str(error))
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
            else [
                {
                    "code": "ERROR",
                    "place": getattr(error, "place", ""),
                    "field": "",
                    "message": str(error),
                    "fix": "",
                }
            ]
        )
        _print_problems(problems, exit_code=error.exit_code)
    _say(str(error))


def _print_problems(problems: list[dict[str, str]], *, exit_code: int) -> None:
    print_json(
        {
            "schema_version": SCHEMA_VERSION,
            "status": "error",
            "exit_code": exit_code,
            "problems": problems,
        }
    )


def _report_bug(error: Exception, *, as_json: bool) -> None:
    """Say that this is our mistake, not the user's, and what to do."""
    from planner.cli.error_page import CODE, describe, error_page

    note("bug", why=describe(error))
    page = error_page(error)
    if as_json:
        problem = {"code": CODE, "place": "", "field": "", "message": describe(error), "fix": ""}
        _print_problems([problem], exit_code=1)
    _say(page)


def _doing(context: Any) -> str:  # noqa: ANN401 - a class private to typer
    """Return what a command does while one waits for it."""
    return "planner is computing" if context is None else f"{context.command_path}: computing"


def _say(text: str) -> None:
    """Print a message on stderr as it stands."""
    from rich.text import Text

    message_console().print(Text(_printable(text)), soft_wrap=True)


def _printable(text: str) -> str:
    """Return text without control characters that could steer a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "�" for char in text)
