"""A reference table in the terminal: the columns that fit, and where the rest is."""

from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from planner.report.format import shorten

PAGE_WIDTH = 79
WIDEST_CELL = 28
_HIDDEN = ("source", "source_date", "note", "aliases")


def render_table(
    name: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> Iterator[Table | Text]:
    """Yield the table with as many leading columns as fit, and a line on what was left out."""
    shown = _fitting(columns, rows)
    table = Table(box=None, pad_edge=False, padding=(0, 1))
    for column in shown:
        table.add_column(Text(column), no_wrap=True)
    for row in rows:
        cells = dict(zip(columns, row, strict=True))
        table.add_row(*(Text(shorten(cells[column], WIDEST_CELL)) for column in shown))
    yield table
    left_out = [column for column in columns if column not in shown]
    more = f" Not shown: {', '.join(left_out)}; see --csv or --json." if left_out else ""
    yield Text(f"{len(rows)} rows of {name}.{more}", style="dim")


def _fitting(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the leading columns whose widths fit on the page."""
    shown: list[str] = []
    used = 0
    for index, column in enumerate(columns):
        widest = max((len(row[index]) for row in rows), default=0)
        width = min(WIDEST_CELL, max(len(column), widest)) + 2
        if column in _HIDDEN or used + width > PAGE_WIDTH:
            continue
        shown.append(column)
        used += width
    return shown
