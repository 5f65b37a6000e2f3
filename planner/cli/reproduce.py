"""``planner reproduce``: the published regression and its Figure 2, beside the paper."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json
from planner.errors import InputError, Problem


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
    from planner.regression.reproduce import reproduce as compute

    if plots is not None and plots.exists() and not plots.is_dir():
        message = "is a file; name a folder for the plots."
        raise InputError([Problem("", message, "--plots figures/", str(plots), "FILE")])
    result = compute()
    written = _drawn(plots) if plots is not None else ()
    if as_json:
        print_json(result.to_dict())
        return
    from rich.text import Text

    from planner.report.reproduce_text import render_reproduction

    out = data_console(no_color=no_color)
    for block in render_reproduction(result):
        if not (quiet and isinstance(block, Text)):  # numbers alone
            out.print(block)
    for path in written:
        out.print(f"Wrote {path}", markup=False)


def _drawn(folder: Path) -> tuple[Path, ...]:
    """Draw aside, then put the finished files in their folder: no half-drawn one is left behind."""
    from tempfile import TemporaryDirectory

    from planner.catalogue.files import place_files
    from planner.regression.figures import write_partial_regression_plots

    with TemporaryDirectory() as aside:
        return place_files(write_partial_regression_plots(Path(aside)), folder)
