"""How numbers look in texts: one place for shares, chances, errors, money, counts and the rest.

Every text shows a number the same way, rounded half up on its decimal digits:

- chances and other shares in whole per cents (0.747 is 75 %), with more digits only where whole
  ones would put the number on the other side of a bound that it is compared with;
- errors and accuracies in per cent to three significant digits, limits as they were set;
- money in whole units of currency from 100 on and with cents below, to the cent only where a
  person is to type it or where a cent decides;
- images in full up to ten million.

In a sentence the first amount names its currency, so that it can be quoted alone; in a table the
header does.

``--json`` holds every number unrounded.
"""

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext

NEVER = "never"

_DIGITS = 15
"""Significant digits read of a number: what follows is the noise of binary fractions."""

_MOST_DECIMALS = 13
_MOST_SET = 4
"""Digits of a per cent that a person sets; what has more was computed."""


def percent(share: float, digits: int = 0, *, against: Iterable[float | None] = ()) -> str:
    """Return a chance or another share in per cent.

    Never 0 % or 100 % of what is neither, and never on the other side of a bound than the number
    is: there the fewest digits that tell are shown.

    Parameters
    ----------
    share : float
        In [0, 1].
    digits : int, default=0
        Least decimals.
    against : iterable of float, optional
        Bounds that the share is held against; None is no bound.

    Examples
    --------
    >>> percent(0.747), percent(0.745), percent(0.99971), percent(0.0002), percent(1.0)
    ('75 %', '75 %', '> 99 %', '< 1 %', '100 %')
    >>> percent(0.5996), percent(0.5996, against=[0.6]), percent(0.604, against=[0.6])
    ('60 %', '59.96 %', '60 %')
    """
    bounds = [_decimal(bound) for bound in against if bound is not None]
    exact = _decimal(share)
    for decimals in range(digits, _MOST_DECIMALS):
        step = Decimal(1).scaleb(-decimals)
        shown = _half_up(100 * exact, decimals)
        if _is_true(exact, shown, bounds):
            return f"{_text(shown, decimals)} %"
        if shown >= 100 > 100 * exact and not any(100 - step < 100 * b < 100 for b in bounds):
            return f"> {_text(100 - step, decimals)} %"
        if shown <= 0 < exact and not any(0 < 100 * b < step for b in bounds):
            return f"< {_text(step, decimals)} %"
    return f"{_text(100 * exact)} %"


def _is_true(share: Decimal, shown: Decimal, bounds: list[Decimal]) -> bool:
    """Whether a rounded per cent is 0, 100 and on the far side of a bound only if the share is."""
    is_rounded_away = (shown <= 0 < share) or (shown >= 100 > 100 * share)
    return not is_rounded_away and all((share < b) == (shown < 100 * b) for b in bounds)


def rate(error: float, digits: int = 3) -> str:
    """Return an error or an accuracy in per cent, to so many significant digits.

    Examples
    --------
    >>> rate(0.05), rate(0.12345), rate(0.000315), rate(0.99971)
    ('5 %', '12.3 %', '0.0315 %', '99.97 %')
    """
    return f"{_short_of_all(error, digits)} %"


def rates(errors: Iterable[float], digits: int = 3) -> str:
    """Return several errors in per cent, the sign once.

    Examples
    --------
    >>> rates([0.05, 0.061, 0.102])
    '5 / 6.1 / 10.2 %'
    """
    return f"{' / '.join(_short_of_all(error, digits) for error in errors)} %"


def _short_of_all(share: float, digits: int) -> str:
    """Return a per cent to so many digits, to more where it would read as 100 and is not."""
    exact = 100 * _decimal(share)
    shown = _significant(exact, digits)
    while exact < 100 <= shown and digits < _DIGITS:
        digits += 1
        shown = _significant(exact, digits)
    return _text(shown)


def percent_as_set(share: float) -> str:
    """Return a limit, level or target in per cent, with the digits it was set with.

    Examples
    --------
    >>> percent_as_set(0.6), percent_as_set(0.999), percent_as_set(0.0575)
    ('60 %', '99.9 %', '5.75 %')
    >>> percent_as_set(math.nan)
    'none stated'
    """
    if math.isnan(share):
        return "none stated"
    return f"{_text(_significant(100 * _decimal(share), 6))} %"


def target(share: float) -> str:
    """Return a target in per cent: as it was set, or to three digits where it was computed.

    Examples
    --------
    >>> target(0.0575), target(0.0957447), target(math.nan)
    ('5.75 %', '9.57 %', 'none stated')
    """
    as_set = percent_as_set(share)
    digits = sum(char.isdigit() for char in as_set.lstrip("0."))
    return as_set if digits <= _MOST_SET or math.isnan(share) else rate(share)


def percent_to_type(share: float) -> str:
    """Return a share as a file or flag takes it.

    Examples
    --------
    >>> percent_to_type(0.57)
    '57%'
    """
    return percent_as_set(share).replace(" ", "").replace("−", "-")


def gap(share: float) -> str:
    """Return a gap to a bound in per cent, to two digits; below a millionth it is said to be that.

    Examples
    --------
    >>> gap(0.0123), gap(0.0)
    ('1.2 %', '0.0001 %')
    """
    return rate(max(share, 1e-6), 2)


def points(difference: float) -> str:
    """Return how far two chances lie apart, in points of a per cent and without a sign.

    Examples
    --------
    >>> points(0.0349), points(-0.01)
    ('3.5 points', '1.0 points')
    """
    return f"{_text(_half_up(100 * _decimal(abs(difference)), 1), 1)} points"


def money(amount: float, currency: str = "") -> str:
    """Return an amount in whole units of currency; cents are shown below 100.

    Examples
    --------
    >>> money(103033.92, "USD"), money(9.5), money(-1234.5), money(99.999), money(-0.001)
    ('USD 103,034', '9.50', '−1,235', '100', '0')
    """
    exact = _half_up(_decimal(amount), 2)
    digits = 0 if abs(exact) >= 100 or exact == int(exact) else 2
    return _with(currency, _text(_half_up(_decimal(amount), digits), digits))


def money_to_the_cent(amount: float, currency: str = "") -> str:
    """Return an amount to be typed or to be told from a limit: with its cents, if it has any.

    Examples
    --------
    >>> money_to_the_cent(60319.0), money_to_the_cent(1234.5), money_to_the_cent(0.627, "EUR")
    ('60,319', '1,234.50', 'EUR 0.63')
    """
    exact = _half_up(_decimal(amount), 2)
    return _with(currency, _text(exact, 0 if exact == int(exact) else 2))


def price(amount: float, currency: str = "") -> str:
    """Return a price or a value of which also small parts matter: to four digits below 1,000.

    Examples
    --------
    >>> price(0.0035, "USD"), price(0.35), price(12345.6)
    ('USD 0.0035', '0.35', '12,346')
    """
    if abs(amount) >= 1000:
        return money(amount, currency)
    return _with(currency, figure(amount, 4))


def count(number: float | None) -> str:
    """Return a number of images as a person would say it; None and inf are never reached.

    Examples
    --------
    >>> count(197817.2), count(2.024e9), count(None), count(1.3e8), count(9.996e8)
    ('197,817', '2.02 billion', 'never', '130 million', '1 billion')
    """
    if number is None or math.isinf(number):
        return NEVER
    whole = _half_up(_decimal(number), 0)
    if abs(whole) < 10_000_000:
        return _text(whole, 0)
    shown = _significant(whole, 3)
    for size, word in _LARGE:
        if shown >= size:
            scaled = shown / size
            return f"{number:.0e}" if scaled >= 10_000 else f"{_text(scaled)} {word}"
    return _text(whole, 0)


_LARGE = (
    (Decimal(10**12), "trillion"),
    (Decimal(10**9), "billion"),
    (Decimal(10**6), "million"),
)


def short(number: float | None) -> str:
    """Return a number or an amount in at most eight characters, three digits from a million on.

    Examples
    --------
    >>> short(197817.2), short(2.024e9), short(None), short(999_950)
    ('197,817', '2.02B', 'never', '1M')
    """
    if number is None or math.isinf(number):
        return NEVER
    whole = _half_up(_decimal(number), 0)
    for (size, _), letter in zip(_LARGE, "TBM", strict=True):
        if abs(whole) >= size * Decimal("0.9995"):
            scaled = _significant(whole, 3) / size
            return f"{number:.0e}" if abs(scaled) >= 10_000 else f"{_text(scaled)}{letter}"
    return _text(whole, 0)


def short_money(value: float) -> str:
    """Return an amount for an axis, such as 25k or −1.2M.

    Examples
    --------
    >>> short_money(25000), short_money(-1_200_000), short_money(0.5)
    ('25k', '−1.2M', '0.5')
    """
    return _short(value, 4)


def _short(value: float, digits: int) -> str:
    exact = _significant(_decimal(value), digits)
    for size, letter in ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "k")):
        if abs(exact) >= size:
            return f"{_text(exact / size)}{letter}"
    return _text(exact)


def short_range(low: float, high: float) -> str:
    """Return a range of amounts for a narrow column; one amount where both ends look alike.

    Examples
    --------
    >>> short_range(299_100, 401_100), short_range(660_000, 660_010)
    ('299k..401k', '660k')
    """
    ends = dict.fromkeys(_short(end, 3) for end in (low, high))
    return "..".join(ends)


def targets(number: float) -> str:
    """Return an expected number of targets.

    Examples
    --------
    >>> targets(2.345)
    '2.35 targets'
    """
    return f"{fixed(number, 2)} targets"


def fixed(value: float, digits: int) -> str:
    """Return a number with so many decimals.

    Examples
    --------
    >>> fixed(2.345, 2), fixed(-0.001, 2)
    ('2.35', '0.00')
    """
    if not math.isfinite(value):
        return f"{value}"
    return _text(_half_up(_decimal(value), digits), digits)


def figure(value: float, digits: int = 3) -> str:
    """Return a number to so many significant digits, whole parts in full.

    Examples
    --------
    >>> figure(0.012345), figure(1234.5), figure(-2.0), figure(3e-11)
    ('0.0123', '1,235', '−2', '3e-11')
    >>> figure(10**400)
    '1.00e400'
    """
    if isinstance(value, int) and abs(value) >= 10**15:  # it may be too large for a float
        return f"{Decimal(value):.{digits - 1}e}".replace("e+", "e")
    if not math.isfinite(value):
        return f"{value}"
    if value and not 1e-6 <= abs(value) < 1e15:
        return f"{value:.{digits}g}".replace("e+", "e")
    exact = _decimal(value)
    return _text(_half_up(exact, 0) if abs(exact) >= 10**digits else _significant(exact, digits))


def shorten(text: str, width: int) -> str:
    """Return text of at most ``width`` characters on one line, cut with an ellipsis.

    Examples
    --------
    >>> shorten("shelf-gaps-of-the-northern-stores", 12)
    'shelf-gaps-…'
    """
    line = "".join(char if char.isprintable() else "�" for char in text)
    return line if len(line) <= width else line[: width - 1] + "…"


def _decimal(value: float) -> Decimal:
    """Return a number as it is read in decimal digits, without the noise of binary fractions."""
    return Decimal(f"{float(value):.{_DIGITS}g}")


def _half_up(exact: Decimal, digits: int) -> Decimal:
    """Return a number rounded half up (away from 0) to so many decimals."""
    with localcontext(prec=400):
        return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _significant(exact: Decimal, digits: int) -> Decimal:
    """Return a number rounded half up to so many significant digits."""
    if not exact:
        return exact
    return _half_up(exact, digits - 1 - exact.adjusted())


def _text(shown: Decimal, digits: int | None = None) -> str:
    """Return a rounded number with thousands apart: so many decimals, or those that are needed."""
    shown = shown or abs(shown)  # no minus before a nought
    text = f"{shown:,f}" if digits is None else f"{shown:,.{digits}f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def _with(currency: str, text: str) -> str:
    return f"{currency} {text}" if currency else text
