"""``planner catalogue``: the reference tables."""

import csv
import sys
from typing import Annotated

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "catalogue",
        short_help="Print a reference table.",
        epilog="Example: planner catalogue architectures --filter EfficientNet",
    )(catalogue)


@answers
def catalogue(
    *,
    table: Annotated[
        ask.CatalogueTable | None, typer.Argument(help="Which table; without one, what there is.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            "--filter", metavar="TEXT", help="A word, column=word, or column<number; repeatable."
        ),
    ] = None,
    as_json: ask.Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the table as CSV.")] = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print a reference table, such as architectures or prices, with its sources."""
    from planner.reference.tables import catalogue_table, list_tables

    if as_json and as_csv:
        message = "--json and --csv exclude each other; choose one."
        raise typer.BadParameter(message)
    if table is None and where:
        message = "--filter narrows a table; name one, such as planner catalogue architectures."
        raise typer.BadParameter(message)
    name = "tables" if table is None else table.value
    columns, rows = (
        list_tables() if table is None else catalogue_table(table.value, tuple(where or ()))
    )
    if as_json:
        records = [dict(zip(columns, row, strict=True)) for row in rows]
        print_json({"schema_version": 1, "table": name, "rows": records})
    elif as_csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    else:
        from rich.text import Text

        from planner.reporting.terminal.catalogue import render_table

        out = data_console(no_color=no_color)
        for block in render_table(name, columns, rows):
            if not (quiet and isinstance(block, Text)):  # numbers alone
                out.print(block)
