"""``planner options``: every option the plan may choose, priced."""

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, placed, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "options",
        short_help="Every option the plan may choose, priced.",
        epilog="Example: planner options portfolio.yaml --json",
    )(options)


@answers
def options(
    *,
    file: ask.PortfolioFile,
    budget: ask.Budget = None,
    objective: ask.ObjectiveFlag = None,
    basis: ask.BasisFlag = None,
    mode: ask.ModeFlag = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """List every option (architecture and images) with its cost, chance and expected value."""
    portfolio = _api.read_portfolio(
        file,
        overrides=ask.overrides(
            portfolio__budget=budget,
            portfolio__objective=objective,
            portfolio__mode=mode,
            compute__basis=basis,
        ),
    )
    fitted = _api.load_model(model)
    with placed(portfolio):
        result = _api.options(portfolio, fitted, seed=seed)
    if as_json:
        print_json(result)
    else:
        from planner.reporting.terminal.options import render_options

        out = data_console(no_color=no_color)
        for block in render_options(result, portfolio):
            out.print(block)
