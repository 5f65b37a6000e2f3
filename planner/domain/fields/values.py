"""The kinds of values that fields take: how each is read, said in JSON Schema, and put in a cell.

A field's declaration names one of these. What a value must be, and what is said if it is not,
stands in :mod:`planner.domain.fields.parsers`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from planner.domain.fields import parsers
from planner.domain.fields.declared import Kind, Value
from planner.domain.fields.finding import WRONG, Location, Reading, Source
from planner.domain.fields.parsers import Parser
from planner.domain.limits import (
    LEAST_GROWTH,
    MAX_AVERSION,
    MAX_COMPLEXITY,
    MAX_COUNT,
    MAX_ENTROPY_NATS,
    MAX_GROWTH,
    MAX_PEOPLE,
    MAX_REPEATS,
    MAX_WEEKS,
    MAX_YEARS,
)
from planner.domain.quantities import QuantityError, show
from planner.domain.vocabulary import Split, Task

__all__ = [
    "ACCELERATOR",
    "ARCHITECTURE",
    "ARCHITECTURES",
    "AVERSION",
    "BASELINE",
    "BUDGET",
    "CLASSES",
    "CLASS_COUNTS",
    "CLASS_PRICES",
    "COMPLEXITY",
    "COUNT",
    "DECLINE",
    "DROP",
    "ENTROPY",
    "FOLDS",
    "GROWTH",
    "HOURLY_PRICE",
    "HOURS_RANGE",
    "IDS",
    "LABEL",
    "LEVEL",
    "MACHINES",
    "MONEY",
    "MONEY_RANGE",
    "NUMBER",
    "OVERHEAD",
    "PEOPLE",
    "POINTS",
    "POSITIVE_COUNT",
    "POSITIVE_PRICE",
    "PRICE",
    "PROJECT",
    "PROJECTS",
    "PROJECTS_COUNTED",
    "PUE",
    "REGION",
    "REPEATS",
    "REPEATS_RANGE",
    "RETRAININGS",
    "RISK_LEVEL",
    "SCALING",
    "SHARE",
    "SHARES",
    "SPEED",
    "SPLIT",
    "TARGET",
    "TASK",
    "TEXT",
    "UTILISATION",
    "WEEKS",
    "YEARS",
    "YEARS_OR_NONE",
    "YES_NO",
    "Names",
    "Plain",
    "Shape",
    "not_a_list",
    "word",
]  # fmt: skip

type Shape = Mapping[str, Any]

NUMBER: Shape = MappingProxyType(
    {
        "anyOf": [{"type": "number"}, {"type": "string", "pattern": "[0-9]"}],
        "examples": ["20k", "5M", "94%", "0.30..0.45"],
    }
)
"""A number as people write it; the pattern only tells it from a word."""

_TEXT: Shape = {"type": "string", "minLength": 1, "maxLength": 300}


@dataclass(frozen=True)
class Plain:
    """A value that is one text, number, word or truth value.

    Attributes
    ----------
    parse : callable
        Returns what a value says, or raises :class:`planner.domain.quantities.QuantityError`.
    """

    parse: Parser
    cell: Kind | None
    shape: Shape = NUMBER
    choices: tuple[str, ...] = ()

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return what a value says; report it if nothing."""
        try:
            return self.parse(raw, reading.source)
        except QuantityError as error:
            reading.wrong(here, f"{error}.", error.fix, error.code)
            return WRONG


@dataclass(frozen=True)
class Names:
    """A list of texts.

    Attributes
    ----------
    check : callable
        Receives the texts, and returns them or refuses the list.
    of : Plain
        How each is read.
    """

    check: Callable[[tuple[Any, ...], Source], tuple[Any, ...]]
    of: Value
    shape: Shape
    cell: Kind | None = Kind.NAMES
    choices: tuple[str, ...] = ()

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return the texts as a tuple; every one that is wrong is reported at its place."""
        if isinstance(raw, str | Mapping) or not isinstance(raw, Iterable):
            reading.wrong(here, *not_a_list(raw, reading.source))
            return WRONG
        items = [self.of.read(item, (*here, at), reading) for at, item in enumerate(raw)]
        if any(item is WRONG for item in items):
            return WRONG
        return _checked(self.check, tuple(items), here, reading)


@dataclass(frozen=True)
class NamedCounts:
    """Names with their numbers.

    Attributes
    ----------
    of : Value
        How each number is read.
    check : callable
        Receives numbers by name, and returns them or refuses them.
    example : str
        What was expected.
    """

    of: Value
    shape: Shape
    check: Callable[[Mapping[str, Any], Source], Mapping[str, Any]] = parsers.two_classes
    example: str = "{ok: 50000, gap: 1000}"
    cell: Kind | None = Kind.COUNTS
    choices: tuple[str, ...] = ()

    def read(self, raw: object, here: Location, reading: Reading) -> object:
        """Return numbers by name."""
        if not isinstance(raw, Mapping):
            example = f"names with their values, such as {self.example}"
            reading.wrong(here, f"got {show(raw)}; expected {example}.")
            return WRONG
        items = {name: self.of.read(item, (*here, name), reading) for name, item in raw.items()}
        if any(item is WRONG for item in items.values()):
            return WRONG
        return _checked(self.check, items, here, reading)


def _checked[T](
    check: Callable[[T, Source], Any], value: T, here: Location, reading: Reading
) -> object:
    try:
        return check(value, reading.source)
    except QuantityError as error:
        reading.wrong(here, f"{error}.", error.fix, error.code)
        return WRONG


def not_a_list(raw: object, source: Source) -> tuple[str, str]:
    """Return message and fix for something that should be a list."""
    expected = "a list"
    if source.written:
        expected += ", in square brackets or with a dash before each entry"
    is_word = isinstance(raw, str) and re.fullmatch(r"[\w-]{1,60}", raw) is not None
    return f"got {show(raw)}; expected {expected}.", f"[{raw}]" if is_word else ""


def word(words: type[StrEnum], *, as_text: bool = False) -> Plain:
    """Return one word of a closed list; as plain text where the record holds that."""
    member = parsers.word_of(words)
    parse: Parser = (lambda value, _source: str(member(value))) if as_text else member
    choices = tuple(str(item) for item in words)
    return Plain(parse, Kind.WORD, {"enum": list(choices)}, choices)


def _split(value: object, _source: Source) -> str:
    split = parsers.word_of(Split)(value)
    return str(Split.USAGE if split is Split.PROPORTIONAL else split)


def _label(value: object, source: Source) -> object:
    """Return the name of a rule, which a record holds with the words of what it says."""
    return value if isinstance(value, str) and not source.written else parsers.text(value, source)


def _number(most: float) -> Plain:
    return Plain(parsers.above_zero(most), Kind.NUMBER)


TEXT = Plain(parsers.text, Kind.TEXT, _TEXT)
PROJECT = Plain(parsers.text, Kind.TEXT, _TEXT)
LABEL = Plain(_label, Kind.TEXT, _TEXT)
YES_NO = Plain(parsers.true_or_false, Kind.YES_NO, {"type": "boolean"})
MONEY = Plain(parsers.money, Kind.MONEY)
MONEY_RANGE = Plain(parsers.money_range, Kind.PRICE)
BUDGET = Plain(parsers.as_given(parsers.money), Kind.MONEY)
PRICE = Plain(parsers.price, Kind.PRICE)
POSITIVE_PRICE = Plain(parsers.as_given(parsers.positive_price), Kind.PRICE)
HOURLY_PRICE = Plain(parsers.as_given(parsers.price), Kind.PRICE)
UTILISATION = Plain(parsers.as_given(parsers.utilisation), Kind.SHARES)
SHARE = Plain(parsers.share, Kind.SHARE)
SHARES = Plain(parsers.shares, Kind.SHARES)
TARGET = Plain(parsers.target, Kind.SHARE)
LEVEL = Plain(parsers.level, Kind.SHARE)
RISK_LEVEL = Plain(parsers.risk_level, Kind.SHARE)
COUNT = Plain(parsers.count_of("images"), Kind.COUNT)
POSITIVE_COUNT = Plain(parsers.positive_count, Kind.COUNT)
PROJECTS_COUNTED = Plain(parsers.count_of("projects"), Kind.COUNT)
CLASSES = Plain(parsers.classes, Kind.COUNT)
YEARS = _number(MAX_YEARS)
REPEATS = Plain(parsers.as_given(parsers.above_zero(MAX_REPEATS)), Kind.NUMBER)
REPEATS_RANGE = Plain(parsers.as_given(parsers.range_above_zero(MAX_REPEATS)), Kind.NUMBERS)
YEARS_OR_NONE = Plain(parsers.at_least_zero(MAX_YEARS, "a number of years"), Kind.AMOUNT)
WEEKS = Plain(parsers.at_least_zero(MAX_WEEKS, "a number of weeks"), Kind.AMOUNT)
MACHINES = Plain(parsers.at_least_zero(MAX_PEOPLE, "a number of machines"), Kind.AMOUNT)
SPEED = _number(MAX_COUNT)
HOURS_RANGE = Plain(parsers.as_given(parsers.range_above_zero(MAX_COUNT)), Kind.NUMBERS)
PEOPLE = Plain(parsers.above_zero(MAX_PEOPLE), Kind.NUMBER)
FOLDS = Plain(parsers.folds, Kind.COUNT)
OVERHEAD = Plain(parsers.change(0.0, MAX_GROWTH), Kind.CHANGE)
GROWTH = Plain(parsers.change(LEAST_GROWTH, MAX_GROWTH), Kind.CHANGE)
DECLINE = Plain(parsers.decline, Kind.SHARE)
RETRAININGS = Plain(parsers.at_least_zero(366.0, "a number of trainings"), Kind.AMOUNT)
DROP = Plain(parsers.drop, Kind.SHARES)
POINTS = Plain(parsers.percentage_points, Kind.AMOUNT)
SCALING = Plain(parsers.above_none, Kind.SHARE)
AVERSION = _number(MAX_AVERSION)
ENTROPY = Plain(parsers.above_zero(MAX_ENTROPY_NATS), None)
COMPLEXITY = Plain(parsers.above_zero(MAX_COMPLEXITY), None)
TASK = Plain(parsers.task, Kind.WORD, {"enum": [str(item) for item in Task]}, tuple(Task))
SPLIT = Plain(_split, Kind.WORD, {"enum": [str(item) for item in Split]}, tuple(Split))
BASELINE = Plain(parsers.baseline, Kind.BASELINE, {"anyOf": [*NUMBER["anyOf"], {"type": "object"}]})
ARCHITECTURE = Plain(
    lambda value, source: source.architecture(parsers.text(value, source)), Kind.TEXT, _TEXT
)
REGION = Plain(lambda value, source: source.region(parsers.text(value, source)), Kind.TEXT, _TEXT)
PUE = Plain(parsers.pue, Kind.NUMBER)
ACCELERATOR = Plain(
    lambda value, source: source.accelerator(parsers.text(value, source)), Kind.TEXT, _TEXT
)
_ID_LIST: Shape = {"type": "array", "items": {"type": "string"}, "minItems": 1}
IDS = Names(parsers.distinct, TEXT, _ID_LIST)
PROJECTS = Names(parsers.in_file_alone(parsers.distinct), TEXT, _ID_LIST)
ARCHITECTURES = Names(
    parsers.in_file_alone(parsers.each_once), ARCHITECTURE, {"type": "array", "items": _TEXT}
)
CLASS_COUNTS = NamedCounts(
    Plain(parsers.class_count, None), {"type": "object", "additionalProperties": NUMBER}
)
CLASS_PRICES = NamedCounts(
    Plain(parsers.price, None),
    {"type": "object", "additionalProperties": NUMBER},
    parsers.frozen,
    "{gap: 2.00}",
)
