"""Numbers with two readings are asked about; numbers written otherwise get a fix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.number_words import meant, meant_range
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import (
    QuantityError,
    Range,
    WrittenNumber,
    number_written,
    parse_amount,
    parse_count,
    parse_number,
    parse_rate,
    show,
)
from planner.errors import InputError

THOUSANDS = {
    "a blank": " ",
    "a narrow blank": "\u202f",
    "an apostrophe": "'",
    "a typographic apostrophe": "’",
}


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


@given(st.integers(1, 999), st.integers(0, 999))
def test_three_digits_after_the_only_point_are_asked_about(whole: int, part: int) -> None:
    """Both readings are offered, and each of them is read as that number without asking again."""
    text = f"{whole}.{part:03d}"
    with pytest.raises(QuantityError, match="may mean") as caught:
        parse_number(text)
    thousands, decimal = caught.value.fix.split(" or ")
    assert parse_number(thousands) == whole * 1000 + part
    assert parse_number(decimal) == float(text)
    for shown in (f"${text}", f" {text} ", f"+{text}", f"-{text}", number_written(text)):
        with pytest.raises(QuantityError, match="may mean"):
            parse_number(shown)


@pytest.mark.parametrize("text", ["0.861", "20.00", "20.0000", "1.125k", "1.125e3", "1234.567"])
def test_every_other_point_is_a_decimal_point(text: str) -> None:
    """A leading zero, another number of digits, a suffix or four digits before it settle it."""
    assert parse_number(text) == parse_number(text.replace("k", "e3")) > 0


def test_the_readings_are_those_of_a_person() -> None:
    """The decimal reading is short, and can be written back."""
    with pytest.raises(QuantityError, match=r'^"€20.000" may mean 20000 or 20.0$') as caught:
        parse_amount("€20.000", currency="EUR")
    assert caught.value.fix == "20000 or 20.0"
    with pytest.raises(QuantityError, match=r"may mean 1125 or 1.1250"):
        parse_amount("0.5..1.125")
    assert str(Range(0.5, 1.125)) == "0.5..1.1250"
    assert parse_amount(str(Range(0.5, 1.125))) == Range(0.5, 1.125)


def test_shares_have_no_thousands() -> None:
    """94.375 per cent has one reading, and so has a number far above what its field takes."""
    assert parse_rate("94.375%") == parse_rate("94.375") == parse_rate(number_written("94.375"))
    assert parse_number("6.908", most=100) == 6.908


def test_a_number_keeps_its_text_only_where_the_text_has_two_readings() -> None:
    """YAML's and TOML's floats are floats, in arithmetic too; messages show what was written."""
    assert type(number_written("0.861")) is float
    written = number_written("9.000")
    assert isinstance(written, WrittenNumber)
    assert float(written) == 9
    assert show(written) == "9.000"


def test_portfolios_built_in_python_ask_too() -> None:
    """A text is judged alike wherever it comes from; a float is what it is."""
    with pytest.raises(InputError, match=r"may mean 30000 or 30.0"):
        Images(limit="30.000", price=0.4)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"may mean 9000 or 9.0"):
        Project(
            id="a",
            class_counts={"ok": "9.000", "torn": 800},  # type: ignore[dict-item]
            target_error=0.05,
            images={"limit": 30_000},  # type: ignore[arg-type]
        )
    assert Images(limit=30_000, price=1.125).price == 1.125


@given(st.integers(1000, 999_999_999), st.sampled_from([*THOUSANDS.values()]))
def test_separated_thousands_get_their_number_as_a_fix(number: int, separator: str) -> None:
    """However thousands are set apart, the fix is the plain number, which is then read."""
    with pytest.raises(QuantityError, match="not a number") as caught:
        parse_number(grouped(number, separator))
    assert caught.value.fix == str(number)
    assert parse_count(caught.value.fix) == number


@given(st.integers(1000, 999_999_999), st.integers(0, 99))
def test_points_between_thousands_and_a_decimal_comma_are_understood(
    number: int, cents: int
) -> None:
    """60.000,50 is 60000.50; without cents they are left out."""
    fix = meant(f"{grouped(number, '.')},{cents:02d} €", "EUR")
    assert float(fix) == number + cents / 100
    assert fix == (f"{number}.{cents:02d}" if cents else str(number))


@pytest.mark.parametrize(
    ("text", "fix"),
    [
        ("60.000,00 €", "60000"),
        ("60 000", "60000"),
        ("40'000", "40000"),
        ("20k EUR", "20k"),
        ("EUR 20k", "20k"),
        ("20k€", "20k"),
        ("20.000 EUR", "20000 or 20.0"),
        ("1.234.567", "1234567"),
        ("20,000.00 EUR", "20000"),
        ("1,200 €", "1200"),
        ("1.5 Mio EUR", "1.5M"),
        ("20 thousand", "20k"),
        ("5000 images", "5000"),
        ("~5000", "5000"),
        ("0.861 ± 0.012", "0.861"),
        ("0.861 +/- 0.012", "0.861"),
        ("86.1 ± 1.2 %", "86.1%"),
        ("94 percent", "94%"),
        ("−5", "-5"),
        ("5 bananas", ""),
        ("1e3.5", ""),
        ("20k USD", ""),
    ],
)
def test_numbers_as_people_write_them_get_a_fix(text: str, fix: str) -> None:
    """The number is seen through its dress; where none is seen, none is offered."""
    assert meant(text, "EUR") == fix


@pytest.mark.parametrize("text", ["20k USD", "USD 20k", "$20k", "20k $", "20k CHF", "20 kr"])
def test_an_amount_in_another_currency_gets_no_number(text: str) -> None:
    """Dropping its sign would change the amount."""
    with pytest.raises(QuantityError, match="amounts here are in EUR") as caught:
        parse_number(text, currency="EUR")
    assert "without a sign" in caught.value.fix


@pytest.mark.parametrize(
    ("text", "fix"),
    [("0.30-0.45", "0.30..0.45"), ("0.30 – 0.45 €", "0.30..0.45"), ("20k to 30k", "20k..30k")],
)
def test_ranges_as_people_write_them_get_a_fix(text: str, fix: str) -> None:
    """Two numbers with a dash between them are P10..P90."""
    assert meant_range(text, "EUR") == fix
    with pytest.raises(QuantityError, match="not a number") as caught:
        parse_amount(text, currency="EUR")
    assert caught.value.fix == fix


@given(st.integers(0, 10**9), st.floats(-9e-7, 9e-7))
def test_a_cell_within_a_millionth_of_a_whole_number_is_whole(count: int, off: float) -> None:
    """What a spreadsheet's arithmetic leaves behind is not held against it."""
    assert parse_count(count + off) == count


def test_half_an_image_is_shown_as_it_came() -> None:
    """The message shows all digits that made the number no whole one."""
    assert parse_count(1000.0000000001) == 1000
    with pytest.raises(QuantityError, match=r"got 1000.00001; a number of images is whole"):
        parse_count(1000.00001)
