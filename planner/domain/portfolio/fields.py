"""Reading the fields of a record that a person built, with all mistakes at once.

Records check themselves with a :class:`FieldReader` when they are made, whether by a file, a
command-line flag or Python, so that no other module meets a value outside its range.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from numbers import Real
from typing import Any, cast

from planner.domain.limits import MAX_MONEY
from planner.domain.quantities import (
    Amount,
    QuantityError,
    Range,
    parse_amount,
    parse_number,
    parse_rate,
    show,
)
from planner.domain.suggest import did_you_mean
from planner.errors import InputError, Problem


class FieldReader:
    """Reads the fields of one frozen record in place and collects what is wrong with them.

    Parameters
    ----------
    record : object
        A frozen dataclass in its ``__post_init__``.
    path : str
        How messages call the record; empty at the top of a file.
    """

    def __init__(self, record: object, path: str) -> None:
        self.record = record
        self.path = path
        self.problems: list[Problem] = []

    def raw(self, name: str) -> Any:  # noqa: ANN401 - whatever the caller passed
        """Return a field as it stands."""
        return getattr(self.record, name)

    def store(self, name: str, value: object) -> None:
        """Replace a field."""
        object.__setattr__(self.record, name, value)

    def wrong(self, name: str, message: str, fix: str = "") -> None:
        """Record a mistake."""
        path = f"{self.path}.{name}" if self.path else name
        self.problems.append(Problem(path, message, fix))

    def read(self, name: str, parse: Callable[[object], object], *, optional: bool = False) -> Any:  # noqa: ANN401 - whatever `parse` returns
        """Replace a field by what ``parse`` makes of it; None if it is absent or wrong."""
        value = self.raw(name)
        if value is None and optional:
            return None
        try:
            parsed = parse(value)
        except QuantityError as error:
            self.wrong(name, f"{error}.", error.fix)
            return None
        self.store(name, parsed)
        return parsed

    def nested[T](self, name: str, kind: type[T], value: object) -> T | None:
        """Return a nested record, given as one or as a mapping; None if it is wrong."""
        try:
            return _record(kind, value)
        except InputError as error:
            self._move_below(name, error)
            return None

    def read_part[T](self, name: str, kind: type[T]) -> None:
        """Replace a nested part, given as a record or as a mapping, by its record."""
        part = self.nested(name, kind, self.raw(name))
        if part is not None:
            self.store(name, part)

    def read_list(self, name: str, *kinds: type) -> None:
        """Replace a list of records by a tuple; of one kind only, mappings become records."""
        entries = self.raw(name)
        if isinstance(entries, str | Mapping) or not isinstance(entries, Iterable):
            self.wrong(name, f"got {show(entries)}; expected a list.")
            return
        read = []
        for index, entry in enumerate(entries):
            here = f"{name}[{index}]"
            if isinstance(entry, kinds):
                read.append(entry)
            elif len(kinds) == 1:
                read.append(self.nested(here, kinds[0], entry))
            else:
                known = ", ".join(kind.__name__ for kind in kinds)
                self.wrong(here, f"got {show(entry)}; expected one of {known}.")
        self.store(name, tuple(read))

    def read_mappings(self, name: str, make: Callable[[int, Mapping[str, Any]], object]) -> None:
        """Replace the mappings of a list by the records that ``make`` builds of them."""
        entries = self.raw(name)
        if isinstance(entries, str | Mapping) or not isinstance(entries, Iterable):
            return
        found = []
        for index, entry in enumerate(entries):
            if not isinstance(entry, Mapping):
                found.append(entry)
                continue
            try:
                found.append(make(index, entry))
            except InputError as error:
                self._move_below(f"{name}[{index}]", error)
        self.store(name, tuple(found))

    def _move_below(self, name: str, error: InputError) -> None:
        """Record the mistakes of a nested part under its path."""
        for problem in error.problems:
            rest = problem.field.partition(".")[2]
            path = ".".join(part for part in (self.path, name, rest) if part)
            self.problems.append(Problem(path, problem.message, problem.fix))

    def finish(self) -> None:
        """Raise everything that was found."""
        if self.problems:
            raise InputError(self.problems)


def number_at_least_zero(value: object) -> float:
    """Return an amount or a number that is not negative."""
    number = parse_number(value, most=MAX_MONEY)
    if number < 0:
        message = f"got {show(value)}; expected a number of at least 0"
        raise QuantityError(message)
    return number


def positive_number(value: object, *, most: float) -> float:
    """Return a number above zero, and at most ``most``."""
    number = parse_number(value, most=most)
    if number <= 0:
        message = f"got {show(value)}; expected a number above 0"
        raise QuantityError(message)
    return number


def number_as_given(value: object, *, currency: str | None = None, most: float) -> float:
    """Return a number; a text is read, a number is kept for whoever uses it to judge its range."""
    if _is_number(value):
        return cast("float", value)
    return parse_number(value, currency=currency, most=most)


def amount_as_given(value: object, *, rate: bool = False, currency: str | None = None) -> Amount:
    """Return a number or a range; a text is read, a number is kept as it is."""
    if _is_number(value):
        return cast("float", value)
    return parse_amount(value, rate=rate, currency=currency)


def _is_number(value: object) -> bool:
    """Tell numbers, NumPy's included, from text and truth values."""
    return not isinstance(value, bool) and isinstance(value, Real)


def price(value: object) -> Amount:
    """Return a price, exact or a range, that is not negative."""
    amount = parse_amount(value)
    return amount if isinstance(amount, Range) else number_at_least_zero(amount)


def share(value: object) -> float:
    """Return a share in [0, 1]; a number that is 1 is the whole, as a computed share may be.

    Only in a file, where a person wrote it, is a bare 1 ambiguous.
    """
    is_number = isinstance(value, float) or type(value) is int  # a truth value is an int, too
    return 1.0 if is_number and value == 1 else parse_rate(value)


def share_strictly_inside(value: object) -> float:
    """Return a share that is neither 0 % nor 100 %."""
    rate = share(value)
    if not 0 < rate < 1:
        message = f"got {show(value)}; expected a share strictly between 0 % and 100 %"
        raise QuantityError(message)
    return rate


def true_or_false(value: object) -> bool:
    """Return a truth value."""
    if not isinstance(value, bool):
        message = f"got {show(value)}; expected true or false"
        raise QuantityError(message)
    return value


def word_of[E: StrEnum](words: type[E]) -> Callable[[object], E]:
    """Return a parser for one word of a closed list."""

    def parse(value: object) -> E:
        if isinstance(value, str) and value in tuple(words):
            return words(value)
        message = f"got {show(value)}; expected one of {', '.join(words)}"
        raise QuantityError(message, did_you_mean(value, words) if isinstance(value, str) else "")

    return parse


def text(value: object) -> str:
    """Return a text."""
    if not isinstance(value, str):
        message = f"got {show(value)}; expected text"
        raise QuantityError(message)
    return value


def text_list(value: object) -> tuple[str, ...]:
    """Return texts as a tuple."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        message = f"got {show(value)}; expected a list of names"
        raise QuantityError(message)
    items = tuple(value)
    for item in items:
        if not isinstance(item, str):
            message = f"got {show(item)} in a list of names"
            raise QuantityError(message)
    return items


def _record[T](kind: type[T], value: object) -> T:
    """Return a nested part as its record, whether it came as a record or a mapping."""
    if isinstance(value, kind):
        return value
    name = kind.__name__.lower()
    if not isinstance(value, Mapping):
        raise InputError([Problem(name, f"got {show(value)}; expected a mapping.")])
    known = [item.name for item in fields(kind)]  # type: ignore[arg-type]  # a dataclass
    unknown = [
        Problem(f"{name}.{key}", f"unknown field; known are {', '.join(known)}.")
        for key in value
        if key not in known
    ]
    if unknown:
        raise InputError(unknown)
    try:
        return kind(**value)
    except TypeError as error:  # a field without default is missing
        reason = str(error).partition("() ")[2] or str(error)
        raise InputError([Problem(name, f"{reason}.")]) from None
