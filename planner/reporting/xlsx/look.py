"""How cells look, and how values get into them: text stays text, numbers keep every digit.

Colours say what a cell is for and are never the only sign: headers are dark, cells to fill in are
pale yellow with a border, results are plain.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from planner.domain.format import percent, rate

__all__ = [
    "CHANCE",
    "COUNT",
    "INPUT",
    "MONEY",
    "NUMBER",
    "PERCENT",
    "PRICE",
    "RATE",
    "TEXT",
    "chance_format",
    "finish",
    "header_row",
    "headline",
    "note",
    "put",
    "safe_text",
    "table",
    "title_row",
]  # fmt: skip

type Sheet = Any
"""A worksheet; openpyxl carries no types."""

type Cell = Any

COUNT = "#,##0"
MONEY = "#,##0.00"
PRICE = "#,##0.00##"
PERCENT = "0.0%"
CHANCE, RATE = "chance", "rate"
"""Not formats yet: each cell gets the digits with which its number stands in texts."""

NUMBER = "General"
TEXT = "@"

_INK = "1F2A44"
_FONT = "Calibri"
_THIN = Side(style="thin", color="BFC5D2")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEADER_FILL = PatternFill("solid", start_color=_INK)
INPUT = PatternFill("solid", start_color="FFF9E0")
"""Of cells to fill in."""
_LONGEST = 32_000  # characters; a cell holds 32,767
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_text(text: str) -> str:
    """Return a text that a cell can hold: no control characters, not too long."""
    clean = _ILLEGAL.sub("\ufffd", text)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}…"


def put(
    sheet: Sheet,
    row: int,
    column: int,
    value: object,
    number_format: str = NUMBER,
    *,
    bold: bool = False,
    wrap: bool = False,
    indent: int = 0,
) -> Cell:
    """Write a value into a cell and return the cell.

    A text is never taken for a formula, whatever it begins with; an infinite number is written as
    ``never``.
    """
    cell = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = safe_text(value)
        cell.data_type = "s"
        if value.startswith(_DANGEROUS):
            cell.quotePrefix = True  # so that it stays text when a person edits it
    elif isinstance(value, float) and not math.isfinite(value):
        cell.value = "never"
        cell.alignment = Alignment(horizontal="right", vertical="top")
    elif value is not None:
        cell.value = value
    chosen = _figure_format(value) if number_format == NUMBER else number_format
    cell.number_format = _digits(chosen, value)
    cell.font = Font(name=_FONT, size=10, bold=bold)
    if isinstance(value, str):
        cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=wrap, indent=indent)
    elif value is not None and not (isinstance(value, float) and not math.isfinite(value)):
        cell.alignment = Alignment(vertical="top")
    return cell


def _figure_format(value: object) -> str:
    """Return how a number without a format looks: six digits, the others kept in the cell.

    Examples
    --------
    >>> _figure_format(0.200686663775989), _figure_format(0.2), _figure_format(3.00000012e-11)
    ('0.000000', 'General', '0.00000E+00')
    """
    if not isinstance(value, float) or not math.isfinite(value) or float(f"{value:.6g}") == value:
        return NUMBER
    decade = math.floor(math.log10(abs(value)))
    return "0.00000E+00" if decade < -6 else f"0.{'0' * max(1, 5 - decade)}"


def _digits(number_format: str, value: object) -> str:
    """Return the format of a cell; that of a chance or a rate depends on its number."""
    number = float(value) if isinstance(value, int | float) else 0.0
    if number_format == CHANCE:
        return chance_format(number)
    return _like(rate(number)) if number_format == RATE else number_format


def chance_format(chance: float, against: Iterable[float] = ()) -> str:
    """Return the format in which a cell shows a chance as texts do.

    Examples
    --------
    >>> chance_format(0.747), chance_format(0.5996, [0.6]), chance_format(0.0002)
    ('0%', '0.00%', '"< 1%"')
    """
    return _like(percent(chance, against=against))


def _like(text: str) -> str:
    """Return the format that shows a number as a text in per cent does."""
    number = text.removesuffix(" %")
    if number[0] in "<>":
        return f'"{number}%"'
    _, point, decimals = number.partition(".")
    return f"0{point}{'0' * len(decimals)}%"


def formula(
    sheet: Sheet,
    row: int,
    column: int,
    text: str,
    number_format: str = NUMBER,
    *,
    bold: bool = False,
) -> Cell:
    """Write a formula of ours into a cell and return the cell."""
    cell = sheet.cell(row, column, text)
    cell.number_format = number_format
    cell.font = Font(name=_FONT, size=10, bold=bold)
    cell.alignment = Alignment(vertical="top")
    return cell


def headline(sheet: Sheet, title: str, hint: str = "") -> int:
    """Write title and hint into the first two rows; return the next row."""
    cell = put(sheet, 1, 1, title)
    cell.font = Font(name=_FONT, size=15, bold=True, color=_INK)
    sheet.row_dimensions[1].height = 24
    hint_cell = put(sheet, 2, 1, hint)
    hint_cell.font = Font(name=_FONT, size=10, italic=True, color="555E70")
    return 3


def note(sheet: Sheet, row: int, text: str, columns: int = 1) -> int:
    """Write a sentence across columns; return the next row."""
    cell = put(sheet, row, 1, text, wrap=columns > 1)
    cell.font = Font(name=_FONT, size=10, color="3B4357")
    if columns > 1:
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=columns)
        width = sum(
            sheet.column_dimensions[get_column_letter(column)].width or 13
            for column in range(1, columns + 1)
        )
        lines = sum(math.ceil((len(line) + 1) / width) for line in text.splitlines() or [""])
        sheet.row_dimensions[row].height = 14.5 * max(1, lines)
    return row + 1


def title_row(sheet: Sheet, row: int, text: str) -> int:
    """Write the title of a part of a sheet; return the next row."""
    cell = put(sheet, row, 1, text)
    cell.font = Font(name=_FONT, size=12, bold=True, color=_INK)
    return row + 1


def header_row(sheet: Sheet, row: int, headers: Iterable[str], first: int = 1) -> int:
    """Write headers; return the next row."""
    for column, text in enumerate(headers, first):
        cell = put(sheet, row, column, text)
        cell.font = Font(name=_FONT, size=10, bold=True, color="FFFFFF")
        cell.fill = _HEADER_FILL
        cell.alignment = Alignment(wrap_text=True, vertical="center")
        cell.border = _BOX
    sheet.row_dimensions[row].height = 32
    return row + 1


def table(
    sheet: Sheet,
    row: int,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[object]],
) -> int:
    """Write a table of values under headers; return the row after it.

    Parameters
    ----------
    columns : sequence of (str, str)
        Header, unit in brackets included, and number format.
    rows : iterable of sequence
        A value for each column.
    """
    row = header_row(sheet, row, (header for header, _ in columns))
    for values in rows:
        lines = 1
        for column, (value, (_, number_format)) in enumerate(zip(values, columns, strict=True), 1):
            needed = lines_of(sheet, column, value)
            indent = 0 if column == 1 else 1
            cell = put(sheet, row, column, value, number_format, wrap=needed > 1, indent=indent)
            cell.border = _BOX
            lines = max(lines, needed)
        stretch(sheet, row, lines)
        row += 1
    return row


def lines_of(sheet: Sheet, column: int, value: object) -> int:
    """Return how many lines a text takes in its column."""
    if not isinstance(value, str):
        return 1
    width = sheet.column_dimensions[get_column_letter(column)].width
    return sum(max(1, math.ceil(len(line) / width)) for line in value.split("\n"))


def stretch(sheet: Sheet, row: int, lines: int) -> None:
    """Make a row as high as its lines; programs do not do so when they open a file."""
    if lines > 1:
        sheet.row_dimensions[row].height = min(13.5 * lines, 400)


def boxed(cell: Cell, *, is_input: bool = False) -> None:
    """Give a cell a border, and the colour of one to fill in."""
    cell.border = _BOX
    if is_input:
        cell.fill = INPUT


def bold() -> Font:
    """Return the font of a total."""
    return Font(name=_FONT, size=10, bold=True)


def faint(cell: Cell) -> None:
    """Show a cell as an example."""
    cell.font = Font(name=_FONT, size=10, italic=True, color="6B7285")


def widths(sheet: Sheet, sizes: Sequence[float]) -> None:
    """Set the widths of the first columns, in characters."""
    for column, size in enumerate(sizes, 1):
        sheet.column_dimensions[get_column_letter(column)].width = size


def finish(
    sheet: Sheet, *, freeze: str | None = None, repeat: int | None = None, area: str = ""
) -> None:
    """Freeze panes, hide grid lines, and print on landscape pages as wide as the sheet.

    Parameters
    ----------
    freeze : str, optional
        First cell that scrolls.
    repeat : int, optional
        Row of headers to print on every page.
    area : str
        What is printed; all cells in use if not given.
    """
    sheet.freeze_panes = freeze
    sheet.sheet_view.showGridLines = False
    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"
    sheet.print_area = area or sheet.dimensions
    if repeat is not None:
        sheet.print_title_rows = f"{repeat}:{repeat}"
