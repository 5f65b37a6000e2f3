"""``planner diff``: what changed between two saved plans, and why."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json
from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from planner.domain.results.plan import Plan


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "diff",
        short_help="What changed between two saved plans, per project, and why.",
        epilog="Example: planner diff monday.json friday.json",
    )(diff)


@answers
def diff(
    *,
    before: Annotated[
        Path, typer.Argument(metavar="A", help="A plan saved with: planner plan FILE --json > A")
    ],
    after: Annotated[Path, typer.Argument(metavar="B", help="The plan to hold against it.")],
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    verbose: ask.Verbose = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Compare two saved plans: each project's decision, and what changed that can explain it."""
    result = _api.diff(*_both(before, after))
    if as_json:
        print_json(result.to_dict())
        return
    from planner.reporting.terminal.diff import render_diff

    out = data_console(no_color=no_color)
    for block in render_diff(result, quiet=quiet, verbose=verbose):
        out.print(block)


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
