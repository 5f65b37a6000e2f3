"""``planner estimate``: need, reach and price of each project on its own."""

from pathlib import Path
from typing import Annotated

import typer

from planner import _api
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, message_console, print_json
from planner.domain.portfolio import Compute, Portfolio
from planner.domain.vocabulary import Task
from planner.errors import InputError, Problem


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
    have: Annotated[str, typer.Option("--have", help="Labelled images held now.")] = "0",
    price: Annotated[
        str, typer.Option("--price", help="Price per image; a range is P10..P90.")
    ] = "0",
    limit: Annotated[
        str | None, typer.Option("--max", help="Most images obtainable, those held included.")
    ] = None,
    task: ask.TaskFlag = Task.CLASSIFICATION,
    scratch: Annotated[bool, typer.Option("--scratch", help="Start from random weights.")] = False,
    architecture: Annotated[
        list[str] | None,
        typer.Option("--architecture", help="Candidate; may be given several times."),
    ] = None,
    basis: ask.BasisFlag = None,
    model: ask.Model = _api.DEFAULT_MODEL,
    seed: ask.Seed = 0,
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,  # noqa: ARG001 - read by the error handler
) -> None:
    """Estimate data needed, chance of target, accuracy and cost, with their ranges."""
    if file is not None:
        portfolio = _api.read_portfolio(file, overrides=ask.overrides(compute__basis=basis))
        portfolio = _only(portfolio, project)
    else:
        portfolio = _from_flags(
            classes=classes,
            target=target,
            have=have,
            price=price,
            limit=limit,
            task=task,
            scratch=scratch,
            architectures=tuple(architecture or ()),
            compute=Compute(basis=basis) if basis else Compute(),
        )
    result = _api.estimate(portfolio, _api.load_model(model), seed=seed)
    if as_json:
        print_json(result.to_dict())
        return
    from planner.report.estimate_text import render_estimate
    from planner.report.plan_text import render_warnings

    out = data_console(no_color=no_color)
    for block in render_estimate(result):
        out.print(block)
    if not quiet:
        err = message_console(no_color=no_color)
        for found in result.projects:
            for line in render_warnings(found.warnings):
                err.print(line)


def _only(portfolio: Portfolio, project: str | None) -> Portfolio:
    """Return the portfolio with one project alone."""
    from dataclasses import replace
    from difflib import get_close_matches

    if project is None:
        return portfolio
    chosen = tuple(entry for entry in portfolio.projects if entry.id == project)
    if not chosen:
        known = [entry.id for entry in portfolio.projects]
        close = get_close_matches(project, known, n=1)
        fix = close[0] if close else ", ".join(known[:5])
        raise InputError([Problem("PROJECT", f"no project {project!r} in the file.", fix)])
    return replace(portfolio, projects=chosen, rules=())


def _from_flags(
    *,
    classes: str | None,
    target: str | None,
    have: str,
    price: str,
    limit: str | None,
    task: Task,
    scratch: bool,
    architectures: tuple[str, ...],
    compute: Compute,
) -> Portfolio:
    """Return a portfolio of the one project that the flags describe."""
    from planner.domain.project import Images, Project
    from planner.domain.quantities import parse_amount, parse_number, parse_rate

    problems: list[Problem] = []

    def read(flag: str, parse: object, text: str | None, example: str) -> object:
        if text is None:
            problems.append(Problem(flag, "is needed when no FILE is given.", f"{flag} {example}"))
            return None
        try:
            return parse(text)  # type: ignore[operator]
        except ValueError as error:
            problems.append(Problem(flag, f"{error}.", f"{flag} {example}"))
            return None

    values = {
        "classes": read("--classes", parse_number, classes, "4"),
        "target": read("--target", parse_rate, target, "94%"),
        "held": read("--have", parse_number, have, "20k"),
        "price": read("--price", parse_amount, price, "0.35"),
        "limit": read("--max", parse_number, limit, "150k"),
    }
    if problems:
        raise InputError(problems)
    measure = {"target_iou" if task is Task.SEGMENTATION else "target_accuracy": values["target"]}
    project = Project(
        id="project",
        task=task,
        classes=values["classes"],  # type: ignore[arg-type]
        pretrained=not scratch,
        images=Images(held=values["held"], limit=values["limit"], price=values["price"]),  # type: ignore[arg-type]
        architectures=architectures,
        **measure,  # type: ignore[arg-type]
    )
    return Portfolio(name="Estimate", compute=compute, projects=(project,))
