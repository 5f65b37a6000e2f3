"""One formatter: rounded half up, never against what a number is held against."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.domain.format import (
    count,
    figure,
    fixed,
    gap,
    money,
    money_to_the_cent,
    percent,
    percent_as_set,
    percent_to_type,
    points,
    price,
    rate,
    short,
    short_money,
)

PACKAGE = Path(__file__).parents[3] / "planner"
SHARES = st.floats(min_value=0, max_value=1)


def _read(text: str) -> float:
    """Return the per cent that a text says."""
    return float(text.removesuffix(" %").replace(",", ""))


@given(chance=SHARES, bounds=st.lists(SHARES, max_size=3))
def test_a_chance_never_reads_as_the_other_side_of_a_bound(
    chance: float, bounds: list[float]
) -> None:
    """Below a bound it reads as below, from the bound on as at least it."""
    text = percent(chance, against=bounds)
    known = Decimal(f"{chance:.15g}") * 100
    for bound in (Decimal(f"{one:.15g}") * 100 for one in bounds):
        if text.startswith("<"):
            assert (known < bound) == (Decimal(text[2:-2]) <= bound)
        elif text.startswith(">"):
            assert (known < bound) == (Decimal(text[2:-2]) < bound)
        else:
            assert (known < bound) == (Decimal(text[:-2]) < bound)


@given(SHARES)
def test_only_certainty_is_0_or_100_per_cent(chance: float) -> None:
    """A chance that rounds there is told apart from it."""
    assert (percent(chance) == "0 %") == (chance == 0)
    assert (percent(chance) == "100 %") == (Decimal(f"{chance:.15g}") == 1)


@given(st.integers(min_value=0, max_value=2000), st.just(2000))
def test_a_share_of_draws_is_rounded_half_up_on_its_decimals(hits: int, draws: int) -> None:
    """Shares of 2,000 draws, where half per cents are common: never to the even neighbour."""
    assume(0.005 <= hits / draws < 0.995)
    exact = Decimal(hits) / Decimal(draws) * 100
    expected = exact.quantize(Decimal(1), ROUND_HALF_UP)
    assert percent(hits / draws) == f"{expected} %"
    assert percent(1 - (1 - hits / draws)) == f"{expected} %"  # noise of binary fractions


@pytest.mark.parametrize(
    ("chance", "text"),
    [
        (0.747, "75 %"),
        (0.745, "75 %"),
        (0.1 + 0.2 + 0.445, "75 %"),
        (0.7449, "74 %"),
        (0.005, "1 %"),
        (0.0049, "< 1 %"),
        (0.995, "> 99 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
    ],
)
def test_chances_stand_in_whole_per_cents(chance: float, text: str) -> None:
    """Half up, and certainty is not claimed."""
    assert percent(chance) == text


def test_60_per_cent_is_not_said_of_less_than_the_60_per_cent_asked_for() -> None:
    """Just below a threshold, as many digits as tell; at it and above, whole per cents."""
    assert percent(0.5996, against=[0.6]) == "59.96 %"
    assert percent(0.597, against=[0.6, 0.3]) == "59.7 %"
    assert percent(0.6, against=[0.6]) == "60 %"
    assert percent(0.6041, against=[0.604]) == "60.4 %"
    assert percent(0.9985, against=[0.999]) == "99.85 %"
    assert percent(0.9995, against=[0.99]) == "> 99 %"
    assert percent(0.2996, against=[0.3, None]) == "29.96 %"


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_money_is_rounded_half_up_and_keeps_its_sign(amount: float) -> None:
    """Whole units from 100 on, cents below; never minus nought."""
    text = money(amount)
    value = Decimal(text.replace(",", "").replace("−", "-"))
    exact = Decimal(f"{amount:.15g}")
    unit = Decimal(1) if abs(value) >= 100 else Decimal("0.01")
    assert value == exact.quantize(unit, ROUND_HALF_UP)
    assert text not in ("−0", "−0.00")


def test_money_to_be_typed_keeps_its_cents() -> None:
    """What a person copies into a file holds to the cent."""
    assert (money(24_970.61), money_to_the_cent(24_970.61)) == ("24,971", "24,970.61")
    assert money_to_the_cent(0.125) == "0.13"


@given(st.integers(min_value=0, max_value=10**15))
def test_counts_are_exact_below_ten_million_and_three_digits_above(number: int) -> None:
    """No count is off by more than half of its last digit shown."""
    text = count(number)
    head, _, word = text.partition(" ")
    size = {"": 1, "million": 10**6, "billion": 10**9, "trillion": 10**12}[word]
    shown = float(head.replace(",", "")) * size
    assert shown == number if number < 10_000_000 else math.isclose(shown, number, rel_tol=5.1e-3)


def test_counts_next_to_a_thousand_of_a_unit_read_as_the_next() -> None:
    """999.6 million is a billion, not 1e+03 million."""
    assert count(999_600_000) == "1 billion"
    assert short(999_600) == "1M"
    assert short_money(999_960) == "1M"


@pytest.mark.parametrize(
    ("error", "text"), [(0.05, "5 %"), (0.12345, "12.3 %"), (0.000315, "0.0315 %"), (1.0, "100 %")]
)
def test_errors_stand_in_three_digits(error: float, text: str) -> None:
    """Small errors keep their digits."""
    assert rate(error) == text


def test_limits_read_as_they_were_set() -> None:
    """Targets, levels and thresholds are not rounded to whole per cents."""
    assert (percent_as_set(0.625), percent_to_type(0.625)) == ("62.5 %", "62.5%")


def test_other_numbers() -> None:
    """Points, gaps, prices, figures, decimals."""
    assert points(0.00949) == "0.9 points"
    assert gap(2e-7) == "0.0001 %"
    assert price(0.0035, "USD") == "USD 0.0035"
    assert figure(1800.0) == "1,800"
    assert figure(3e-11) == "3e-11"
    assert fixed(2.675, 2) == "2.68"


AD_HOC = re.compile(r"\{[^{}]*:[,.+<>^0-9]*(%|,\.\d+f)\}|[^,]100 \* [^{}]*:\.\d+[fg]\}")
"""A share, or an amount, formatted on the spot."""

AS_PRINTED = {"regression/published/reproduce.py", "reporting/terminal/reproduce.py"}
"""The paper's tables are shown with its own digits."""


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_no_share_or_amount_is_formatted_elsewhere(path: Path) -> None:
    """Shares, chances and money pass through the one formatter."""
    name = path.relative_to(PACKAGE).as_posix()
    if name in AS_PRINTED or name in {"domain/format.py", "inputs/starter.py"}:
        return
    found = AD_HOC.findall(path.read_text(encoding="utf-8"))
    assert not found, name
