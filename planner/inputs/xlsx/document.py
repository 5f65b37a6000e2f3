"""Which cell of a workbook does a value come from? A document whose places are ``sheet!cell``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from planner.inputs.document import Document, Location, Mark
from planner.inputs.xlsx.tables import cell_name

__all__ = ["ROWS", "WorkbookDocument"]

ROWS = 1 << 21
"""More rows than a sheet has: line numbers count on from sheet to sheet by so many."""


@dataclass(frozen=True)
class WorkbookDocument(Document):
    """Values of a workbook with their cells.

    A mark's line is the row, plus :data:`ROWS` for each sheet before it.

    Attributes
    ----------
    sheets : tuple of str
        Names of the sheets that were read, in the order of the workbook.
    blanks : mapping of Location to Mark
        Where values that are missing belong.
    """

    sheets: tuple[str, ...] = ()
    blanks: Mapping[Location, Mark] = field(default_factory=dict)

    def mark(self, location: Location, *, at_key: bool = False) -> Mark | None:
        """Return the cell of a value, or where it belongs, or that of what contains it."""
        del at_key  # a field and its value are one cell
        for length in range(len(location), -1, -1):
            found = self.values.get(location[:length]) or self.blanks.get(location[:length])
            if found is not None:
                return found
        return None

    def place(self, location: Location, *, at_key: bool = False, mark: Mark | None = None) -> str:
        """Return ``sheet!cell``, the flag a value came from, or the file."""
        flag = self.flag(location)
        if flag is not None and mark is None:
            return flag
        found = mark or self.mark(location, at_key=at_key)
        return self._cell(found) if found else self.name

    def both(self, first: Location, second: Location) -> str:
        """Return two places as a phrase."""
        return f"{self.place(first)} and {self.place(second)}"

    def beside(self, location: Location) -> str:
        """Return the place of a value as a message adds it."""
        return self.place(location)

    def _cell(self, mark: Mark) -> str:
        sheet, row = divmod(mark[0], ROWS)
        if row < 1 or sheet >= len(self.sheets):
            return self.name
        name = self.sheets[sheet]
        quoted = name if name.isalnum() else "'" + name.replace("'", "''") + "'"
        return f"{quoted}!{cell_name(row, mark[1])}"
