"""Blocks of a document as a notebook shows them: small HTML that needs nothing from elsewhere."""

from collections.abc import Sequence
from html import escape

from planner.domain.format import shorten
from planner.reporting import document
from planner.reporting.document import Name

__all__ = ["LONGEST_NAME", "MOST_ROWS", "draw_table", "name", "page", "paragraph"]

MOST_ROWS = 60
"""Rows of a table; what is left out is counted below it, and stands in ``to_frame()``."""

LONGEST_NAME = 60

_LEFT, _RIGHT = "text-align:left", "text-align:right"


def draw_table(table: document.Table) -> str:
    """Return a table of a document as HTML."""
    sides = [_RIGHT if head.numeric else _LEFT for head in table.columns]
    head = "".join(
        f'<th scope="col" style="{side}">{escape(column.label)}</th>'
        for column, side in zip(table.columns, sides, strict=True)
    )
    lines = [_row(row.cells, sides) for row in table.rows[:MOST_ROWS]]
    foot = f"<tfoot>{_row(table.foot.cells, sides)}</tfoot>" if table.foot else ""
    left_out = len(table.rows) - MOST_ROWS
    more = paragraph(f"{left_out} more rows in to_frame().") if left_out > 0 else ""
    body = "".join(lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table>{more}"


def name(text: str, width: int = LONGEST_NAME) -> str:
    """Return a user's text escaped, cut, and kept from changing the direction of what follows."""
    return f'<bdi dir="auto">{escape(shorten(text, width))}</bdi>'


def paragraph(text: str) -> str:
    """Return a sentence as a paragraph."""
    return f'<p style="margin:.3em 0">{escape(text)}</p>'


def page(header: str, *parts: str) -> str:
    """Return the whole; ``header`` and ``parts`` are escaped already."""
    return f'<div><p style="margin:.3em 0"><strong>{header}</strong></p>{"".join(parts)}</div>'


def _row(cells: Sequence[document.Text], sides: Sequence[str]) -> str:
    first = f'<th scope="row" style="{sides[0]}">{_text(cells[0])}</th>'
    rest = "".join(
        f'<td style="{side}">{_text(cell)}</td>'
        for cell, side in zip(cells[1:], sides[1:], strict=True)
    )
    return f"<tr>{first}{rest}</tr>"


def _text(cell: document.Text) -> str:
    return "".join(map(_part, cell))


def _part(part: document.Part) -> str:
    if isinstance(part, Name):
        return name(part.text)
    return escape(part if isinstance(part, str) else getattr(part, "text", ""))
