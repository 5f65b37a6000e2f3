"""``planner options``: every option the plan may choose, priced."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, placed, print_json
from planner.domain.named_project import named_project

if TYPE_CHECKING:
    from planner.domain.portfolio.portfolio import Portfolio


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
    --pareto those alone that cost more only to be likelier: the frontier of each project.
    """
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
        result = _of(_api.options(portfolio, fitted, seed=seed, pareto=pareto), portfolio, project)
    if as_json:
        print_json(result)
    else:
        from planner.reporting.terminal.options import render_options, render_summary

        out = data_console(no_color=no_color)
        render = render_summary if project is None else render_options
        for block in render(result, portfolio, pareto=pareto):
            out.print(block)


def _of(report: dict[str, Any], portfolio: "Portfolio", project: str | None) -> dict[str, Any]:
    """Return a report with the options of one project alone, if one is named."""
    if project is None:
        return report
    named_project(portfolio, project)
    rows = [row for row in report["options"] if row["project"] == project]
    return {**report, "options": rows}
