"""``planner pilots``: which runs to make first, what they are worth, what each outcome changes."""

from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api, _api_evidence
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, placed, print_json
from planner.cli.pictures import draw, require_drawable, say_written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.domain.results.pilots import Pilots
    from planner.reporting.figures.files import Named


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "pilots",
        short_help="Which runs to make first, and what each outcome changes.",
        epilog="Example: planner pilots portfolio.yaml --pilot-budget 2k",
    )(pilots)


@answers
def pilots(
    *,
    file: ask.PortfolioFile,
    budget: ask.Budget = None,
    pilot_budget: Annotated[
        str | None,
        typer.Option("--pilot-budget", help="Most that all runs may cost, such as 2k."),
    ] = None,
    from_budget: Annotated[
        bool, typer.Option("--from-budget", help="Pay the runs from the portfolio's budget.")
    ] = False,
    runs: Annotated[
        int | None, typer.Option("--runs", min=0, metavar="K", help="At most so many runs.")
    ] = None,
    project: Annotated[
        list[str] | None,
        typer.Option("--project", metavar="ID", help="Only runs of this one; repeatable."),
    ] = None,
    objective: ask.ObjectiveFlag = None,
    basis: ask.BasisFlag = None,
    mode: ask.ModeFlag = None,
    risk: ask.Risk = None,
    plots: ask.Plots = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    backend: ask.BackendFlag = None,
    resume: ask.Resume = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Choose the runs that are worth making before the money is committed; nothing is written."""
    require_drawable(plots)
    portfolio = _api.read_portfolio(
        file,
        overrides=ask.overrides(
            portfolio__budget=budget,
            portfolio__pilot_budget=pilot_budget,
            portfolio__objective=objective,
            portfolio__mode=mode,
            portfolio__risk=ask.risk_fields(risk),
            compute__basis=basis,
        ),
    )
    fitted = _api.load_model(model)
    with placed(portfolio):
        result = _api_evidence.pilots(
            portfolio,
            fitted,
            from_budget=from_budget,
            runs=runs,
            projects=tuple(project or ()),
            seed=seed,
            backend=backend,
            resume=resume,
        )
    written = draw(plots, lambda: _pictures(result), sources=[file])
    if as_json:
        print_json(result.to_dict())
        return
    from planner.reporting.terminal.plan import render_warnings
    from planner.reporting.terminal.runs.pilots import render_pilots

    out = data_console(no_color=no_color)
    for block in render_pilots(result, file=str(file), quiet=quiet):
        out.print(block)
    if quiet:
        return
    err = message_console(no_color=no_color)
    for line in render_warnings(result.warnings):
        err.print(line)
    say_written(written, no_color=no_color)


def _pictures(result: "Pilots") -> "Iterator[Named]":
    from planner.reporting.slides import pilots_slides

    return pilots_slides(result)
