"""An estimate as a person reads it: need, reach, price, and how sure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from planner.domain.format import (
    NEVER,
    count,
    figure,
    money,
    percent,
    percent_as_set,
    rate,
    shorten,
)
from planner.forecasting.warnings import ORDER_OF_MAGNITUDE_RATIO
from planner.reporting.page import wrap
from planner.reporting.terminal.draw import assumptions, plain_table

if TYPE_CHECKING:
    from planner.questions.estimate.estimate import Estimate, ProjectEstimate, Spread

LARGE_ERROR = 0.05
"""Simulation error of a P90, relative to it, from which it is worth saying."""


_HOW_TO_READ = (
    "P10, P50, P80, P90: not exceeded in 10, 50, 80 and 90 % of outcomes.",
    (
        "Worst 10 %: the mean of the dearest 10 %. Each architecture is priced at its median need, "
        "or at the limit where that is lower. commit buys that many images now; stop buys until "
        "the target is met, at most up to the limit."
    ),
)


def render_estimate(estimate: "Estimate", *, verbose: bool = False) -> Iterator[Table | Text]:
    """Yield the estimate of each project, each block at most 79 columns wide.

    ``verbose`` adds every setting and default used.
    """
    for project in estimate.projects:
        yield Text(
            f"{shorten(project.id, 50)} · target error {percent_as_set(project.target_error)} · "
            f"model {estimate.model['name']}",
            style="bold",
        )
        yield _ranges(project)
        yield Text(_need_sentence(project))
        yield Text(wrap(project.spread_sources.sentence))
        yield _recommendations(project, estimate.currency)
        yield Text("")
        yield _cost_ranges(project, estimate.currency)
        yield from _cost_sentences(project, estimate.currency)
        yield Text("")
    for sentence in _HOW_TO_READ:
        yield Text(wrap(sentence), style="dim")
    if verbose:
        yield Text("")
        yield from assumptions(estimate.assumptions)


def _ranges(project: "ProjectEstimate") -> Table:
    table = plain_table((0, 2))
    table.add_column("")
    for name in ("P10", "P50", "P90"):
        table.add_column(name, justify="right")
    need = project.data_needed
    table.add_row("images needed", count(need.p10), count(need.p50), count(need.p90))
    table.add_row("error with images held", *_percents(project.error_now))
    table.add_row("error at the limit", *_percents(project.error_at_limit))
    return table


def _percents(spread: "Spread") -> tuple[str, ...]:
    return tuple(rate(value) if value is not None else NEVER for value in _values(spread))


def _values(spread: "Spread") -> tuple[float | None, ...]:
    return spread.p10, spread.p50, spread.p90


def _need_sentence(project: "ProjectEstimate") -> str:
    need = project.data_needed
    at_limit = percent(project.chance_of_target_at_limit)
    never = percent(need.chance_never)
    text = f"Chance of target at the limit {at_limit}; never reached in {never} of outcomes."
    low, high = need.p10, need.p90
    if low is not None and low > 0 and (high is None or high / low > ORDER_OF_MAGNITUDE_RATIO):
        text += "\nImages needed are known to the order of magnitude only."
    return text


def _recommendations(project: "ProjectEstimate", currency: str) -> Table:
    table = plain_table()
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
            money(sum(amount for kind, amount in entry.cost.parts.items() if kind != "training")),
            money(entry.cost.training),
            money(entry.cost.total),
            percent(entry.chance_of_target),
        )
    return table


def _cost_ranges(project: "ProjectEstimate", currency: str) -> Table:
    """Return the total cost of the first architecture under both modes."""
    ranges = project.recommendations[0].cost_ranges
    table = plain_table()
    table.add_column(f"Total {currency}")
    for name in ("P10", "P50", "P80", "P90", "Worst 10 %", "Contingency", "Target met"):
        table.add_column(name, justify="right")
    for name, found in (("commit", ranges.commit), ("stop", ranges.stop_when_reached)):
        total = found.total
        amounts = (total.p10, total.p50, total.p80, total.p90, total.cvar90, found.contingency)
        table.add_row(name, *(money(amount) for amount in amounts), percent(found.chance_met))
    return table


def _cost_sentences(project: "ProjectEstimate", currency: str) -> Iterator[Text]:
    """Yield what the ranges need to be read rightly: hardware, approval, Monte Carlo error."""
    lead = project.recommendations[0]
    if lead.gpu_hours is not None:
        text = f"{lead.architecture}: {figure(lead.gpu_hours)} accelerator-hours"
        if lead.memory_floor_gb is not None:
            memory = figure(lead.memory_floor_gb, 2)
            text += f"; at least {memory} GB of memory, activations not counted"
        yield Text(wrap(f"{text}."))
    for name, found in (
        ("commit", lead.cost_ranges.commit),
        ("stop", lead.cost_ranges.stop_when_reached),
    ):
        if found.chance_over_approval is not None:
            share = percent(found.chance_over_approval)
            yield Text(f"Chance of exceeding the approval limit ({name}): {share}.")
        if found.p90_error > LARGE_ERROR * found.total.p90:
            error = money(found.p90_error, currency)
            yield Text(f"P90 ({name}) carries a simulation error of about {error}.")
