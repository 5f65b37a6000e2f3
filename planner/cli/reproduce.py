"""``planner reproduce``: the published regression and its Figure 2, beside the paper."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json
from planner.files import require_folder


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
    plots: Annotated[
        Path | None,
        typer.Option("--plots", metavar="DIR", help="Also draw Figure 3 (PNG and SVG) there."),
    ] = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print Tables 1 and 2 and Figure 2 of Thompson et al. (2024) beside what planner computes."""
    from planner.regression.published.reproduce import reproduce as compute

    if plots is not None:
        require_folder(plots, field="--plots")
    result = compute()
    written: tuple[Path, ...] = ()
    if plots is not None:
        from planner.regression.published.figures import write_partial_regression_plots

        written = write_partial_regression_plots(plots)
    if as_json:
        print_json(result.to_dict())
        return
    from rich.text import Text

    from planner.reporting.terminal.reproduce import render_reproduction

    out = data_console(no_color=no_color)
    for block in render_reproduction(result):
        if not (quiet and isinstance(block, Text)):  # numbers alone
            out.print(block)
    for path in written:
        out.print(f"Wrote {path}", markup=False)
