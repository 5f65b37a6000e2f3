"""YAML text as plain values with places.

The parser's events are folded into values here, for four reasons: every value keeps its line and
column; duplicate keys, aliases and tags are seen before anything acts on them; nothing recurses, so
deep nesting cannot exhaust the stack; and it is twice as fast as building a node graph first. Plain
scalars follow the core schema of YAML 1.2: ``yes`` and ``2027-01-01`` are text.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml import events as ev
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from planner.domain.quantities import number_written, show
from planner.errors import InputError, Problem
from planner.inputs.document import (
    MAX_VALUES,
    Document,
    Finding,
    Location,
    Mark,
    too_many,
)

MAX_EVENTS = MAX_VALUES
"""Keys, values, and beginnings and ends of lists and mappings: each takes 30 microseconds."""

MAX_DEPTH = 40
"""Lists and mappings inside each other; a portfolio file needs 6."""

_INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
_BASED_INTEGER = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_WORDS: dict[str, object] = {
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], float("inf")),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], float("-inf")),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], float("nan")),
}
_MERGE = "<<"
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = 400  # digits; Python refuses to read integers of more than 4,300


def read_yaml(text: str, name: str) -> tuple[Document, list[Finding]]:
    """Return the values of a YAML text, and what is wrong with it although it can be read.

    Parameters
    ----------
    text : str
        One YAML document.
    name : str
        The file as the user named it.

    Returns
    -------
    tuple of Document and list of Finding
        Findings are duplicate keys, aliases, tags and keys that are no text.

    Raises
    ------
    InputError
        The text is not YAML; has no, or more than one, document; or nests too deeply.
    """
    builder = _Builder(name)
    try:
        for number, event in enumerate(_events(text)):
            if number > MAX_EVENTS:
                raise InputError([_syntax_problem(builder.place, too_many("YAML"))])
            builder.take(event)
    except MarkedYAMLError as error:
        raise _syntax_error(error, text, name) from None
    except YAMLError as error:
        raise InputError([_syntax_problem(f"{name}:1:1", str(error))]) from None
    except (ValueError, OverflowError, IndexError, AttributeError, AssertionError, TypeError):
        # ruamel.yaml leaks these on some malformed escapes, directives and indicators.
        raise InputError([_syntax_problem(builder.place, "this is not YAML")]) from None
    return builder.document(), builder.findings


def resolve_plain(text: str) -> object:
    """Return what an unquoted scalar means in the core schema of YAML 1.2.

    Examples
    --------
    >>> resolve_plain("true"), resolve_plain("20"), resolve_plain("3e-11"), resolve_plain("20k")
    (True, 20, 3e-11, '20k')
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789" or len(text) > _LONGEST_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return number_written(text)
    if _BASED_INTEGER.fullmatch(text):
        return int(text, 0)
    return text


@dataclass
class _Frame:
    """A list or mapping that is not closed yet."""

    value: dict[str, object] | list[object]
    location: Location
    key: str | None = None  # of a mapping: the key that waits for its value
    is_key: bool = False  # the collection stands where a key should


@dataclass
class _Builder:
    """Folds parser events into values, places and findings."""

    name: str
    data: object = None
    documents: int = 0
    values: dict[Location, Mark] = field(default_factory=lambda: {(): (1, 1)})
    keys: dict[Location, Mark] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    unreadable: set[Location] = field(default_factory=set)
    stack: list[_Frame] = field(default_factory=list)
    last: Mark = (1, 1)

    @property
    def place(self) -> str:
        return f"{self.name}:{self.last[0]}:{self.last[1]}"

    def document(self) -> Document:
        return Document(
            self.name, self.data, self.values, self.keys, unreadable=frozenset(self.unreadable)
        )

    def take(self, event: Any) -> None:  # noqa: ANN401 - the events carry no usable types
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        self.last = mark
        match event:
            case ev.ScalarEvent():
                self.scalar(event, mark)
            case ev.MappingStartEvent():
                self.open({}, event, mark)
            case ev.SequenceStartEvent():
                self.open([], event, mark)
            case ev.CollectionEndEvent():
                self.close()
            case ev.AliasEvent():
                message = f"alias *{event.anchor}: aliases are not read; write the value out."
                self.refuse(message, mark)
            case ev.DocumentStartEvent():
                self.start_document(event, mark)
            case _:  # ends of documents and of the stream
                pass

    def start_document(self, event: Any, mark: Mark) -> None:  # noqa: ANN401 - as above
        self.documents += 1
        if self.documents > 1:
            message = "a second document begins here; a portfolio file holds one."
            raise InputError([_syntax_problem(self.place, message)])
        if event.version is not None and tuple(event.version) != (1, 2):
            message = "files are read as YAML 1.2; delete the line above that asks for another."
            self.findings.append(Finding((), message, mark=mark))

    def scalar(self, event: Any, mark: Mark) -> None:  # noqa: ANN401 - as above
        frame = self.stack[-1] if self.stack else None
        text = event.value
        if event.style == '"' and _SURROGATE.search(text):
            text = self.joined(text, mark)
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            self.key(frame, text, mark)
            self.check_tag(event, (*frame.location, text))
            return
        self.check_tag(event, self.add(text if event.style else resolve_plain(text), mark))

    def joined(self, text: str, mark: Mark) -> str:
        """Return text whose escapes spell halves of characters, as JSON does, with them joined."""
        try:
            return text.encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            message = "an escape spells half of a character; write the character itself."
            self.findings.append(Finding((), message, code="ENCODING", mark=mark))
            return text.encode("utf-8", "replace").decode("utf-8")

    def key(self, frame: _Frame, key: str, mark: Mark) -> None:
        location = (*frame.location, key)
        if location in self.keys:
            first = self.keys[location][0]
            message = f"{show(key)} is given twice, in lines {first} and {mark[0]}; keep one."
            self.findings.append(Finding(location, message, code="DUPLICATE_KEY", mark=mark))
        else:
            self.keys[location] = mark
        if key == _MERGE:
            message = "merge keys are not read; write the fields out."
            self.unreadable.add(location)
            self.findings.append(Finding(location, message, code="YAML_ALIAS", mark=mark))
        frame.key = key

    def add(self, value: object, mark: Mark) -> Location:
        """Put a value where it belongs and return its location."""
        if not self.stack:
            self.data = value
            self.values[()] = mark
            return ()
        frame = self.stack[-1]
        if isinstance(frame.value, list):
            location: Location = (*frame.location, len(frame.value))
            frame.value.append(value)
        else:
            key = frame.key if frame.key is not None else ""
            location = (*frame.location, key)
            frame.value[key] = value
            frame.key = None
        self.values[location] = mark
        return location

    def open(self, value: dict[str, object] | list[object], event: Any, mark: Mark) -> None:  # noqa: ANN401 - as above
        if len(self.stack) >= MAX_DEPTH:
            message = f"lists and mappings are nested more than {MAX_DEPTH} deep."
            raise InputError([_syntax_problem(self.place, message)])
        frame = self.stack[-1] if self.stack else None
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            # A collection as a key: read on, so that later mistakes are found, but keep nothing.
            location: Location = (*frame.location, "?")
            self.findings.append(Finding(location, "a key must be text.", mark=mark))
            self.unreadable.add(location)
            self.stack.append(_Frame(value, location, is_key=True))
            return
        location = self.add(value, mark)
        self.check_tag(event, location)
        self.stack.append(_Frame(value, location))

    def close(self) -> None:
        frame = self.stack.pop()
        if frame.is_key:
            self.stack[-1].key = "?"

    def refuse(self, message: str, mark: Mark) -> None:
        """Report a value that is not read and put nothing in its place."""
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.key == _MERGE:
            self.add(None, mark)  # the merge key has been reported
            return
        if frame is not None and isinstance(frame.value, dict) and frame.key is None:
            frame.key = "?"
            location: Location = (*frame.location, "?")
        else:
            location = self.add(None, mark)
        self.unreadable.add(location)
        self.findings.append(Finding(location, message, code="YAML_ALIAS", mark=mark))

    def check_tag(self, event: Any, location: Location) -> None:  # noqa: ANN401 - as above
        tag = event.tag
        if tag is None:
            return
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        name = str(tag).replace("tag:yaml.org,2002:", "!!")
        message = f"tag {show(name)}: tags are not read; delete it and write the plain value."
        self.unreadable.add(location)
        self.findings.append(Finding(location, message, code="YAML_TAG", mark=mark))


def _events(text: str) -> Iterator[Any]:
    yaml = YAML(typ="safe", pure=True)
    yield from yaml.parse(io.StringIO(text))


def _syntax_error(error: MarkedYAMLError, text: str, name: str) -> InputError:
    mark = error.problem_mark or error.context_mark
    place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent or (mark and line[mark.column : mark.column + 1] == "\t"):
        message = "a tab stands here; YAML is indented with spaces."
        return InputError([_syntax_problem(place, message, "two spaces for each level")])
    reason = " ".join(str(part) for part in (error.context, error.problem) if part)
    return InputError([_syntax_problem(place, f"this is not YAML: {reason}.")])


def _syntax_problem(place: str, message: str, fix: str = "") -> Problem:
    return Problem("", message, fix, place=place, code="SYNTAX")
