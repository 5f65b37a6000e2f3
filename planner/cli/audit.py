"""``planner plan --audit``: does a saved plan still stand?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.console import data_console, print_json

if TYPE_CHECKING:
    from planner.domain.results.reaudit import Reaudit

Audit = Annotated[
    Path | None,
    typer.Option(
        "--audit", metavar="PLAN", help="Choose nothing: does this saved plan (JSON) still stand?"
    ),
]

EXIT_STANDS_NO_LONGER = 4


def show_reaudit(result: "Reaudit", *, as_json: bool, quiet: bool, no_color: bool) -> None:
    """Print what a saved plan is today; exit 4 if it breaks budget, rules or thresholds."""
    if as_json:
        print_json(result.to_dict())
    else:
        from planner.reporting.terminal.reaudit import render_reaudit

        out = data_console(no_color=no_color)
        for block in render_reaudit(result, quiet=quiet):
            out.print(block)
    if not result.stands:
        raise typer.Exit(EXIT_STANDS_NO_LONGER)
