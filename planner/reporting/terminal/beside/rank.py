"""The ranking of projects by what they return for the money, in a terminal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, figure, money, percent, short_range, shorten
from planner.domain.vocabulary import Objective
from planner.domain.words.worth import figure_of
from planner.questions.rank import RankedProject, Ranking
from planner.reporting.page import wrap
from planner.reporting.terminal.draw import plain_table

__all__ = ["render_ranking"]

ENDS = "P10..P90"
_RANGES = (
    " P10 is not exceeded in 10 % of outcomes, P90 in 90 %, on draws that no option was chosen on."
)
TARGETS_PER = 1000
"""Money to which targets are counted, where projects have no values."""


def render_ranking(
    ranking: Ranking, *, verbose: bool = False, quiet: bool = False
) -> Iterator[Table | Text]:
    """Yield the table and how to read it; ``verbose``: ranges in place of network and chance."""
    objective = Objective(ranking.objective)
    columns = [column for column in _columns(ranking, objective) if verbose in column.shown]
    table = plain_table()
    for column in columns:
        table.add_column(column.title, justify=column.justify, no_wrap=True)
    for item in ranking.projects:
        has_option = item.architecture is not None or item.alternative is not None
        table.add_row(
            *(column.of(item) if has_option or column.always else "–" for column in columns)
        )
    yield table
    if not quiet:
        yield Text(wrap(_how_to_read(ranking, verbose=verbose)), style="dim")


@dataclass(frozen=True)
class _Column:
    """A column, and with which of ``verbose`` it stands in the table."""

    title: str
    of: Callable[[RankedProject], str | Text]
    shown: tuple[bool, ...] = (False, True)
    justify: Literal["left", "right"] = "right"
    always: bool = False


def _columns(ranking: Ranking, objective: Objective) -> Iterator[_Column]:
    unit = shorten(ranking.currency, 8)
    brief, long = (False,), (True,)
    yield _Column("", lambda item: "–" if item.rank is None else str(item.rank))
    yield _Column(
        "Project", lambda item: Text(shorten(item.project, 15)), justify="left", always=True
    )
    yield _Column("Train on", lambda item: count(item.images_total), brief)
    yield _Column("Trained", _trained, brief, "left")
    yield _Column("Chance", lambda item: percent(item.chance_of_target), brief)
    yield _Column(f"Commits {unit}", lambda item: money(item.committed))
    yield _Column(ENDS, lambda item: _ends(item, "cost"), long)
    yield _Column("Worth", lambda item: figure_of(objective, item.worth))
    if objective is Objective.NET_VALUE:
        yield _Column(ENDS, lambda item: _ends(item, "net_value"), long)
    per = f"Per {unit}" if objective.in_money else f"Per {count(TARGETS_PER)}"
    yield _Column(per, lambda item: _ratio(item, objective))


def _trained(item: RankedProject) -> Text:
    return Text(shorten(item.architecture or item.alternative or "", 12))


def _ends(item: RankedProject, of: Literal["cost", "net_value"]) -> str:
    if item.ranges is None:
        return "–"
    spread = item.ranges.cost if of == "cost" else item.ranges.net_value
    return short_range(spread.p10, spread.p90)


def _ratio(item: RankedProject, objective: Objective) -> str:
    if item.worth_per_money is None:
        return "free"
    points = 100 if objective is Objective.ACCURACY else 1
    return figure(item.worth_per_money * points * (1 if objective.in_money else TARGETS_PER))


def _how_to_read(ranking: Ranking, *, verbose: bool) -> str:
    counts = not Objective(ranking.objective).in_money
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
        f"not counted.{dearer}{_RANGES if verbose else ''} planner plan FILE chooses."
    )


def _name(ranking: Ranking) -> str:
    return ranking.objective.replace("_", " ")
