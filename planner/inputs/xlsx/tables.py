"""Where do the values of a sheet stand? Headers are found, rows read, and strange layouts named.

The row of headers is the one among the first that holds most names of fields, so titles, notes and
group headers may stand above it, and columns may have been moved. A header merged downwards from a
row above counts. What would otherwise be lost in silence is a mistake: a value under no header or
an unknown one, a field given in two columns, merged cells among the values.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from planner.domain.quantities import show
from planner.domain.suggest import one_meant
from planner.inputs.document import MAX_PROBLEMS, Mark
from planner.inputs.xlsx.cells import CellError, read_cell
from planner.inputs.xlsx.layout import EXAMPLE, FormField, FormSheet, is_note, normal
from planner.inputs.xlsx.open import CellKind, Grid, SheetCell

__all__ = ["CellValue", "Note", "SheetRow", "TableReader", "cell_name"]

_HEADER_ROWS = 40
"""Rows in which headers are looked for."""


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell.

    Examples
    --------
    >>> cell_name(7, 6), cell_name(1, 703)
    ('F7', 'AAA1')
    """
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


@dataclass(frozen=True)
class Note:
    """A mistake at a cell."""

    mark: Mark
    message: str
    fix: str = ""
    code: str = "BAD_VALUE"


@dataclass(frozen=True)
class CellValue:
    """What a field's cell says.

    Attributes
    ----------
    value : object
        None if the cell is empty or cannot be read.
    mark : Mark
        Row and column.
    unreadable : bool
        It cannot be read, which has been reported.
    """

    value: object
    mark: Mark
    unreadable: bool = False


@dataclass(frozen=True)
class SheetRow:
    """A row: its values by field, those of empty cells included."""

    row: int
    values: dict[tuple[str, ...], CellValue]


@dataclass
class TableReader:
    """Reads one sheet and collects what is wrong with it.

    Attributes
    ----------
    grid : Grid
        The sheet.
    sheet : FormSheet
        What it should be.
    currency : str
        Of amounts.
    notes : list of Note
        Mistakes found so far, the first of very many.
    unlisted : int
        How many more there are.
    """

    grid: Grid
    sheet: FormSheet
    currency: str
    notes: list[Note] = field(default_factory=list)
    unlisted: int = 0

    def _say(self, note: Note) -> None:
        """Record a mistake; of very many, the rest are counted."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(note)
        else:
            self.unlisted += 1

    def entries(self) -> list[SheetRow]:
        """Return the rows of a table that are neither empty nor examples."""
        header_row, columns = self.layout()
        if not columns:
            return []
        self._refuse_merged(header_row, [column for column, item in columns.items() if item])
        found = []
        for row, cells in self._rows(header_row):
            first = next(iter(cells.values())).value
            if isinstance(first, str) and first.strip().lower().startswith(EXAMPLE):
                continue
            self._refuse_strays(row, cells, columns)
            if any(column in columns for column in cells):
                found.append(self._entry(row, cells, columns))
        return found

    def layout(self) -> tuple[int, dict[int, FormField | None]]:
        """Return the row of headers and the fields by column; none if no headers are found."""
        header_row = self._header_row({name for item in self.sheet.fields for name in item.names})
        if header_row is None:
            self._say_no_headers()
            return 1, {}
        return header_row, self._columns(header_row)

    def fields(self) -> SheetRow:
        """Return the values of a sheet with a field to a row, as one entry."""
        header_row = self._header_row({"field", "value"})
        header = {
            normal(str(cell.value)): column
            for (row, column), cell in self.grid.cells.items()
            if row == header_row
        }
        names_in, values_in = header.get("field", 1), header.get("value", 2)
        tall = [area for area in self.grid.merged if area[0] != area[2]]
        self._refuse_merged(header_row or 0, [values_in] if tall else [])
        found: dict[tuple[str, ...], CellValue] = {}
        for row, cells in self._rows(header_row or 0):
            label, cell = cells.get(names_in), cells.get(values_in)
            item = self.sheet.named(str(label.value)) if label else None
            if item is None:
                self._say_unknown_row(row, label, cell, names_in, values_in)
                continue
            mark = (row, values_in)
            if found.get(item.path, CellValue(None, mark)).value is not None and cell is not None:
                first = found[item.path].mark[0]
                message = f"{item.header} is given twice, in rows {first} and {row}; keep one."
                self._say(Note((row, names_in), message, code="DUPLICATE_KEY"))
            elif cell is not None or item.path not in found:
                found[item.path] = self._value(cell, item, mark)
        return SheetRow(header_row or 1, found)

    def _rows(self, above: int) -> Iterator[tuple[int, dict[int, SheetCell]]]:
        """Yield the rows below one that hold anything, with their cells by column."""
        row, cells = 0, dict[int, SheetCell]()
        for (at, column), cell in sorted(self.grid.cells.items(), key=lambda item: item[0]):
            if at <= above or _is_blank(cell):
                continue
            if at != row:
                if cells:
                    yield row, cells
                row, cells = at, {}
            cells[column] = cell
        if cells:
            yield row, cells

    def _header_row(self, names: set[str]) -> int | None:
        """Return the row with most names of fields, the first of several; None if there is none."""
        bottoms = {(top, left): bottom for top, left, bottom, _ in self.grid.merged}
        hits: dict[int, set[str]] = {}
        for (row, column), cell in self.grid.cells.items():
            name = normal(cell.value) if isinstance(cell.value, str) else ""
            if name in names and row <= _HEADER_ROWS:
                for at in range(row, min(bottoms.get((row, column), row), _HEADER_ROWS) + 1):
                    hits.setdefault(at, set()).add(name)
        return max(sorted(hits), key=lambda row: len(hits[row]), default=None)

    def _columns(self, header_row: int) -> dict[int, FormField | None]:
        """Return the fields by column, None for columns of the author's own."""
        headers = {
            column: str(cell.value)
            for (row, column), cell in self.grid.cells.items()
            if row == header_row and not _is_blank(cell)
        }
        for top, left, bottom, _ in self.grid.merged:
            if top < header_row <= bottom and (top, left) in self.grid.cells:
                headers.setdefault(left, str(self.grid.cells[top, left].value))
        known: dict[tuple[str, ...], int] = {}
        columns: dict[int, FormField | None] = {}
        for column, header in sorted(headers.items()):
            item = self.sheet.named(header) or self._meant(header, (header_row, column))
            columns[column] = item
            if item is None:
                continue
            if item.path in known:
                message = f"{show(header)} stands above two columns; keep one."
                self._say(Note((header_row, column), message, code="DUPLICATE_KEY"))
            else:
                known[item.path] = column
        self._say_missing_columns(header_row, known)
        return columns

    def _entry(
        self, row: int, cells: dict[int, SheetCell], columns: dict[int, FormField | None]
    ) -> SheetRow:
        values: dict[tuple[str, ...], CellValue] = {}
        for column, item in columns.items():
            if item is not None and item.path not in values:
                values[item.path] = self._value(cells.get(column), item, (row, column))
        return SheetRow(row, values)

    def _value(self, cell: SheetCell | None, item: FormField, mark: Mark) -> CellValue:
        if cell is None:
            return CellValue(None, mark)
        try:
            return CellValue(read_cell(cell, item, self.currency), mark)
        except CellError as error:
            self._say(Note(mark, str(error), error.fix, error.code))
            return CellValue(None, mark, unreadable=True)

    def _refuse_merged(self, above: int, columns: Collection[int]) -> None:
        """Report merged cells among the values: only the first of them holds anything."""
        for top, left, bottom, right in sorted(self.grid.merged):
            among = bottom > above and any(left <= column <= right for column in columns)
            if among and (top, left) in self.grid.cells:
                first, last = cell_name(max(top, above + 1), left), cell_name(bottom, right)
                message = f"the cells {first}:{last} are merged, so all but one are empty."
                note = Note((top, left), message, "unmerge them and fill in each", "MERGED")
                self._say(note)

    def _refuse_strays(
        self, row: int, cells: dict[int, SheetCell], columns: dict[int, FormField | None]
    ) -> None:
        for column, cell in cells.items():
            if column not in columns:
                message = f"{show(cell.value)} stands under no header."
                fix = "write a header above it, or clear the cell; Notes above your own remarks"
                self._say(Note((row, column), message, fix, "UNKNOWN_FIELD"))

    def _say_no_headers(self) -> None:
        if self.grid.cells:
            wanted = ", ".join(item.title for item in self.sheet.fields[:4])
            message = f"no row of headers is found; it holds names such as {wanted}."
            fix = "planner init --xlsx -o form.xlsx  writes a form to copy them from"
            self._say(Note((1, 1), message, fix, "MISSING"))

    def _meant(self, header: str, mark: Mark) -> FormField | None:
        """Report an unknown header; return the field it most likely means, None if it is none.

        Its column is read all the same, so that nothing in it is reported as missing besides.
        """
        if is_note(header):
            return None
        near = _nearest(header, self.sheet)
        if near is not None:
            message, fix = "unknown header.", f"{near.title}  (did you mean this?)"
        else:
            message = f"{show(header)} is no field of sheet {self.sheet.name}."
            fix = f"# {header}  (a header that begins with # is your own and not read)"
        self._say(Note(mark, message, fix, "UNKNOWN_FIELD"))
        return near

    def _say_missing_columns(self, header_row: int, known: Collection[tuple[str, ...]]) -> None:
        for item in self.sheet.fields:
            if item.header.endswith("*") and item.path not in known:
                message = f"the column {item.header.removesuffix(' *')} is missing."
                self._say(Note((header_row, 1), message, item.title, "MISSING"))

    def _say_unknown_row(
        self,
        row: int,
        label: SheetCell | None,
        cell: SheetCell | None,
        names_in: int,
        values_in: int,
    ) -> None:
        """Report a value whose field is unknown; a label without a value is a heading."""
        if cell is None:
            return
        if label is None:
            message = f"{show(cell.value)} stands beside no field."
            self._say(Note((row, values_in), message, "", "UNKNOWN_FIELD"))
            return
        header = str(label.value)
        if is_note(header):
            return
        near = _nearest(header, self.sheet)
        own = f"# {header}  (then it is your own)"
        fix = f"{near.title}  (did you mean this?)" if near else own
        message = f"{show(header)} is no field of sheet {self.sheet.name}."
        self._say(Note((row, names_in), message, fix, "UNKNOWN_FIELD"))


def _is_blank(cell: SheetCell) -> bool:
    return (
        cell.kind is CellKind.VALUE
        and isinstance(cell.value, str)
        and not cell.value.replace("\xa0", " ").strip()
    )


def _nearest(header: str, sheet: FormSheet) -> FormField | None:
    """Return the field that a misspelt header most likely means; None if none is near."""
    return sheet.by_name.get(one_meant(normal(header), list(sheet.by_name)))
