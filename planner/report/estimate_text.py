"""An estimate as a person reads it: need, reach, price, and how sure."""

from collections.abc import Iterator
from textwrap import fill
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from planner.forecast.warnings import ORDER_OF_MAGNITUDE_RATIO
from planner.report.format import NEVER, count, money, percent, shorten

if TYPE_CHECKING:
    from planner.allocation.estimate import Estimate, ProjectEstimate, Spread

WIDTH = 79


def render_estimate(estimate: "Estimate") -> Iterator[Table | Text]:
    """Yield the estimate of each project, each block at most 79 columns wide."""
    for project in estimate.projects:
        yield Text(
            f"{shorten(project.id, 50)} · target error {percent(project.target_error, 2)} · "
            f"model {estimate.model['name']}",
            style="bold",
        )
        yield _ranges(project)
        yield Text(_need_sentence(project))
        yield Text(fill(project.spread_sources.sentence, WIDTH))
        yield _recommendations(project, estimate.currency)
        yield Text("")
    yield Text(
        "P10, P50, P90: not exceeded in 10, 50 and 90 % of outcomes. Each architecture is\n"
        "priced at its median need, or at the limit where that is lower.",
        style="dim",
    )


def _ranges(project: "ProjectEstimate") -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("")
    for name in ("P10", "P50", "P90"):
        table.add_column(name, justify="right")
    need = project.data_needed
    table.add_row("images needed", count(need.p10), count(need.p50), count(need.p90))
    table.add_row("error with images held", *_percents(project.error_now))
    table.add_row("error at the limit", *_percents(project.error_at_limit))
    return table


def _percents(spread: "Spread") -> tuple[str, ...]:
    return tuple(percent(value, 2) if value is not None else NEVER for value in _values(spread))


def _values(spread: "Spread") -> tuple[float | None, ...]:
    return spread.p10, spread.p50, spread.p90


def _need_sentence(project: "ProjectEstimate") -> str:
    need = project.data_needed
    at_limit = percent(project.chance_of_target_at_limit)
    never = percent(need.chance_never, 1)
    text = f"Chance of target at the limit {at_limit}; never reached in {never} of outcomes."
    low, high = need.p10, need.p90
    if low is not None and low > 0 and (high is None or high / low > ORDER_OF_MAGNITUDE_RATIO):
        text += "\nImages needed are known to the order of magnitude only."
    return text


def _recommendations(project: "ProjectEstimate", currency: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    table.add_column("#", justify="right")
    table.add_column("Architecture", max_width=18, no_wrap=True)
    table.add_column("Train on", justify="right")
    table.add_column("To buy", justify="right")
    table.add_column("Collecting", justify="right")
    table.add_column("Training", justify="right")
    table.add_column(f"Total {currency}", justify="right")
    table.add_column("Chance", justify="right")
    for entry in project.recommendations:
        table.add_row(
            str(entry.rank),
            Text(shorten(entry.architecture, 18)),
            count(entry.images_total),
            count(entry.images_to_buy),
            money(entry.cost.data + entry.cost.fixed),
            money(entry.cost.training),
            money(entry.cost.total),
            percent(entry.chance_of_target),
        )
    return table
