"""``planner laws``: what halving an error costs, by which law."""

from typing import Annotated

import typer

from planner._api import DEFAULT_MODEL
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json
from planner.domain.vocabulary import Growth


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "laws",
        short_help="What halving an error costs, by which law.",
        epilog="Example: planner laws",
    )(laws)


@answers
def laws(
    *,
    card: Annotated[
        bool,
        typer.Option("--context", help="Known training runs to place a number beside, instead."),
    ] = False,
    growth: Annotated[
        Growth,
        typer.Option("--growth", help="As what the need grows with accuracy; for reference only."),
    ] = Growth.POWER,
    model: ask.Model = DEFAULT_MODEL,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print the data and compute laws, and what published and measured slopes imply.

    Published views differ on how the need grows with accuracy: as a power of the error, or
    exponentially. --growth picks the one to print; forecasts and plans rest on neither.
    """
    if card:
        _show_context(as_json=as_json, quiet=quiet, no_color=no_color)
        return
    from planner.domain.laws import laws as compute
    from planner.reference.store import load_model
    from planner.regression.fitting.slopes import local_slopes

    result = compute(local_slopes(load_model(model)), growth)
    if as_json:
        print_json(result.to_dict())
        return
    from rich.text import Text

    from planner.reporting.terminal.laws import render_laws

    out = data_console(no_color=no_color)
    for block in render_laws(result):
        if not (quiet and isinstance(block, Text)):  # numbers alone
            out.print(block)


def _show_context(*, as_json: bool, quiet: bool, no_color: bool) -> None:
    from planner.reference.context_card import context_card

    card = context_card()
    if as_json:
        print_json(card.to_dict())
        return
    from rich.text import Text

    from planner.reporting.terminal.laws import render_context

    out = data_console(no_color=no_color)
    for block in render_context(card):
        if not (quiet and isinstance(block, Text)):
            out.print(block)
