"""How each kind of value of a portfolio file is read: text, money, shares, counts.

What is refused is refused in the user's words, through pydantic, which collects every mistake.
"""

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from planner.domain.complexity import entropy_nats
from planner.domain.limits import (
    MAX_AVERSION,
    MAX_ENTROPY_NATS,
    MAX_MONEY,
    MAX_REPEATS,
    MAX_YEARS,
)
from planner.domain.portfolio.project import MAX_ID_LENGTH
from planner.domain.quantities import (
    DEFAULT_CURRENCY,
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


def mistake(message: str, fix: str = "", code: str = "BAD_VALUE") -> PydanticCustomError:
    """Return the error that carries a message of ours through pydantic."""
    context = {"message": message, "fix": fix, "code": code}
    return PydanticCustomError("planner", "{message}", context)


def checked[T](parse: Callable[[object], T]) -> Callable[[object], T]:
    """Return a parser whose refusals pydantic collects with their fix."""

    def validate(value: object) -> T:
        try:
            return parse(value)
        except QuantityError as error:
            code = "AMBIGUOUS" if "may " in str(error) else "BAD_VALUE"
            raise mistake(f"{error}.", error.fix, code) from None

    return validate


def _text(value: object) -> str:
    if isinstance(value, str):
        if not value.strip():
            raise mistake("the text is empty.")
        if len(value) > MAX_ID_LENGTH:
            raise mistake(
                f"the text has {len(value):,} characters; at most {MAX_ID_LENGTH} are allowed."
            )
        return value
    fix = f'"{show(value)}"' if isinstance(value, int | float) else ""
    raise mistake(f"got {show(value)}; expected text.", fix)


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"yes": "true", "on": "true", "no": "false", "off": "false"}
    word = value.strip().lower() if isinstance(value, str) else str(value)
    fix = words.get(word, word if word in ("true", "false") else "")
    raise mistake(f"got {show(value)}; expected true or false.", fix)


def one_of[E: StrEnum](words: type[E]) -> Callable[[object], E]:
    """Return a parser for one word of a closed list."""

    def validate(value: object) -> E:
        if isinstance(value, str) and value in tuple(words):
            return words(value)
        known = ", ".join(words)
        fix = did_you_mean(value, list(words)) if isinstance(value, str) else ""
        raise mistake(f"got {show(value)}; expected one of {known}.", fix)

    return validate


def _currency(info: ValidationInfo) -> str:
    """Return the currency in which the file gives its amounts."""
    return str((info.context or {}).get("currency", DEFAULT_CURRENCY))


def _money(value: object, info: ValidationInfo) -> float:
    number = _plain_number(value, currency=_currency(info), most=MAX_MONEY)
    if number < 0:
        raise mistake(f"got {show(value)}; an amount of money is at least 0.")
    return number


def _plain_number(value: object, *, currency: str | None = None, most: float) -> float:
    if isinstance(value, str) and ".." in value:
        raise _one_number(value, currency)
    return checked(lambda given: parse_number(given, currency=currency, most=most))(value)


def _one_number(text: str, currency: str | None) -> PydanticCustomError:
    """Return the refusal of a range; its mean, at which a range is committed, is the fix."""
    message = f"got the range {show(text)}; this field takes one number."
    try:
        mean = amount_mean(parse_amount(text, currency=currency))
    except QuantityError:
        return mistake(message)
    rounded = f"{float(f'{mean:.3g}'):.15g}"
    words = f"{message} A range is read in prices and in the utilisation; its mean is {rounded}."
    return mistake(words, rounded)


def _positive(value: object, most: float) -> float:
    number = _plain_number(value, most=most)
    if number <= 0:
        raise mistake(f"got {show(value)}; expected a number above 0.")
    return number


def _up_to(most: float) -> PlainValidator:
    """Return the reader of a number above 0, up to a limit."""
    return PlainValidator(lambda value: _positive(value, most))


def read_share(value: object) -> float:
    """Return one share in [0, 1]."""
    if isinstance(value, str) and ".." in value:
        raise mistake(f"got the range {show(value)}; this field takes one share, such as 40%.")
    return checked(parse_rate)(value)


def _target(value: object) -> float:
    rate = read_share(value)
    if not 0 < rate < 1:
        raise mistake(f"got {show(value)}; a target lies strictly between 0 % and 100 %.")
    return rate


def _level(value: object) -> float:
    rate = read_share(value)
    if not 0 < rate < 1:
        raise mistake(f"got {show(value)}; expected a share strictly between 0 % and 100 %.", "90%")
    return rate


def _risk_level(value: object) -> float:
    if read_share(value) == 0:
        message = "got 0; CVaR at level 0 is the mean of all outcomes, which expected says."
        raise mistake(message, "measure: expected, or level: 90%")
    return _level(value)


def _price(value: object, info: ValidationInfo) -> Amount:
    amount = checked(lambda given: parse_amount(given, currency=_currency(info)))(value)
    low, high = (amount.p10, amount.p90) if isinstance(amount, Range) else (amount, amount)
    if low < 0:
        raise mistake(f"got {show(value)}; a price is at least 0.")
    mean = amount.lognormal_mean if isinstance(amount, Range) else high
    if mean > MAX_MONEY:
        raise mistake(
            f"got {show(value)}; prices (or their mean) above {MAX_MONEY:.0e} are not read."
        )
    return amount


def _positive_price(value: object, info: ValidationInfo) -> Amount:
    amount = _price(value, info)
    if amount == 0:
        raise mistake("got 0; this price is above 0.")
    return amount


def read_utilisation(value: object) -> Amount:
    """Return a share, or a range of shares, above 0."""
    share = checked(lambda given: parse_amount(given, rate=True))(value)
    if share == 0:
        raise mistake("got 0; the utilisation is above 0 %.")
    return share


def read_classes(value: object) -> int:
    """Return a number of classes, at least 2."""
    count = checked(lambda given: parse_count(given, what="classes"))(value)
    if count < 2:
        raise mistake(f"got {show(value)}; {_TWO_CLASSES}.", "2")
    return count


_TWO_CLASSES = (
    "a task has at least 2 classes: what is looked for, and everything else. With one there is "
    "nothing to tell apart"
)


def two_classes(counts: dict[str, int]) -> dict[str, int]:
    """Return images by class if at least two classes have any."""
    if sum(count > 0 for count in counts.values()) < 2:
        raise mistake(
            f"at least two classes need images; {_TWO_CLASSES}.",
            "the images without it as a class of their own, such as other: 1000",
        )
    return counts


def _baseline(value: object) -> float:
    """Return the entropy in nats of the task with relative complexity 1."""
    if not isinstance(value, Mapping):
        return math.log(_baseline_classes(value))
    if len(value) == 1 and next(iter(value)) in ("entropy_bits", "entropy_nats"):
        unit, entropy = next(iter(value.items()))
        return _positive(entropy, MAX_ENTROPY_NATS) * (
            math.log(2) if unit == "entropy_bits" else 1.0
        )
    count = checked(lambda given: parse_count(given, what="images of a class"))
    return entropy_nats(two_classes({name: count(given) for name, given in value.items()}).values())


def _baseline_classes(value: object) -> int:
    """Return a number of classes; a number that is not whole is an entropy without its unit."""
    with suppress(QuantityError):
        number = parse_number(value, currency=None, most=MAX_ENTROPY_NATS)
        if abs(number - round(number)) > WHOLE_WITHIN:
            text = show(value).strip('"')
            message = f"{text} is no number of classes, and an entropy says its unit."
            raise mistake(message, f"{{entropy_nats: {text}}} or {{entropy_bits: {text}}}")
    return read_classes(value)


def _positive_count(value: object) -> int:
    count = checked(parse_count)(value)
    if count < 1:
        raise mistake("got 0; expected at least 1.")
    return count


def not_empty[T](items: list[T]) -> list[T]:
    """Return a list that is not empty."""
    if not items:
        raise mistake("the list is empty.")
    return items


def _distinct(names: list[str]) -> list[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise mistake(f"{show(name)} is named twice.")
        seen.add(name)
    return not_empty(names)


type Text = Annotated[str, PlainValidator(_text)]
type YesNo = Annotated[bool, PlainValidator(_yes_or_no)]
type Years = Annotated[float, _up_to(MAX_YEARS)]
type Repeats = Annotated[float, _up_to(MAX_REPEATS)]
type Aversion = Annotated[float, _up_to(MAX_AVERSION)]
type Money = Annotated[float, PlainValidator(_money)]
type Price = Annotated[Amount, PlainValidator(_price)]
type PositivePrice = Annotated[Amount, PlainValidator(_positive_price)]
type Share = Annotated[float, PlainValidator(read_share)]
type Target = Annotated[float, PlainValidator(_target)]
type Level = Annotated[float, PlainValidator(_level)]
type RiskLevel = Annotated[float, PlainValidator(_risk_level)]
type Count = Annotated[int, PlainValidator(checked(parse_count))]
type PositiveCount = Annotated[int, PlainValidator(_positive_count)]
type ClassCount = Annotated[
    int, PlainValidator(checked(lambda given: parse_count(given, what="images of a class")))
]
type ProjectCount = Annotated[
    int, PlainValidator(checked(lambda given: parse_count(given, what="projects")))
]
type Ids = Annotated[list[Text], AfterValidator(_distinct)]
type Entropy = Annotated[float, PlainValidator(_baseline)]


class Section(BaseModel):
    """A mapping of the file: unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
