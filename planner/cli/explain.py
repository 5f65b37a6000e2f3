"""``planner explain``: why a project is funded or not, and what would change that."""

from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, placed, print_json
from planner.cli.pictures import draw, require_drawable, say_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.domain.portfolio.portfolio import Portfolio
    from planner.domain.results.explanation import Explanation, PlanExplanation
    from planner.reporting.figures.files import Named


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explain",
        short_help="Why a project is funded or not, and what would change that.",
        epilog="Example: planner explain portfolio.yaml shelf-gaps --plots figures",
    )(explain)


@answers
def explain(
    *,
    file: ask.PortfolioFile,
    project: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Id; without it, the whole plan.")
    ] = None,
    budget: ask.Budget = None,
    objective: ask.ObjectiveFlag = None,
    basis: ask.BasisFlag = None,
    mode: ask.ModeFlag = None,
    risk: ask.Risk = None,
    plots: ask.Plots = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Explain one decision, or the whole plan: reasons, limits, and what moves its value."""
    require_drawable(plots)
    portfolio = _api.read_portfolio(
        file,
        overrides=ask.overrides(
            portfolio__budget=budget,
            portfolio__objective=objective,
            portfolio__mode=mode,
            portfolio__risk=ask.risk_fields(risk),
            compute__basis=basis,
        ),
    )
    fitted = _api.load_model(model)
    with placed(portfolio):
        result = _api.explain(portfolio, project, fitted, seed=seed)
    written = draw(plots, lambda: _pictures(result, portfolio, project), sources=[file])
    if as_json:
        print_json(result.to_dict())
        return
    from planner.domain.results.explanation import PlanExplanation
    from planner.reporting.terminal.explain import render_explanation, render_plan_explanation

    out = data_console(no_color=no_color)
    blocks = (
        render_plan_explanation(result, quiet=quiet)
        if isinstance(result, PlanExplanation)
        else render_explanation(result, quiet=quiet)
    )
    for block in blocks:
        out.print(block)
    say_written(written, no_color=no_color, quiet=quiet)


def _pictures(
    result: "Explanation | PlanExplanation", portfolio: "Portfolio", project: str | None
) -> "Iterator[Named]":
    from planner.reporting.slides import explained_slides

    return explained_slides(result, portfolio.name, project)
