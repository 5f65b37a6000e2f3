"""A column of a table of results, declared once: every renderer takes what it shows from here.

A table is drawn in the terminal, on a page, in a notebook and in a workbook, and handed out as a
frame. Which of its columns stand where, and in which order, is said beside their declarations.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from planner.domain.vocabulary import Objective
from planner.reporting import numbers
from planner.reporting.document import Head, Mark, Name, Number, Part, Row, Table, Text
from planner.reporting.words.report import VERDICT

__all__ = ["Column", "Columns", "Look", "Surface", "verdict_mark"]

NOTHING = "–"
MONEY_UNIT = "money"
"""Stands for the currency of the amounts."""


class Surface(StrEnum):
    """Where a table is shown."""

    TERMINAL = "terminal"
    PAGE = "page"
    NOTEBOOK = "notebook"
    SHEET = "sheet"
    FRAME = "frame"


class Look(StrEnum):
    """What a value is, and so how it looks."""

    NAME = "name"
    """Text that the user wrote."""
    WORD = "word"
    VERDICT = "verdict"
    COUNT = "count"
    """Of images."""
    NEED = "need"
    """Of images as well; None is never."""
    TALLY = "tally"
    """Of projects."""
    MONEY = "money"
    AMOUNT = "amount"
    """Money that a narrow table shows in millions, from ten millions on."""
    WORTH = "worth"
    """The same; of an objective, so a page names the currency beside it."""
    WORTH_TARGETS = "worth_targets"
    """An objective that counts targets; a page names them."""
    WORTH_POINTS = "worth_points"
    """An objective that counts points of error; a page names them."""
    TARGETS = "targets"
    CHANCE = "chance"
    RATE = "rate"
    """An error."""
    LEVEL = "level"
    """A limit or target in per cent, as it was set."""
    GAP = "gap"
    SCORE = "score"
    """Between 0 and 1, as such."""
    FIGURE = "figure"
    """Any other number."""


_TEXTS = frozenset((Look.NAME, Look.WORD, Look.VERDICT))
"""They stand left."""


def _always(_record: object) -> bool:
    return True


def _plain(_record: object) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Column[R]:
    """One column: what it holds, how that is called, and how it looks.

    Attributes
    ----------
    key : str
        Where the value stands in ``--json`` below its row, such as ``cost.total``; also its path
        from the row's record, if ``of`` is not given. Empty where it is not in it.
    header : str
        Without its unit.
    kind : Look
        What the values are.
    name : str
        In a frame; made from the key if not given.
    note : str
        One sentence that says what it means, for the data dictionaries.
    unit : str
        ``money`` stands for the currency.
    of : callable, optional
        Takes the value from a row's record; None is no value.
    said : mapping of Surface to str
        Headers of surfaces that call it otherwise; ``{currency}`` is filled.
    given : callable
        Whether a record has such a value at all; without it texts show a dash.
    bounded : bool
        Whether it is a chance that is held against bounds, and must stay on its side of them.
    optional : bool
        Left out where no record has a value.
    widths : (int, int)
        Most characters of a name where room is short, and where it is shorter still.
    sheet_width : float
        In a workbook, in characters.
    """

    key: str
    header: str
    kind: Look
    name: str = ""
    note: str = ""
    unit: str = ""
    of: Callable[[R], object] | None = None
    said: Mapping[Surface, str] = field(default_factory=dict)
    given: Callable[[R], bool] = _always
    bounded: bool = False
    optional: bool = False
    widths: tuple[int, int] = (0, 0)
    sheet_width: float = 14

    @property
    def frame_name(self) -> str:
        """Name of the column in a frame."""
        return self.name or self.key.replace(".", "_")

    def value(self, record: R) -> object:
        """Return the value as it is, whether it means something or not."""
        return _at_path(record, self.key) if self.of is None else self.of(record)

    def head(self, surface: Surface, currency: str, *, crowded: bool = False) -> Head:
        """Return the header on a surface; ``crowded`` where names get the least room."""
        label = self.said.get(surface, self.header).replace("{currency}", currency)
        return Head(label, numeric=self.kind not in _TEXTS, width=self.widths[crowded])

    def cell(
        self,
        record: R,
        surface: Surface,
        currency: str,
        *,
        place: str = "",
        bounds: Iterable[float | None] = (),
    ) -> Text:
        """Return the value as typed text.

        Parameters
        ----------
        place : str
            Of the record in ``--json``, such as ``decisions[0]``; empty where it is not in it.
        bounds : iterable of float
            That its chance is held against, if it is such a chance.
        """
        value = self.value(record) if self.given(record) else None
        key = f"{place}.{self.key}" if place and self.key else ""
        if self.kind is Look.NEED:
            return (numbers.images(None if value is None else float(str(value)), key),)
        if value is None:
            return (NOTHING,)
        if self.kind in _TEXTS:
            return (_text_part(self.kind, str(value)),)
        against = bounds if self.bounded else ()
        return (_number(self.kind, float(str(value)), surface, currency, key, against),)

    def total(self, records: Iterable[R], currency: str) -> Text:
        """Return the sum of a column; amounts of whole cents add up to the cent."""
        values = [float(str(self.value(record))) for record in records]
        if self.kind is Look.MONEY:
            return (numbers.amount(_sum(values), currency),)
        return (numbers.images(sum(values)),)


@dataclass(frozen=True, kw_only=True)
class Columns[R]:
    """The columns of one table, and which of them are shown where.

    Attributes
    ----------
    place : str
        Of the table in ``--json``, such as ``decisions``; empty where it is not in it.
    declared : tuple of Column
        In order; a surface without a view shows all of them.
    views : mapping of Surface to tuple of str
        Keys, in order, of surfaces that show a choice; a column without a key goes by its name.
    tone : callable
        Of a record's row: ``off`` for one of little weight, ``here`` for the reader's own.
    """

    place: str
    declared: tuple[Column[R], ...]
    views: Mapping[Surface, tuple[str, ...]] = field(default_factory=dict)
    tone: Callable[[R], str] = _plain

    def on(self, surface: Surface, records: Sequence[R]) -> tuple[Column[R], ...]:
        """Return what a surface shows of these records, in order."""
        by_key = {column.key or column.name: column for column in self.declared}
        shown = (by_key[key] for key in self.views.get(surface, tuple(by_key)))
        return tuple(column for column in shown if _is_used(column, records, surface))

    def column(self, key: str) -> Column[R]:
        """Return one of them."""
        return next(column for column in self.declared if column.key == key)

    def header(self, key: str, surface: Surface) -> str:
        """Return what a surface calls a column."""
        column = self.column(key)
        return column.said.get(surface, column.header)

    def where(self, column: Column[R]) -> str:
        """Return where a column's values stand in ``--json``."""
        return f"{self.place}[].{column.key}" if self.place and column.key else column.key

    def with_kind(self, key: str, kind: Look) -> "Columns[R]":
        """Return the same columns, the values of one of them of another kind."""
        declared = (
            replace(column, kind=kind) if column.key == key else column for column in self.declared
        )
        return replace(self, declared=tuple(declared))

    def row(
        self,
        surface: Surface,
        record: R,
        currency: str,
        *,
        shown: Sequence[Column[R]],
        at: int | None = None,
        bounds: Iterable[float | None] = (),
    ) -> Row:
        """Return a record as a row of typed cells; ``at`` is its place in ``--json``."""
        place = f"{self.place}[{at}]" if self.place and at is not None else ""
        cells = (
            column.cell(record, surface, currency, place=place, bounds=bounds) for column in shown
        )
        return Row(tuple(cells), tone=self.tone(record))

    def table(
        self,
        surface: Surface,
        records: Sequence[R],
        currency: str,
        *,
        caption: str = "",
        bounds: Sequence[float] = (),
    ) -> Table:
        """Return records as a table of a document, as a surface shows it."""
        shown = self.on(surface, records)
        heads = [column.head(surface, currency) for column in shown]
        if surface is Surface.PAGE:  # what names a row stands left, even an amount
            heads[0] = replace(heads[0], numeric=False)
        rows = (
            self.row(surface, item, currency, shown=shown, at=at, bounds=bounds)
            for at, item in enumerate(records)
        )
        return Table(caption, tuple(heads), tuple(rows))


def verdict_mark(verdict: str) -> Mark:
    """Return a verdict as a sign and a word."""
    return Mark(verdict, *VERDICT[verdict])


def _is_used[R](column: Column[R], records: Sequence[R], surface: Surface) -> bool:
    if not column.optional or surface is Surface.FRAME:
        return True
    return any(column.value(record) for record in records)


def _at_path(record: Any, path: str) -> object:  # noqa: ANN401 - a record, or a part of one
    """Return a part of a record by the names that lead to it; what a mapping lacks is 0."""
    for name in path.split("."):
        record = record.get(name, 0.0) if isinstance(record, Mapping) else getattr(record, name)
    return record


def _text_part(kind: Look, text: str) -> Part:
    if kind is Look.NAME:
        return Name(text)
    return verdict_mark(text) if kind is Look.VERDICT else text


def look_of(objective: Objective) -> Look:
    """Return how an amount of what an objective counts is shown."""
    other = {Objective.TARGETS_MET: Look.WORTH_TARGETS, Objective.ACCURACY: Look.WORTH_POINTS}
    return other.get(objective, Look.WORTH)


def _number(
    kind: Look,
    value: float,
    surface: Surface,
    currency: str,
    key: str,
    against: Iterable[float | None],
) -> Number:
    named = surface is Surface.PAGE
    if kind is Look.CHANCE:
        return numbers.chance(value, key, against=against)
    if kind is Look.WORTH_TARGETS:
        return numbers.targets(value, key, named=named)
    if kind is Look.WORTH_POINTS:
        return numbers.worth(Objective.ACCURACY, value, currency, key, named=named)
    if kind in (Look.AMOUNT, Look.WORTH) and surface is Surface.TERMINAL:
        return numbers.short_amount(value, currency, key)
    if kind in (Look.MONEY, Look.AMOUNT, Look.WORTH):
        return numbers.amount(value, currency, key, named=named and kind is Look.WORTH)
    return _SIMPLE[kind](value, key)


_SIMPLE: Mapping[Look, Callable[[float, str], Number]] = {
    Look.COUNT: numbers.images,
    Look.TALLY: lambda value, key: numbers.tally(value, numbers.PROJECTS, key),
    Look.RATE: numbers.rate,
    Look.LEVEL: numbers.level,
    Look.TARGETS: numbers.targets,
    Look.SCORE: numbers.score,
    Look.GAP: numbers.gap,
    Look.FIGURE: lambda value, key: numbers.figure(value, "", key),
}


def _sum(amounts: Sequence[float]) -> float:
    """Return a sum; that of whole cents is one of whole cents."""
    cents = [round(100 * amount) for amount in amounts]
    are_whole = all(cent / 100 == amount for cent, amount in zip(cents, amounts, strict=True))
    return sum(cents) / 100 if are_whole else sum(amounts)
