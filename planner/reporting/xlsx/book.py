"""A workbook of results under construction: sheets, and the results of the formulas in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl import Workbook

from planner.inputs.xlsx.open import formula_results, open_workbook
from planner.inputs.xlsx.save import workbook_bytes
from planner.reporting.xlsx import look
from planner.reporting.xlsx.look import Sheet

__all__ = ["Book", "Column"]

_OURS = "planner"
"""Begins the keywords of a workbook that holds results; the names of their sheets follow."""


@dataclass(frozen=True)
class Column[T]:
    """A column of a table of results.

    Attributes
    ----------
    header : str
        Without its unit.
    unit : str
        Shown in brackets; ``money`` stands for the plan's currency.
    number_format : str
        How numbers look.
    meaning : str
        One sentence for the data dictionary.
    key : str
        Where the same value stands in ``--json``.
    of : callable
        Takes the value from a row's record.
    width : float
        In characters.
    """

    header: str
    unit: str
    number_format: str
    meaning: str
    key: str
    of: Callable[[T], object]
    width: float = 14

    def title(self, currency: str) -> str:
        """Return header and unit."""
        unit = currency if self.unit == "money" else self.unit
        return f"{self.header} ({unit})" if unit else self.header


@dataclass
class Book:
    """Sheets of results, in a copy of a workbook or in a new one.

    Attributes
    ----------
    workbook : openpyxl.Workbook
        Changed in place.
    currency : str
        Of amounts.
    results : dict of str to dict of str to object
        Of formulas, by sheet and cell.
    entries : list of (sheet, header, unit, meaning, key)
        Rows of the data dictionary.
    """

    workbook: Sheet
    currency: str
    results: dict[str, dict[str, object]] = field(default_factory=dict)
    entries: list[tuple[str, str, str, str, str]] = field(default_factory=list)
    added: int = 0

    @classmethod
    def over(cls, source: bytes | None, name: str, currency: str) -> "Book":
        """Return a book in a copy of a workbook, or in a new one if there is no source."""
        if source is None:
            workbook = Workbook()
            workbook.remove(workbook.active)
            return cls(workbook, currency)
        book = cls(open_workbook(source, name), currency, formula_results(source, name))
        book.drop_results()
        return book

    def drop_results(self) -> None:
        """Take out the results of an earlier plan that stand in the copy."""
        listed = self.workbook.properties.keywords or ""
        if listed.startswith(f"{_OURS}: "):
            for name in listed.removeprefix(f"{_OURS}: ").split("; "):
                if name in self.workbook.sheetnames and len(self.workbook.sheetnames) > 1:
                    self.workbook.remove(self.workbook[name])
                    self.results.pop(name, None)

    def add(self, name: str, title: str, hint: str) -> Sheet:
        """Add a sheet before those of the source, with title and hint; a name in use is varied."""
        taken = {sheet.casefold() for sheet in self.workbook.sheetnames}
        free = name if name.casefold() not in taken else f"{name} (results)"
        number = 2
        while free.casefold() in taken:
            free, number = f"{name} (results {number})", number + 1
        sheet = self.workbook.create_sheet(free, self.added)
        self.added += 1
        look.headline(sheet, title, hint)
        return sheet

    def formula(
        self, sheet: Sheet, place: tuple[int, int], text: str, result: object, number_format: str
    ) -> None:
        """Write a formula and remember its result; a text stands for what has none."""
        cell = look.formula(sheet, *place, text, number_format)
        look.boxed(cell)
        self.results.setdefault(sheet.title, {})[cell.coordinate] = result

    def table[T](
        self, sheet: Sheet, row: int, columns: Sequence[Column[T]], records: Iterable[T]
    ) -> int:
        """Write records under headers, and describe the columns; return the next row."""
        look.widths(sheet, [column.width for column in columns])
        self.describe(sheet.title, columns)
        headers = [(column.title(self.currency), column.number_format) for column in columns]
        rows = ([column.of(record) for column in columns] for record in records)
        return look.table(sheet, row, headers, rows)

    def entry(self, sheet: Sheet, header: str, unit: str, meaning: str, key: str) -> None:
        """Add a value to the data dictionary."""
        self.entries.append((sheet.title, header, unit, meaning, key))

    def describe[T](self, sheet: str, columns: Iterable[Column[T]]) -> None:
        """Add columns to the data dictionary."""
        for column in columns:
            unit = self.currency if column.unit == "money" else column.unit
            self.entries.append((sheet, column.header, unit, column.meaning, column.key))

    def content(self, properties: Mapping[str, str]) -> bytes:
        """Return the workbook's bytes; it opens on its first sheet."""
        ours = self.workbook.sheetnames[: self.added]
        self.workbook.properties.keywords = f"{_OURS}: {'; '.join(ours)}"
        for name, text in properties.items():
            setattr(self.workbook.properties, name, look.safe_text(text))
        for sheet in self.workbook.worksheets:
            sheet.sheet_view.tabSelected = sheet.title == ours[0]
        self.workbook.active = 0
        return workbook_bytes(self.workbook, self.results)
