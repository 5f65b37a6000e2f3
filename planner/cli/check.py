"""``planner check``: every mistake of a portfolio file at once."""

from dataclasses import asdict

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "check",
        short_help="Find every mistake in a portfolio file.",
        epilog="Example: planner check portfolio.yaml",
    )(check)


@answers
def check(
    *,
    file: ask.PortfolioFile,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Check a portfolio file: every mistake in one pass, each with its place and its fix."""
    warnings = _api.check(file)
    if as_json:
        print_json(
            {
                "schema_version": 1,
                "status": "ok",
                "warnings": [asdict(warning) for warning in warnings],
            }
        )
        return
    from planner.reporting.terminal.plan import render_warnings

    out = data_console(no_color=no_color)
    if not quiet:
        for line in render_warnings(warnings):
            out.print(line)
    hint = "" if quiet else f" Next: planner plan {file}"
    out.print(f"{file}: no mistakes found.{hint}", markup=False)
