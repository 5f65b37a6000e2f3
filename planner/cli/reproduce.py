"""``planner reproduce``: the published regression and its Figure 2, beside the paper."""

from typing import TYPE_CHECKING, Annotated

import typer

from planner._extras import FIT, require_extra
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, print_json
from planner.files import require_folder

if TYPE_CHECKING:
    from pathlib import Path

    from planner.domain.results.refit import PublishedRefit


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "reproduce",
        short_help="The paper's tables and Figure 2, side by side.",
        epilog="Example: planner reproduce --plots figures/",
    )(reproduce)


@answers
def reproduce(
    *,
    plots: ask.Plots = None,
    refit: Annotated[
        bool,
        typer.Option("--refit", help="Also sample the regression anew (PyMC), beside OLS and GLM."),
    ] = False,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print Tables 1 and 2 and Figure 2 of Thompson et al. (2024) beside what planner computes.

    --refit adds the regression fitted by sampling, which takes about half a minute.
    """
    if refit:
        require_extra(FIT, "planner reproduce --refit")
    from planner.regression.published.reproduce import reproduce as compute

    if plots is not None:
        require_folder(plots, field="--plots")
    result = compute()
    written: tuple[Path, ...] = ()
    if plots is not None:
        from planner.regression.published.figures import write_partial_regression_plots

        written = write_partial_regression_plots(plots)
    sampled = _refit(quiet=quiet or as_json, no_color=no_color) if refit else None
    if as_json:
        added = {} if sampled is None else {"refit": sampled.to_dict()}
        print_json({**result.to_dict(), **added})
        return
    from rich.text import Text

    from planner.reporting.terminal.reproduce import render_reproduction

    out = data_console(no_color=no_color)
    for block in render_reproduction(result):
        if not (quiet and isinstance(block, Text)):  # numbers alone
            out.print(block)
    if sampled is not None:
        from planner.reporting.terminal.fitting.refit import render_refit

        for block in render_refit(sampled):
            if not (quiet and isinstance(block, Text)):
                out.print(block)
    for path in written:
        out.print(f"Wrote {path}", markup=False)


def _refit(*, quiet: bool, no_color: bool) -> "PublishedRefit":
    """Sample the published regression anew."""
    from planner.regression.published.refit import refit_published

    if not quiet:
        message_console(no_color=no_color).print("Sampling the regression; about half a minute …")
    return refit_published()
