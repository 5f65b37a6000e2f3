"""``planner collect``: how many images to buy now, and how many later if that was not enough."""

from typing import Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, placed, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "collect",
        short_help="How many images to buy now, and how many later.",
        epilog="Example: planner collect portfolio.yaml shelf-gaps --rounds 3",
    )(collect)


@answers
def collect(
    *,
    file: ask.PortfolioFile,
    project: Annotated[str, typer.Argument(metavar="PROJECT", help="Project of the file.")],
    rounds: Annotated[
        int, typer.Option("--rounds", help="Most rounds of collecting.")
    ] = _api.DEFAULT_ROUNDS,
    penalty: Annotated[
        str | None,
        typer.Option("--penalty", help="What a missed target loses; else the project's value."),
    ] = None,
    round_cost: Annotated[
        str,
        typer.Option("--round-cost", help="Cost of each round besides images and training."),
    ] = "0",
    architecture: Annotated[
        str | None,
        typer.Option("--architecture", help="Train this one; else the one that costs least."),
    ] = None,
    basis: ask.BasisFlag = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    verbose: ask.Verbose = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Find the cheapest way to collect in rounds, when a missed target loses its value."""
    portfolio = _api.read_portfolio(file, overrides=ask.overrides(compute__basis=basis))
    amounts = _amounts({"--penalty": penalty, "--round-cost": round_cost}, portfolio.currency)
    fitted = _api.load_model(model)
    with placed(portfolio):
        result = _api.collect(
            portfolio,
            project,
            fitted,
            rounds=rounds,
            penalty=amounts["--penalty"],
            round_cost=amounts["--round-cost"] or 0.0,
            architecture=architecture,
            seed=seed,
        )
    if as_json:
        print_json(result.to_dict())
        return
    from planner.reporting.terminal.collect import render_collection
    from planner.reporting.terminal.plan import count_warnings, render_warnings

    out = data_console(no_color=no_color)
    for block in render_collection(result):
        out.print(block)
    if not quiet:
        err = message_console(no_color=no_color)
        told = render_warnings if verbose else count_warnings
        for line in told(result.warnings):
            err.print(line)


def _amounts(flags: dict[str, str | None], currency: str) -> dict[str, float | None]:
    """Read amounts of money as they are written in a file, or name every flag that is wrong."""
    from planner.domain.limits import MAX_MONEY
    from planner.domain.quantities import QuantityError, parse_number
    from planner.errors import InputError, Problem

    problems: list[Problem] = []
    amounts: dict[str, float | None] = {}
    for flag, text in flags.items():
        try:
            amount = None if text is None else parse_number(text, currency=currency, most=MAX_MONEY)
            if amount is not None and amount < 0:
                message = f"got {text}; an amount of at least 0"
                raise QuantityError(message)
            amounts[flag] = amount
        except ValueError as error:
            fix = getattr(error, "fix", "") or "100k"
            problems.append(Problem(flag, f"{error}.", f"{flag} {fix}"))
    if problems:
        raise InputError(problems)
    return amounts
