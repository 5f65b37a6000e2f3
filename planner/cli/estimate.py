"""``planner estimate``: need, reach and price of each project on its own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import (
    answers,
    data_console,
    message_console,
    placed,
    print_json,
)
from planner.cli.pictures import draw, require_drawable
from planner.domain.portfolio.portfolio import Compute, Portfolio
from planner.domain.vocabulary import Task
from planner.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.forecasting.forecast import Forecast
    from planner.questions.estimate.estimate import Estimate
    from planner.reporting.figures.files import Named


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "estimate",
        short_help="Data needed, chance, accuracy and cost per project.",
        epilog="Example: planner estimate --classes 4 --target 94% --have 20k --max 150k",
    )(estimate)


@answers
def estimate(
    *,
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Portfolio file; or use the flags below."),
    ] = None,
    project: Annotated[
        str | None, typer.Argument(metavar="PROJECT", help="Only this project of the file.")
    ] = None,
    classes: Annotated[
        str | None, typer.Option("--classes", help="Number of classes, equally frequent.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="Target accuracy (or IoU), such as 94%.")
    ] = None,
    have: Annotated[
        str | None, typer.Option("--have", help="Labelled images held now; 0 unless given.")
    ] = None,
    price: Annotated[
        str | None,
        typer.Option("--price", help="Price per image, 0 unless given; a range is P10..P90."),
    ] = None,
    limit: Annotated[
        str | None, typer.Option("--max", help="Most images obtainable, those held included.")
    ] = None,
    task: Annotated[Task | None, typer.Option("--task", help="What the system answers.")] = None,
    scratch: Annotated[bool, typer.Option("--scratch", help="Start from random weights.")] = False,
    architecture: Annotated[
        list[str] | None,
        typer.Option("--architecture", help="Candidate; may be given several times."),
    ] = None,
    approval_limit: Annotated[
        str | None,
        typer.Option("--approval-limit", help="Also say how likely the total exceeds this amount."),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=1, help="Architectures to recommend, cheapest first.")
    ] = _api.DEFAULT_TOP,
    plots: ask.Plots = None,
    basis: ask.BasisFlag = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    verbose: ask.Verbose = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Estimate data needed, chance of target, accuracy and cost, with their ranges."""
    require_drawable(plots)
    sketch = Sketch(
        classes=classes,
        target=target,
        have=have,
        price=price,
        limit=limit,
        task=task,
        scratch=scratch,
        architectures=tuple(architecture or ()),
    )
    if file is None:
        portfolio = sketch.portfolio(Compute(basis=basis) if basis else Compute())
    elif sketch != Sketch():
        message = "the flags that describe a project are for use without FILE"
        raise typer.BadParameter(message)
    else:
        portfolio = _api.read_portfolio(file, overrides=ask.overrides(compute__basis=basis))
        portfolio = _only(portfolio, project)
    fitted = _api.load_model(model)
    limit_amount = _amount("--approval-limit", approval_limit)
    with placed(portfolio):
        result = _api.estimate(portfolio, fitted, seed=seed, approval_limit=limit_amount, top=top)
    forecasts = (
        _api.forecast(item, fitted, seed=seed, portfolio=portfolio) for item in portfolio.projects
    )
    sources = () if file is None else (file,)
    written = draw(plots, lambda: _pictures(result, forecasts, portfolio.name), sources=sources)
    if as_json:
        print_json(result.to_dict())
        return
    from planner.reporting.terminal.estimate import render_estimate
    from planner.reporting.terminal.plan import count_warnings, render_warnings

    out = data_console(no_color=no_color)
    for block in render_estimate(result, verbose=verbose):
        out.print(block)
    for path in written:
        out.print(f"Wrote {path}", markup=False)
    if not quiet:
        err = message_console(no_color=no_color)
        warnings = dict.fromkeys(item for found in result.projects for item in found.warnings)
        for line in render_warnings(warnings) if verbose else count_warnings(tuple(warnings)):
            err.print(line)


def _pictures(result: "Estimate", forecasts: "Iterable[Forecast]", name: str) -> "Iterable[Named]":
    from planner.reporting.slides import curve_slides

    return curve_slides(result, forecasts, name)


def _amount(flag: str, text: str | None) -> float | None:
    """Return an amount of money from a flag, or None if it was not given."""
    from planner.domain.limits import MAX_MONEY
    from planner.domain.quantities import parse_number

    if text is None:
        return None
    try:
        amount = parse_number(text, most=MAX_MONEY)
    except ValueError as error:
        fix = getattr(error, "fix", "") or "50k"
        raise InputError([Problem(flag, f"{error}.", f"{flag} {fix}")]) from None
    if amount < 0:
        raise InputError([Problem(flag, f"got {text}; expected at least 0.", f"{flag} 50k")])
    return amount


def _only(portfolio: Portfolio, project: str | None) -> Portfolio:
    """Return the portfolio with one project alone."""
    from dataclasses import replace

    from planner.domain.named_project import named_project

    if project is None:
        return portfolio
    chosen = named_project(portfolio, project)
    return replace(portfolio, projects=(chosen,), rules=(), shared=())


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """One project as a few flags describe it, still as text."""

    classes: str | None = None
    target: str | None = None
    have: str | None = None
    price: str | None = None
    limit: str | None = None
    task: Task | None = None
    scratch: bool = False
    architectures: tuple[str, ...] = ()

    def portfolio(self, compute: Compute) -> Portfolio:
        """Return a portfolio of this project alone, or every mistake in the flags."""
        from planner.domain.portfolio.project import Images, Project
        from planner.domain.quantities import parse_amount, parse_count, parse_rate

        problems: list[Problem] = []

        def read[T](flag: str, parse: Callable[[object], T], text: str | None, example: str) -> T:
            if text is None:
                message = "is needed when no FILE is given."
                problems.append(Problem(flag, message, f"{flag} {example}"))
                return cast("T", None)
            try:
                return parse(text)
            except ValueError as error:
                fix = getattr(error, "fix", "") or example
                problems.append(Problem(flag, f"{error}.", f"{flag} {fix}"))
                return cast("T", None)

        classes = read("--classes", partial(parse_count, what="classes"), self.classes, "4")
        target = read("--target", parse_rate, self.target, "94%")
        images = {
            "held": read("--have", parse_count, self.have or "0", "20k"),
            "limit": read("--max", parse_count, self.limit, "150k"),
            "price": read("--price", parse_amount, self.price or "0", "0.35"),
        }
        if problems:
            raise InputError(problems)
        task = self.task or Task.CLASSIFICATION
        measure = "target_iou" if task is Task.SEGMENTATION else "target_accuracy"
        fields: dict[str, Any] = {
            "id": "project",
            "task": task,
            "classes": classes,
            "pretrained": not self.scratch,
            "images": Images(**cast("Any", images)),
            "architectures": self.architectures,
            measure: target,
        }
        return Portfolio(name="Estimate", compute=compute, projects=(Project(**fields),))
