"""``planner observe --training-curve``: where a training that has begun will end."""

from pathlib import Path
from typing import Annotated

import typer

from planner import _api, _api_life
from planner.cli.console import data_console, placed, print_json
from planner.domain.quantities import QuantityError, parse_rate
from planner.errors import InputError, Problem

CurveFile = Annotated[
    Path | None,
    typer.Option(
        "--training-curve",
        metavar="CSV",
        help="epoch,error (or accuracy, iou) of a training so far: chance that it ends at the "
        "target, and whether to go on. Writes nothing.",
    ),
]
OfProject = Annotated[
    str | None,
    typer.Option("--project", metavar="ID", help="Whose training it is; of several."),
]
StopBelow = Annotated[
    str,
    typer.Option(
        "--stop-below",
        metavar="CHANCE",
        help="With --training-curve: below so small a chance, stop.",
    ),
]
FinalEpoch = Annotated[
    float | None,
    typer.Option(
        "--final-epoch",
        min=0.0,
        help="With --training-curve: where training ends; compute.epochs unless given.",
    ),
]


def show_training(
    file: Path,
    curve: Path,
    project: str | None,
    final_epoch: float | None,
    stop_below: str,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Print where a training ends, and whether to go on."""
    portfolio = _api.read_portfolio(file)
    with placed(portfolio):
        found = _api_life.training_curve(
            portfolio,
            curve,
            project_id=project,
            final_epoch=final_epoch,
            stop_below=_share(stop_below),
        )
    if as_json:
        print_json(found.to_dict())
        return
    from planner.reporting.terminal.beside.training_curve import render_training

    out = data_console(no_color=no_color)
    for block in render_training(found):
        out.print(block)


def _share(text: str) -> float:
    try:
        return parse_rate(text)
    except QuantityError as error:
        raise InputError([Problem("--stop-below", f"{error}.", error.fix or "10%")]) from None
