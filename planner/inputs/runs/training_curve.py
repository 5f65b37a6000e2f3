"""The errors of one training by epoch, from a CSV file; or every mistake in it at once."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from planner.domain.quantities import QuantityError, parse_number, parse_rate, show
from planner.reference.csv_table import Cell, CsvTable, Row, read_csv

__all__ = ["CurvePoints", "read_training_curve"]

EXAMPLE = "epoch,error"
FEWEST = 3
"""Points of a curve: with fewer any end would do."""
MOST_EPOCHS = 1e6
_MEASURES = ("error", "accuracy", "iou")


@dataclass(frozen=True)
class CurvePoints:
    """A training so far, in the order of its epochs."""

    name: str
    sha256: str
    epochs: tuple[float, ...]
    errors: tuple[float, ...]


def read_training_curve(path: Path) -> CurvePoints:
    """Read a training curve: columns ``epoch`` and one of ``error``, ``accuracy`` and ``iou``.

    Raises
    ------
    InputError
        With every mistake, each with its line and column.
    """
    content, table = read_csv(path, EXAMPLE)
    names = table.header([("epoch",), _MEASURES], ())
    measure = next(name for name in _MEASURES if name in names)
    lines: dict[float, int] = {}
    points: list[tuple[float, float]] = []
    for row in table.records(names):
        point = _point(table, row, measure)
        if point is None:
            continue
        first = lines.setdefault(point[0], row["epoch"].line)
        if first != row["epoch"].line:
            message = f"epoch {point[0]:g} stands in line {first} already; keep one of them."
            table.report(row["epoch"], "epoch", message, "REPEATED")
        points.append(point)
    if len(points) < FEWEST and not table.problems:
        seen = "1 epoch" if len(points) == 1 else f"{len(points)} epochs"
        message = f"{seen}; at least {FEWEST} tell where a curve bends."
        table.report(Cell("", 1, 1), "epoch", message, "TOO_FEW")
    table.require_sound()
    epochs, errors = zip(*sorted(points), strict=True)
    return CurvePoints(str(path), hashlib.sha256(content).hexdigest(), epochs, errors)


def _point(table: CsvTable, row: Row, measure: str) -> tuple[float, float] | None:
    epoch = table.value(row["epoch"], "epoch", _epoch)
    error = table.value(row[measure], measure, lambda text: _error(text, measure))
    return None if epoch is None or error is None else (epoch, error)


def _epoch(text: str) -> float:
    number = parse_number(text, currency=None, most=MOST_EPOCHS)
    if number <= 0:
        message = f"got {show(text)}; an epoch is above 0, so what stands before training is not"
        raise QuantityError(message, "leave the row out", "BAD_VALUE")
    return number


def _error(text: str, measure: str) -> float:
    share = parse_rate(text)
    error = share if measure == "error" else round(1.0 - share, 12)
    if error <= 0:
        message = f"got {show(text)}; no error at all has no logarithm, which the curve is drawn in"
        raise QuantityError(message, "leave the row out", "BAD_VALUE")
    return error
