"""``planner plan``: choose what to fund."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api, _api_life
from planner.cli import parameters as ask
from planner.cli import workbook
from planner.cli.audit import Audit, show_reaudit
from planner.cli.console import answers, data_console, message_console, placed, print_json
from planner.cli.pictures import draw, require_drawable, say_written
from planner.cli.rank import Rank, show_ranking
from planner.domain import places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.domain.results.plan import Plan
    from planner.reporting.figures.files import Named

EXIT_INFEASIBLE = 4

Replications = Annotated[
    int,
    typer.Option(
        "--replications",
        min=0,
        help="Solve again on so many batches of draws: how far is the best plan? 20 is usual.",
    ),
]

Export = Annotated[
    Path | None,
    typer.Option(
        "--export",
        metavar="DIR",
        help="Also write the whole model, every draw in it, for another solver: MPS, LP and names.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "plan",
        short_help="Choose what to fund under the budget.",
        epilog="Example: planner plan portfolio.yaml --budget 120k",
    )(plan)


@answers
def plan(
    *,
    file: ask.PortfolioFile,
    budget: ask.Budget = None,
    objective: ask.ObjectiveFlag = None,
    basis: ask.BasisFlag = None,
    mode: ask.ModeFlag = None,
    risk: ask.Risk = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    gap: ask.Gap = _api.DEFAULT_GAP,
    time_limit: ask.TimeLimit = _api.DEFAULT_TIME_LIMIT_S,
    replications: Replications = 0,
    backend: ask.BackendFlag = None,
    resume: ask.Resume = None,
    audit: Audit = None,
    rank: Rank = False,
    xlsx: workbook.Xlsx = None,
    export: Export = None,
    plots: ask.Plots = None,
    force: workbook.Force = False,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    verbose: ask.Verbose = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Choose projects, architectures and images under the budget; audited, with reasons.

    With --audit nothing is chosen: the saved plan is priced and forecast again, on its own seed;
    exit code 0 if it still stands, 4 if it breaks budget, rules or thresholds. With --rank
    nothing is chosen either: the projects stand in the order of what they return for the money.
    """
    workbook.require_writable(xlsx, file, force=force)
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
    _require_a_choice(audit=audit is not None, rank=rank, writes=(xlsx, export, plots))
    if rank:
        with placed(portfolio):
            ranked = _api_life.rank(portfolio, fitted, seed=seed)
        show_ranking(ranked, as_json=as_json, verbose=verbose, quiet=quiet, no_color=no_color)
        return
    if audit is not None:
        with places.placed(portfolio.places, otherwise=str(audit)):
            checked = _api.audit_plan(_api.read_plan(audit), portfolio, fitted)
        show_reaudit(checked, as_json=as_json, quiet=quiet, no_color=no_color)
        return
    with placed(portfolio):
        verb = (
            _api.plan
            if export is None
            else partial(_api.export, folder=export, force=force, private_as=[file])
        )
        result = verb(
            portfolio,
            fitted,
            seed=seed,
            gap=gap,
            time_limit_s=time_limit,
            replications=replications,
            backend=backend,
            resume=resume,
        )
    if xlsx is not None:
        workbook.write_results(xlsx, file, result, portfolio, fitted, force=force)
    drawn = draw(plots, lambda: _pictures(result), sources=[file])
    if as_json:
        print_json(result.to_dict())
    else:
        from planner.reporting.terminal import plan as plan_text

        out = data_console(no_color=no_color)
        told = verbose and not quiet and time_limit is None and result.status != "infeasible"
        pays = _api_life.break_evens(portfolio, fitted, seed=seed) if told else {}
        for block in plan_text.render_plan(
            result, file=str(file), verbose=verbose, quiet=quiet, break_evens=pays
        ):
            out.print(block)
    if not quiet and not as_json:
        _warn(result, verbose=verbose, no_color=no_color)
        _say_written(xlsx, export, file, no_color=no_color)
        say_written(drawn, no_color=no_color)
    if result.status == "infeasible":
        raise typer.Exit(EXIT_INFEASIBLE)


def _require_a_choice(*, audit: bool, rank: bool, writes: tuple[Path | None, ...]) -> None:
    """Refuse to write what is not chosen, and two questions at once."""
    if audit and rank:
        message = "--audit and --rank are two questions; ask one at a time."
        raise typer.BadParameter(message)
    if (audit or rank) and any(path is not None for path in writes):
        flag = "--audit" if audit else "--rank"
        message = f"{flag} chooses nothing, so there is nothing to write."
        raise typer.BadParameter(message)


def _warn(result: "Plan", *, verbose: bool, no_color: bool) -> None:
    """Print the warnings, or how many there are, on standard error."""
    from planner.reporting.terminal import plan as plan_text

    told = plan_text.render_warnings if verbose else plan_text.count_warnings
    for line in told(result.warnings):
        message_console(no_color=no_color).print(line)


def _say_written(xlsx: Path | None, export: Path | None, file: Path, *, no_color: bool) -> None:
    """Name what was written, and what a copied workbook lacks."""
    err = message_console(no_color=no_color)
    if xlsx is not None:
        err.print(f"Wrote {xlsx}.", markup=False)
        for note in workbook.copy_notes(file):
            err.print(note)
    if export is not None:
        err.print(f"Wrote {export}.", markup=False)


def _pictures(result: "Plan") -> "Iterator[Named]":
    from planner.reporting.slides import plan_slides

    return plan_slides(result)
