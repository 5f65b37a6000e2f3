"""Numbers as people write them: ``20k``, ``94%``, ``0.30..0.45``; and what a range means.

One reading for files, command-line flags and Python: every other module receives plain floats or a
:class:`Range`.
"""

import math
import re
from dataclasses import dataclass

Z_P90 = 1.2815515655446004
"""Standard normal quantile at 0.9."""

_SUFFIX = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9}
_NUMBER = re.compile(
    r"""^\s*(?P<currency>[$€£]?)\s*(?P<sign>[-+]?)
        (?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:_\d+)*(?:\.\d+)?|\.\d+)
        (?P<exponent>[eE][-+]?\d+)?\s*(?P<suffix>[kKmMbB][nN]?|)\s*$""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Range:
    """A quantity known only as P10..P90: not below ``p10`` in 90 % of outcomes, not above ``p90`` in 90 %.

    Prices and other positive amounts follow a lognormal with these quantiles, shares a beta.

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
        """Mean of the lognormal, ``exp(m + s²/2)``."""
        return math.exp(self.log_mean + 0.5 * self.log_sd**2)

    def __str__(self) -> str:
        """Return the range as it is written in a file."""
        return f"{self.p10:g}..{self.p90:g}"


type Amount = float | Range
"""A number known exactly, or a range."""


def amount_mean(amount: Amount) -> float:
    """Return the value at which an amount is committed: itself, or the mean of its lognormal."""
    return amount.lognormal_mean if isinstance(amount, Range) else amount


def parse_number(value: object) -> float:
    """Return a finite number from ``20000``, ``"20k"``, ``"5M"``, ``"1,200"`` or ``"$0.35"``.

    Raises
    ------
    ValueError
        The text is not one number, is not finite, or a decimal comma makes it ambiguous.

    Examples
    --------
    >>> parse_number("20k"), parse_number("1.5M"), parse_number(3e-11)
    (20000.0, 1500000.0, 3e-11)
    """
    if isinstance(value, bool) or value is None:
        message = f"{value!r} is not a number"
        raise ValueError(message)
    if isinstance(value, int | float):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            message = f"{value!r} is not a finite number"[:120]
            raise ValueError(message)
        return number
    if not isinstance(value, str):
        message = f"{type(value).__name__} is not a number"
        raise ValueError(message)  # noqa: TRY004 - one exception type for "not a number"
    if re.fullmatch(r"\s*\d+,\d{1,2}\s*[kKmM]?\s*", value):
        message = f"{value!r} may be a decimal comma; write {value.replace(',', '.').strip()}"
        raise ValueError(message)
    match = _NUMBER.match(value) if len(value) <= 60 else None
    if match is None:
        message = f"{value[:60]!r} is not a number"
        raise ValueError(message)
    digits = match["digits"].replace(",", "").replace("_", "")
    number = float(match["sign"] + digits + (match["exponent"] or ""))
    number *= _SUFFIX[match["suffix"].lower()]
    if not math.isfinite(number):
        message = f"{value!r} is not a finite number"
        raise ValueError(message)
    return number


def parse_rate(value: object) -> float:
    """Return a share in [0, 1] from ``0.94``, ``94``, ``"94%"`` or ``"0.94"``.

    A bare number below 1 is a fraction, above 1 per cent; exactly 1 is refused with both readings.

    Raises
    ------
    ValueError
        Not a number, ambiguous, or outside 0 to 100 %.

    Examples
    --------
    >>> parse_rate("94%"), parse_rate(96.5), parse_rate(0.94)
    (0.94, 0.965, 0.94)
    """
    if isinstance(value, str) and value.strip().endswith("%"):
        number = parse_number(value.strip()[:-1])
        rate = number / 100
    else:
        number = parse_number(value)
        if number == 1:
            message = f"{value!r} may mean 1 % or 100 %; write 1% or 100%"
            raise ValueError(message)
        rate = number / 100 if number > 1 else number
    if not 0 <= rate <= 1:
        message = f"{value!r} is not between 0 % and 100 %"
        raise ValueError(message)
    return rate


def parse_amount(value: object, *, rate: bool = False) -> Amount:
    """Return a number, or a :class:`Range` from ``"0.30..0.45"``.

    Parameters
    ----------
    value : object
        As for :func:`parse_number`, or two of them joined by ``..``.
    rate : bool, default=False
        Read both ends as shares.
    """
    parse = parse_rate if rate else parse_number
    if isinstance(value, str) and ".." in value:
        ends = value.split("..")
        if len(ends) != 2:
            message = f"{value[:60]!r} is not a range; write P10..P90, such as 0.30..0.45"
            raise ValueError(message)
        low, high = parse(ends[0]), parse(ends[1])
        if low == high:
            return low
        if not 0 < low < high:
            message = f"{value!r}: a range is P10..P90 with 0 < P10 < P90"
            raise ValueError(message)
        return Range(low, high)
    if isinstance(value, Range):
        return value
    return parse(value)
