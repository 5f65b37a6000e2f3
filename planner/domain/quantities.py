"""Numbers as people write them: ``20k``, ``94%``, ``0.30..0.45``; and what a range means.

One reading for files, command-line flags and Python: every other module receives plain floats or a
:class:`Range`.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from numbers import Integral, Real

from planner.domain.limits import MAX_COUNT, MAX_MONEY
from planner.domain.number_words import (
    AMBIGUOUS_POINT,
    currency_word,
    is_in,
    meant,
    meant_range,
    thousands_and_decimal,
    usual_code,
)

Z_P90 = 1.2815515655446004
"""Standard normal quantile at 0.9."""

WEEKS_PER_YEAR, HOURS_PER_YEAR = 52, 8_760
"""A year as weeks of work and hours of machines are counted."""

WHOLE_WITHIN = 1e-6
"""A spreadsheet's arithmetic leaves whole numbers a little off."""

_SUFFIX = {"": 0, "k": 3, "m": 6, "b": 9, "bn": 9}  # powers of ten
_NUMBER = re.compile(
    r"""\s*(?P<currency>[$€£]?)\s*(?P<sign>[-+]?)
        (?P<digits>[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?   # 1,200
                  |[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)    # 1200, 1_200, 0.35, .35
        (?:[eE](?P<exponent>[-+]?[0-9]{1,6}))?\s*(?P<suffix>k|m|bn|b|)\s*""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_DECIMAL_COMMA = re.compile(r"\s*[0-9]+,[0-9]+\s*(?:k|m|bn|b)?\s*", re.IGNORECASE | re.ASCII)
_ONE_COMMA = re.compile(r"[^,.]*[0-9],[0-9]{3}(?![0-9])[^,.]*")
_DIGITS = re.compile(r"\s*[-+]?[0-9][0-9_,]*(?:\.[0-9]*)?\s*", re.ASCII)
_LONGEST_NUMBER = 60  # characters; anything longer is not a number a person wrote

DEFAULT_CURRENCY = "USD"


class QuantityError(ValueError):
    """A text or value that is not the quantity asked for.

    Parameters
    ----------
    message : str
        What came and what was expected.
    fix : str
        What to write instead; empty if there is no single fix.
    code : str
        Of the problem it becomes; told from the message unless said.
    """

    def __init__(self, message: str, fix: str = "", code: str = "") -> None:
        super().__init__(message)
        self.fix = fix
        self.code = code or ("AMBIGUOUS" if "may " in message else "BAD_VALUE")


@dataclass(frozen=True)
class Range:
    """A quantity known only as P10..P90.

    It is not below ``p10`` in 90 % of outcomes, and not above ``p90`` in 90 %. Prices and other
    positive amounts follow a lognormal with these quantiles, shares a beta.

    Attributes
    ----------
    p10, p90 : float
        Positive, ``p10 < p90``.
    """

    p10: float
    p90: float

    def __post_init__(self) -> None:
        if not (0 < self.p10 < self.p90 < math.inf):
            message = f"a range needs 0 < P10 < P90, both finite; got {self.p10}..{self.p90}"
            raise ValueError(message)

    @property
    def log_mean(self) -> float:
        """Mean of the natural logarithm of the lognormal."""
        return 0.5 * (math.log(self.p10) + math.log(self.p90))

    @property
    def log_sd(self) -> float:
        """Standard deviation of the natural logarithm of the lognormal."""
        return (math.log(self.p90) - math.log(self.p10)) / (2 * Z_P90)

    @property
    def lognormal_mean(self) -> float:
        """Mean of the lognormal, ``exp(m + s²/2)``; infinite where it exceeds every float."""
        try:
            return math.exp(self.log_mean + 0.5 * self.log_sd**2)
        except OverflowError:
            return math.inf

    def __str__(self) -> str:
        """Return the range as it is written in a file."""
        return f"{_unmistakable(self.p10)}..{_unmistakable(self.p90)}"


def _unmistakable(number: float) -> str:
    """Return a number as text without a point that could separate thousands."""
    text = f"{number:g}"
    return thousands_and_decimal(text)[1] if AMBIGUOUS_POINT.fullmatch(text) else text


class WrittenNumber(float):
    """A number of a file that keeps its text, because the text has a second reading.

    ``9.000`` is nine to YAML and TOML, and nine thousand to whoever writes points between
    thousands.

    Attributes
    ----------
    text : str
        As it was written.
    """

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> "WrittenNumber":
        """Return the number that a file's format makes of a text."""
        number = super().__new__(cls, text)
        number.text = str(text)
        return number


def number_written(text: str) -> float:
    """Return the float that a file's format makes of a text; ambiguous ones keep their text.

    Examples
    --------
    >>> number_written("0.861"), number_written("9.000").text
    (0.861, '9.000')
    """
    unsigned = text.lstrip("+-")
    return WrittenNumber(text) if AMBIGUOUS_POINT.fullmatch(unsigned) else float(text)


type Amount = float | Range
"""A number known exactly, or a range."""


def amount_mean(amount: Amount) -> float:
    """Return the value at which an amount is committed: itself, or the mean of its lognormal."""
    return amount.lognormal_mean if isinstance(amount, Range) else amount


def show(value: object) -> str:
    """Return a value as a message shows it: short, in the words of a file.

    Examples
    --------
    >>> show(True), show("20k-ish"), show(None), show([1])
    ('true', '"20k-ish"', 'nothing', 'a list')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str):
        text = value if len(value) <= _LONGEST_NUMBER else f"{value[: _LONGEST_NUMBER - 1]}…"
        return '"' + "".join(c if c.isprintable() else "�" for c in text) + '"'
    if isinstance(value, int) and value.bit_length() > 1000:
        return "a number of hundreds of digits"
    if isinstance(value, WrittenNumber):
        return value.text
    if isinstance(value, float):
        return repr(float(value)).removesuffix(".0")
    return str(value)[:_LONGEST_NUMBER]


def parse_number(
    value: object, *, currency: str | None = DEFAULT_CURRENCY, most: float = math.inf
) -> float:
    """Return a finite number from ``20000``, ``"20k"``, ``"5M"``, ``"1,200"`` or ``"$0.35"``.

    Parameters
    ----------
    value : object
        A number or a text.
    currency : str or None, default="USD"
        Of the amount: a sign of another currency is refused, never dropped. None where no money is
        meant, so that every sign is refused.
    most : float, default=inf
        Largest number that makes sense here: ``20.000`` is refused with both its readings only
        where 20000 is one.

    Raises
    ------
    QuantityError
        The text is not one number, is not finite, a decimal comma or a point before exactly three
        digits makes it ambiguous, its sign is that of another currency, or it is above ``most``.

    Examples
    --------
    >>> parse_number("20k"), parse_number("1.005M"), parse_number(3e-11)
    (20000.0, 1005000.0, 3e-11)
    """
    number = _number(value, currency=currency, most=most)
    if number > most:
        message = f"got {show(value)}; numbers above {_plainly(most)} are not read here"
        raise QuantityError(message)
    return number


def _plainly(number: float) -> str:
    return f"{int(number):,}" if number < 1e7 else f"{number:g}"


def parse_price(value: object, *, currency: str | None = DEFAULT_CURRENCY) -> float:
    """Return a number as :func:`parse_number` does, refusing ``1,200`` with both its readings.

    A price of 1.2 is as likely as one of 1200; a comma in a number of images or in a budget only
    ever separates thousands.
    """
    if isinstance(value, str) and _ONE_COMMA.fullmatch(value) and _NUMBER.fullmatch(value):
        thousands = value.replace(",", "").strip()
        decimal = re.sub(r"\.?0+(?![0-9])", "", value.replace(",", ".").strip())
        message = f"{show(value)} may mean {thousands} or, with a decimal comma, {decimal}"
        raise QuantityError(message, f"{thousands} or {decimal}")
    return parse_number(value, currency=currency, most=MAX_MONEY)


def parse_count(value: object, *, what: str = "images") -> int:
    """Return a whole number from 0 to :data:`MAX_COUNT`, from one within 1e-6 of it.

    Parameters
    ----------
    value : object
        As for :func:`parse_number`.
    what : str, default="images"
        What is counted, for messages.

    Raises
    ------
    QuantityError
        Not a number, negative, not whole, or too large.

    Examples
    --------
    >>> parse_count("20k"), parse_count(1e6), parse_count(1000.0000000001)
    (20000, 1000000, 1000)
    """
    if isinstance(value, str) and any(sign in value for sign in "$€£%"):
        message = f"{show(value)} is not a number of {what}"
        raise QuantityError(message)
    try:
        number = parse_number(value, currency=None)
    except QuantityError as error:
        message = f"{error} (a number of {what} was expected)"
        raise QuantityError(message, error.fix) from None
    whole = round(number)
    if number < -WHOLE_WITHIN:
        message = f"got {show(value)}; a number of {what} is at least 0"
        raise QuantityError(message)
    if abs(number - whole) > WHOLE_WITHIN:
        message = f"got {show(value)}; a number of {what} is whole"
        raise QuantityError(message)
    if number > MAX_COUNT:
        message = f"got {show(value)}; at most {MAX_COUNT:.0e} {what} can be counted exactly"
        raise QuantityError(message)
    return whole


def parse_rate(value: object) -> float:
    """Return a share in [0, 1] from ``0.94``, ``94``, ``"94%"`` or ``"0.94"``.

    A bare number below 1 is a fraction, above 1 per cent; exactly 1 is refused with both readings.

    Raises
    ------
    QuantityError
        Not a number, ambiguous, or outside 0 to 100 %.

    Examples
    --------
    >>> parse_rate("94%"), parse_rate(96.5), parse_rate(0.94)
    (0.94, 0.965, 0.94)
    """
    if isinstance(value, str) and value.strip().endswith("%"):
        return _share(_scaled(value.strip()[:-1], power=-2, shown=value), value)
    number = _number(value, currency=None, most=100)
    if number == 1:
        message = f"{show(value)} may mean 1 % or 100 %"
        raise QuantityError(message, "1% or 100%")
    if number > 1:
        # Through the decimal text: 94.3 / 100 in binary need not be the 0.943 that 94.3% gives.
        number = float(Decimal(repr(number)).scaleb(-2))
    return _share(number, value)


def parse_amount(
    value: object, *, rate: bool = False, currency: str | None = DEFAULT_CURRENCY
) -> Amount:
    """Return a number, or a :class:`Range` from ``"0.30..0.45"``.

    Parameters
    ----------
    value : object
        As for :func:`parse_number`, or two of them joined by ``..``.
    rate : bool, default=False
        Read both ends as shares, not as prices.
    currency : str or None, default="USD"
        As for :func:`parse_number`.

    Raises
    ------
    QuantityError
        Not a number, ambiguous, or not a range with 0 < P10 < P90.
    """
    if isinstance(value, Range):
        return value

    def parse(end: object) -> float:
        return parse_rate(end) if rate else parse_price(end, currency=currency)

    if not (isinstance(value, str) and ".." in value):
        return _one(value, parse, currency)
    ends = value.split("..")
    if "..." in value:
        message = f"{show(value)} is not a range; two dots stand between P10 and P90"
        raise QuantityError(message, re.sub(r"\.{3,}", "..", value.strip()))
    if len(ends) != 2:
        message = f"{show(value)} is not a range; write P10..P90"
        raise QuantityError(message, "0.30..0.45")
    low, high = parse(ends[0]), parse(ends[1])
    if low == high:
        return low
    if not 0 < low < high:
        message = (
            f"{show(value)} is no range P10..P90: P10 must be above 0"
            if low <= 0
            else f"{show(value)} is not a range P10..P90 with 0 < P10 < P90"
        )
        swapped = f"{ends[1].strip()}..{ends[0].strip()}" if 0 < high < low else ""
        raise QuantityError(message, swapped)
    return Range(low, high)


def _one(value: object, parse: Callable[[object], float], currency: str | None) -> float:
    """Return a number where a range could stand as well; the fix for one written otherwise."""
    try:
        return parse(value)
    except QuantityError as error:
        range_ = meant_range(value, currency) if isinstance(value, str) and not error.fix else ""
        raise QuantityError(str(error), range_ or error.fix) from None


def _number(value: object, *, currency: str | None, most: float) -> float:
    """Return the number that a value is or says, however large; ``most`` settles points."""
    if isinstance(value, WrittenNumber):
        value = value.text
    if isinstance(value, str):
        return _scaled(value, power=0, currency=currency, most=most)
    return _finite(value)


def _finite(value: object) -> float:
    """Return a number that is no text as a finite float."""
    if value is None:
        message = "got nothing; a number was expected"
        raise QuantityError(message)
    if isinstance(value, bool) or not isinstance(value, Real | Integral):
        message = f"got {show(value)}; that is not a number"
        raise QuantityError(message)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        message = f"got {show(value)}; that is not a finite number"
        raise QuantityError(message)
    return number


def _scaled(
    text: str, power: int, shown: str | None = None, currency: str | None = None, most: float = 0.0
) -> float:
    """Return the number a text says, times a power of ten, rounded once."""
    shown = text if shown is None else shown
    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None:
        raise _no_number(text, shown, currency)
    if match["currency"]:
        _require_currency(currency, match["currency"], shown)
    if not match["exponent"] and not match["suffix"]:
        _refuse_two_readings(match["sign"], match["digits"], shown, most)
    digits = match["digits"].replace(",", "").replace("_", "")
    exponent = int(match["exponent"] or 0) + _SUFFIX[match["suffix"].lower()] + power
    number = float(f"{match['sign']}{digits}e{exponent}")
    if not math.isfinite(number):
        message = f"{show(shown)} is not a finite number"
        raise QuantityError(message)
    return number


def _no_number(text: str, shown: str, currency: str | None) -> QuantityError:
    """Return the refusal of a text, with the number that was most likely meant."""
    if len(text) > _LONGEST_NUMBER and _DIGITS.fullmatch(text):
        return QuantityError(
            f"{show(shown)} has {len(text.strip()):,} characters; that is too large"
        )
    if len(text) <= _LONGEST_NUMBER and _DECIMAL_COMMA.fullmatch(text):
        message = f"{show(shown)} may be a decimal comma"
        return QuantityError(message, shown.replace(",", ".").strip())
    word = currency_word(shown)
    if word and currency is not None and not is_in(word, currency):
        return _foreign(word, currency, shown)
    return QuantityError(f"{show(shown)} is not a number", meant(shown, currency))


def _refuse_two_readings(sign: str, digits: str, shown: str, most: float) -> None:
    """Refuse a point before exactly three digits where it may separate thousands."""
    if AMBIGUOUS_POINT.fullmatch(digits) and float(digits.replace(".", "")) <= most:
        readings = [sign + reading for reading in thousands_and_decimal(digits)]
        message = f"{show(shown)} may mean {readings[0]} or {readings[1]}"
        raise QuantityError(message, " or ".join(readings))


def _require_currency(currency: str | None, sign: str, shown: str) -> None:
    """Refuse the sign of another currency: dropping it would change the amount."""
    if currency is None:
        message = f"{show(shown)} has a currency sign, but no amount of money is meant here"
        raise QuantityError(message, shown.replace(sign, "").strip())
    if not is_in(sign, currency):
        raise _foreign(sign, currency, shown)


def _foreign(word: str, currency: str, shown: str) -> QuantityError:
    """Return the refusal of an amount in another currency."""
    code = usual_code(word)
    fix = f"the amount in {currency} without a sign, or currency: {code} if all are in {code}"
    return QuantityError(f"{show(shown)} is in {code}, but amounts here are in {currency}", fix)


def _share(rate: float, value: object) -> float:
    """Return a share that lies in [0, 1]; where digits too many are likely, suggest fewer."""
    if 0 <= rate <= 1:
        return rate
    message = f"got {show(value).strip('"')}; expected a share between 0 % and 100 %"
    fix = ""
    if 1 < rate <= 10:
        fix = f"{rate * 10:.6g}%"
    elif 10 < rate <= 100 and str(value).rstrip().endswith("%"):
        fix = f"{rate:.6g}%"
    raise QuantityError(message, fix)
