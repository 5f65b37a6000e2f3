"""What did a file say, and where? Plain values with the line and column of each.

The readers of YAML, TOML and workbooks produce a :class:`Document`; the rules of the portfolio
file report a :class:`Finding` by its location in it; :meth:`Document.problems` turns findings into
what the user reads, in the order of the file.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from planner.domain.fields.finding import Finding, Location, Mark
from planner.errors import Problem

__all__ = ["MAX_PROBLEMS", "MAX_VALUES", "Document", "Finding", "Location", "Mark", "too_many"]

MAX_VALUES = 2_000_000
"""Values of a file; a portfolio of 50,000 projects has about 1,300,000."""

MAX_PROBLEMS = 200
"""A file in the wrong shape has a mistake in every line; the first two hundred tell enough."""


def too_many(kind: str) -> str:
    """Return the message about a file with more values than are read."""
    return f"more than {MAX_VALUES:,} keys and values; so many are not read from one {kind} file."


@dataclass(frozen=True)
class Document:
    """Plain values of a file with their places.

    Attributes
    ----------
    name : str
        The file as the user named it.
    data : object
        Mappings, lists, text, numbers, booleans and None.
    values, keys : mapping of Location to Mark
        Where each value, and the key before it, begins.
    flags : mapping of Location to str
        Command-line flags that replaced values of the file.
    unreadable : frozenset of Location
        Values already reported; what the rules say about them is not repeated.
    unlisted : int
        Mistakes of the layout that were counted and not put into words.
    """

    name: str
    data: object
    values: Mapping[Location, Mark] = field(default_factory=dict)
    keys: Mapping[Location, Mark] = field(default_factory=dict)
    flags: Mapping[Location, str] = field(default_factory=dict)
    unreadable: frozenset[Location] = frozenset()
    unlisted: int = 0

    def mark(self, location: Location, *, at_key: bool = False) -> Mark | None:
        """Return line and column of a value, or of the nearest thing that contains it."""
        if at_key and location in self.keys:
            return self.keys[location]
        for length in range(len(location), -1, -1):
            if location[:length] in self.values:
                return self.values[location[:length]]
        return None

    def line(self, location: Location) -> int:
        """Return the line of the key of a value; 0 if unknown."""
        return (self.mark(location, at_key=True) or (0, 0))[0]

    def both(self, first: Location, second: Location) -> str:
        """Return two places as a phrase: ``lines 3 and 5``."""
        return f"lines {self.line(first)} and {self.line(second)}"

    def beside(self, location: Location) -> str:
        """Return the place of a field as a message adds it: ``line 3``."""
        return f"line {self.line(location)}"

    def flag(self, location: Location) -> str | None:
        """Return the command-line flag a value came from."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.flags:
                return self.flags[location[:length]]
        return None

    def place(self, location: Location, *, at_key: bool = False, mark: Mark | None = None) -> str:
        """Return ``file:line:column``, or the flag a value came from."""
        flag = self.flag(location)
        if flag is not None and mark is None:
            return flag
        found = mark or self.mark(location, at_key=at_key)
        return f"{self.name}:{found[0]}:{found[1]}" if found else self.name

    def path(self, location: Location) -> str:
        """Return the name of a field as messages show it: ``projects[shelf-gaps].images.held``."""
        text = ""
        value: object = self.data
        for step in location:
            value = _child(value, step)
            if isinstance(step, int):
                name = _id_of(value) if text in _LISTS_BY_ID else None
                text += f"[{step if name is None else name}]"
            else:
                text += f".{step}" if text else step
        return text

    def places(self) -> dict[str, str]:
        """Return the place of every field of the file by its path."""
        locations = dict.fromkeys([*self.values, *self._flagged()])
        return {self.path(location): self.place(location) for location in locations if location}

    def problems(self, findings: Iterable[Finding]) -> list[Problem]:
        """Return findings as problems in the order of the file, each once."""
        fresh = dict.fromkeys(
            finding
            for finding in findings
            if finding.mark or not self._already_reported(finding.location)
        )
        ordered = sorted(fresh, key=self._order)
        return [
            Problem(
                field=self.path(finding.location),
                message=finding.message,
                fix=finding.fix,
                place=self.place(finding.location, at_key=finding.at_key, mark=finding.mark),
                code=finding.code,
            )
            for finding in ordered
        ]

    def first_problems(self, findings: Iterable[Finding], more: int = 0) -> list[Problem]:
        """Return findings as :meth:`problems` does, the first of many with the number of the rest.

        Parameters
        ----------
        findings : iterable of Finding
            What is wrong.
        more : int, default=0
            Mistakes that were counted and not looked at.
        """
        found = self.problems(findings)
        more += self.unlisted + len(found[MAX_PROBLEMS:])
        if not more:
            return found
        message = f"{more:,} more mistakes are not listed."
        return [*found[:MAX_PROBLEMS], Problem("", message, place=self.name, code="MORE")]

    def with_override(self, location: Location, value: object, flag: str) -> "Document":
        """Return the document with one value replaced by that of a command-line flag."""
        return replace(
            self,
            data=_with_value(self.data, location, value),
            values=_without(self.values, location),
            keys=_without(self.keys, location),
            flags={**self.flags, location: flag},
        )

    def is_incomplete(self, location: Location) -> bool:
        """Tell whether fields of a mapping, such as merged ones, may have been lost unread."""
        return any((*location, key) in self.unreadable for key in ("<<", "?"))

    def _flagged(self) -> Iterator[Location]:
        """Yield what flags set: a flag such as ``--risk`` sets several fields of a mapping."""
        for location in self.flags:
            yield location
            value = self.data
            for step in location:
                value = _child(value, step)
            yield from ((*location, key) for key in value) if isinstance(value, dict) else ()

    def _already_reported(self, location: Location) -> bool:
        return bool(self.unreadable) and any(
            location[:length] in self.unreadable for length in range(len(location) + 1)
        )

    def _order(self, finding: Finding) -> tuple[int, int]:
        if finding.mark is None and self.flag(finding.location) is not None:
            return (0, 0)
        return finding.mark or self.mark(finding.location, at_key=finding.at_key) or (0, 0)


_LISTS_BY_ID = ("projects", "shared", "portfolio.periods")
"""Lists whose entries messages call by their id."""


def _child(value: object, step: str | int) -> object:
    """Return a part of a value, None if it has no such part."""
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _id_of(value: object) -> str | None:
    """Return the id a list entry gives itself, if it is fit to print."""
    name = value.get("id") if isinstance(value, dict) else None
    return name if isinstance(name, str) and 1 <= len(name) <= 300 and name.isprintable() else None


def _without(marks: Mapping[Location, Mark], location: Location) -> dict[Location, Mark]:
    """Return the marks of all that is not part of the value at a location."""
    length = len(location)
    return {
        place: mark
        for place, mark in marks.items()
        if place[:length] != location or len(place) == length
    }


def _with_value(data: object, location: Location, value: object) -> object:
    """Return nested mappings with one value set; data that is no mapping is returned as it is."""
    if not location:
        return value
    if data is None:
        data = {}
    if not isinstance(data, dict):
        return data
    head, *rest = location
    return {**data, head: _with_value(data.get(head), tuple(rest), value)}
