"""``planner options``: every option the plan may choose, priced."""

from typing import Annotated

import typer

from planner import _api, _api_life
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
    project: Annotated[
        str | None,
        typer.Argument(metavar="PROJECT", help="Id; without it, a summary of all projects."),
    ] = None,
    pareto: Annotated[
        bool,
        typer.Option("--pareto", help="Those that no other is as likely as and costs no more."),
    ] = False,
    ranges: Annotated[
        bool,
        typer.Option("--ranges", help="P10 and P90 of each option's cost and net value."),
    ] = False,
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
    """List every option (architecture and images) with its cost, chance and expected value.

    Without a project, a line for each: how many options, from which to which cost and chance. With
    --pareto those alone that cost more only to be likelier: the frontier of each project. With
    --ranges each option's cost and net value as ranges, on draws that nothing is chosen on.
    """
    _require_rows(project, ranges=ranges, as_json=as_json)
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
        result = _api_life.options(
            portfolio, fitted, seed=seed, project=project, pareto=pareto, ranges=ranges
        )
    if as_json:
        print_json(result)
    else:
        from planner.reporting.terminal.options import render_options, render_summary

        out = data_console(no_color=no_color)
        render = render_summary if project is None else render_options
        for block in render(result, portfolio, pareto=pareto):
            out.print(block)


def _require_rows(project: str | None, *, ranges: bool, as_json: bool) -> None:
    """Refuse ranges of rows where a summary is shown, which has none."""
    if ranges and project is None and not as_json:
        message = "ranges are of one project's options; name it: planner options FILE PROJECT."
        raise typer.BadParameter(message, param_hint="'--ranges'")
