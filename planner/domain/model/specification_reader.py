"""Values of a model specification read one by one; every mistake is collected with its line."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from planner.errors import Problem

__all__ = ["SpecReader"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True)
class SpecReader:
    """Collects mistakes while values are read; a mistake yields a stand-in, never an exception."""

    text: str
    source: str
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, at: str, message: str, fix: str = "") -> None:
        """Note a mistake, with its line."""
        self.problems.append(Problem(at, message, fix, f"{self.source}{self._line(at)}"))

    def mapping(self, value: object, at: str) -> Mapping[str, Any]:
        """Return a table."""
        if isinstance(value, Mapping):
            return value
        self.wrong(at, f"{_show(value)} is no table.")
        return {}

    def tables(self, value: object, at: str) -> list[Mapping[str, Any]]:
        """Return a list of tables."""
        if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            return value
        self.wrong(at, f"{_show(value)} is no list of tables; write [[{at}]] before each.")
        return []

    def known_keys(self, data: Mapping[str, Any], known: Sequence[str], at: str) -> None:
        """Note keys that nothing reads."""
        for key in data:
            if key not in known:
                place = f"{at}.{key}" if at else key
                self.wrong(
                    place, f"unknown entry; known are {', '.join(known)}.", _near(key, known)
                )

    def text_of(self, data: Mapping[str, Any], key: str, at: str, default: str | None) -> str:
        """Return a text."""
        value = data.get(key, default)
        if isinstance(value, str):
            return value
        missing = key not in data
        self.wrong(f"{at}.{key}", "missing." if missing else f"{_show(value)} is no text.")
        return ""

    def name_of(self, data: Mapping[str, Any], key: str, at: str) -> str:
        """Return the name of a term, a group or a standard deviation."""
        value = self.text_of(data, key, at, None)
        if value and not _NAME.fullmatch(value):
            self.wrong(
                f"{at}.{key}",
                f"{_show(value)} is no name; up to 40 letters, digits and underscores, "
                "beginning with a letter.",
            )
        return value

    def number(
        self, data: Mapping[str, Any], key: str, at: str, default: float, *, positive: bool = False
    ) -> float:
        """Return a finite number."""
        value = data.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.wrong(f"{at}.{key}", f"{_show(value)} is no number.")
        elif not abs(value) <= 1e9:
            self.wrong(f"{at}.{key}", f"{_show(value)} is out of range.")
        elif positive and value <= 0:
            self.wrong(f"{at}.{key}", f"{value} must be above 0.")
        else:
            return float(value)
        return default

    def flag(self, data: Mapping[str, Any], key: str, at: str) -> bool:
        """Return true or false."""
        value = data.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(f"{at}.{key}", f"{_show(value)} is neither true nor false.")
        return False

    def word(
        self, data: Mapping[str, Any], key: str, at: str, known: Sequence[str], default: str = ""
    ) -> str:
        """Return one of some known words."""
        path = f"{at}.{key}" if at else key
        if key not in data and not default:
            self.wrong(path, f"missing; one of {', '.join(known)}.")
            return known[0]
        value = data.get(key, default)
        if value in known:
            return str(value)
        self.wrong(path, f"{_show(value)} is not one of {', '.join(known)}.", _near(value, known))
        return known[0]

    def words(
        self, data: Mapping[str, Any], key: str, at: str, known: Sequence[str] | None = None
    ) -> tuple[str, ...]:
        """Return a list of names, known ones where they are given."""
        value = data.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(f"{at}.{key}", f"{_show(value)} is no list of names.")
            return ()
        for item in value:
            if known is not None and item not in known:
                listed = ", ".join(known)
                message = f"{_show(item)} is unknown; there are {listed}."
                self.wrong(f"{at}.{key}", message, _near(item, known))
        return tuple(value)

    def _line(self, at: str) -> str:
        """Return ``:line`` of a path such as ``level.terms[2].prior``, as far as the text tells."""
        header = re.match(r"([a-z_]+)(?:\.([a-z]+)\[(\d+)\])?", at)
        if header is None:
            return ""
        table, kind, number = header.groups()
        lines = self.text.splitlines()
        if kind:
            starts = [i for i, line in enumerate(lines) if line.strip() == f"[[{table}.{kind}]]"]
            start = starts[int(number)] if int(number) < len(starts) else None
        else:
            pattern = re.compile(rf"\s*(\[+{table}\]+|{table}\s*[=.]|\[+{table}\.)")
            start = next((i for i, line in enumerate(lines) if pattern.match(line)), None)
        if start is None:
            return ""
        key = at[header.end() :].lstrip(".").split(".")[0]
        return f":{_line_of_key(lines, start, key) + 1}"


def _line_of_key(lines: Sequence[str], start: int, key: str) -> int:
    """Return the line of ``key`` in the table that begins at ``start``, or ``start`` itself."""
    for i in range(start + 1, len(lines)):
        if lines[i].lstrip().startswith("["):
            break
        if key and re.match(rf"\s*{re.escape(key)}\s*=", lines[i]):
            return i
    return start


def _show(value: object) -> str:
    return repr(value)[:60]


def _near(value: object, known: Sequence[str]) -> str:
    close = get_close_matches(str(value)[:100], known, n=1, cutoff=0.6)
    return f"{close[0]}" if close else ""
