"""What there is to choose from: a summary by project, or every option of one of them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, money, percent, short_range, shorten
from planner.domain.portfolio.portfolio import Portfolio, chance_bounds
from planner.reporting.page import wrap
from planner.reporting.terminal.draw import plain_table

__all__ = ["render_options", "render_summary"]

_RANGES = (
    "P10 is not exceeded in 10 % of outcomes, P90 in 90 %: of its own cost and of its net value, "
    "shared cost left out, on draws that nothing is chosen on."
)
_PARETO = "Of each project those alone that cost more only to be likelier; shared cost is left out."


def render_summary(
    report: Mapping[str, Any], portfolio: Portfolio, *, pareto: bool = False
) -> Iterator[Table | Text]:
    """Yield a row for each project: how many options, and what the best of them is."""
    unit = shorten(portfolio.currency, 8)
    table = plain_table()
    table.add_column("Project", max_width=18, no_wrap=True)
    for name in ("Options", f"Cost {unit}", "", "Chance", "", f"Best net {unit}"):
        table.add_column(name, justify="right", no_wrap=True)
    for item in portfolio.projects:
        rows = [row for row in report["options"] if row["project"] == item.id]
        table.add_row(Text(shorten(item.id, 18)), *_summary(rows))
    yield table
    yield Text(
        wrap(
            f"{count(len(report['options']))} options, each an architecture and a number of "
            "images; cost and chance from the least to the most. One project with all of its "
            "options: planner options FILE PROJECT; --json gives every field."
        ),
        style="dim",
    )
    yield from _how_few(pareto=pareto)


def _summary(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    if not rows:
        return ("0", "–", "–", "–", "–", "–")
    costs, chances = ([row[key] for row in rows] for key in ("cost_total", "chance_of_target"))
    return (
        count(len(rows)),
        money(min(costs)),
        money(max(costs)),
        percent(min(chances)),
        percent(max(chances)),
        money(max(row["expected_net_value"] for row in rows)),
    )


def render_options(
    report: Mapping[str, Any], portfolio: Portfolio, *, pareto: bool = False
) -> Iterator[Table | Text]:
    """Yield the options table and how to read it."""
    bounds = {item.id: chance_bounds(portfolio, item) for item in portfolio.projects}
    rows = report["options"]
    used = any(map(_in_use, rows))
    table = _headed(portfolio, used=used, ranged="ranges" in rows[0] if rows else False)
    for option in rows:
        ranges = option.get("ranges")
        table.add_row(
            *([Text(shorten(option["project"], 18))] if ranges is None else []),
            Text(shorten(_name(option), 18), no_wrap=True, overflow="ellipsis"),
            *([_in_use(option)] if used else []),
            count(option["images_total"]),
            money(option["cost_total"]),
            *(
                []
                if ranges is None
                else [short_range(ranges["cost"]["p10"], ranges["cost"]["p90"])]
            ),
            percent(option["chance_of_target"], against=bounds[option["project"]]),
            money(option["expected_net_value"]),
            *(
                []
                if ranges is None
                else [short_range(ranges["net_value"]["p10"], ranges["net_value"]["p90"])]
            ),
        )
    yield table
    yield Text(
        f"{count(len(rows))} options. Options below the minimum chances are left out; "
        "--json gives every field.",
        style="dim",
    )
    if rows and "ranges" in rows[0]:
        yield Text(wrap(_RANGES), style="dim")
    yield from _how_few(pareto=pareto)


def _headed(portfolio: Portfolio, *, used: bool, ranged: bool) -> Table:
    """Return the table with its columns; with ranges the name of its one project is left out."""
    table = plain_table()
    if not ranged:
        table.add_column("Project", max_width=18, no_wrap=True)
    table.add_column("Architecture", max_width=18, no_wrap=not ranged)
    if used:
        table.add_column("In use", max_width=20, no_wrap=not ranged)
    ends = ("P10..P90",) if ranged else ()
    columns = ("Train on", f"Cost {portfolio.currency}", *ends, "Chance", "Net value", *ends)
    for name in columns:
        table.add_column(name, justify="right", no_wrap=ranged)
    return table


def _how_few(*, pareto: bool) -> Iterator[Text]:
    """Yield which options are shown, where they are not all."""
    if pareto:
        yield Text(wrap(_PARETO), style="dim")


def _name(option: Mapping[str, Any]) -> str:
    """Return the network of an option, or what does its work."""
    return str(option["architecture"] or option["choice"]["alternative"])


def _in_use(option: Mapping[str, Any]) -> str:
    """Return how an option is balanced, compressed and made fresh, where that is chosen."""
    choice = option.get("choice", {})
    kept = choice.get("refresh")
    fresh = {None: "", "none": "ages"}.get(kept, str(kept).replace("_", "-"))
    reach = choice.get("rebalance")
    balanced = "" if reach is None else f"{count(reach)} of the rarest"
    return ", ".join(word for word in (balanced, choice.get("compress"), fresh) if word)
