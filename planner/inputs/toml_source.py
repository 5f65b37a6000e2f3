"""TOML text as plain values with places.

``tomllib`` reads the values but keeps no positions, so a second scan of the text, known to be valid
by then, finds where each key and value begins. Tests compare the two on random documents.
"""

import re
import tomllib
from dataclasses import dataclass, field

from planner.domain.quantities import number_written
from planner.errors import InputError, Problem
from planner.inputs.document import MAX_VALUES, Document, Finding, Location, Mark, too_many

MAX_DEPTH = 40
"""Arrays and tables inside each other; a portfolio file needs 6."""

_WHERE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)")
_SPACE = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_ENDLESS = re.compile(r"[0-9][0-9_]{4000,}")
_ALREADY = re.compile(r"Cannot (?:overwrite|declare|mutate)|Duplicate inline table key")


def read_toml(text: str, name: str) -> tuple[Document, list[Finding]]:
    """Return the values of a TOML text with the place of each; the list of findings is empty.

    Raises
    ------
    InputError
        The text is not TOML, gives a key twice, or nests too deeply.
    """
    text = text.replace("\r\n", "\n")
    if text.count("=") + text.count(",") > MAX_VALUES // 2:
        raise InputError([Problem("", too_many("TOML"), place=f"{name}:1:1", code="SYNTAX")])
    try:
        _refuse_depth(text, name)
        data = tomllib.loads(text, parse_float=number_written)
    except tomllib.TOMLDecodeError as error:
        raise InputError([_syntax_problem(str(error), text, name)]) from None
    except RecursionError:
        raise InputError([_too_deep(f"{name}:1:1")]) from None
    except ValueError as error:  # an integer of more than 4,300 digits, an impossible date
        raise InputError([_value_problem(error, text, name)]) from None
    scan = _Scan(text)
    scan.document()
    return Document(name, data, scan.values, scan.keys), []


@dataclass
class _Scan:
    """Walks a valid TOML text and notes where keys and values begin."""

    text: str
    at: int = 0
    values: dict[Location, Mark] = field(default_factory=lambda: {(): (1, 1)})
    keys: dict[Location, Mark] = field(default_factory=dict)
    sizes: dict[Location, int] = field(default_factory=dict)  # of arrays of tables
    line: int = 1
    line_start: int = 0
    counted_to: int = 0

    def document(self) -> None:
        table: Location = ()
        self.space()
        while self.at < len(self.text):
            if self.text.startswith("[", self.at):
                table = self.header()
            else:
                self.pair(table)
            self.space()

    def header(self) -> Location:
        """Read ``[table]`` or ``[[table]]`` and return its location."""
        is_entry = self.text.startswith("[[", self.at)
        start = self.at
        self.at += 2 if is_entry else 1
        parts = self.dotted_key()
        self.at = self.text.index("]", self.at) + (2 if is_entry else 1)
        location: Location = ()
        for part in parts[:-1]:
            location = (*location, part)
            if location in self.sizes:
                location = (*location, self.sizes[location] - 1)
        location = (*location, parts[-1])
        self.note(location, start)
        if is_entry:
            self.sizes[location] = self.sizes.get(location, 0) + 1
            location = (*location, self.sizes[location] - 1)
            self.note(location, start)
        return location

    def pair(self, table: Location) -> None:
        """Read ``key = value``."""
        start = self.at
        location = table
        for part in self.dotted_key():
            location = (*location, part)
            self.note(location, start)
        self.space()
        self.at += 1  # the equals sign
        self.space()
        self.values[location] = self.mark(self.at)
        self.value(location)

    def note(self, location: Location, start: int) -> None:
        """Remember the first place of a key; its value may move the value's place."""
        mark = self.mark(start)
        self.keys.setdefault(location, mark)
        self.values.setdefault(location, mark)

    def value(self, location: Location) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self.array(location)
        elif opening == "{":
            self.inline_table(location)
        elif opening in "\"'":
            self.string()
        else:
            match = _BARE_VALUE.match(self.text, self.at)
            self.at = match.end() if match else self.at + 1

    def array(self, location: Location) -> None:
        index = 0
        self.at += 1
        self.space()
        while self.text[self.at] != "]":
            self.values[*location, index] = self.mark(self.at)
            self.value((*location, index))
            index += 1
            self.separator()
        self.at += 1

    def inline_table(self, location: Location) -> None:
        self.at += 1
        self.space()
        while self.text[self.at] != "}":
            self.pair(location)
            self.separator()
        self.at += 1

    def separator(self) -> None:
        self.space()
        if self.text[self.at] == ",":
            self.at += 1
            self.space()

    def dotted_key(self) -> list[str]:
        parts = []
        while True:
            self.space()
            if self.text[self.at] in "\"'":
                parts.append(str(tomllib.loads(f"k = {self.string()}")["k"]))
            else:
                match = _BARE_KEY.match(self.text, self.at)
                self.at = match.end() if match else self.at + 1
                parts.append(match[0] if match else "")
            self.space()
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def string(self) -> str:
        match = _STRING.match(self.text, self.at)
        self.at = match.end() if match else self.at + 1
        return match[0] if match else ""

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def mark(self, position: int) -> Mark:
        """Return line and column of a position, counting on from the last one asked for."""
        if position < self.counted_to:
            self.line, self.line_start, self.counted_to = 1, 0, 0
        newlines = self.text.count("\n", self.counted_to, position)
        if newlines:
            self.line += newlines
            self.line_start = self.text.rindex("\n", self.counted_to, position) + 1
        self.counted_to = position
        return self.line, position - self.line_start + 1


def _refuse_depth(text: str, name: str) -> None:
    """Refuse nesting that would exhaust the stack; brackets in text and comments do not count.

    A dotted key nests as deep as it has dots.
    """
    depth = dots = 0
    for match in re.finditer(rf"{_STRING.pattern}|#[^\n]*|[\[{{]|[\]}}]|[.=,\n]", text, re.DOTALL):
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth = max(0, depth - 1)
        if match[0] == ".":
            dots += 1
        elif match[0] in "=,\n[]{}":
            dots = 0
        if max(depth, dots) > MAX_DEPTH:
            line = text.count("\n", 0, match.start()) + 1
            raise InputError([_too_deep(f"{name}:{line}:1")])


def _too_deep(place: str) -> Problem:
    message = f"arrays and tables are nested more than {MAX_DEPTH} deep."
    return Problem("", message, place=place, code="SYNTAX")


def _value_problem(error: ValueError, text: str, name: str) -> Problem:
    """Return the problem of a value that has the form of TOML, but none that can be read."""
    digits = _ENDLESS.search(text)
    if digits is None:
        return Problem("", f"this is not TOML: {error}.", place=f"{name}:1:1", code="SYNTAX")
    line = text.count("\n", 0, digits.start()) + 1
    column = digits.start() - (text.rfind("\n", 0, digits.start()) + 1) + 1
    message = f"a number of {len(digits[0]):,} digits is too large."
    return Problem("", message, place=f"{name}:{line}:{column}")


def _syntax_problem(message: str, text: str, name: str) -> Problem:
    where = _WHERE.search(message)
    lines = text.split("\n")
    line, column = len(lines), len(lines[-1]) + 1
    if where and where[1]:
        line, column = int(where[1]), int(where[2])
    place = f"{name}:{line}:{column}"
    reason = _WHERE.sub("", message)
    if _ALREADY.match(reason):
        return Problem("", f"a key or table is given twice: {reason}.", "", place, "DUPLICATE_KEY")
    return Problem("", f"this is not TOML: {reason}.", "", place, "SYNTAX")
