"""Which cells does a CSV file have, and where does each stand?

One reader for every CSV file that a person may have made: commas, semicolons or tabs, line ends of
any system, quoted cells over several lines, a byte-order mark. Every mistake is collected with its
line and column.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from planner.domain.quantities import QuantityError
from planner.domain.suggest import one_meant
from planner.errors import InputError, Problem
from planner.files.read import TooLargeError, read_at_most
from planner.reference.plain_text import decode

MAX_BYTES = 20_000_000
MAX_CELLS = 1_000_000
MAX_PROBLEMS = 200
"""A file in the wrong shape has a mistake in every row; the first two hundred tell enough."""

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SEPARATOR_LINE = re.compile(
    r"sep=([,;\t])(?:\r\n|\r|\n)", re.IGNORECASE
)  # a spreadsheet's own first line
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text of a cell and where it begins; line and column are counted from 1."""

    text: str
    line: int
    column: int


type Row = Mapping[str, Cell]


def read_csv(path: Path, example: str, *, most_bytes: int = MAX_BYTES) -> "tuple[bytes, CsvTable]":
    """Return the bytes of a CSV file, and its text as a table.

    Parameters
    ----------
    path : Path
        UTF-8 text; a byte-order mark, and any line ends, are read over.
    example : str
        Heading of such a file, as a fix.
    most_bytes : int
        Of the file.

    Raises
    ------
    InputError
        It cannot be read, is too large, empty, or not UTF-8 text.
    """
    try:
        if path.is_dir():
            raise _unreadable(path, "is a folder; name a CSV file in it.", example)
        content = read_at_most(path, most_bytes)
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file.", example) from None
    except TooLargeError:
        raise _unreadable(path, f"has more than {most_bytes:,} bytes.", example) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(path, f"cannot be read: {reason}.", example) from None
    if content.startswith(b"PK\x03\x04"):
        message = "is a workbook or an archive; save the sheet as CSV."
        raise _unreadable(path, message, example)
    text = decode(content, str(path))
    if not text.strip():
        raise _unreadable(path, "is empty.", example)
    return content, CsvTable(str(path), text, example)


@dataclass
class CsvTable:
    """Splits one text into cells and collects what is wrong with the file.

    Attributes
    ----------
    name : str
        The file as the user named it.
    text : str
        Its text; not blank.
    example : str
        Heading of such a file, as a fix.
    """

    name: str
    text: str
    example: str
    problems: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def report(self, cell: Cell, where: str, message: str, code: str, fix: str = "") -> None:
        """Record a mistake at a cell."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.unlisted += 1
            return
        place = f"{self.name}:{cell.line}:{cell.column}"
        self.problems.append(Problem(where, message, fix, place, code))

    @property
    def mistakes(self) -> int:
        """How many were found, listed or not."""
        return len(self.problems) + self.unlisted

    def value[T](self, cell: Cell, where: str, parse: Callable[[str], T]) -> T | None:
        """Return what a cell says; None where it is empty or wrong, which is then recorded."""
        text = cell.text.strip()
        if not text:
            self.report(cell, where, "the cell is empty.", "MISSING")
            return None
        try:
            return parse(text)
        except QuantityError as error:
            code = "AMBIGUOUS" if "may " in str(error) else "BAD_VALUE"
            self.report(cell, where, f"{error}.", code, error.fix)
            return None

    def require_sound(self) -> None:
        """Raise everything that was found, in the order of the file."""
        if not self.problems:
            return
        ordered = sorted(self.problems, key=_order)
        if self.unlisted:
            message = f"{self.unlisted:,} more mistakes are not listed."
            ordered.append(Problem("", message, place=self.name, code="MORE"))
        raise InputError(ordered)

    @cached_property
    def separator(self) -> str:
        """What separates cells: the character that the heading has most of."""
        said = _SEPARATOR_LINE.match(self.text)
        if said:
            return said[1]
        heading = next(line for line in _LINE_END.split(self.text) if line.strip())
        return max(_SEPARATORS, key=heading.count)

    @property
    def separator_name(self) -> str:
        """Its name, for messages."""
        return _SEPARATORS[self.separator]

    @cached_property
    def lines(self) -> Sequence[Sequence[Cell]]:
        """Cells of every line that is not blank; a quoted cell may span several."""
        if self.text.count(self.separator) > MAX_CELLS:
            message = f"the file has more than {MAX_CELLS:,} cells; split it."
            raise InputError([Problem("", message, place=self.name, code="FILE")])
        rows = self._split() if '"' in self.text else self._split_plain()
        return tuple(row for row in rows if any(cell.text.strip() for cell in row))

    @property
    def heading(self) -> Sequence[Cell]:
        """Cells of the first line that is not blank."""
        return self.lines[0] if self.lines else ()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in small letters with underscores."""
        return tuple(_column_name(cell.text) for cell in self.heading)

    def header(self, required: Sequence[Sequence[str]], optional: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the columns, in small letters with underscores.

        Parameters
        ----------
        required : sequence of sequence of str
            Of each choice at least one column is needed.
        optional : sequence of str
            Columns that may be there.

        Raises
        ------
        InputError
            A required column is missing, or a known one appears twice: without its columns no row
            can be read.
        """
        known = [name for choice in required for name in choice] + list(optional)
        for choice in required:
            self.require_one(choice, known)
        self.require_each_once(self.names, known)
        self.require_sound()
        return self.names

    def require_each_once(self, names: Sequence[str], known: Collection[str]) -> None:
        """Report known columns that appear twice."""
        for name in dict.fromkeys(name for name in names if name in known):
            if names.count(name) > 1:
                again = self.heading[len(names) - 1 - names[::-1].index(name)]
                self.report(again, name, f"the column {name!r} appears twice.", "REPEATED_COLUMN")

    def require_one(self, choice: Sequence[str], known: Collection[str]) -> None:
        """Report a choice of columns of which none is there."""
        if any(name in self.names for name in choice):
            return
        free = {
            name: cell.text.strip()
            for name, cell in zip(self.names, self.heading, strict=True)
            if name and name not in known
        }
        near = one_meant(choice[0], free)
        hint = f" Is {free[near]!r} meant?" if near else ""
        message = f"the column {' or '.join(choice)} is missing.{hint}"
        self.report(Cell("", 1, 1), choice[0], message, "MISSING_COLUMN", self.example)

    def records(self, names: Sequence[str]) -> Iterator[Row]:
        """Yield the cells of every row by column; a row of another length is a mistake."""
        for cells in self.lines[1:]:
            while len(cells) > len(names) and not cells[-1].text.strip():
                cells = cells[:-1]  # a spreadsheet writes separators for columns left empty
            if len(cells) == len(names):
                yield dict(zip(names, cells, strict=True))
                continue
            message = f"{len(cells)} cells; the heading has {len(names)} columns."
            if len(cells) > len(names) and self.separator == ",":
                message += " A number with a comma in it needs quotes, or no comma."
            self.report(cells[0], "", message, "BAD_ROW")

    def _split_plain(self) -> Iterator[list[Cell]]:
        """Yield the cells of each line of a text without quotes, of which most files are."""
        said = _SEPARATOR_LINE.match(self.text)
        body = self.text[said.end() :] if said else self.text
        for line, text in enumerate(_LINE_END.split(body), 2 if said else 1):
            row, column = [], 1
            for cell in text.split(self.separator):
                row.append(Cell(cell, line, column))
                column += len(cell) + 1
            yield row

    def _split(self) -> Iterator[list[Cell]]:
        """Yield the cells of each line."""
        said = _SEPARATOR_LINE.match(self.text)
        at, line, line_start = (said.end(), 2, said.end()) if said else (0, 1, 0)
        plain = re.compile(rf"[^{self.separator}\r\n]*")
        space = " \t" if self.separator != "\t" else " "
        quoted = re.compile(rf'[{space}]*"([^"]*(?:""[^"]*)*)"[{space}]*')
        row: list[Cell] = []
        while at < len(self.text):
            match = quoted.match(self.text, at)
            text = match[1].replace('""', '"') if match else ""
            if match is None:
                match = plain.match(self.text, at)
                text = match[0] if match else ""
            cell = Cell(text, line, at - line_start + 1)
            row.append(cell)
            if text.lstrip().startswith('"') and self.text.startswith(text, at):
                self.report(cell, "", "a quote opens here that nothing closes.", "BAD_SYNTAX")
            newlines = list(_LINE_END.finditer(self.text, at, match.end() if match else at))
            if newlines:
                line, line_start = line + len(newlines), newlines[-1].end()
            at = match.end() if match else at
            end = _LINE_END.match(self.text, at)
            if end:
                yield row
                row, at, line, line_start = [], end.end(), line + 1, end.end()
            elif self.text.startswith(self.separator, at):
                at += 1
                if at == len(self.text):
                    row.append(Cell("", line, at - line_start + 1))
            elif at < len(self.text):
                self.report(cell, "", "text follows a closing quote.", "BAD_SYNTAX")
                rest = plain.match(self.text, at)
                at = rest.end() if rest else at + 1
                at += self.text.startswith(self.separator, at)
        if row:
            yield row


def _column_name(text: str) -> str:
    return re.sub(r"[\s-]+", "_", text.strip().casefold())


def _order(problem: Problem) -> tuple[int, int]:
    line, column = problem.place.rsplit(":", 2)[1:]
    return int(line), int(column)


def _unreadable(path: Path, message: str, example: str) -> InputError:
    place = str(path).replace("\0", "\\0")
    return InputError([Problem("", message, example, place, "FILE")])
