"""Every option of every project as a table."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from planner.domain.format import count, money, percent, shorten
from planner.domain.portfolio.portfolio import Portfolio, chance_bounds
from planner.reporting.terminal.draw import plain_table


def render_options(report: Mapping[str, Any], portfolio: Portfolio) -> Iterator[Table | Text]:
    """Yield the options table and how to read it."""
    bounds = {item.id: chance_bounds(portfolio, item) for item in portfolio.projects}
    table = plain_table()
    table.add_column("Project", max_width=18, no_wrap=True)
    table.add_column("Architecture", max_width=18, no_wrap=True)
    table.add_column("Train on", justify="right")
    table.add_column(f"Cost {portfolio.currency}", justify="right")
    table.add_column("Chance", justify="right")
    table.add_column("Net value", justify="right")
    for option in report["options"]:
        table.add_row(
            Text(shorten(option["project"], 18)),
            Text(shorten(option["architecture"], 18)),
            count(option["images_total"]),
            money(option["cost_total"]),
            percent(option["chance_of_target"], against=bounds[option["project"]]),
            money(option["expected_net_value"]),
        )
    yield table
    yield Text(
        f"{count(len(report['options']))} options. Options below the minimum chances are left out; "
        "--json gives every field.",
        style="dim",
    )
