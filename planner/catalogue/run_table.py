"""Which cells does a CSV file of runs have, and where does each stand?"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from planner.catalogue.suggest import one_meant
from planner.catalogue.text_file import decode
from planner.errors import InputError, Problem
from planner.files.read import read_at_most

MAX_BYTES = 20_000_000
MAX_PROBLEMS = 200
"""A file in the wrong shape has a mistake in every row; the first two hundred tell enough."""

EXAMPLE = "project,images,error"

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)  # a spreadsheet's own first line
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Cell:
    """The text of a cell and where it begins; line and column are counted from 1."""

    text: str
    line: int
    column: int


type Row = Mapping[str, Cell]


def read_run_text(path: Path) -> tuple[bytes, str]:
    """Return the bytes and the text of a file.

    Raises
    ------
    InputError
        It cannot be read, is too large, empty, or not UTF-8 text.
    """
    try:
        if path.is_dir():
            raise _unreadable(path, "is a folder; name a CSV file in it.")
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, f"has more than {MAX_BYTES:,} bytes.")
        content = read_at_most(path, MAX_BYTES)
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(path, f"cannot be read: {reason}.") from None
    if content.startswith(b"PK\x03\x04"):
        raise _unreadable(path, "is a workbook or an archive; save the sheet of runs as CSV.")
    text = decode(content, str(path))
    if not text.strip():
        raise _unreadable(path, "is empty.")
    return content, text


@dataclass
class RunTable:
    """Splits one text into cells and collects what is wrong with the file.

    Attributes
    ----------
    name : str
        The file as the user named it.
    text : str
        Its text.
    """

    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)
    unlisted: int = 0

    def report(self, cell: Cell, where: str, message: str, code: str, fix: str = "") -> None:
        """Record a mistake at a cell."""
        if len(self.problems) >= MAX_PROBLEMS:
            self.unlisted += 1
            return
        place = f"{self.name}:{cell.line}:{cell.column}"
        self.problems.append(Problem(where, message, fix, place, code))

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
        return tuple(row for row in self._split() if any(cell.text.strip() for cell in row))

    def header(self, required: Sequence[Sequence[str]], optional: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the columns, in small letters with underscores.

        Raises
        ------
        InputError
            A required column is missing or has two forms, or one appears twice: without its
            columns no row can be read.
        """
        cells = self.lines[0] if self.lines else ()
        names = tuple(_column_name(cell.text) for cell in cells)
        known = [name for choice in required for name in choice] + list(optional)
        for choice in required:
            self._require_one(choice, names, cells, known)
        for name in dict.fromkeys(name for name in names if name in known):
            if names.count(name) > 1:
                again = cells[len(names) - 1 - names[::-1].index(name)]
                self.report(again, name, f"the column {name!r} appears twice.", "REPEATED_COLUMN")
        self.require_sound()
        return names

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

    def _require_one(
        self, choice: Sequence[str], names: Sequence[str], cells: Sequence[Cell], known: list[str]
    ) -> None:
        start = Cell("", 1, 1)
        present = [name for name in choice if name in names]
        if len(present) > 1:
            message = f"{' and '.join(present)} say the same thing; keep one of the columns."
            self.report(cells[names.index(present[-1])], present[-1], message, "REPEATED_COLUMN")
        if present:
            return
        free = {name: cell.text.strip() for name, cell in zip(names, cells, strict=True)}
        near = one_meant(choice[0], [name for name in free if name and name not in known])
        hint = f" Is {free[near]!r} meant?" if near else ""
        message = f"the column {' or '.join(choice)} is missing.{hint}"
        self.report(start, choice[0], message, "MISSING_COLUMN", EXAMPLE)

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


def _unreadable(path: Path, message: str) -> InputError:
    place = str(path).replace("\0", "\\0")
    return InputError([Problem("", message, EXAMPLE, place, "FILE")])
