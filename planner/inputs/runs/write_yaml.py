"""How do measured runs get into a portfolio file while everything else in it stays as it is?

The text is not dumped anew: rows are inserted where the parser says that a project or its list of
pilots ends. So every comment, blank line, quote and number keeps the form its author gave it, and
the file is read again afterwards to prove that the runs, and nothing else, were added.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from planner.domain.portfolio.project import Pilot
from planner.errors import InputError, Problem
from planner.inputs.document import Document, Location
from planner.inputs.runs.write_xlsx import add_pilots_to_workbook
from planner.inputs.toml_source import read_toml
from planner.inputs.yaml_source import read_yaml, resolve_plain
from planner.reference.text_file import decode

__all__ = ["add_pilots", "pilot_row"]

type Row = dict[str, int | float | str | bool]
type _Edit = tuple[int, str]
"""Where in the text to insert, and what."""
type _Editor = Callable[[Mapping[int, list[Row]]], list[_Edit]]
"""From rows by the number of their project to insertions."""

_BOM = b"\xef\xbb\xbf"
_INDENT = 2
_LONGEST_PERCENT = 40  # characters; a longer one stays the fraction that Python prints
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_./+-]*(?: [A-Za-z0-9_./+-]+)*")
_DIGITS = re.compile(r"[0-9]+")
_GAP_COMMA = re.compile(r"(?:\s|#[^\r\n]*+)*+,")
_TOML_TEXT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'')
_TOML_BRACKET = re.compile(rf"{_TOML_TEXT.pattern}|#[^\n]*|[\[{{]|[\]}}]")
_TOML_HEADER = re.compile(r"\[\[[^\n]*?\]\]")


def add_pilots(
    content: bytes,
    name: str,
    added: Mapping[str, Sequence[Pilot]],
    document: Document | None = None,
) -> bytes:
    """Return the bytes of a portfolio file with runs added to its projects' pilots.

    Every other byte is kept, in its order: comments, layout, number formats, line ends and a
    byte-order mark. New runs follow the pilots that the project has.

    Parameters
    ----------
    content : bytes
        Of a valid portfolio file.
    name : str
        The file as the user named it; its ending tells its format.
    added : mapping of str to sequence of Pilot
        New runs by project id.
    document : Document, optional
        What the content reads as, where that is known; a workbook is read again in any case.

    Returns
    -------
    bytes
        Reads back as the same values with the runs appended.

    Raises
    ------
    InputError
        The layout is one that rows cannot be inserted into without changing something else.
    """
    if Path(name).suffix.lower() == ".xlsx":
        return add_pilots_to_workbook(content, name, added)
    text = decode(content, name)
    is_toml = Path(name).suffix.lower() == ".toml"
    read = read_toml if is_toml else read_yaml
    before = document or read(text, name)[0]
    rows = {
        index: [pilot_row(pilot) for pilot in added[identity]]
        for index, identity in enumerate(_ids(before))
        if added.get(identity)
    }
    edits = _toml_edits(text, before) if is_toml else _yaml_edits(text)
    samples = {index: _samples(added) for index, added in rows.items()}
    _require_kept(before, _edited(text, edits(samples)), name, samples)
    after = _edited(text, edits(rows))
    bom = _BOM if content.startswith(_BOM) else b""
    return bom + after.encode("utf-8")


def pilot_row(pilot: Pilot) -> Row:
    """Return a run as the values a person would write; what is not known is left out.

    Examples
    --------
    >>> pilot_row(Pilot(images=20_000, error=0.081, test_images=500))
    {'images': 20000, 'error': '8.1%', 'test_images': 500}
    """
    row: Row = {"images": pilot.images, "error": _percent(pilot.error)}
    for field in ("test_images", "architecture", "pretrained", "backbone", "seed"):
        value = getattr(pilot, field)
        if value is not None:
            row[field] = str(value) if field == "backbone" else value
    return row


def _percent(share: float) -> str | float:
    """Return a share per cent, exactly: the digits are those of the fraction, moved by two."""
    text = f"{Decimal(repr(share)).scaleb(2).normalize():f}%"
    return text if len(text) <= _LONGEST_PERCENT else share


def _ids(document: Document) -> list[str]:
    data = cast("dict[str, Any]", document.data)
    return [project["id"] for project in data["projects"]]


def _edited(text: str, edits: Sequence[_Edit]) -> str:
    """Return the text with every insertion made; those at one place keep their order."""
    parts, at = [], 0
    for index, inserted in sorted(edits, key=lambda edit: edit[0]):
        parts += [text[at:index], inserted]
        at = index
    return "".join([*parts, text[at:]])


def _samples(rows: Sequence[Row]) -> list[Row]:
    """Return the first row of every shape, and the last: other digits read as other digits."""
    shapes = {_DIGITS.sub("0", _flow_row(row, quoted=False)): row for row in reversed(rows)}
    first = {id(row) for row in (*shapes.values(), rows[-1])}
    return [row for row in rows if id(row) in first]


def _require_kept(before: Document, text: str, name: str, rows: Mapping[int, list[Row]]) -> None:
    """Refuse a text that reads as anything but the same values with the runs appended."""
    read = read_toml if Path(name).suffix.lower() == ".toml" else read_yaml
    expected = deepcopy(cast("dict[str, Any]", before.data))
    for index, added in rows.items():
        expected["projects"][index].setdefault("pilots", []).extend(added)
    try:
        after, _ = read(text, name)
        kept = after.data == expected
    except InputError:
        kept = False
    if not kept:
        message = "the runs cannot be added here without changing the layout. Nothing was written."
        index = next(iter(rows), 0)
        place = before.place(("projects", index))
        fix = "pilots: []  as a line of the project, then the same command again"
        raise InputError([Problem("pilots", message, fix, place, "LAYOUT")])


def _yaml_edits(text: str) -> _Editor:
    """Return what inserts rows into a YAML text."""
    root: Any = YAML(typ="safe", pure=True).compose(text)
    projects = _child(root, "projects")

    def edits(rows: Mapping[int, list[Row]]) -> list[_Edit]:
        return [
            edit
            for index, added in rows.items()
            for edit in _yaml_insertions(text, projects.value[index], added)
        ]

    return edits


def _yaml_insertions(text: str, project: Any, added: list[Row]) -> Iterator[_Edit]:  # noqa: ANN401 - nodes carry no usable types
    pilots = _child(project, "pilots")
    quoted = bool(project.flow_style) and any(key.style == '"' for key, _ in project.value)
    written = [_flow_row(row, quoted=quoted) for row in added]
    if pilots is None:
        yield _new_list(text, project, written, quoted=quoted)
    elif pilots.flow_style:
        items = pilots.value
        column = (items[0] if items else pilots).start_mark.column
        last = items[-1].end_mark.index if items else None
        yield from _into_flow_list(text, last, pilots.end_mark.index - 1, column, written)
    else:
        indent = " " * pilots.start_mark.column
        yield _after_line(text, _end(pilots), [f"{indent}- {row}" for row in written])


def _child(mapping: Any, name: str) -> Any:  # noqa: ANN401 - nodes carry no usable types
    """Return the node of a key's value, None if the mapping has no such key."""
    return next((value for key, value in mapping.value if key.value == name), None)


def _end(node: Any) -> int:  # noqa: ANN401 - as above
    """Return where the text of a node ends; a block's own mark lies beyond comments after it."""
    while node.value and not isinstance(node.value, str) and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _new_list(text: str, project: Any, rows: list[str], *, quoted: bool) -> _Edit:  # noqa: ANN401 - as above
    """Return the insertion that gives a project its list of pilots."""
    if project.flow_style:
        key = '"pilots"' if quoted else "pilots"
        return project.value[-1][1].end_mark.index, f", {key}: [{', '.join(rows)}]"
    pad = " " * project.start_mark.column
    item = " " * (project.start_mark.column + _INDENT)
    return _after_line(text, _end(project), [f"{pad}pilots:", *(f"{item}- {row}" for row in rows)])


def _flow_row(row: Row, *, quoted: bool) -> str:
    key = json.dumps if quoted else str
    return (
        "{" + ", ".join(f"{key(k)}: {_yaml_value(v, quoted=quoted)}" for k, v in row.items()) + "}"
    )


def _yaml_value(value: float | str | bool, *, quoted: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = _PLAIN_NAME.fullmatch(value) and resolve_plain(value) == value
    is_percent = re.fullmatch(r"[0-9.]+%", value)
    return value if (is_plain or is_percent) and not quoted else json.dumps(value)


def _into_flow_list(
    text: str, last: int | None, closing: int, column: int, rows: list[str]
) -> list[_Edit]:
    """Return the insertions that append to a bracketed list.

    Parameters
    ----------
    last, closing : int
        Where its last item ends (None if it is empty), and where its closing bracket stands.
    column : int
        Of its first item.
    """
    if last is None:
        return [(closing, ", ".join(rows))]
    comma = _GAP_COMMA.match(text, last, closing)
    after = comma.end() if comma else last
    edits: list[_Edit] = [] if comma else [(last, ",")]
    line_end = _line_end(text, after)
    if line_end >= closing:
        return [*edits, (after, " " + ", ".join(rows))]
    newline = _newline(text) + " " * column
    return [*edits, (line_end, newline + f",{newline}".join(rows))]


def _after_line(text: str, index: int, lines: list[str]) -> _Edit:
    """Return the insertion of whole lines after the one in which ``index`` lies."""
    newline = _newline(text)
    if index and text[index - 1] in "\r\n":  # a block of text ends where the next line begins
        return index, "".join(line + newline for line in lines)
    return _line_end(text, index), "".join(newline + line for line in lines)


def _line_end(text: str, index: int) -> int:
    match = re.compile(r"[\r\n]").search(text, index)
    return match.start() if match else len(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


@dataclass(frozen=True, eq=False)
class _TomlText:
    """A TOML text and where its values begin."""

    text: str
    document: Document

    @cached_property
    def line_starts(self) -> list[int]:
        """Where each line begins."""
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def position(self, location: Location) -> int:
        """Return the index of the first character of a value."""
        line, column = self.document.values[location]
        return self.line_starts[line - 1] + column - 1


def _toml_edits(text: str, document: Document) -> _Editor:
    """Return what inserts rows into a TOML text."""
    source = _TomlText(text, document)

    def edits(rows: Mapping[int, list[Row]]) -> list[_Edit]:
        return [
            edit for index, added in rows.items() for edit in _toml_insertions(source, index, added)
        ]

    return edits


def _toml_insertions(source: _TomlText, index: int, added: list[Row]) -> Iterator[_Edit]:
    text, values = source.text, source.document.values
    pilots: Location = ("projects", index, "pilots")
    if pilots not in values:
        yield _new_toml_list(source, index, added)
        return
    start = source.position(pilots)
    if text.startswith("[[", start):
        yield _toml_blocks(source, pilots, added)
        return
    last, closing = _toml_list_ends(text, start)
    column = values.get((*pilots, 0), (1, 3))[1] - 1
    yield from _into_flow_list(text, last, closing, column, [_toml_row(row) for row in added])


def _new_toml_list(source: _TomlText, index: int, rows: list[Row]) -> _Edit:
    """Return the insertion of a list of pilots after the project's id, which is always there."""
    match = _TOML_TEXT.match(source.text, source.position(("projects", index, "id")))
    after = match.end() if match else len(source.text)
    written = [_toml_row(row) for row in rows]
    if source.text.startswith("{", source.position(("projects", index))):
        return after, f", pilots = [{', '.join(written)}]"
    return _after_line(source.text, after, ["pilots = [", *(f"  {row}," for row in written), "]"])


def _toml_blocks(source: _TomlText, pilots: Location, rows: list[Row]) -> _Edit:
    """Return the insertion of ``[[projects.pilots]]`` tables after the last one."""
    text, depth = source.text, len(pilots)
    fields = [place for place in source.document.values if place[:depth] == pilots]
    last = max(source.position(place) for place in fields)
    header = _TOML_HEADER.match(text, source.position(pilots))
    lines: list[str] = []
    for row in rows:
        pairs = [f"{key} = {_toml_value(value)}" for key, value in row.items()]
        lines += ["", header[0] if header else "", *pairs]
    return _after_line(text, last, lines)


def _toml_list_ends(text: str, start: int) -> tuple[int | None, int]:
    """Return where the last table of a list ends, None if it is empty, and its closing bracket."""
    depth, last = 0, None
    for match in _TOML_BRACKET.finditer(text, start):
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth -= 1
            if depth == 1:
                last = match.end()
            if depth == 0:
                return last, match.start()
    return last, len(text)


def _toml_row(row: Row) -> str:
    return "{" + ", ".join(f"{key} = {_toml_value(value)}" for key, value in row.items()) + "}"


def _toml_value(value: float | str | bool) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
