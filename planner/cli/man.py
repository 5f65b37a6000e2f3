"""``planner man``: the manual, as a man page."""

import sys

import typer

from planner.cli import parameters as ask
from planner.cli.console import answers
from planner.cli.manual import man_page, manual_pages


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command(
        "man",
        short_help="The manual as a man page.",
        epilog="Example: planner man > planner.1",
    )
    @answers
    def man(*, quiet: ask.Quiet = False, debug: ask.Debug = False) -> None:
        """Print the manual, every command and option in it, in the format of man(1)."""
        sys.stdout.write(man_page(manual_pages(app)))
