"""How do measured runs get into the Excel form? As rows of its sheet Pilots, all else kept.

What openpyxl does not carry over (pictures, shapes, macros) is not kept; values, formulas with
their results, formats, comments and drop-down lists are. The workbook is read again afterwards to
prove that the runs, and nothing else, were added.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import copy, deepcopy
from typing import Any

from planner.domain.portfolio.project import Pilot
from planner.domain.quantities import DEFAULT_CURRENCY, QuantityError, parse_rate
from planner.errors import InputError, Problem
from planner.inputs.xlsx.fields import PILOTS
from planner.inputs.xlsx.open import Grid, formula_results, open_workbook, read_grids
from planner.inputs.xlsx.save import workbook_bytes
from planner.inputs.xlsx.source import read_xlsx
from planner.inputs.xlsx.tables import TableReader

__all__ = ["add_pilots_to_workbook"]

type Sheet = Any
type Workbook = Any
"""Of openpyxl, which carries no types."""

_FORMATS = {"error": "0.0##%", "images": "#,##0", "test_images": "#,##0"}


def add_pilots_to_workbook(
    content: bytes, name: str, added: Mapping[str, Sequence[Pilot]]
) -> bytes:
    """Return the bytes of a workbook with runs added to its sheet Pilots, made if it is missing.

    Parameters
    ----------
    content : bytes
        Of a valid portfolio workbook.
    name : str
        The file as the user named it.
    added : mapping of str to sequence of Pilot
        New runs by project id.

    Raises
    ------
    InputError
        Rows cannot be added without changing something else.
    """
    workbook = open_workbook(content, name)
    results = formula_results(content, name)
    sheet, columns, row = _pilots_sheet(workbook, content, name)
    for identity, pilots in added.items():
        for pilot in pilots:
            row += 1
            _write_row(sheet, row, columns, {**_values(pilot), "project": identity})
    changed = workbook_bytes(workbook, results)
    _require_kept(content, changed, name, added)
    return changed


def _values(pilot: Pilot) -> dict[str, object]:
    """Return what is known of a run, by field."""
    names = ("images", "error", "test_images", "architecture", "pretrained", "backbone", "seed")
    values = {field: getattr(pilot, field) for field in names}
    if pilot.backbone is not None:
        values["backbone"] = str(pilot.backbone)
    return {field: value for field, value in values.items() if value is not None}


def _pilots_sheet(
    workbook: Workbook, content: bytes, name: str
) -> tuple[Sheet, dict[str, int], int]:
    """Return the sheet of pilots, the column of each field, added if missing, and the last row."""
    _, grids = read_grids(content, name, {PILOTS.name.lower()})
    grid = grids[0] if grids else Grid(PILOTS.name, {})
    sheet = workbook[grid.name] if grids else workbook.create_sheet(grid.name)
    header_row, found = TableReader(grid, PILOTS, DEFAULT_CURRENCY).layout()
    columns = {item.path[0]: column for column, item in found.items() if item is not None}
    free = max(found, default=0)
    for item in PILOTS.fields:
        if item.path[0] not in columns:
            free += 1
            columns[item.path[0]] = free
            sheet.cell(header_row, free, item.title)
    return sheet, columns, max((row for row, _ in grid.cells), default=header_row)


def _write_row(
    sheet: Sheet, row: int, columns: Mapping[str, int], values: Mapping[str, object]
) -> None:
    for field, value in values.items():
        cell = sheet.cell(row, columns[field], value)
        above = sheet.cell(row - 1, columns[field])
        if above.has_style:
            cell.font, cell.alignment = copy(above.font), copy(above.alignment)
        if isinstance(value, str):
            cell.data_type = "s"  # an id that begins with = is no formula
        elif field in _FORMATS:
            cell.number_format = _FORMATS[field]


def _require_kept(
    before: bytes, after: bytes, name: str, added: Mapping[str, Sequence[Pilot]]
) -> None:
    """Refuse a workbook that reads as anything but the same values with the runs appended."""
    old, _ = read_xlsx(before, name)
    expected: Any = deepcopy(old.data)
    for project in expected["projects"]:
        for pilot in added.get(project["id"], ()):
            values = _values(pilot)
            project.setdefault("pilots", []).append(values)
    try:
        new, findings = read_xlsx(after, name)
        kept = not findings and _comparable(new.data) == _comparable(expected)
    except InputError:
        kept = False
    if not kept:
        message = "the runs cannot be added to sheet Pilots without changing something else."
        fix = "planner init --xlsx writes a form whose sheet Pilots can be copied"
        raise InputError([Problem("pilots", message, fix, f"{PILOTS.name}!A1", "LAYOUT")])


def _comparable(data: object) -> object:
    """Return the data with the errors of runs as numbers: a cell shows them per cent."""
    copied: Any = deepcopy(data)
    for project in copied["projects"]:
        for run in project.get("pilots", ()):
            with suppress(QuantityError):
                run["error"] = parse_rate(run["error"])
    return copied
