"""The ranking of projects by what they return for the money, in a terminal."""

from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure, money, percent, shorten
from planner.domain.vocabulary import Objective
from planner.domain.words.worth import figure_of
from planner.questions.rank import RankedProject, Ranking
from planner.reporting.page import wrap
from planner.reporting.terminal.draw import plain_table

__all__ = ["render_ranking"]

TARGETS_PER = 1000
"""Money to which targets are counted, where projects have no values."""


def render_ranking(ranking: Ranking, *, quiet: bool = False) -> Iterator[Table | Text]:
    """Yield the table and how to read it."""
    counts = not Objective(ranking.objective).in_money
    unit = shorten(ranking.currency, 8)
    table = plain_table()
    table.add_column("", justify="right")
    table.add_column("Project", no_wrap=True)
    table.add_column("Train on", justify="right", no_wrap=True)
    table.add_column("Trained", no_wrap=True)
    per = f"Per {count(TARGETS_PER)}" if counts else f"Per {unit}"
    for name in ("Chance", f"Commits {unit}", "Worth", per):
        table.add_column(name, justify="right", no_wrap=True)
    for item in ranking.projects:
        table.add_row(*_cells(item, Objective(ranking.objective)))
    yield table
    if not quiet:
        yield Text(wrap(_how_to_read(ranking, counts=counts)), style="dim")


def _cells(item: RankedProject, objective: Objective) -> tuple[str | Text, ...]:
    name = Text(shorten(item.project, 15))
    if item.architecture is None and item.alternative is None:
        return ("–", name, *["–"] * 6)
    return (
        "–" if item.rank is None else str(item.rank),
        name,
        count(item.images_total),
        Text(shorten(item.architecture or item.alternative or "", 12)),
        percent(item.chance_of_target),
        money(item.committed),
        figure_of(objective, item.worth),
        _ratio(item, objective),
    )


def _ratio(item: RankedProject, objective: Objective) -> str:
    if item.worth_per_money is None:
        return "free"
    points = 100 if objective is Objective.ACCURACY else 1
    return figure(item.worth_per_money * points * (1 if objective.in_money else TARGETS_PER))


def _how_to_read(ranking: Ranking, *, counts: bool) -> str:
    worth = "the chance of its target" if counts else f"its expected {_name(ranking)}"
    if ranking.objective == Objective.ACCURACY:
        worth = "the fall of its error, in points,"
    dearer = (
        ""
        if ranking.limit is None
        else f" Options dearer than {money(ranking.limit, ranking.currency)} are left out."
    )
    return (
        f"Nothing is chosen. Each project stands with the option of which {worth} is largest, in "
        "the order of that worth for each unit of money it commits; rules and shared assets are "
        f"not counted.{dearer} planner plan FILE chooses."
    )


def _name(ranking: Ranking) -> str:
    return ranking.objective.replace("_", " ")
