"""``planner frontier``: what every budget buys, and what the next one would."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, placed, print_json
from planner.cli.pictures import draw, require_drawable, say_written
from planner.errors import bad_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.domain.results.frontier import Frontier
    from planner.reporting.figures.files import Named

Range_ = tuple[float, float, float | None]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "frontier",
        short_help="Value against budget, its price, and what the next money buys.",
        epilog="Example: planner frontier portfolio.yaml --budget 0:300k --goal targets:3",
    )(frontier)


@answers
def frontier(
    *,
    file: ask.PortfolioFile,
    budget: Annotated[
        str | None,
        typer.Option(
            "--budget",
            metavar="FROM:TO[:STEP]",
            help="Budgets, such as 0:300k:20k; with --risk the one budget to trade under.",
        ),
    ] = None,
    risk: Annotated[
        bool, typer.Option("--risk", help="Trade the mean against the worst outcomes instead.")
    ] = False,
    goal: Annotated[
        list[str] | None,
        typer.Option(
            "--goal",
            metavar="GOAL",
            help="Smallest budget for targets:5, value:1M, net_value:500k or all; repeatable.",
        ),
    ] = None,
    confidence: Annotated[
        float, typer.Option("--confidence", help="Chance with which a goal is to be met.")
    ] = 0.9,
    points: Annotated[
        int, typer.Option("--points", min=2, max=1001, help="Points, where no STEP is given.")
    ] = _api.DEFAULT_POINTS,
    objective: ask.ObjectiveFlag = None,
    basis: ask.BasisFlag = None,
    mode: ask.ModeFlag = None,
    plots: ask.Plots = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    time_limit: ask.TimeLimit = _api.DEFAULT_TIME_LIMIT_S,
    backend: ask.BackendFlag = None,
    resume: ask.Resume = None,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Show value, chance and risk against budget, the budget's price, and what goals cost."""
    require_drawable(plots)
    portfolio = _api.read_portfolio(
        file,
        overrides=ask.overrides(
            portfolio__objective=objective, portfolio__mode=mode, compute__basis=basis
        ),
    )
    budgets: list[float] | None = None
    if budget is not None and risk and ":" not in budget:
        portfolio = replace(portfolio, budget=budget_range(budget)[1])
    elif budget is not None:
        budgets = spaced(*budget_range(budget), points)
    fitted = _api.load_model(model)
    with placed(portfolio):
        result = _api.frontier(
            portfolio,
            fitted,
            budgets=budgets,
            risk=risk,
            points=points,
            goals=tuple(goal or ()),
            confidence=confidence,
            seed=seed,
            time_limit_s=time_limit,
            backend=backend,
            resume=resume,
        )
    written = draw(plots, lambda: _pictures(result), sources=[file])
    if as_json:
        print_json(result.to_dict())
        return
    from planner.reporting.terminal.frontier import render_frontier

    out = data_console(no_color=no_color)
    for block in render_frontier(result, quiet=quiet):
        out.print(block)
    say_written(written, no_color=no_color, quiet=quiet)


def _pictures(result: "Frontier") -> "Iterator[Named]":
    from planner.reporting.slides import frontier_slides

    return frontier_slides(result)


def budget_range(text: str) -> Range_:
    """Return start, stop and step (None if not given) of ``0:300k:20k``; ``300k`` starts at 0.

    Raises
    ------
    InputError
        Parts that are no amounts, a stop below the start, or a step that is not above 0.

    Examples
    --------
    >>> budget_range("0:300k:20k"), budget_range("120k")
    ((0.0, 300000.0, 20000.0), (0.0, 120000.0, None))
    """
    from planner.domain.limits import MAX_MONEY
    from planner.domain.quantities import QuantityError, parse_number, show

    fix = "--budget 0:300k:20k"
    parts = text.split(":")
    if len(parts) > 3:
        raise bad_value("--budget", f"got {show(text)}; expected FROM:TO[:STEP].", fix)
    try:
        numbers = [parse_number(part, most=MAX_MONEY) for part in parts]
    except QuantityError as error:
        message = f"{error}; expected FROM:TO[:STEP]."
        raise bad_value("--budget", message, error.fix or fix) from None
    start, stop = (0.0, numbers[0]) if len(numbers) == 1 else (numbers[0], numbers[1])
    step = numbers[2] if len(numbers) == 3 else None
    if start < 0 or stop <= start:
        message = f"got {show(text)}; expected 0 ≤ FROM < TO."
        raise bad_value("--budget", message, fix)
    if step is not None and not step > 0:
        raise bad_value("--budget", f"got {show(text)}; a step is above 0.", fix)
    if step is not None and (stop - start) / step > _MOST_POINTS:
        message = f"got {show(text)}; that is more than {_MOST_POINTS:,} budgets."
        raise bad_value("--budget", message, fix)
    return start, stop, step


_MOST_POINTS = 1000


def spaced(start: float, stop: float, step: float | None, points: int) -> list[float]:
    """Return the budgets of a range: by step, the stop included, or evenly spaced.

    Examples
    --------
    >>> spaced(0, 100, 40, 31), spaced(0, 100, None, 3)
    ([0, 40, 80, 100], [0, 50.0, 100])
    """
    if step is None:
        inner = [start + (stop - start) * k / (points - 1) for k in range(1, points - 1)]
        return [start, *inner, stop]
    count = int((stop - start) / step + 1e-9)
    budgets = [start + step * k for k in range(count + 1)]
    return budgets if stop - budgets[-1] <= 1e-9 * stop else [*budgets, stop]
