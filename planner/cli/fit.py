"""``planner fit``: fit a forecast model on measured results, your own included."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from planner._extras import FIT, require_extra
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, print_json
from planner.cli.fit_questions import (
    answer_calibration,
    answer_candidates,
    require_one_question,
)

DEFAULT_SEED, DEFAULT_TUNE, DEFAULT_DRAWS = 20261121, 1000, 2000
DEFAULT_TARGET_ACCEPT = 0.95


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "fit",
        short_help="Fit a forecast model on measured results, yours included.",
        epilog="Example: planner fit our_results.csv -o models/ours, then --model models/ours",
    )(fit)


@answers
def fit(
    *,
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA.csv",
            help="Measured results: dataset, task, architecture, n_classes, n_train, pretrained, "
            "error. Without it, the shipped results are fitted.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder of the fitted model."),
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            "--model", metavar="NAME|FILE.toml", help="What to fit: transfer, published, or a file."
        ),
    ] = "transfer",
    with_shipped_data: Annotated[
        bool,
        typer.Option(
            "--with-shipped-data/--alone", help="Fit your rows with the shipped ones, or alone."
        ),
    ] = True,
    pilots: Annotated[
        Path | None,
        typer.Option(
            "--pilots",
            metavar="PORTFOLIO",
            help="Fit the runs of this portfolio's projects too, each project as a data set: for "
            "pilots that the model hardly expects.",
        ),
    ] = None,
    rows: Annotated[
        str,
        typer.Option(
            "--rows",
            metavar="shipped|reconstruction",
            help="reconstruction: the invented rows behind the published regression, alone.",
        ),
    ] = "shipped",
    candidates: Annotated[
        str | None,
        typer.Option(
            "--candidates",
            metavar="A,B,C",
            help="Instead: add and drop these variables by p value, step by step (a*b: product).",
        ),
    ] = None,
    sbc: Annotated[
        int | None,
        typer.Option(
            "--sbc",
            metavar="N",
            help="Instead: N refits of errors simulated from the priors. Is what was put in found?",
        ),
    ] = None,
    plots: Annotated[
        Path | None,
        typer.Option("--plots", metavar="DIR", help="With --sbc: draw the ranks there (PNG, SVG)."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the sampler.")] = DEFAULT_SEED,
    draws: Annotated[
        int, typer.Option("--draws", min=4, help="Draws of each of four chains.")
    ] = DEFAULT_DRAWS,
    tune: Annotated[
        int, typer.Option("--tune", min=10, help="Tuning steps of each chain.")
    ] = DEFAULT_TUNE,
    target_accept: Annotated[
        float, typer.Option("--target-accept", help="Acceptance the step size aims at.")
    ] = DEFAULT_TARGET_ACCEPT,
    full_posterior: Annotated[
        bool, typer.Option("--full-posterior", help="Also write posterior.nc, the whole run.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the model in DIR.")] = False,
    backend: ask.BackendFlag = None,
    resume: ask.Resume = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Fit a model and write it as a folder that --model takes; nothing if it does not converge.

    It takes a minute and a half on two cores. A model fitted with the pilots of a portfolio takes
    its projects' forecasts from the fit; where runs are observed later, fit it again.
    --candidates and --sbc write no model.
    """
    require_one_question(candidates, sbc, plots, output)
    if rows not in ("shipped", "reconstruction"):
        raise typer.BadParameter(f"--rows: {rows!r} is neither shipped nor reconstruction.")
    require_extra(FIT, "planner fit")
    from planner import _api
    from planner.regression.fitting.command import PUBLISHED, fit_report, prepare_fit, run_fit

    projects = () if pilots is None else _api.read_portfolio(pilots).projects
    if pilots is not None and not any(project.pilots for project in projects):
        raise typer.BadParameter(f"--pilots: no project of {pilots} has pilots.")
    request = prepare_fit(
        data,
        model,
        with_shipped_data=with_shipped_data,
        pilots=projects,
        rows="reconstruction" if rows == "reconstruction" else "shipped",
    )
    err = message_console(no_color=no_color)
    if not quiet:
        for note in request.notes:
            err.print(note, markup=False)
    if candidates is not None:
        answer_candidates(request, candidates, as_json=as_json, no_color=no_color)
        return
    if output is None:  # then calibration is asked for
        answer_calibration(
            request,
            sbc or 0,
            seed=seed,
            plots=plots,
            backend=backend,
            resume=resume,
            as_json=as_json,
            quiet=quiet or as_json,
            no_color=no_color,
        )
        return
    with _progress_bar(shown=not quiet, no_color=no_color) as progress:
        result = run_fit(
            request,
            output,
            seed=seed,
            tune=tune,
            draws=draws,
            target_accept=target_accept,
            force=force,
            full_posterior=full_posterior,
            progress=progress,
            made_from=() if pilots is None else (pilots,),
        )
    report = fit_report(result, output)
    compared = None
    if rows == "reconstruction" and model == PUBLISHED:
        from planner.regression.published.refit import compare_refit

        compared = compare_refit(result)
        report["refit"] = compared.to_dict()
    if as_json:
        print_json(report)
        return
    from planner.reporting.terminal.fit import render_fit

    out = data_console(no_color=no_color)
    for part in render_fit(report):
        out.print(part)
    if compared is not None:
        from planner.reporting.terminal.fitting.refit import render_refit

        for block in render_refit(compared):
            out.print(block)


@contextmanager
def _progress_bar(*, shown: bool, no_color: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show how far sampling is, on a terminal only."""
    console = message_console(no_color=no_color)
    if not shown or not console.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("Compiling the model", total=None)

        def report(finished: int, total: int) -> None:
            text = "Sampling" if finished < total else "Checking"
            bar.update(task, description=text, completed=finished, total=total)

        yield report
