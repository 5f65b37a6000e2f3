"""What measured runs changed, as a person reads it: before and after, side by side."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from planner.domain.format import figure, money, percent, rates, short, shorten
from planner.domain.format import target as target_words
from planner.forecasting.warnings import ORDER_OF_MAGNITUDE_RATIO

if TYPE_CHECKING:
    from planner.domain.results.risk import Quantiles
    from planner.questions.estimate.estimate import Spread
    from planner.questions.observe.observe import Observation, Outlook, ProjectObservation

WIDE = 1e6
"""Amounts from here on are shown in millions, to fit a column."""

_FOOTER = (
    "P10 / P50 / P90: not exceeded in 10, 50 and 90 % of outcomes. The total is what\n"
    "it costs if labelling stops at the target, at the latest at the limit."
)


def render_observation(observation: "Observation") -> Iterator[Table | Text]:
    """Yield each project's outlook before and after, each block at most 79 columns wide."""
    for project in observation.projects:
        yield Text(_head(project), style="bold")
        yield _table(project, observation.currency)
        if _is_vague(project.after):
            yield Text("  Images needed are known to the order of magnitude only.")
    if observation.projects:
        yield Text(_FOOTER, style="dim")


def _is_vague(outlook: "Outlook") -> bool:
    low, high = outlook.data_needed.p10, outlook.data_needed.p90
    if low is None or low <= 0:
        return False
    return high is None or high / low > ORDER_OF_MAGNITUDE_RATIO


def _head(project: "ProjectObservation") -> str:
    runs = f"{project.runs_added} run{'' if project.runs_added == 1 else 's'} added"
    if project.pilots > project.runs_added:
        runs += f", {project.pilots} in all"
    return (
        f"{shorten(project.id, 30)}: {runs} · target error "
        f"{target_words(project.target_error)} · {shorten(project.architecture, 18)}"
    )


def _table(project: "ProjectObservation", currency: str) -> Table:
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("  P10 / P50 / P90", no_wrap=True)
    table.add_column("before", justify="right")
    table.add_column("")
    table.add_column("with the runs")
    before, after = _cells(project.before), _cells(project.after)
    labels = (
        "images needed",
        "P90 over P10",
        "never reached",
        f"chance at {short(project.images_limit)}",
        f"error at {short(project.images_limit)}",
        f"total, {shorten(currency, 8)}",
    )
    for label, left, right in zip(labels, before, after, strict=True):
        table.add_row(f"  {label}", left, "→", right)
    return table


def _cells(outlook: "Outlook") -> tuple[str, ...]:
    """Return one column of the table, in the order of its labels."""
    need = outlook.data_needed
    return (
        " / ".join(short(value) for value in (need.p10, need.p50, need.p90)),
        _factor(need.p10, need.p90),
        percent(need.chance_never),
        percent(outlook.chance_of_target_at_limit),
        _errors(outlook.error_at_limit),
        " / ".join(_amount(value) for value in _values(outlook.cost)),
    )


def _amount(value: float | None) -> str:
    """Return an amount in at most eight characters."""
    return short(value) if value is None or abs(value) >= WIDE else money(value)


def _values(spread: "Spread | Quantiles") -> tuple[float | None, ...]:
    return spread.p10, spread.p50, spread.p90


def _errors(spread: "Spread") -> str:
    """Return errors per cent, the sign once."""
    return rates(value for value in _values(spread) if value is not None)


def _factor(low: float | None, high: float | None) -> str:
    """Return how wide a range is."""
    if low is None or high is None:
        return "no end"
    if low <= 0:
        return "–"
    factor = high / low
    return figure(factor, 2) if factor < 10 else short(factor)
