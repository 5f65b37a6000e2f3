"""A portfolio file as tables of cells, and each mistake at the cell it is about.

Sheets, columns, units and help are those of the workbook form, which are declared with the fields.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from planner.domain.fields.declared import Kind
from planner.domain.fields.finding import Location
from planner.inputs.document import Document
from planner.inputs.xlsx.cells import read_cell
from planner.inputs.xlsx.fields import (
    OF_PROJECTS,
    RULE_COLUMNS,
    RULES,
    SHEETS,
)
from planner.inputs.xlsx.layout import FormField, FormSheet
from planner.inputs.xlsx.open import SheetCell
from planner.inputs.yaml_source import resolve_plain

__all__ = ["Cell", "cells_of", "field_named", "form_view", "located", "tables_view", "value_of"]

_TEXTS = (Kind.TEXT, Kind.WORD, Kind.NAMES)
_QUOTED = ',;\n":'
RULE, PROJECT = "rule", "project"
"""Columns that say which kind of rule, and whose run, a row is; no field of the file holds them."""


@dataclass(frozen=True)
class Cell:
    """One cell: which sheet, row and column, and where its value stands in the file."""

    sheet: str
    row: int
    column: str
    location: Location


def form_view() -> list[dict[str, object]]:
    """Return the sheets with their columns: what the page asks for, and how it explains it."""
    return [
        {
            "name": sheet.name,
            "hint": sheet.hint,
            "table": sheet.is_table,
            "of_project": sheet in OF_PROJECTS,
            "columns": [_column(item) for item in sheet.fields if item.path != ("version",)],
        }
        for sheet in SHEETS
    ]


def _column(item: FormField) -> dict[str, object]:
    return {
        "path": ".".join(item.path),
        "title": item.header,
        "unit": item.unit,
        "help": item.help,
        "kind": str(item.kind),
        "choices": list(item.choices),
        "default": item.default,
        "example": "" if item.example is None else text_of(item.example),
        "width": item.width,
    }


def tables_view(data: object) -> dict[str, list[dict[str, object]]]:
    """Return the rows of every sheet, each with the texts of its cells by column."""
    found: dict[str, list[dict[str, object]]] = {sheet.name: [] for sheet in SHEETS}
    for sheet, here, entry, extra in _entries(data):
        texts = {
            ".".join(item.path): _typed(_at(entry, _within(sheet, item, entry)), item)
            for item in sheet.fields
            if not ((sheet is RULES and item.path == (RULE,)) or _says_whose(sheet, item))
        }
        texts |= extra
        filled = {name: text for name, text in texts.items() if text}
        found[sheet.name].append({"at": list(here), "cells": filled})
    return found


def cells_of(data: object) -> Iterator[Cell]:
    """Yield every cell there is, empty ones included."""
    rows: dict[str, int] = {}
    for sheet, here, entry, _ in _entries(data):
        row = rows.get(sheet.name, 0)
        rows[sheet.name] = row + 1
        for item in sheet.fields:
            path = _within(sheet, item, entry)
            if path is not None:
                yield Cell(sheet.name, row, ".".join(item.path), (*here, *path))


def _entries(data: object) -> Iterator[tuple[FormSheet, Location, Any, dict[str, str]]]:
    """Yield every row: its sheet, where its entry stands, the entry, and texts not of the file."""
    for sheet in SHEETS:
        if not sheet.is_table:
            yield sheet, (), data, {}
        elif sheet in OF_PROJECTS:
            for at, project in _listed(data, ("projects",)):
                path = sheet.location[1:]
                for number, entry in _listed(project, path):
                    here: Location = ("projects", at, *path, number)
                    yield sheet, here, entry, {PROJECT: text_of(_at(project, ("id",)))}
        else:
            for at, entry in _listed(data, sheet.location):
                extra = {RULE: kind_of(entry)} if sheet is RULES else {}
                yield sheet, (*sheet.location, at), entry, extra


def _listed(data: object, path: Sequence[str]) -> Iterator[tuple[int, Any]]:
    found = _at(data, tuple(path))
    yield from enumerate(found) if isinstance(found, list) else ()


def _at(data: object, path: Location | None) -> object:
    for step in path or ():
        data = data.get(step) if isinstance(data, Mapping) else None
    return None if path is None else data


def _within(sheet: FormSheet, item: FormField, entry: object) -> Location | None:
    """Return where a column's value stands in an entry; None where the entry has no such field."""
    if _says_whose(sheet, item):
        return None
    if sheet is not RULES:
        return item.path
    columns = RULE_COLUMNS.get(kind_of(entry), {})
    key = columns.get(item.path[0])
    return None if key is None else (key,)


def _says_whose(sheet: FormSheet, item: FormField) -> bool:
    """Tell whether a column says which project a row belongs to."""
    return sheet in OF_PROJECTS and item.path == (PROJECT,)


def kind_of(entry: object) -> str:
    """Return which kind of rule an entry is; empty for none that is known."""
    keys = entry if isinstance(entry, Mapping) else {}
    return next((kind for kind in RULE_COLUMNS if kind in keys), "")


def text_of(value: object) -> str:
    """Return a value as a person types it into a cell.

    Examples
    --------
    >>> text_of({"ok": 900, "a,b": "2k"}), text_of(["x", "y"]), text_of(True), text_of(0.3)
    ('ok: 900, "a,b": 2k', 'x, y', 'true', '0.3')
    """
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{_quoted(str(key))}: {text_of(part)}" for key, part in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_quoted(text_of(part)) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) and abs(value) >= 10_000 else str(value)


def _typed(value: object, item: FormField) -> str:
    """Return a value as a person types it into the cell of a column."""
    is_name = item.kind is Kind.NAMES and isinstance(value, str)
    return text_of([value] if is_name else value)


def _quoted(name: str) -> str:
    if any(char in name for char in _QUOTED) or name != name.strip():
        doubled = name.replace('"', '""')
        return f'"{doubled}"'
    return name


def value_of(text: str, item: FormField, currency: str) -> object:
    """Return what a typed text is in a file; None for nothing.

    Raises
    ------
    CellError
        A list or counts that are not one; whatever else is wrong the file's own reader says.
    """
    value = read_cell(SheetCell(text), item, currency)
    if item.kind in _TEXTS or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {name: _number(str(part)) for name, part in value.items()}
    return _number(value) if isinstance(value, str) else value


def _number(text: str) -> object:
    """Return a number as YAML has it, where the text is one; thousands may be set apart."""
    bare = text.replace(",", "") if _has_thousands(text) else text
    return resolve_plain(bare) if bare else None


def _has_thousands(text: str) -> bool:
    groups = text.split(",")
    return (
        len(groups) > 1
        and 1 <= len(groups[0]) <= 3
        and all(len(group) == 3 for group in groups[1:])
        and all(group.isdecimal() for group in groups)
    )


@cache
def field_named(sheet: str, column: str) -> FormField | None:
    """Return a column of a sheet by its path; None if there is none."""
    fields = (item for one in SHEETS if one.name == sheet for item in one.fields)
    return next((item for item in fields if ".".join(item.path) == column), None)


def located(problems: Sequence[Mapping[str, str]], document: Document) -> list[dict[str, object]]:
    """Return problems, each with the cell it is about; without one it is about the whole file."""
    cells = list(cells_of(document.data))
    by_path: dict[str, list[Cell]] = {}
    for cell in cells:
        by_path.setdefault(document.path(cell.location), []).append(cell)
    marks = {**{m: loc for loc, m in document.values.items()}}
    marks |= {mark: location for location, mark in document.keys.items()}
    return [
        {**problem, "cell": _as_row(_cell_of(problem, document, cells, by_path, marks))}
        for problem in problems
    ]


def _cell_of(
    problem: Mapping[str, str],
    document: Document,
    cells: Sequence[Cell],
    by_path: Mapping[str, Sequence[Cell]],
    marks: Mapping[tuple[int, int], Location],
) -> Cell | None:
    """Return the cell of a problem: of its field, or of the field that its fix would fill."""
    found = by_path.get(problem["field"], ())
    here = marks.get(_mark(problem["place"]), ())
    if len(found) > 1:  # entries of one name: the place tells them apart
        found = [cell for cell in found if cell.location[:2] == here[:2]] or found
    if found:
        return found[0]
    inside = [
        cell
        for cell in cells
        if len(cell.location) > 1 and _is_part(document.path(cell.location), problem["field"])
    ]
    if here:
        inside = [cell for cell in inside if cell.location[:2] == here[:2]] or inside
    wanted = problem["fix"].partition(":")[0].strip(" {[-")
    named = [cell for cell in inside if cell.location[-1] == wanted]
    holder = problem["field"] and [cell for cell in inside if cell.location[:2] == here[:2]]
    return next(iter(named or holder or []), None)


def _is_part(path: str, whole: str) -> bool:
    """Tell whether a field is part of another, or of the list of values that it is."""
    return bool(whole) and (
        path.startswith((f"{whole}.", f"{whole}[")) or whole.startswith(f"{path}[")
    )


def _mark(place: str) -> tuple[int, int]:
    """Return line and column of a place in a text file; (0, 0) if it has none."""
    *_, line, column = ["", "", *place.split(":")]
    return (int(line), int(column)) if line.isdecimal() and column.isdecimal() else (0, 0)


def _as_row(cell: Cell | None) -> dict[str, object] | None:
    return None if cell is None else {"sheet": cell.sheet, "row": cell.row, "column": cell.column}
