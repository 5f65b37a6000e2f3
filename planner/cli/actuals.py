"""``planner actuals``: what came of projects, against their forecast, kept in a log."""

from pathlib import Path
from typing import Annotated

import typer

from planner import _api, _api_life
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, placed, print_json
from planner.files import replace_if_unchanged, write_bytes


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "actuals",
        short_help="What was spent and measured, against its forecast; kept in a log.",
        epilog="Example: planner actuals portfolio.yaml actuals.csv",
    )(actuals)


@answers
def actuals(
    *,
    file: ask.PortfolioFile,
    table: Annotated[
        Path,
        typer.Argument(
            metavar="ACTUALS",
            help="CSV: project,date,spend,images,error; cells of the last three may be empty.",
        ),
    ],
    plan: Annotated[
        Path | None,
        typer.Option("--plan", metavar="PLAN", help="Saved plan (JSON) that was carried out."),
    ] = None,
    budget: ask.Budget = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Say where in its forecast each number lies, and add the rows to FILE's log of actuals.

    The log, FILE without its ending and .actuals.csv, is what planner observe reads as runs.
    Spend is what was spent on a project up to that day, shared assets left out.
    """
    from planner.inputs.runs.actuals import added_to_log, log_of, read_actuals

    portfolio = _api.read_portfolio(file, overrides=ask.overrides(portfolio__budget=budget))
    chosen = None if plan is None else _api.read_plan(plan)
    fitted = _api.load_model(model)
    with placed(portfolio):
        found = _api_life.actuals(portfolio, table, fitted, plan=chosen, seed=seed)
    log, known = log_of(file), 0
    if not dry_run:
        rows = read_actuals(table, portfolio).rows
        content, before, known = added_to_log(rows, log, portfolio)
        if before is None:
            write_bytes(log, content, sources=[file, table])
        elif content != before:
            replace_if_unchanged(log, before, content, sources=[file, table])
    output = None if dry_run else str(log)
    if as_json:
        extra = {"portfolio": str(file), "output": output, "known_already": known}
        print_json(found.to_dict() | extra)
        return
    from planner.reporting.terminal.beside.actuals import last_line, render_actuals

    out = data_console(no_color=no_color)
    for block in render_actuals(found, quiet=quiet):
        out.print(block)
    out.print(last_line(str(file), output, known, len(found.rows)), markup=False, soft_wrap=True)
