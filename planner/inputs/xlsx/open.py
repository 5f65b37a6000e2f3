"""Workbooks as plain grids of cells: what can go wrong with the file itself is answered here.

Nothing of a workbook is run or fetched: no macros, no links. It is looked through before any of it
is built, so a small file that unpacks to gigabytes is refused: :mod:`planner.inputs.xlsx.guard`.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from planner.domain.quantities import show
from planner.errors import InputError, Problem
from planner.inputs.xlsx.guard import LAST_ROW, Extent, Harmless, TooMuchError, harmless

__all__ = [
    "CellKind",
    "Grid",
    "SheetCell",
    "formula_results",
    "open_workbook",
    "other_format",
    "pictures_left_out",
    "read_grids",
]

MAX_CELLS = 250_000
"""Cells that are read; a form with 5,000 projects has about 100,000."""

MAX_PADDED = 5_000_000
"""Cells that are read, with the empty ones before them in their rows."""

MAX_COVERED = 2_000_000
"""Cells covered by merged areas and links: each takes memory when the sheet is changed."""

MAX_AREAS = 50_000
"""Merged areas of a sheet."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SET = re.compile(r"\{([^{}]*)\}")
"""A set in the words of the library that reads workbooks: in another order in each process."""
_SAVE_AS = "in Excel or LibreOffice: File, Save As, Excel Workbook (.xlsx)"
_OTHER_FORMATS = {
    ".xls": "an old Excel workbook",
    ".xlsm": "a workbook with macros, which are not run",
    ".xlsb": "a binary Excel workbook",
    ".xltx": "an Excel template",
    ".ods": "an OpenDocument workbook",
    ".csv": "one table without sheets",
    ".numbers": "an Apple Numbers document",
}


class CellKind(StrEnum):
    """What a cell holds."""

    VALUE = "value"
    DATE = "date"
    ERROR = "error"  # such as #REF!
    NO_RESULT = "no result"  # a formula that no program has computed yet


@dataclass(frozen=True, slots=True)
class SheetCell:
    """A cell that is not empty.

    Attributes
    ----------
    value : object
        Text, number or truth value; of a date, and of an error, what stands in it.
    number_format : str
        How Excel shows a number.
    kind : CellKind
        What it holds.
    """

    value: object
    number_format: str = "General"
    kind: CellKind = CellKind.VALUE


@dataclass(frozen=True)
class Grid:
    """A sheet.

    Attributes
    ----------
    name : str
        Of the sheet.
    cells : mapping of (row, column) to Cell
        From 1, in reading order; cells without content are left out.
    merged : tuple of (first row, first column, last row, last column)
        Cells that are shown as one.
    """

    name: str
    cells: Mapping[tuple[int, int], SheetCell]
    merged: tuple[tuple[int, int, int, int], ...] = ()


def other_format(ending: str) -> tuple[str, str] | None:
    """Return message and fix for a file of another program, by its ending; None if it is unknown.

    Examples
    --------
    >>> other_format(".ods")[0]
    'this is an OpenDocument workbook, which is not read.'
    """
    kind = _OTHER_FORMATS.get(ending.lower())
    return None if kind is None else (f"this is {kind}, which is not read.", _SAVE_AS)


def read_grids(content: bytes, name: str, wanted: Collection[str]) -> tuple[list[str], list[Grid]]:
    """Return the names of all sheets, and those wanted as grids, in the order of the workbook.

    Parameters
    ----------
    content : bytes
        Of an ``.xlsx`` file.
    name : str
        The file as the user named it.
    wanted : collection of str
        Names in lower case.

    Raises
    ------
    InputError
        It is no workbook, is protected with a password, damaged, or implausibly large.
    """
    with _readable(name):
        looked = _looked_through(content, name)
        reach = _extents(looked)
        for title, extent in reach.items():
            if title.strip().lower() in wanted:
                _require_near(extent, title, name)
        names, sheets = _read(looked.content, wanted)
        has_formulas = any(cell.data_type == "f" for _, cells in sheets for cell in cells)
        results = dict(_read(looked.content, wanted, results=True)[1]) if has_formulas else {}
        return names, [
            Grid(
                title,
                dict(_cells(cells, results.get(title, []))),
                tuple(reach[title].merged) if title in reach else (),
            )
            for title, cells in sheets
        ]


def formula_results(content: bytes, name: str) -> dict[str, dict[str, object]]:
    """Return the results that the formulas of a workbook had when it was saved, by sheet and cell.

    Raises
    ------
    InputError
        As for :func:`read_grids`.
    """
    with _readable(name):
        looked = _looked_through(content, name)
        for title, extent in _extents(looked).items():
            _require_near(extent, title, name)
        formulas = {
            title: {cell.coordinate for cell in cells if cell.data_type == "f"}
            for title, cells in _read(looked.content)[1]
        }
        return {
            title: {
                cell.coordinate: cell.value
                for cell in cells
                if cell.coordinate in formulas.get(title, ())
            }
            for title, cells in _read(looked.content, results=True)[1]
        }


def open_workbook(content: bytes, name: str) -> Any:  # noqa: ANN401 - openpyxl carries no types
    """Return an openpyxl workbook that can be changed and saved.

    Raises
    ------
    InputError
        As for :func:`read_grids`; or so many cells are merged that they would fill the memory.
    """
    with _readable(name):
        looked = _looked_through(content, name)
        reach = _extents(looked)
        for title, extent in reach.items():
            _require_near(extent, title, name)
            _require_uncovered(extent, title, name)
        if sum(extent.cells for extent in reach.values()) > MAX_CELLS:
            message = f"its sheets have more than {MAX_CELLS:,} cells together."
            raise _refusal(name, message, "keep the sheets that are not of the form elsewhere")
        import openpyxl  # only workbooks need it

        return openpyxl.load_workbook(io.BytesIO(looked.content))


def pictures_left_out(content: bytes) -> tuple[str, ...]:
    """Return the parts of a workbook, such as pictures, that a copy of it does not keep."""
    return harmless(content).left_out


def _read(
    content: bytes, wanted: Collection[str] | None = None, *, results: bool = False
) -> tuple[list[str], list[tuple[str, list[Any]]]]:
    """Return the names of all sheets, and the cells of those wanted that the file has.

    Sheets are streamed, so that a single cell far away does not fill the memory with empty ones.
    """
    import openpyxl  # only workbooks need it

    workbook = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=results)
    found = []
    try:
        for sheet in workbook.worksheets:
            if wanted is None or sheet.title.strip().lower() in wanted:
                sheet.reset_dimensions()
                present = (cell for row in sheet.iter_rows() for cell in row)
                cells = [cell for cell in present if getattr(cell, "row", None) is not None]
                found.append((sheet.title, cells))
        return list(workbook.sheetnames), found
    finally:
        workbook.close()


def _extents(looked: Harmless) -> dict[str, Extent]:
    """Return how far each sheet reaches, by its name."""
    with zipfile.ZipFile(io.BytesIO(looked.content)) as archive:
        return {
            title: looked.extents[part] for title, part in _parts(archive) if part in looked.extents
        }


def _require_near(extent: Extent, title: str, name: str) -> None:
    """Refuse a sheet with cells where Excel has none, or with more than are read."""
    if extent.farthest:
        message = (
            f"the cell {extent.farthest[:40]} of sheet {show(title)} lies beyond the last one of "
            f"Excel, XFD{LAST_ROW}."
        )
        raise _refusal(name, message, "delete that row or column")
    if extent.cells > MAX_CELLS or extent.padded > MAX_PADDED:
        message = (
            f"the sheet {show(title)} has {extent.cells:,} cells up to row {extent.last_row:,} and "
            f"column {extent.last_column:,}; at most {MAX_CELLS:,} close together are read."
        )
        raise _refusal(name, message, "delete the rows and columns that are not of the form")
    if len(extent.merged) > MAX_AREAS:
        message = f"the sheet {show(title)} has {len(extent.merged):,} merged areas."
        raise _refusal(name, message, "unmerge them")


def _require_uncovered(extent: Extent, title: str, name: str) -> None:
    """Refuse areas that would be filled with cells when the sheet is changed."""
    covered = sum(
        (bottom - top + 1) * (right - left + 1)
        for top, left, bottom, right in (*extent.merged, *extent.linked)
    )
    if covered > MAX_COVERED:
        message = f"millions of cells of sheet {show(title)} are merged or linked."
        raise _refusal(name, message, "unmerge them, and take out the links")


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the names of sheets with the parts of the archive that hold them."""
    root = _xml(archive, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): link.get("Target", "") for link in root}
    present = set(archive.namelist())
    for sheet in _xml(archive, "xl/workbook.xml").iterfind(".//{*}sheet"):
        link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
        part = targets.get(link, "").removeprefix("/")
        part = part if part.startswith("xl/") else f"xl/{part}"
        if part in present:
            yield sheet.get("name", ""), part


def _xml(archive: zipfile.ZipFile, part: str) -> Element:
    return fromstring(archive.read(part))  # noqa: S314 - XML with entities has been refused


def _looked_through(content: bytes, name: str) -> Harmless:
    """Return a workbook of bearable size; refuse what is no plain zip archive with one in it."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            message = "the workbook is protected with a password."
            raise _refusal(name, message, "save it without one: File, Info, Protect Workbook")
        raise _refusal(name, "this is an old Excel workbook under another name.", _SAVE_AS)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if any(member.flag_bits & 1 for member in archive.infolist()):
            raise _refusal(name, "the workbook is encrypted.", "save it without a password")
        if "xl/workbook.xml" not in names:
            is_other = "mimetype" in names and "content.xml" in names
            message = (
                "this is an OpenDocument workbook under another name."
                if is_other
                else "this is a zip archive, but no Excel workbook."
            )
            raise _refusal(name, message, _SAVE_AS)
    return harmless(content)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Answer whatever reading a damaged workbook raises; warn of no part that is not known."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except TooMuchError as error:
        fix = "keep only the sheets of the form in this workbook"
        raise _refusal(name, f"the workbook is not read: {error}.", fix) from None
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - what parses foreign XML raises anything at all
        raise _damaged(name, str(error)) from None


def _cells(cells: list[Any], computed: list[Any]) -> Iterator[tuple[tuple[int, int], SheetCell]]:
    """Yield the cells of a sheet that are not empty; of a formula, its result."""
    results = {(cell.row, cell.column): cell for cell in computed}
    for cell in cells:
        place = (cell.row, cell.column)
        is_formula = cell.data_type == "f"
        found = results.get(place, cell) if is_formula else cell
        value, kind = found.value, CellKind.VALUE
        if is_formula and (value is None or found is cell):
            if found.data_type == "str":  # the result is an empty text
                continue
            value, kind = "formula", CellKind.NO_RESULT
        elif found.data_type == "e":
            kind = CellKind.ERROR
        elif found.data_type == "d":
            kind = CellKind.DATE
        if value is not None and value != "":
            yield place, SheetCell(value, cell.number_format, kind)


def _damaged(name: str, reason: str) -> InputError:
    detail = " ".join(_SET.sub(_in_order, reason).split())[:120]
    message = f"the workbook is damaged and cannot be read{f' ({detail})' if detail else ''}."
    return _refusal(name, message, "open it in Excel or LibreOffice and save it again")


def _in_order(found: re.Match[str]) -> str:
    """Return a set as printed, in an order that no run changes.

    Examples
    --------
    >>> _SET.sub(_in_order, "Value must be one of {'n', 'b', 's'}")
    "Value must be one of {'b', 'n', 's'}"
    """
    return f"{{{', '.join(sorted(found[1].split(', ')))}}}"


def _refusal(name: str, message: str, fix: str) -> InputError:
    return InputError([Problem("", message, fix, name, "WORKBOOK")])
