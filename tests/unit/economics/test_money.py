"""Amounts become whole cents exactly."""

import numpy as np
import pytest

from planner.economics.money import MAX_CENTS, product_cents, to_cents
from planner.errors import InputError


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        (0.0, 0),
        (0.627 * 149_000, 9_342_300),
        (0.005, 0),
        (0.015, 2),
        (0.025, 2),
        (1.005, 100),
        (1.015, 102),
        (2.675, 268),
        (1e12, 10**14),
        (999_999_999_999.99, 99_999_999_999_999),
        (-0.015, -2),
    ],
)
def test_half_a_cent_goes_to_the_even_neighbour(amount: float, cents: int) -> None:
    """Rounding follows the decimal number as written, not its binary neighbour."""
    assert to_cents(amount) == cents
    assert to_cents(np.array([amount, amount])).tolist() == [cents, cents]


def test_a_number_gives_an_integer_and_an_array_an_array() -> None:
    """Scalars come back as Python integers, arrays keep their shape as int64."""
    assert type(to_cents(1.25)) is int
    cents = to_cents(np.ones((2, 3)))
    assert cents.shape == (2, 3)
    assert cents.dtype == np.int64


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -float("inf"), 1.01e13, 1e308])
def test_amounts_that_cannot_be_counted_are_bad_input(amount: float) -> None:
    """Overflow is answered, never wrapped around."""
    with pytest.raises(InputError, match="cannot be counted to the cent") as caught:
        to_cents(amount, "projects[a].images.price")
    assert caught.value.problems[0].field == "projects[a].images.price"


@pytest.mark.parametrize(
    ("price", "count", "cents"),
    [
        (0.627, 149_000, 9_342_300),
        (0.125, 1, 12),
        (0.135, 1, 14),
        (0.0, 10**12, 0),
        (1e13, 0, 0),
        (3.0, 7, 2100),
        (2e3, 7, 1_400_000),
        (1.0, 10**12, 10**14),
        (0.1234567890123456, 10**12, 12_345_678_901_235),
        (1e-300, 10**12, 0),
        (0.005, 10**6 + 1, 500_000),
    ],
)
def test_a_price_times_a_count_is_exact(price: float, count: int, cents: int) -> None:
    """The product of the written price and a count is rounded once, whatever its size."""
    assert product_cents(price, np.array([count, 0])).tolist() == [cents, 0]


def test_a_product_beyond_counting_is_bad_input() -> None:
    """A product over ten trillion is refused, and the largest one below is not."""
    assert product_cents(1.0, np.array([MAX_CENTS // 100])).tolist() == [MAX_CENTS]
    with pytest.raises(InputError, match="check the prices"):
        product_cents(1.0, np.array([MAX_CENTS // 100 + 1]))
