"""``planner plan --rank``: what each project returns for its money, and no choice."""

from typing import TYPE_CHECKING, Annotated

import typer

from planner.cli.console import data_console, print_json

if TYPE_CHECKING:
    from planner.questions.rank import Ranking

Rank = Annotated[
    bool,
    typer.Option(
        "--rank", help="Choose nothing: order the projects by worth for each unit of money."
    ),
]


def show_ranking(
    ranking: "Ranking", *, as_json: bool, verbose: bool, quiet: bool, no_color: bool
) -> None:
    """Print the projects in order, with ranges if it may be long."""
    if as_json:
        print_json(ranking.to_dict())
        return
    from planner.reporting.terminal.beside.rank import render_ranking

    out = data_console(no_color=no_color)
    for block in render_ranking(ranking, verbose=verbose, quiet=quiet):
        out.print(block)
