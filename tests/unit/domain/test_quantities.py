"""Numbers as people write them."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.limits import MAX_COUNT
from planner.domain.quantities import (
    Z_P90,
    QuantityError,
    Range,
    amount_mean,
    parse_amount,
    parse_count,
    parse_number,
    parse_rate,
    show,
)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_reads_as_itself_also_from_its_text(number: float) -> None:
    """What Python prints is read back exactly, unless its point has two readings."""
    assert parse_number(number) == number
    if not re.fullmatch(r"-?[1-9][0-9]{0,2}\.[0-9]{3}", repr(number)):
        assert parse_number(repr(number)) == number


@given(st.integers(0, 10**9), st.sampled_from([("k", 3), ("K", 3), ("m", 6), ("B", 9), ("bn", 9)]))
def test_suffixes_multiply_exactly(thousandths: int, suffix: tuple[str, int]) -> None:
    """No decimal is rounded twice: 1.005M is 1,005,000."""
    text = f"{thousandths // 1000}.{thousandths % 1000:03d}{suffix[0]}"
    assert parse_number(text) == float(thousandths * 10 ** (suffix[1] - 3))


@given(st.integers(0, MAX_COUNT))
def test_counts_are_exact(count: int) -> None:
    """Every count up to a quadrillion is read without rounding."""
    assert parse_count(count) == parse_count(f"{count:,}") == parse_count(f"{count:_}") == count


@given(st.floats(0.001, 99.999).filter(lambda percent: percent != 1))
def test_rates_agree_however_they_are_written(percent: float) -> None:
    """A percentage with its sign, and without it above 1, is the same share."""
    share = parse_rate(f"{percent!r}%")
    assert 0 <= share <= 1
    if percent > 1:
        assert parse_rate(percent) == pytest.approx(share, rel=1e-15)
        assert parse_rate(repr(percent)) == pytest.approx(share, rel=1e-15)


@pytest.mark.parametrize(
    ("value", "number"),
    [("$1,200", 1200), ("$.5", 0.5), (" 20 k ", 20e3), ("1e3", 1000), ("-2", -2), ("5.", 5)],
)
def test_numbers_from_spreadsheets(value: str, number: float) -> None:
    """The sign of the currency, thousands separators and blanks do not matter."""
    assert parse_number(value) == number


def test_numpy_numbers_are_numbers() -> None:
    """Numbers that come out of arrays are read like Python's own."""
    assert parse_count(np.int64(5)) == 5
    assert parse_rate(np.float64(0.5)) == 0.5


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        ("0,63", "decimal comma", "0.63"),
        ("0,635", "decimal comma", "0.635"),
        ("5kn", "not a number", ""),
        ("1,20,0", "not a number", ""),
        ("٣", "not a number", ""),
        ("", "not a number", ""),
        ("1e400", "not a finite number", ""),
        ("9" * 100, "100 characters; that is too large", ""),
        ("9" * 5000, "5,000 characters; that is too large", ""),
        ("x" * 100, "not a number", ""),
        (
            "€1",
            "in EUR, but amounts here are in USD",
            "the amount in USD without a sign, or currency: EUR if all are in EUR",
        ),
        (10**400, "not a finite number", ""),
        (math.nan, "not a finite number", ""),
        (True, "got true", ""),
        (None, "got nothing", ""),
        ({}, "got a mapping", ""),
        (1j, "not a number", ""),
    ],
)
def test_what_is_not_a_number_is_refused(value: object, message: str, fix: str) -> None:
    """Each refusal says what came; a decimal comma comes with its cure."""
    with pytest.raises(QuantityError, match=message) as caught:
        parse_number(value)
    assert caught.value.fix == fix


@pytest.mark.parametrize(
    ("value", "message", "fix"),
    [
        (1, "1 % or 100 %", "1% or 100%"),
        ("1", "1 % or 100 %", "1% or 100%"),
        (1.0, "1 % or 100 %", "1% or 100%"),
        ("940%", "got 940%", "94%"),
        (965, "got 965", "96.5%"),
        ("-5%", "got -5%", ""),
        (5000, "got 5000", ""),
        ("9000%", "got 9000%", "90%"),
        ("0,5%", "decimal comma", "0.5%"),
        ("many", "not a number", ""),
    ],
)
def test_ambiguous_and_impossible_rates_are_refused(value: object, message: str, fix: str) -> None:
    """A bare 1 has two readings; a share above 100 % has none."""
    with pytest.raises(QuantityError, match=message) as caught:
        parse_rate(value)
    assert caught.value.fix == fix


@pytest.mark.parametrize(
    ("value", "message"),
    [("$5", "not a number of images"), (-1, "at least 0"), (0.5, "whole"),
     (2e15, "exactly"), ("x", "expected")],
)  # fmt: skip
def test_what_is_not_a_count_is_refused(value: object, message: str) -> None:
    """Counts are whole, not negative, and carry no currency."""
    with pytest.raises(QuantityError, match=message):
        parse_count(value)


def test_ranges() -> None:
    """Two numbers are P10 and P90 of a lognormal; two equal ones are one number."""
    assert parse_amount("0.30..0.45") == Range(0.30, 0.45)
    assert parse_amount("20%..40%", rate=True) == Range(0.2, 0.4)
    assert parse_amount("2..2") == 2
    assert parse_amount(Range(1, 2)) == Range(1, 2)
    assert str(Range(0.3, 0.45)) == "0.3..0.45"
    for text, fix in [
        ("0.4..0.3", "0.3..0.4"),
        ("0..1", ""),
        ("1..2..3", "0.30..0.45"),
        ("1...2", "1..2"),
    ]:
        with pytest.raises(QuantityError, match="range") as caught:
            parse_amount(text)
        assert caught.value.fix == fix
    with pytest.raises(QuantityError, match="P10 must be above 0"):
        parse_amount("0..1")
    with pytest.raises(ValueError, match="0 < P10 < P90"):
        Range(2, 1)


@pytest.mark.parametrize("text", ["1,200", "$1,200", " 1,200k", "1,200..2,400"])
def test_a_price_with_one_comma_is_refused_with_both_readings(text: str) -> None:
    """A price of 1,200 may be 1200 or 1.2; a number of images or a sum can only be 1200."""
    with pytest.raises(QuantityError, match=r"may mean \$?1200k? or, .* \$?1\.2k?$") as caught:
        parse_amount(text)
    assert " or " in caught.value.fix
    assert parse_count("1,200") == parse_number("$1,200") == 1200
    assert parse_amount("1,200,000") == 1_200_000
    assert parse_amount("$1,200.50") == 1200.5


@pytest.mark.parametrize(
    ("text", "currency", "fits"),
    [
        ("$1", "USD", True),
        ("$1", "cad", True),
        ("$1", "EUR", False),
        ("€1", "EUR", True),
        ("€1", "GBP", False),
        ("£1", "GBP", True),
        ("£1", "USD", False),
        ("€1..€2", "USD", False),
        ("$1", "CHF", False),
        ("1", "CHF", True),
    ],
)
def test_a_sign_is_accepted_only_in_its_currency(text: str, currency: str, *, fits: bool) -> None:
    """A foreign sign is refused, naming both currencies, because dropping it changes the amount."""
    if fits:
        assert parse_amount(text, currency=currency) == 1
    else:
        with pytest.raises(QuantityError, match=f"amounts here are in {currency}"):
            parse_amount(text, currency=currency)


def test_a_share_carries_no_currency() -> None:
    """A sign of money before a share or a number of trainings is a mistake."""
    with pytest.raises(QuantityError, match="no amount of money is meant"):
        parse_rate("$94%")


@given(st.floats(1e-6, 1e6), st.floats(1.01, 100))
def test_lognormal_has_the_quantiles_of_its_range(low: float, ratio: float) -> None:
    """P10 and P90 lie 1.28 standard deviations from the mean of the logarithm."""
    amount = Range(low, low * ratio)
    assert math.exp(amount.log_mean - Z_P90 * amount.log_sd) == pytest.approx(amount.p10)
    assert math.exp(amount.log_mean + Z_P90 * amount.log_sd) == pytest.approx(amount.p90)
    assert amount.p10 < amount_mean(amount)
    assert amount_mean(low) == low


def test_mean_beyond_every_float_is_infinite() -> None:
    """A range that spans hundreds of decades has no finite mean; it does not crash."""
    assert Range(1e-300, 1e300).lognormal_mean == math.inf


def test_values_are_shown_short_and_printable() -> None:
    """Messages never carry a screenful or a control character."""
    assert show("x" * 100).endswith('x…"')
    assert show("a\x1b[31m") == '"a�[31m"'
    assert show(10**400) == "a number of hundreds of digits"
    assert show(0.5) == "0.5"
