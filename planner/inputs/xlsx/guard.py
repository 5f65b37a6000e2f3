"""Is a workbook small enough to be read, and harmless? Asked of every part, whatever its name.

A workbook is a zip archive of XML parts and pictures, and says itself which part is what. So
nothing here goes by names or places: a part counts by what it unpacks to, is XML if it looks like
XML, and a sheet if its root element is one. The XML is streamed through a parser that builds
nothing and stops at the first thing that is too much; what then reads the workbook meets nothing
that would fill the memory.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import IO
from xml.parsers import expat

from planner.domain.format import count

__all__ = ["Area", "Extent", "Harmless", "TooMuchError", "harmless"]

MAX_PARTS = 5_000
"""Parts of a workbook; a sheet with a comment takes four."""

MAX_UNPACKED = 50_000_000
"""Bytes of XML in a workbook; a form with 5,000 projects has about 10 MB."""

MAX_OTHER = 20_000_000
"""Bytes of pictures and whatever else is no XML that a copy keeps."""

MAX_ELEMENTS = 30_000
"""XML elements of a part that is neither a sheet nor the table of texts; openpyxl takes
seconds to copy so many cell formats.
"""

MAX_TEXT_ELEMENTS = 2_000_000
"""XML elements of the table of texts, and of a sheet."""

MAX_DEPTH = 200
"""XML elements inside each other."""

MAX_TOKEN = 2_000_000
"""Bytes of one tag with its attributes, or of one comment."""

LAST_ROW, LAST_COLUMN = 1 << 20, 1 << 14
"""Of a sheet in Excel."""

_PICTURES = (
    ("PNG", rb"\x89PNG"),
    ("JPEG", rb"\xff\xd8\xff"),
    ("GIF", rb"GIF8"),
    ("BMP", rb"BM"),
    ("TIFF", rb"II\*\x00|MM\x00\*"),
    ("WebP", rb"RIFF....WEBP"),
    ("WMF", rb"\xd7\xcd\xc6\x9a"),
    ("EMF", rb"\x01\x00\x00\x00.{36} EMF"),
)
_KEPT = ("PNG", "JPEG", "GIF")
"""Pictures that a copy can keep as they are; others would have to be unpacked and painted anew."""

_CHUNK = 1 << 16
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,9})\$?([0-9]{1,15})")

type Area = tuple[int, int, int, int]
"""First row and column, last row and column."""


class TooMuchError(ValueError):
    """A part holds more than is read; the message says what."""


@dataclass
class Extent:
    """How far a sheet reaches.

    Attributes
    ----------
    cells : int
        Cells that stand in the file.
    padded : int
        Those, and the empty ones before them in their rows.
    last_row, last_column : int
        Of the cells.
    farthest : str
        A cell beyond the last row or column that Excel has; empty if there is none.
    merged : list of Area
        Cells shown as one.
    linked : list of Area
        Areas of which every cell is a link.
    """

    cells: int = 0
    padded: int = 0
    last_row: int = 0
    last_column: int = 0
    farthest: str = ""
    merged: list[Area] = field(default_factory=list)
    linked: list[Area] = field(default_factory=list)


@dataclass(frozen=True)
class Harmless:
    """A workbook that was looked through.

    Attributes
    ----------
    content : bytes
        Of the workbook, parts in ``left_out`` empty.
    left_out : tuple of str
        Parts, such as pictures, that are too large to be carried along.
    extents : mapping of str to Extent
        By part of each sheet.
    """

    content: bytes
    left_out: tuple[str, ...]
    extents: Mapping[str, Extent]


@lru_cache(maxsize=2)  # reading, copying and proving the copy ask in turn
def harmless(content: bytes) -> Harmless:
    """Return a workbook that can be opened without filling the memory.

    Raises
    ------
    TooMuchError
        It unpacks to more than is read, or declares a document type.
    zipfile.BadZipFile, OSError, …
        The archive is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = archive.infolist()
        if len(members) > MAX_PARTS:
            message = f"it has {len(members):,} parts; at most {MAX_PARTS:,} are read"
            raise TooMuchError(message)
        marked = [(member, _looks_like_xml(archive, member)) for member in members]
        _require_small([member for member, is_xml in marked if is_xml])
        extents = {
            member.filename: extent
            for member, is_xml in marked
            if is_xml and (extent := _scan(archive, member)) is not None
        }
        others = [member for member, is_xml in marked if not is_xml]
        kinds = {member.filename: _picture(archive, member) for member in others}
        emptied = {name for name, kind in kinds.items() if kind not in _KEPT}
        emptied |= set(_too_large([part for part in others if part.filename not in emptied]))
        kept = _without(archive, emptied) if emptied else content
    left_out = (name for name, kind in kinds.items() if name in emptied and kind)
    return Harmless(kept, tuple(left_out), extents)


def _looks_like_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Tell XML, in any encoding a parser knows, from pictures and other binary data."""
    if member.is_dir():
        return False
    with archive.open(member) as part:
        start = part.read(256)
    text = start.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return text.replace(b"\0", b"").lstrip()[:1] in (b"<", b"")


def _require_small(parts: list[zipfile.ZipInfo]) -> None:
    """Refuse XML of more bytes than are read; an archive never yields more than it claims."""
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MAX_UNPACKED:
        message = (
            f"its sheets unpack to {count(unpacked / 1e6)} MB; at most "
            f"{count(MAX_UNPACKED / 1e6)} MB are read"
        )
        raise TooMuchError(message)


def _too_large(parts: list[zipfile.ZipInfo]) -> list[str]:
    """Return the names of the largest parts, until the others are small enough to be kept."""
    left = sum(part.file_size for part in parts)
    found = []
    for part in sorted(parts, key=lambda part: (-part.file_size, part.filename)):
        if left <= MAX_OTHER:
            break
        left -= part.file_size
        found.append(part.filename)
    return found


def _picture(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> str:
    """Return the format of a picture by its first bytes; empty for what is none."""
    if member.is_dir():
        return ""
    with archive.open(member) as part:
        start = part.read(48)
    return next((kind for kind, mark in _PICTURES if re.match(mark, start, re.DOTALL)), "")


def _without(archive: zipfile.ZipFile, left_out: set[str]) -> bytes:
    """Return the archive with some parts empty: what shows a picture then shows nothing."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in dict.fromkeys(archive.namelist()):
            target.writestr(name, b"" if name in left_out else archive.read(name))
    return packed.getvalue()


def _scan(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Extent | None:
    """Return how far a part reaches if it is a sheet, None if it is not one.

    What is no XML after all is left to whoever reads it, who stops at the same place.
    """
    scan = _Scan(member.filename)
    with archive.open(member) as part:
        try:
            scan.read(part)
        except expat.ExpatError:
            return scan.extent
    return scan.extent


class _Scan:
    """Counts what a part of a workbook holds, without keeping any of it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.extent: Extent | None = None
        self.elements = self.depth = self.row = self.column = 0
        self.most = MAX_ELEMENTS

    def read(self, part: IO[bytes]) -> None:
        """Stream the part through a parser."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.buffer_text = True
        fed = 0
        for chunk in _chunks(part):
            parser.Parse(chunk, False)
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > MAX_TOKEN:
                self._refuse(f"a tag or comment of more than {count(MAX_TOKEN / 1e6)} MB")
        parser.Parse(b"", True)

    def _refuse(self, what: str) -> None:
        message = f"its part {self.name[:100]} holds {what}"
        raise TooMuchError(message)

    def _document_type(self, *_: object) -> None:
        message = f"{self.name[:100]} declares a document type"
        raise TooMuchError(message)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        self.depth += 1
        if self.elements > self.most:
            self._refuse(f"more than {self.most:,} elements")
        if self.depth > MAX_DEPTH:
            self._refuse(f"elements more than {MAX_DEPTH} deep inside each other")
        kind = name.rpartition(":")[2]
        if self.depth == 1 and self.elements == 1:
            self._root(kind)
        elif self.extent is not None:
            self._in_sheet(self.extent, kind, attributes)

    def _end(self, _name: str) -> None:
        self.depth -= 1

    def _root(self, kind: str) -> None:
        if kind == "worksheet":
            self.extent = Extent()
        if kind in ("worksheet", "sst"):
            self.most = MAX_TEXT_ELEMENTS

    def _in_sheet(self, extent: Extent, kind: str, attributes: dict[str, str]) -> None:
        if kind == "c":
            self._cell(extent, attributes.get("r", ""))
        elif kind == "row":
            self._row(extent, attributes.get("r", ""))
        elif kind in ("mergeCell", "hyperlink"):
            area = _area(attributes.get("ref", ""))
            if area is not None:
                (extent.merged if kind == "mergeCell" else extent.linked).append(area)

    def _row(self, extent: Extent, number: str) -> None:
        """Note a row; one without a number follows the last."""
        self.row = _whole(number, self.row + 1)
        self.column = 0
        self._reach(extent, f"A{self.row}", self.row, 1)

    def _cell(self, extent: Extent, reference: str) -> None:
        """Note a cell; one without a name follows the last."""
        place = _REFERENCE.fullmatch(reference)
        row = int(place[2]) if place else self.row
        column = _number(place[1]) if place else self.column + 1
        extent.cells += 1
        extent.padded += max(0, column - self.column)
        self.column = column
        self._reach(extent, reference or f"{row}:{column}", row, column)

    def _reach(self, extent: Extent, name: str, row: int, column: int) -> None:
        extent.last_row = max(extent.last_row, row)
        extent.last_column = max(extent.last_column, column)
        if (row > LAST_ROW or column > LAST_COLUMN) and not extent.farthest:
            extent.farthest = name


def _chunks(part: IO[bytes]) -> Iterator[bytes]:
    while chunk := part.read(_CHUNK):
        yield chunk


def _area(reference: str) -> Area | None:
    """Return the cells of a reference such as ``A1:C3``; None if it is none."""
    first, _, last = reference.partition(":")
    start, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
    if start is None or end is None:
        return None
    return int(start[2]), _number(start[1]), int(end[2]), _number(end[1])


def _number(letters: str) -> int:
    """Return the number of a column from its letters."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _whole(text: str, otherwise: int) -> int:
    """Return a row's number as it is read from XML: a whole number, however it is written."""
    try:
        return int(float(text)) if text else otherwise
    except (ValueError, OverflowError):
        return otherwise
