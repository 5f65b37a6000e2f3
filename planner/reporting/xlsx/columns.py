"""Declared columns as a workbook writes them: number formats, and what is left empty."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

from planner.reporting.columns import Column as Declared
from planner.reporting.columns import Columns, Look, Surface
from planner.reporting.xlsx import look
from planner.reporting.xlsx.book import Column

__all__ = ["letters", "sheet_columns"]

_FORMATS: Mapping[Look, str] = {
    Look.NAME: look.TEXT,
    Look.WORD: look.TEXT,
    Look.VERDICT: look.TEXT,
    Look.COUNT: look.COUNT,
    Look.NEED: look.COUNT,
    Look.TALLY: look.COUNT,
    Look.MONEY: look.MONEY,
    Look.AMOUNT: look.MONEY,
    Look.WORTH: look.MONEY,
    Look.WORTH_TARGETS: "0.00",
    Look.WORTH_POINTS: "0.000",
    Look.TARGETS: "0.00",
    Look.SCORE: "0.00",
    Look.GAP: "0.0000%",
    Look.CHANCE: look.CHANCE,
    Look.RATE: look.RATE,
    Look.LEVEL: "0.0##%",
    Look.FIGURE: look.NUMBER,
}


def sheet_columns[R](columns: Columns[R], records: Sequence[R]) -> list[Column[R]]:
    """Return the columns of a table that a workbook shows of these records."""
    return [
        Column(
            column.header,
            column.unit,
            _FORMATS[column.kind],
            column.note,
            columns.where(column),
            partial(_value, column),
            column.sheet_width,
        )
        for column in columns.on(Surface.SHEET, records)
    ]


def letters[R](columns: Columns[R], records: Sequence[R]) -> dict[str, str]:
    """Return the letter of each column by its key, for formulas."""
    shown = columns.on(Surface.SHEET, records)
    return {column.key: chr(ord("A") + number) for number, column in enumerate(shown)}


def _value[R](column: Declared[R], record: R) -> object:
    """Return what a cell holds: amounts add up, so an amount of nothing is 0 and not empty."""
    if column.kind is not Look.MONEY and not column.given(record):
        return None
    value = column.value(record)
    if column.kind is Look.NEED:
        return math.inf if value is None else value
    return str(value) if column.kind is Look.VERDICT else value if value != "" else None
