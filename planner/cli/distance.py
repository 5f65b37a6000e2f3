"""``planner distance``: how far two data sets lie apart, from their embeddings."""

from pathlib import Path
from typing import Annotated

import typer

from planner import _api_evidence
from planner.cli import parameters as ask
from planner.cli.console import answers, data_console, print_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "distance",
        short_help="How far apart two data sets are, from their embeddings.",
        epilog="Example: planner distance imagenet.npz ours.npz",
    )(distance)


@answers
def distance(
    *,
    first: Annotated[
        Path, typer.Argument(metavar="A.npz", help="Array features: a row for each image.")
    ],
    second: Annotated[
        Path,
        typer.Argument(metavar="B.npz", help="The same of the other set, by the same network."),
    ],
    as_json: ask.Json = False,
    quiet: ask.Quiet = False,
    no_color: ask.NoColor = False,
    debug: ask.Debug = False,
) -> None:
    """Print the published study's distance between two data sets: 0 if they are the same.

    Each set is averaged to one embedding; the distance is the 1-Wasserstein distance between the
    coordinates of the two averages, taken as samples. It has no upper end.
    """
    found = _api_evidence.distance(first, second)
    if as_json:
        print_json(found.to_dict())
        return
    from planner.reporting.words.features import distance_lines

    out = data_console(no_color=no_color)
    for line in distance_lines(found, explained=not quiet):
        out.print(line, markup=False, soft_wrap=True)
