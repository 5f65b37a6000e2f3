"""What curves does a user's file hold? Every mistake in it is found in one pass."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.domain.fields.parsers import true_or_false, word_of
from planner.domain.portfolio.project import FROZEN_FROM_SCRATCH
from planner.domain.quantities import QuantityError, parse_count, parse_rate, show
from planner.domain.vocabulary import Backbone, Task
from planner.reference.csv_table import Cell, CsvTable, Row, read_csv

REQUIRED = ("curve_id", "images", "error")
OPTIONAL = ("pretrained", "n_classes", "architecture", "task", "backbone", "dataset")

MAX_BYTES = 50_000_000

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
    dataset : str or None
        What it was measured on; curves of one data set share its weight in scores.
    zero_shot_error : float or None
        Error with no images at all of an adapter on a frozen backbone; None for the majority guess.
    """

    id: str
    images: tuple[int, ...]
    errors: tuple[float, ...]
    n_classes: int | None = None
    architecture: str | None = None
    pretrained: bool = True
    task: Task = Task.CLASSIFICATION
    backbone: Backbone = Backbone.FINETUNED
    dataset: str | None = None
    zero_shot_error: float | None = None


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
    ``n_classes``, ``architecture``, ``task`` (default classification), ``backbone`` (default
    finetuned) and ``dataset`` may be given, the same in all rows of a curve. Further columns are
    ignored.

    Parameters
    ----------
    path : Path
        UTF-8 text.

    Raises
    ------
    InputError
        With every mistake, each with its line and column.
    """
    content, table = read_csv(path, _EXAMPLE, most_bytes=MAX_BYTES)
    names = table.header([(name,) for name in REQUIRED], OPTIONAL)
    rows = [row for cells in table.records(names) if (row := _row(table, cells)) is not None]
    curves = _curves(table, rows)
    if not rows and not table.problems:
        table.report(Cell("", 1, 1), "", "the file has a heading, but no rows.", "EMPTY")
    table.require_sound()
    absent = tuple(name for name in OPTIONAL if name not in names)
    return CurveFile(str(path), hashlib.sha256(content).hexdigest(), curves, absent)


@dataclass(frozen=True)
class _Row:
    cells: Row
    values: Mapping[str, Any]

    def cell(self, name: str) -> Cell:
        """Return a cell; the row's first for a column that the file has not."""
        return self.cells.get(name) or self.cells["curve_id"]


def _row(table: CsvTable, cells: Row) -> _Row | None:
    """Return one row's values; None if any of them is wrong."""
    values: dict[str, Any] = {}
    sound = True
    for name in (*REQUIRED, *OPTIONAL):
        text = cells[name].text.strip() if name in cells else ""
        if not text and name in OPTIONAL:
            values[name] = _DEFAULTS[name]
            continue
        try:
            values[name] = _PARSERS[name](text)
        except QuantityError as error:
            sound = False
            table.report(cells[name], name, f"{error}.", "BAD_VALUE", error.fix)
    row = _Row(cells, values)
    if sound and values["backbone"] is Backbone.FROZEN and values["pretrained"] is False:
        message = f"{FROZEN_FROM_SCRATCH}."
        fix = "pretrained: true"
        table.report(row.cell("backbone"), "backbone", message, "CONTRADICTION", fix)
        return None
    return row if sound else None


def _curves(table: CsvTable, rows: list[_Row]) -> tuple[Curve, ...]:
    """Group rows by curve; rows of one curve must agree on what it is."""
    grouped: dict[object, list[_Row]] = {}
    for row in rows:
        grouped.setdefault(row.values["curve_id"], []).append(row)
    for members in grouped.values():
        _require_agreement(table, members)
    return tuple(_curve(members) for members in grouped.values())


def _require_agreement(table: CsvTable, members: list[_Row]) -> None:
    first = members[0]
    for row in members[1:]:
        for name in OPTIONAL:
            if row.values[name] != first.values[name]:
                message = (
                    f"{_shown(row.values[name])}, but line {first.cell(name).line} says "
                    f"{_shown(first.values[name])} for the same curve "
                    f"{_shown(first.values['curve_id'])}."
                )
                table.report(row.cell(name), name, message, "CONTRADICTION")


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
    "dataset": lambda text: text,
    "task": word_of(Task),
    "backbone": word_of(Backbone),
}
_DEFAULTS: Mapping[str, object] = {
    "pretrained": True,
    "n_classes": None,
    "architecture": None,
    "dataset": None,
    "task": Task.CLASSIFICATION,
    "backbone": Backbone.FINETUNED,
}


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(str(value))[:80]
