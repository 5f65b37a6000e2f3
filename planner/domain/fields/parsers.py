"""How each kind of value is read: text, money, shares, counts.

One reading for files and for records built in Python; what a person wrote in a file is read more
strictly only where it is ambiguous there (:attr:`planner.domain.fields.finding.Source.written`).
What is refused is refused in the user's words.
"""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from decimal import Decimal
from enum import StrEnum
from numbers import Real
from types import MappingProxyType
from typing import Any

from planner.domain.complexity import entropy_nats
from planner.domain.fields.finding import Source
from planner.domain.fields.not_offered import other_task
from planner.domain.format import count
from planner.domain.limits import MAX_DECLINE, MAX_ENTROPY_NATS, MAX_FOLDS, MAX_MONEY, MAX_PUE
from planner.domain.quantities import (
    WHOLE_WITHIN,
    Amount,
    QuantityError,
    Range,
    amount_mean,
    parse_amount,
    parse_count,
    parse_number,
    parse_rate,
    show,
)
from planner.domain.suggest import did_you_mean
from planner.domain.vocabulary import Task

type Parser = Callable[[Any, Source], object]

MAX_ID_LENGTH = 300

_TWO_CLASSES = (
    "a task has at least 2 classes: what is looked for, and everything else. With one there is "
    "nothing to tell apart"
)


def refused(message: str, fix: str = "") -> QuantityError:
    """Return the refusal of a value; the message ends without its point."""
    return QuantityError(message, fix, "BAD_VALUE")


def text(value: object, _source: Source) -> str:
    """Return a text that is not empty."""
    if isinstance(value, str):
        if not value.strip():
            raise refused("the text is empty")
        if len(value) > MAX_ID_LENGTH:
            message = f"the text has {len(value):,} characters; at most {MAX_ID_LENGTH} are allowed"
            raise refused(message)
        return value
    fix = f'"{show(value)}"' if isinstance(value, int | float) else ""
    raise refused(f"got {show(value)}; expected text", fix)


def true_or_false(value: object, _source: Source | None = None) -> bool:
    """Return a truth value."""
    if isinstance(value, bool):
        return value
    words = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    word = value.strip().lower() if isinstance(value, str) else str(value)
    fix = words.get(word, word if word in ("true", "false") else "")
    raise refused(f"got {show(value)}; expected true or false", fix)


def word_of[E: StrEnum](words: type[E]) -> Callable[..., E]:
    """Return a parser for one word of a closed list."""

    def parse(value: object, _source: Source | None = None) -> E:
        if isinstance(value, str) and value in tuple(words):
            return words(value)
        known = ", ".join(words)
        fix = did_you_mean(value, list(words)) if isinstance(value, str) else ""
        raise refused(f"got {show(value)}; expected one of {known}", fix)

    return parse


def task(value: object, _source: Source) -> Task:
    """Return a task; what is none of them is answered with what stands for it."""
    other = other_task(value) if isinstance(value, str) and value not in tuple(Task) else None
    known = ", ".join(Task)
    if other:
        raise refused(f"got {show(value)}; expected one of {known}", other)
    if other is not None:
        message = f"got {show(value)}; the models know {known} (mean IoU) and no other task"
        raise refused(message, "a project of one of them, or leave this one out")
    return word_of(Task)(value)


def is_number(value: object) -> bool:
    """Tell numbers, NumPy's included, from text and truth values."""
    return not isinstance(value, bool) and isinstance(value, Real)


def money(value: object, source: Source) -> float:
    """Return an amount of money that is not negative."""
    number = _plain_number(value, currency=source.currency, most=MAX_MONEY)
    if number < 0:
        raise refused(f"got {show(value)}; an amount of money is at least 0")
    return number


def money_range(value: object, source: Source) -> Amount:
    """Return an amount of money that is not negative, or a range of it."""
    is_range = isinstance(value, Range) or (isinstance(value, str) and ".." in value)
    return price(value, source) if is_range else money(value, source)


def _plain_number(value: object, *, currency: str | None = None, most: float) -> float:
    if isinstance(value, str) and ".." in value:
        raise _one_number(value, currency)
    return parse_number(value, currency=currency, most=most)


def _one_number(text: str, currency: str | None) -> QuantityError:
    """Return the refusal of a range; its mean, at which a range is committed, is the fix."""
    message = f"got the range {show(text)}; this field takes one number"
    try:
        mean = amount_mean(parse_amount(text, currency=currency))
    except QuantityError:
        return refused(message)
    rounded = f"{float(f'{mean:.3g}'):.15g}"
    read = "A range is read in prices, costs, benefits, trials, hours and the utilisation"
    words = f"{message}. {read}; its mean is {rounded}"
    return refused(words, rounded)


def above_zero(most: float) -> Parser:
    """Return the reader of a number above 0, up to a limit."""

    def parse(value: object, _source: Source) -> float:
        number = _plain_number(value, most=most)
        if number <= 0:
            raise refused(f"got {show(value)}; expected a number above 0")
        return number

    return parse


def range_above_zero(most: float) -> Parser:
    """Return the parser of a number above 0, or of a range of it."""

    def parse(value: object, source: Source) -> Amount:
        if not (isinstance(value, Range) or (isinstance(value, str) and ".." in value)):
            return above_zero(most)(value, source)  # type: ignore[return-value]
        amount = parse_amount(value, currency=None)
        if amount_mean(amount) > most:
            raise refused(f"got {show(value)}; the mean of a range is at most {count(most)}")
        return amount

    return parse


def at_least_zero(most: float, what: str) -> Parser:
    """Return the reader of a number of at least 0, up to a limit."""

    def parse(value: object, _source: Source) -> float:
        number = _plain_number(value, most=most)
        if number < 0:
            raise refused(f"got {show(value)}; expected {what} of at least 0")
        return number

    return parse


def change(least: float, most: float) -> Parser:
    """Return the reader of a yearly change as a share, which may be negative or above 100 %."""

    def parse(value: object, source: Source) -> float:
        text = value.strip() if isinstance(value, str) else ""
        number = _plain_number(text.removesuffix("%") if text else value, most=MAX_MONEY)
        if text.endswith("%"):
            number = float(Decimal(repr(number)).scaleb(-2))
        elif source.written and abs(number) >= 1:
            message = f"got {show(value)}; a change of so much a year is written per cent"
            raise refused(message, f"{number:g}%")
        if not least <= number <= most:
            raise refused(f"got {show(value)}; expected {100 * least:g} % to {100 * most:g} %")
        return number

    return parse


def share(value: object, source: Source) -> float:
    """Return one share in [0, 1].

    Only in a file, where a person wrote it, is a bare 1 ambiguous; elsewhere it was computed.
    """
    if isinstance(value, str) and ".." in value:
        raise refused(f"got the range {show(value)}; this field takes one share, such as 40%")
    if not source.written and value == 1 and is_number(value):
        return 1.0
    return parse_rate(value)


def shares(value: object, source: Source) -> Amount:
    """Return a share in [0, 1], or a range of shares."""
    if isinstance(value, str) and ".." in value:
        return parse_amount(value, rate=True)
    return value if isinstance(value, Range) else share(value, source)


def target(value: object, source: Source) -> float:
    """Return a target."""
    rate = share(value, source)
    if not 0 < rate < 1:
        raise refused(f"got {show(value)}; a target lies strictly between 0 % and 100 %")
    return rate


def level(value: object, source: Source) -> float:
    """Return a share that is neither 0 % nor 100 %."""
    rate = share(value, source)
    if not 0 < rate < 1:
        message = f"got {show(value)}; expected a share strictly between 0 % and 100 %"
        raise refused(message, "90%")
    return rate


def risk_level(value: object, source: Source) -> float:
    """Return the level of a CVaR; at 0 it is the mean of all outcomes."""
    return 0.0 if share(value, source) == 0 else level(value, source)


def above_none(value: object, source: Source) -> float:
    """Return a share above 0 %."""
    rate = share(value, source)
    if rate == 0:
        raise refused("got 0; expected a share above 0 %")
    return rate


def decline(value: object, source: Source) -> float:
    """Return by which share a price falls in a year."""
    rate = share(value, source)
    if rate > MAX_DECLINE:
        raise refused(f"got {show(value)}; expected 0 % to {100 * MAX_DECLINE:g} % a year")
    return rate


def pue(value: object, _source: Source) -> float:
    """Return the power of a data centre over that of its machines."""
    number = _plain_number(value, most=MAX_PUE)
    if number < 1:
        raise refused(f"got {show(value)}; a PUE is at least 1, that of a perfect data centre")
    return number


def drop(value: object, source: Source) -> Amount:
    """Return a share below 100 %, or a range of such shares."""
    found = shares(value, source)
    if (found.p90 if isinstance(found, Range) else found) >= 1:
        raise refused(f"got {show(value)}; expected 0 % to less than 100 %")
    return found


def percentage_points(value: object, _source: Source) -> Amount:
    """Return percentage points below 100, or a range of them."""
    found = parse_amount(value, currency=None)
    low, high = (found.p10, found.p90) if isinstance(found, Range) else (found, found)
    if not 0 <= low <= high < 100:
        raise refused(f"got {show(value)}; expected 0 to less than 100 points")
    return found


def folds(value: object, _source: Source) -> int:
    """Return a number of trainings of one model on parts of its images."""
    number = parse_count(value, what="folds")
    if not 1 <= number <= MAX_FOLDS:
        raise refused(f"got {show(value)}; expected 1 to {MAX_FOLDS:,} folds")
    return number


def price(value: object, source: Source) -> Amount:
    """Return a price, exact or a range, that is not negative."""
    amount = parse_amount(value, currency=source.currency)
    low, high = (amount.p10, amount.p90) if isinstance(amount, Range) else (amount, amount)
    if low < 0:
        raise refused(f"got {show(value)}; a price is at least 0")
    mean = amount.lognormal_mean if isinstance(amount, Range) else high
    if mean > MAX_MONEY:
        message = f"got {show(value)}; prices (or their mean) above {MAX_MONEY:.0e} are not read"
        raise refused(message)
    return amount


def positive_price(value: object, source: Source) -> Amount:
    """Return a price above 0."""
    amount = price(value, source)
    if amount == 0:
        raise refused("got 0; this price is above 0")
    return amount


def utilisation(value: object, _source: Source) -> Amount:
    """Return a share, or a range of shares, above 0."""
    amount = parse_amount(value, rate=True)
    if amount == 0:
        raise refused("got 0; the utilisation is above 0 %")
    return amount


def as_given(parse: Parser) -> Parser:
    """Return a parser that keeps a number of Python for whoever uses it to judge its range."""

    def keep(value: object, source: Source) -> object:
        return value if is_number(value) and not source.written else parse(value, source)

    return keep


def count_of(what: str) -> Parser:
    """Return the parser of a number of something."""
    return lambda value, _source: parse_count(value, what=what)


def at_least_one(what: str) -> Parser:
    """Return the parser of a number of something, at least 1."""

    def parse(value: object, _source: Source) -> int:
        number = parse_count(value, what=what)
        if number < 1:
            raise refused("got 0; expected at least 1")
        return number

    return parse


positive_count = at_least_one("images")


def classes(value: object, _source: Source | None = None) -> int:
    """Return a number of classes, at least 2."""
    number = parse_count(value, what="classes")
    if number < 2:
        raise refused(f"got {show(value)}; {_TWO_CLASSES}", "2")
    return number


def class_count(value: object, source: Source) -> float:
    """Return images of one class: whole in a file."""
    if source.written:
        number = parse_count(value, what="images of a class")
        return parse_number(number, currency=None, most=MAX_MONEY)
    return money(value, source)


def two_classes(counts: Mapping[str, float], _source: Source) -> Mapping[str, float]:
    """Return images by class if at least two classes have any."""
    if sum(number > 0 for number in counts.values()) < 2:
        message = f"at least two classes need images; {_TWO_CLASSES}"
        fix = "the images without it as a class of their own, such as other: 1000"
        raise refused(message, fix)
    return MappingProxyType(dict(counts))


def frozen(values: Mapping[str, Amount], _source: Source) -> Mapping[str, Amount]:
    """Return values by name that nobody may change."""
    return MappingProxyType(dict(values))


def baseline(value: object, source: Source) -> float:
    """Return the entropy in nats of the task with relative complexity 1, however it is said."""
    if not isinstance(value, Mapping):
        named = isinstance(value, str) and re.search("[a-z]{3}", value, re.IGNORECASE)
        return math.log(source.dataset(value) if named else _baseline_classes(value))  # type: ignore[arg-type]
    if len(value) == 1 and next(iter(value)) in ("entropy_bits", "entropy_nats"):
        unit, entropy = next(iter(value.items()))
        nats = above_zero(MAX_ENTROPY_NATS)(entropy, source)
        return float(nats) * (math.log(2) if unit == "entropy_bits" else 1.0)  # type: ignore[arg-type]
    counts = {name: parse_count(given, what="images of a class") for name, given in value.items()}
    return entropy_nats(two_classes(counts, source).values())


def _baseline_classes(value: object) -> int:
    """Return a number of classes; a number that is not whole is an entropy without its unit."""
    number = 0.0
    with suppress(QuantityError):
        number = parse_number(value, currency=None, most=MAX_ENTROPY_NATS)
    if abs(number - round(number)) > WHOLE_WITHIN:
        text = show(value).strip('"')
        message = f"{text} is no number of classes, and an entropy says its unit"
        raise refused(message, f"{{entropy_nats: {text}}} or {{entropy_bits: {text}}}")
    return classes(value)


def distinct(names: tuple[str, ...], source: Source) -> tuple[str, ...]:
    """Return names of which none is there twice, at least one."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise refused(f"{show(name)} is named twice")
        seen.add(name)
    return not_empty(names, source)


def not_empty[T](items: tuple[T, ...], _source: Source) -> tuple[T, ...]:
    """Return a list that is not empty."""
    if not items:
        raise refused("the list is empty")
    return items


def in_file_alone[T](check: Callable[[T, Source], T]) -> Callable[[T, Source], T]:
    """Return a check of what a person wrote; what a program makes may be empty."""
    return lambda items, source: check(items, source) if source.written else items


def each_once[T](items: tuple[T, ...], source: Source) -> tuple[T, ...]:
    """Return a list that is not empty; a name that comes again in other letters counts once."""
    return tuple(dict.fromkeys(not_empty(items, source)))
