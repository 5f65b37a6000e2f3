"""``planner doctor``: is the installation sound?"""

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "doctor", short_help="Check that the installation works.", epilog="Example: planner doctor"
    )(doctor)


@answers
def doctor(
    *,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Check versions, solver, models, data and checksums; plan a tiny portfolio as a test."""
    from planner.questions.doctor import examine
    from planner.reporting.terminal.doctor import render_examination

    result = examine()
    if as_json:
        print_json(result.to_dict())
    else:
        out = data_console(no_color=no_color)
        for block in render_examination(result):
            if not (quiet and result.sound):  # what works needs no words
                out.print(block)
    if not result.sound:
        raise typer.Exit(1)
