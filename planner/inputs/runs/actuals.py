"""What came of projects: spend, images and errors as they were, from a CSV file, and the log.

A file of actuals has the columns ``project`` and ``date``, and of ``spend``, ``images`` and
``error`` at least one; cells of these three may be empty. Rows are kept in a log beside the
portfolio, which ``planner observe`` reads as runs.
"""

import csv
import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.domain.named_project import no_such_project
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import (
    QuantityError,
    parse_count,
    parse_price,
    parse_rate,
    show,
)
from planner.domain.suggest import did_you_mean
from planner.errors import InputError, Problem
from planner.reference.csv_table import Cell, CsvTable, Row, read_csv

__all__ = ["COLUMNS", "ActualFile", "ActualRow", "added_to_log", "log_of", "read_actuals"]

COLUMNS = ("project", "date", "spend", "images", "error")
EXAMPLE = ",".join(COLUMNS)
_MEASURED = ("spend", "images", "error")


@dataclass(frozen=True)
class ActualRow:
    """How a project stood on a day.

    Attributes
    ----------
    project : str
        Its id.
    date : date
        Of the day.
    spend : float or None
        Money spent on it up to then, shared assets left out.
    images : int or None
        Labelled images it is trained on.
    error : float or None
        Measured, in [0, 1].
    """

    project: str
    date: dt.date
    spend: float | None
    images: int | None
    error: float | None

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as the log has it."""
        error = "100%" if self.error == 1 else _written(self.error)
        numbers = (_written(self.spend), _written(self.images), error)
        return (self.project, self.date.isoformat(), *numbers)


def _written(number: float | None) -> str:
    """Return a number so that it is read as it is: 1.234 might be read as thousands."""
    text = "" if number is None else f"{number:.15g}"
    return f"{text}0" if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", text) else text


@dataclass(frozen=True)
class ActualFile:
    """Rows of a file, each once, in the order of the file."""

    name: str
    sha256: str
    rows: tuple[ActualRow, ...]


def log_of(portfolio: Path) -> Path:
    """Return where the log of a portfolio file stands.

    Examples
    --------
    >>> log_of(Path("plans/fy27.yaml")).name
    'fy27.actuals.csv'
    """
    return portfolio.with_name(f"{portfolio.stem}.actuals.csv")


def read_actuals(path: Path, portfolio: Portfolio) -> ActualFile:
    """Read what came of the projects of a portfolio.

    Parameters
    ----------
    path : Path
        UTF-8 text; commas, semicolons or tabs separate the columns, whose order is free.
    portfolio : Portfolio
        Whose projects the rows are of.

    Raises
    ------
    InputError
        With every mistake, each with its line and column.
    """
    content, table = read_csv(path, EXAMPLE)
    names = table.header([("project",), ("date",), _MEASURED], _MEASURED)
    reader = _Reader(table, portfolio)
    rows = [found for row in table.records(names) if (found := reader.row(row)) is not None]
    if not rows and not table.problems:
        message = "the file has a heading, but no rows."
        table.report(Cell("", 1, 1), "", message, "EMPTY", EXAMPLE)
    table.require_sound()
    return ActualFile(str(path), hashlib.sha256(content).hexdigest(), tuple(dict.fromkeys(rows)))


def added_to_log(
    rows: Sequence[ActualRow], log: Path, portfolio: Portfolio
) -> tuple[bytes, bytes | None, int]:
    """Return the log with the rows that it lacks, what it held (None: no file), how many it had.

    Raises
    ------
    InputError
        The log is no file of actuals of this portfolio.
    """
    if not log.exists():
        return _text([COLUMNS, *(row.cells for row in rows)]), None, 0
    before, table = read_csv(log, EXAMPLE)
    if table.names != COLUMNS or table.separator != ",":
        message = f"is no log of actuals: its columns are not {EXAMPLE}."
        raise InputError([Problem("", message, "move it away", str(log), "FILE")])
    known = set(read_actuals(log, portfolio).rows) if len(table.lines) > 1 else set()
    new = [row for row in rows if row not in known]
    end = b"" if before.endswith(b"\n") else b"\n"
    added = _text(row.cells for row in new)
    return before + (end if added else b"") + added, before, len(rows) - len(new)


def _text(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


@dataclass(frozen=True)
class _Reader:
    """Reads rows one by one; what is wrong goes to the table."""

    table: CsvTable
    portfolio: Portfolio

    def row(self, row: Row) -> ActualRow | None:
        """Return what one row says; None if any of its cells is wrong."""
        before = self.table.mistakes
        project = self.project(row["project"])
        date = self.table.value(row["date"], "date", _day)
        spend = self.value(row, "spend", self.money)
        images = self.value(row, "images", _images)
        error = self.value(row, "error", parse_rate)
        if (spend, images, error) == (None, None, None):
            message = "spend, images and error are empty; a row says at least one of them."
            self.report(row["project"], "spend", message, before)
        if self.table.mistakes > before or not (project and date):
            return None
        return ActualRow(project, date, spend, images, error)

    def report(self, cell: Cell, name: str, message: str, before: int) -> None:
        """Report a row that says nothing, unless that is because a cell of it is wrong."""
        if self.table.mistakes == before:
            self.table.report(cell, name, message, "MISSING")

    def value[T](self, row: Row, name: str, parse: Callable[[str], T]) -> T | None:
        """Return what a cell says that may be empty; None where it is, or is wrong."""
        cell = row.get(name)
        if cell is None or not cell.text.strip():
            return None
        return self.table.value(cell, name, parse)

    def project(self, cell: Cell) -> str | None:
        """Return the id that a cell names."""
        ids = [project.id for project in self.portfolio.projects]
        name = cell.text if cell.text in ids else cell.text.strip()
        if name in ids:
            return name
        if not name:
            self.table.report(cell, "project", "the cell is empty.", "MISSING")
            return None
        message, fix = no_such_project(name, ids), did_you_mean(name, ids)
        self.table.report(cell, "project", message, "UNKNOWN_NAME", fix)
        return None

    def money(self, text: str) -> float:
        """Return an amount of money."""
        amount = parse_price(text, currency=self.portfolio.currency)
        if amount < 0:
            message = f"got {show(text)}; what is spent is at least 0"
            raise QuantityError(message, "", "BAD_VALUE")
        return amount


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        message = f"got {show(text)}; expected a day as year-month-day"
        raise QuantityError(message, "2027-03-31", "BAD_VALUE") from None


def _images(text: str) -> int:
    found = parse_count(text)
    if found < 1:
        message = f"got {show(text)}; expected at least 1 image, or an empty cell"
        raise QuantityError(message, "", "BAD_VALUE")
    return found
