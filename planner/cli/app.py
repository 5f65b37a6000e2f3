"""The ``planner`` command and its subcommands."""

import os
import sys
from typing import Annotated

import typer

from planner._version import __version__
from planner.cli import (
    actuals,
    catalogue,
    check,
    collect,
    compare,
    diff,
    distance,
    doctor,
    estimate,
    explain,
    fit,
    frontier,
    init,
    laws,
    man,
    model,
    observe,
    options,
    pilots,
    plan,
    probe,
    report,
    reproduce,
    serve,
    validate,
)
from planner.cli.quiet import quiet_libraries
from planner.cli.streams import final_code, steady_streams

EXIT_INTERRUPTED = 130
"""128 and the number of the signal, as shells have it."""

app = typer.Typer(
    name="planner",
    help="Plan computer-vision investments: images needed, cost, certainty, and what to fund.",
    epilog="Start with: planner init, then planner plan portfolio.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich help would import a Markdown parser: twice the start-up time
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"planner {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Print the version and stop.",
            is_eager=True,
            callback=lambda value: _print_version(wanted=value),
        ),
    ] = False,
) -> None:
    pass


_MODULES = (
    init,
    check,
    estimate,
    options,
    plan,
    pilots,
    frontier,
    explain,
    report,
    serve,
    observe,
    probe,
    actuals,
    compare,
    collect,
    distance,
    diff,
    fit,
    reproduce,
    validate,
    model,
    catalogue,
    laws,
    doctor,
    man,
)

for _module in _MODULES:
    _module.register(app)


def main() -> None:
    """Run the command line; ends the process with its exit code."""
    steady_streams()
    quiet_libraries()
    os.environ["MPLBACKEND"] = "agg"  # pictures go to files, whatever a session is set up for
    try:
        code = _run()
        code = final_code(code)
    except KeyboardInterrupt:  # also while a slow reader is waited for
        code = EXIT_INTERRUPTED
    sys.exit(code)


def _run() -> int:
    """Run one command and return its exit code."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    main()
