"""How does an amount become whole cents, so that every total adds up exactly?

Money is int64 cents. A half cent goes to the even neighbour (banker's rounding), judged on the
decimal number a person would read, not on its binary neighbour: 1.015 is 1.02, although the
nearest double lies below it.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import overload

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Cents
from planner.errors import bad_value

__all__ = ["MAX_CENTS", "product_cents", "to_cents"]


MAX_CENTS = 10**15
"""Largest single amount: ten trillion. Thousands of them still add up within int64."""

_NEAR_HALF = 1e-6
"""Distance in cents from a half cent below which a double is not trusted to tell the side."""


@overload
def to_cents(amount: float, field: str = ...) -> int: ...
@overload
def to_cents(amount: NDArray[np.float64], field: str = ...) -> Cents: ...
def to_cents(amount: float | NDArray[np.float64], field: str = "cost") -> int | Cents:
    """Return an amount of money in whole cents, half cents to even.

    Parameters
    ----------
    amount : float or ndarray of float64
        Currency units, such as dollars.
    field : str, default="cost"
        What the amount is, for the message if it is too large.

    Returns
    -------
    int or ndarray of int64
        Cents; an integer for a number, an array of the same shape for an array.

    Raises
    ------
    InputError
        NaN, infinite, or more than :data:`MAX_CENTS`.

    Examples
    --------
    >>> to_cents(0.627 * 149_000), to_cents(0.125), to_cents(1.015)
    (9342300, 12, 102)
    """
    values = np.atleast_1d(np.asarray(amount, dtype=np.float64))
    with np.errstate(over="ignore"):
        scaled = values * 100.0
    _require_countable(scaled, field)
    cents = np.rint(scaled).astype(np.int64)
    # Beyond 2^33 units the double itself is coarser than the margin, so widen it with the number.
    margin = np.maximum(_NEAR_HALF, 8 * np.spacing(np.abs(scaled)))
    doubtful = np.abs(np.abs(scaled - np.floor(scaled)) - 0.5) <= margin
    if doubtful.any():
        exact = [_decimal_cents(Decimal(repr(value))) for value in values[doubtful].tolist()]
        cents[doubtful] = exact
    return cents if isinstance(amount, np.ndarray) else int(cents[0])


def product_cents(unit_price: float, counts: NDArray[np.int64], field: str = "cost") -> Cents:
    """Return ``unit_price × counts`` in whole cents, without binary error.

    The price is taken as the decimal number it is written as; the product is exact and rounded
    once.

    Parameters
    ----------
    unit_price : float
        Currency units per item, at least 0.
    counts : ndarray of int64
        Items, at least 0.

    Raises
    ------
    InputError
        A product is more than :data:`MAX_CENTS`.

    Examples
    --------
    >>> product_cents(0.627, np.array([149_000])).tolist()
    [9342300]
    """
    with np.errstate(over="ignore"):
        _require_countable(np.asarray(counts, dtype=np.float64) * unit_price * 100.0, field)
    whole = np.asarray(counts, dtype=np.int64)
    largest = int(whole.max(initial=0))
    if largest == 0:
        return np.zeros_like(whole)
    numerator, divisor = _cents_fraction(unit_price)
    if numerator * largest < 2**62 and divisor < 2**61:  # twice the remainder stays in int64
        return _divide_half_even(whole * np.int64(numerator), np.int64(divisor))
    exact = [_half_even(numerator * count, divisor) for count in whole.ravel().tolist()]
    return np.array(exact, dtype=np.int64).reshape(whole.shape)


def _cents_fraction(price: float) -> tuple[int, int]:
    """Return the price as written, in cents, as numerator over a power of ten."""
    _, digits, exponent = Decimal(repr(float(price))).as_tuple()
    mantissa = int("".join(map(str, digits)))
    shift = int(exponent) + 2  # an integer exponent: the price is finite
    return (mantissa * 10**shift, 1) if shift >= 0 else (mantissa, 10**-shift)


def _half_even(numerator: int, divisor: int) -> int:
    """Divide exactly, halves to even, in integers of any size."""
    quotient, remainder = divmod(numerator, divisor)
    return quotient + (2 * remainder + quotient % 2 > divisor)


def _divide_half_even(numerators: Cents, divisor: np.int64) -> Cents:
    """Divide exactly, halves to even, in int64."""
    quotient, remainder = np.divmod(numerators, divisor)
    return np.asarray(quotient + (2 * remainder + quotient % 2 > divisor), dtype=np.int64)


def _decimal_cents(amount: Decimal) -> int:
    """Return a decimal amount in cents, halves to even."""
    return int((amount * 100).to_integral_value(rounding=ROUND_HALF_EVEN))


def _require_countable(cents: NDArray[np.float64], field: str) -> None:
    """Refuse amounts that cannot be counted to the cent."""
    if not np.all(np.abs(cents) <= MAX_CENTS):  # false for NaN too
        message = (
            f"a cost of more than {MAX_CENTS // 100:,} cannot be counted to the cent; "
            "check the prices, the image limit and the epochs."
        )
        raise bad_value(field, message, code="COST_TOO_LARGE")
