"""``planner init``: a commented starter file."""

from pathlib import Path
from typing import Annotated

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers, data_console


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "init",
        short_help="Write a commented starter file.",
        epilog="Example: planner init -o portfolio.yaml",
    )(init)


@answers
def init(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File to write: .yaml or .toml.")
    ] = Path("portfolio.yaml"),
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the file if it exists.")
    ] = False,
    debug: ask.Debug = False,
) -> None:
    """Write a commented starter file; an existing file is never overwritten without --force."""
    from planner.catalogue.files import write_text_atomic
    from planner.catalogue.starter import starter_for

    write_text_atomic(output, starter_for(output), force=force)
    data_console().print(
        f"Wrote {output}. Next: edit it, then planner check {output}", markup=False
    )
