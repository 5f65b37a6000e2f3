"""A reference table in the terminal: the columns that fit, and where the rest is."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from planner.domain.format import shorten
from planner.reporting.page import PAGE_WIDTH
from planner.reporting.terminal.draw import plain_table

WIDEST_CELL = 28
_HIDDEN = ("source", "source_date", "note", "aliases")
_FIRST = {
    "architectures": ("name", "forward_gmacs", "params", "imagenet_top1", "input_px", "task"),
    "accelerators": ("accelerator", "peak_fp16_tensor_flop_per_s", "memory_gb", "tdp_w"),
    "prices": ("accelerator", "usd_per_accelerator_hour", "price_date", "price_kind", "provider"),
    "carbon": ("iso3", "country", "gco2e_per_kwh", "provider", "region"),
    "labelling": ("label_type", "unit", "usd_low", "usd_high", "provider"),
    "published": ("source", "split", "case", "images", "relative_complexity", "error", "data"),
    "datasets": ("dataset", "task", "n_classes", "n_train", "relative_complexity", "domain"),
}
"""Columns for which a reader opens each table; the others follow where the page has room."""

NARROWEST_CELL = 8
_CUT_AT = {"price_kind": 12}
"""Widths that leave room for a column after it."""


def render_table(
    name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[Table | Text]:
    """Yield the table with the columns most asked for, and a line on what was left out."""
    if name == "glossary":
        yield _glossary(rows)
        return
    widths = _widths(name, columns, rows)
    shown = list(widths)
    table = plain_table()
    for column in shown:
        table.add_column(Text(column), no_wrap=True)
    for row in rows:
        cells = dict(zip(columns, row, strict=True))
        table.add_row(*(Text(shorten(cells[column], widths[column])) for column in shown))
    yield table
    left_out = [column for column in columns if column not in shown]
    more = f" Not shown: {', '.join(left_out)}; see --csv or --json." if left_out else ""
    yield Text(f"{len(rows)} rows of {name}.{more}", style="dim")


def _glossary(rows: Sequence[Sequence[str]]) -> Table:
    """Return words with what they mean, in full."""
    table = plain_table()
    table.add_column(Text("Word"), no_wrap=True)
    table.add_column(Text("Meaning"), max_width=PAGE_WIDTH - WIDEST_CELL)
    for term, meaning in rows:
        table.add_row(Text(term), Text(meaning))
    return table


def _widths(name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the width of each column that is shown, in the order of their worth.

    A text that is longer than the room left is cut, if enough of it stays to be read.
    """
    first = [column for column in _FIRST.get(name, ()) if column in columns]
    rest = [column for column in columns if column not in (*first, *_HIDDEN)]
    shown: dict[str, int] = {}
    used = 0
    for column in (*first, *rest):
        index = columns.index(column)
        widest = max((len(row[index]) for row in rows), default=0)
        wanted = min(_CUT_AT.get(column, WIDEST_CELL), max(len(column), widest))
        narrowest = max(len(column), min(wanted, NARROWEST_CELL)) if column in first else wanted
        room = PAGE_WIDTH - used - 2
        if room < narrowest:
            continue
        shown[column] = min(wanted, room)
        used += shown[column] + 2
    return shown
