"""What curves does a user's file hold? Every mistake in it is found in one pass."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from planner.domain.fields import true_or_false, word_of
from planner.domain.quantities import QuantityError, parse_count, parse_rate, show
from planner.domain.vocabulary import Backbone, Task
from planner.errors import InputError, Problem
from planner.files.read import read_at_most

REQUIRED = ("curve_id", "images", "error")
OPTIONAL = ("pretrained", "n_classes", "architecture", "task", "backbone")

MAX_BYTES = 50_000_000
MAX_PROBLEMS = 200
"""A file in the wrong shape has a mistake in every row; the first two hundred tell enough."""

_EXAMPLE = "curve_id,images,error,n_classes"


@dataclass(frozen=True)
class Curve:
    """Measured errors of one system at growing numbers of images.

    Attributes
    ----------
    id : str
        Names it in the file.
    images : tuple of int
        Labelled images trained on, ascending, each at least 1.
    errors : tuple of float
        Measured error at each, in (0, 1).
    n_classes : int or None
        None if the file does not say.
    architecture : str or None
        None if the file does not say.
    pretrained : bool
        Whether training began from pretrained weights.
    task : Task
        Classification or segmentation.
    backbone : Backbone
        Which layers were trained.
    """

    id: str
    images: tuple[int, ...]
    errors: tuple[float, ...]
    n_classes: int | None = None
    architecture: str | None = None
    pretrained: bool = True
    task: Task = Task.CLASSIFICATION
    backbone: Backbone = Backbone.FINETUNED


@dataclass(frozen=True)
class CurveFile:
    """Curves of a file, in the order of their first rows.

    Attributes
    ----------
    name, sha256 : str
        File name and checksum.
    curves : tuple of Curve
        At least one.
    absent : tuple of str
        Optional columns the file does not have.
    """

    name: str
    sha256: str
    curves: tuple[Curve, ...]
    absent: tuple[str, ...]


def read_curves(path: Path) -> CurveFile:
    """Read curves from a CSV file.

    Columns ``curve_id``, ``images`` and ``error`` are needed; ``pretrained`` (default true),
    ``n_classes``, ``architecture``, ``task`` (default classification) and ``backbone`` (default
    finetuned) may be given, the same in all rows of a curve. Further columns are ignored.

    Parameters
    ----------
    path : Path
        UTF-8 text.

    Raises
    ------
    InputError
        With every mistake, each with its line and column.
    """
    content = _read_bytes(path)
    table = _Table(str(path), _decode(path, content))
    header = table.header()
    rows = [row for row in (table.row(*item) for item in table.records(header)) if row is not None]
    curves = table.curves(rows)
    if not rows and not table.problems:
        table.report(1, 1, "", "the file has a heading, but no rows.", "EMPTY")
    if table.problems:
        raise InputError(table.problems)
    absent = tuple(name for name in OPTIONAL if name not in header)
    return CurveFile(str(path), hashlib.sha256(content).hexdigest(), curves, absent)


@dataclass(frozen=True)
class _Row:
    line: int
    columns: Mapping[str, int]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class _Table:
    """Reads one file and collects what is wrong with it."""

    name: str
    text: str
    problems: list[Problem] = field(default_factory=list)

    def report(
        self, line: int, column: int, where: str, message: str, code: str, fix: str = ""
    ) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            place = f"{self.name}:{line}:{column}"
            self.problems.append(Problem(where, message, fix, place, code))

    def header(self) -> tuple[str, ...]:
        first = next(csv.reader(io.StringIO(self.text)), [])
        names = tuple(name.strip().casefold() for name in first)
        for needed in REQUIRED:
            if needed not in names:
                close = get_close_matches(needed, names, n=1)
                hint = f" Is {close[0]!r} meant?" if close else ""
                message = f"the column {needed!r} is missing.{hint}"
                self.report(1, 1, needed, message, "MISSING_COLUMN", _EXAMPLE)
        for name in sorted({name for name in names if name and names.count(name) > 1}):
            self.report(1, 1, name, f"the column {name!r} appears twice.", "REPEATED_COLUMN")
        if self.problems:  # rows cannot be read without knowing their columns
            raise InputError(self.problems)
        return names

    def records(
        self, header: tuple[str, ...]
    ) -> Iterable[tuple[int, Mapping[str, str], Mapping[str, int]]]:
        """Yield line, texts and starting columns of every row that is not empty."""
        reader = csv.reader(io.StringIO(self.text))
        next(reader)
        line = reader.line_num + 1
        try:
            for cells in reader:
                start, line = line, reader.line_num + 1
                if not any(cell.strip() for cell in cells):
                    continue
                if len(cells) != len(header):
                    message = f"{len(cells)} cells; the heading has {len(header)} columns."
                    self.report(start, 1, "", message, "BAD_ROW")
                    continue
                yield start, dict(zip(header, cells, strict=True)), _starts(header, cells)
        except csv.Error as error:
            self.report(reader.line_num, 1, "", f"this is no CSV: {error}.", "BAD_SYNTAX")

    def row(self, line: int, texts: Mapping[str, str], columns: Mapping[str, int]) -> _Row | None:
        """Return one row's values; None if any of them is wrong."""
        values: dict[str, Any] = {}
        sound = True
        for name in (*REQUIRED, *OPTIONAL):
            text = texts.get(name, "").strip()
            if not text and name in OPTIONAL:
                values[name] = _DEFAULTS[name]
                continue
            try:
                values[name] = _PARSERS[name](text)
            except QuantityError as error:
                sound = False
                self.report(line, columns[name], name, f"{error}.", "BAD_VALUE", error.fix)
        if sound and values["backbone"] is Backbone.FROZEN and values["pretrained"] is False:
            column = columns.get("backbone", 1)
            message = "a frozen backbone needs pretrained weights."
            self.report(line, column, "backbone", message, "CONTRADICTION", "pretrained: true")
            return None
        return _Row(line, columns, values) if sound else None

    def curves(self, rows: list[_Row]) -> tuple[Curve, ...]:
        """Group rows by curve; rows of one curve must agree on what it is."""
        grouped: dict[object, list[_Row]] = {}
        for row in rows:
            grouped.setdefault(row.values["curve_id"], []).append(row)
        for members in grouped.values():
            self._require_agreement(members)
        return tuple(_curve(members) for members in grouped.values())

    def _require_agreement(self, members: list[_Row]) -> None:
        first = members[0]
        for row in members[1:]:
            for name in OPTIONAL:
                if row.values[name] != first.values[name]:
                    message = (
                        f"{_shown(row.values[name])}, but line {first.line} says "
                        f"{_shown(first.values[name])} for the same curve "
                        f"{_shown(first.values['curve_id'])}."
                    )
                    self.report(row.line, row.columns.get(name, 1), name, message, "CONTRADICTION")


def _curve(members: list[_Row]) -> Curve:
    points = sorted((row.values["images"], row.values["error"]) for row in members)
    return Curve(
        id=members[0].values["curve_id"],
        images=tuple(images for images, _ in points),
        errors=tuple(error for _, error in points),
        **{name: members[0].values[name] for name in OPTIONAL},
    )


def _identity(text: str) -> str:
    if not 1 <= len(text) <= 300:
        message = f"a curve's name has 1 to 300 characters; got {len(text)}"
        raise QuantityError(message)
    return text


def _images(text: str) -> int:
    count = parse_count(text)
    if count < 1:
        message = f"got {count}; an error is measured after training on at least 1 image"
        raise QuantityError(message)
    return count


def _error(text: str) -> float:
    rate = parse_rate(text)
    if not 0 < rate < 1:
        message = f"got {show(text)}; an error lies strictly between 0 and 1"
        raise QuantityError(message)
    return rate


def _classes(text: str) -> int:
    count = parse_count(text, what="classes")
    if count < 2:
        message = f"got {count}; a task has at least 2 classes"
        raise QuantityError(message)
    return count


def _flag(text: str) -> bool:
    words: Mapping[str, object] = {"1": True, "true": True, "0": False, "false": False}
    return true_or_false(words.get(text.casefold(), text))


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "curve_id": _identity,
    "images": _images,
    "error": _error,
    "pretrained": _flag,
    "n_classes": _classes,
    "architecture": lambda text: text,
    "task": word_of(Task),
    "backbone": word_of(Backbone),
}
_DEFAULTS: Mapping[str, object] = {
    "pretrained": True,
    "n_classes": None,
    "architecture": None,
    "task": Task.CLASSIFICATION,
    "backbone": Backbone.FINETUNED,
}


def _starts(header: tuple[str, ...], cells: list[str]) -> dict[str, int]:
    """Return the column in which each cell starts, quotes aside."""
    starts, column = {}, 1
    for name, cell in zip(header, cells, strict=True):
        starts[name] = column
        column += len(cell) + 1
    return starts


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(str(value))[:80]


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise _unreadable(path, "is a folder; name a CSV file.")
        if path.stat().st_size > MAX_BYTES:
            raise _unreadable(path, f"has more than {MAX_BYTES:,} bytes.")
        return read_at_most(path, MAX_BYTES)
    except FileNotFoundError:
        raise _unreadable(path, "there is no such file.") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(path, f"cannot be read: {reason}.") from None


def _decode(path: Path, content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text; save the file as UTF-8."
        raise InputError(
            [Problem("", message, place=f"{path}:{line}:1", code="ENCODING")]
        ) from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        message = "a NUL character is not text; save the file as UTF-8."
        raise InputError([Problem("", message, place=f"{path}:{line}:1", code="ENCODING")])
    if not text.strip():
        raise _unreadable(path, "is empty.")
    return text


def _unreadable(path: Path, message: str) -> InputError:
    place = str(path).replace("\0", "\\0")
    return InputError([Problem("", message, _EXAMPLE, place, "FILE")])
