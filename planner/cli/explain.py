"""``planner explain``: why a project is funded or not, and what would change that."""

from pathlib import Path
from typing import Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, placed, print_json
from planner.files import require_folder, write_files


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
    plot: Annotated[
        Path | None,
        typer.Option("--plots", "--plot", metavar="DIR", help="Also draw the tornado there."),
    ] = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Explain one decision, or the whole plan: reasons, limits, and what moves its value."""
    if plot is not None:
        require_folder(plot, field="--plots")
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
    written: Path | None = None
    if plot is not None and result.tornado is not None:
        from planner.reporting.figures.fan import figure_bytes, file_name
        from planner.reporting.figures.tornado import draw_tornado

        title = f"{project or 'The whole plan'} · {portfolio.name}"
        figure = draw_tornado(result.tornado, currency=portfolio.currency, title=title)
        picture = (f"tornado_{file_name(project or 'plan')}.svg", figure_bytes(figure))
        (written,) = write_files(plot, [picture], sources=[file])
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
    if written is not None and not quiet:
        message_console(no_color=no_color).print(f"Wrote {written}", markup=False)
