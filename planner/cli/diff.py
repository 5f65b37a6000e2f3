"""``planner diff``: what changed between two saved plans, and why."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, print_json
from planner.errors import InputError, Problem
from planner.questions.changes.gate import parse_condition
from planner.reporting.words.changes import FAILED

if TYPE_CHECKING:
    from planner.domain.results.plan import Plan


EXIT_FAILED = 4


class Form(StrEnum):
    """How a comparison is written."""

    TEXT = "text"
    MARKDOWN = "md"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "diff",
        short_help="What changed between two saved plans, per project, and why.",
        epilog='Example: planner diff monday.json friday.json --format md --fail-if "worth < 0"',
    )(diff)


@answers
def diff(
    *,
    before: Annotated[
        Path, typer.Argument(metavar="A", help="A plan saved with: planner plan FILE --json > A")
    ],
    after: Annotated[Path, typer.Argument(metavar="B", help="The plan to hold against it.")],
    form: Annotated[
        Form, typer.Option("--format", help="text, or md for a pull request.")
    ] = Form.TEXT,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if",
            metavar="CONDITION",
            help='Exit 4 where a change is beyond a bound, such as "worth < 0": worth, spend or '
            "targets of the whole plan, or chance of any project; may be given again.",
        ),
    ] = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    verbose: ask.Verbose = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Compare two saved plans: each project's decision, and what changed that can explain it.

    + is newly funded, − no longer funded, ~ changed. The whole plan comes first.
    """
    conditions = [parse_condition(text) for text in fail_if or ()]
    result = _api.diff(*_both(before, after))
    if as_json:
        print_json(result.to_dict())
    elif form is Form.MARKDOWN:
        from planner.reporting.markdown import diff_markdown

        typer.echo(diff_markdown(result, everything=verbose), nl=False)
    else:
        from planner.reporting.terminal.diff import render_diff

        out = data_console(no_color=no_color)
        for block in render_diff(result, quiet=quiet, verbose=verbose):
            out.print(block)
    broken = [condition.text for condition in conditions if condition.holds(result)]
    if broken:
        said = FAILED.format(conditions="; ".join(broken))
        message_console(no_color=no_color).print(said, markup=False)
        raise typer.Exit(EXIT_FAILED)


def _both(*paths: Path) -> "list[Plan]":
    """Return the plans, or the mistakes of every file at once."""
    plans: list[Plan] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            plans.append(_api.read_plan(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return plans
