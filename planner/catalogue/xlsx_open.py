"""Workbooks as plain grids of cells: what can go wrong with the file itself is answered here.

Nothing of a workbook is run or fetched: no macros, no links. Its size when unpacked is bounded
before any of it is parsed, so a small file that unpacks to gigabytes is refused.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from xml.etree.ElementTree import Element, fromstring

from planner.domain.format import count
from planner.errors import InputError, Problem

__all__ = [
    "Cell",
    "CellKind",
    "Grid",
    "formula_results",
    "open_workbook",
    "other_format",
    "read_grids",
]

MAX_UNPACKED = 50_000_000
"""Bytes of XML in a workbook; a form with 5,000 projects has about 10 MB."""

MAX_MERGED = 2_000_000
"""Merged cells in a sheet: each takes memory when the sheet is changed."""

_MERGED = re.compile(
    rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
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
# What openpyxl lets through when the XML inside a zip archive is not that of a workbook.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    RecursionError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class CellKind(StrEnum):
    """What a cell holds."""

    VALUE = "value"
    DATE = "date"
    ERROR = "error"  # such as #REF!
    NO_RESULT = "no result"  # a formula that no program has computed yet


@dataclass(frozen=True, slots=True)
class Cell:
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
    cells: Mapping[tuple[int, int], Cell]
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
    _refuse_other_content(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl does not know
            names, sheets = _read(content, wanted)
            has_formulas = any(cell.data_type == "f" for _, cells in sheets for cell in cells)
            results = dict(_read(content, wanted, results=True)[1]) if has_formulas else {}
            areas = _merged(content, [title for title, _ in sheets])
    except _DAMAGED as error:
        raise _damaged(name, str(error)) from None
    grids = [
        Grid(title, dict(_cells(cells, results.get(title, []))), areas.get(title, ()))
        for title, cells in sheets
    ]
    return names, grids


def formula_results(content: bytes, name: str) -> dict[str, dict[str, object]]:
    """Return the results that the formulas of a workbook had when it was saved, by sheet and cell.

    Raises
    ------
    InputError
        As for :func:`read_grids`.
    """
    _refuse_other_content(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            formulas = {
                title: {cell.coordinate for cell in cells if cell.data_type == "f"}
                for title, cells in _read(content)[1]
            }
            return {
                title: {
                    cell.coordinate: cell.value
                    for cell in cells
                    if cell.coordinate in formulas.get(title, ())
                }
                for title, cells in _read(content, results=True)[1]
            }
    except _DAMAGED as error:
        raise _damaged(name, str(error)) from None


def open_workbook(content: bytes, name: str) -> Any:  # noqa: ANN401 - openpyxl carries no types
    """Return an openpyxl workbook that can be changed and saved.

    Raises
    ------
    InputError
        As for :func:`read_grids`; or so many cells are merged that they would fill the memory.
    """
    _refuse_other_content(content, name)
    import openpyxl  # only workbooks need it

    try:
        for areas in _merged(content).values():
            if sum(
                (bottom - top + 1) * (right - left + 1) for top, left, bottom, right in areas
            ) > (MAX_MERGED):
                raise _refusal(name, "millions of cells are merged.", "unmerge them")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl does not keep
            return openpyxl.load_workbook(io.BytesIO(content))
    except _DAMAGED as error:
        raise _damaged(name, str(error)) from None


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


def _merged(
    content: bytes, wanted: Collection[str] | None = None
) -> dict[str, tuple[tuple[int, int, int, int], ...]]:
    """Return the merged areas of sheets by name: first row and column, last row and column."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            title: tuple(
                (int(top), _number(left), int(bottom), _number(right))
                for left, top, right, bottom in _MERGED.findall(archive.read(part))
            )
            for title, part in _parts(archive)
            if wanted is None or title in wanted
        }


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


def _number(letters: bytes) -> int:
    """Return the number of a column from its letters."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number


def _refuse_other_content(content: bytes, name: str) -> None:
    """Refuse what is no plain zip archive with a workbook of bearable size in it."""
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            message = "the workbook is protected with a password."
            raise _refusal(name, message, "save it without one: File, Info, Protect Workbook")
        raise _refusal(name, "this is an old Excel workbook under another name.", _SAVE_AS)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            unpacked = sum(member.file_size for member in members if _is_parsed(member.filename))
            if any(member.flag_bits & 1 for member in members):
                raise _refusal(name, "the workbook is encrypted.", "save it without a password")
            if unpacked > MAX_UNPACKED:
                message = (
                    f"its sheets unpack to {count(unpacked / 1e6)} MB; at most "
                    f"{count(MAX_UNPACKED / 1e6)} MB are read."
                )
                raise _refusal(name, message, "keep only the sheets of the form in this workbook")
            if "xl/workbook.xml" not in names:
                is_other = "mimetype" in names and "content.xml" in names
                message = (
                    "this is an OpenDocument workbook under another name."
                    if is_other
                    else "this is a zip archive, but no Excel workbook."
                )
                raise _refusal(name, message, _SAVE_AS)
            _refuse_entities(archive, members, name)
    except _DAMAGED as error:
        raise _damaged(name, str(error)) from None


def _refuse_entities(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse XML that declares entities of its own: Excel never writes any."""
    for member in members:
        if _is_parsed(member.filename):
            with archive.open(member) as stream:
                if b"<!DOCTYPE" in stream.read(4096).replace(b"\0", b""):  # UTF-16, too
                    raise _damaged(name, f"{member.filename} declares a document type")


def _is_parsed(member: str) -> bool:
    """Tell whether a part of the archive is XML, which is parsed; pictures are not."""
    return member.lower().endswith((".xml", ".rels", ".vml"))


def _cells(cells: list[Any], computed: list[Any]) -> Iterator[tuple[tuple[int, int], Cell]]:
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
            yield place, Cell(value, cell.number_format, kind)


def _damaged(name: str, reason: str) -> InputError:
    detail = " ".join(reason.split())[:120]
    message = f"the workbook is damaged and cannot be read{f' ({detail})' if detail else ''}."
    return _refusal(name, message, "open it in Excel or LibreOffice and save it again")


def _refusal(name: str, message: str, fix: str) -> InputError:
    return InputError([Problem("", message, fix, name, "WORKBOOK")])
