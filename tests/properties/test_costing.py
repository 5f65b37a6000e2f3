"""Laws of costs: exact, additive, monotone, and scaling with what they are made of."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.model.architecture import Architecture
from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis
from planner.economics.beta import fit_beta
from planner.economics.ledger import (
    Counts,
    committed,
    entries_of,
    place_of,
    training_amounts,
)
from planner.economics.money import product_cents, to_cents
from planner.economics.training import price_training
from planner.reference.tables import load_catalogue

CATALOGUE = load_catalogue()
PRICED = [item for item in CATALOGUE.architectures if item.forward_gmacs]
dollars = st.one_of(
    st.floats(0, 1e12, allow_nan=False),
    st.integers(0, 10**9).map(lambda mills: mills / 1000),  # where half cents live
)
prices = st.one_of(st.floats(0, 1e3), st.integers(0, 10**6).map(lambda mills: mills / 1000))
counts = st.integers(0, 10**9)


def decimal_cents(amount: Decimal) -> int:
    """Return cents by the decimal module, the independent way."""
    return int((amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


@given(st.lists(dollars, min_size=1, max_size=20))
def test_cents_are_those_of_the_decimal_number(amounts: list[float]) -> None:
    """Vectorised rounding equals the decimal module, number for number."""
    expected = [decimal_cents(Decimal(repr(amount))) for amount in amounts]
    assert to_cents(np.array(amounts)).tolist() == expected
    assert [to_cents(amount) for amount in amounts] == expected


@given(prices, st.lists(counts, min_size=1, max_size=10))
def test_products_are_those_of_decimal_numbers(price: float, many: list[int]) -> None:
    """Price times count is exact, in int64 and beyond."""
    expected = [decimal_cents(Decimal(repr(price)) * count) for count in many]
    assert product_cents(price, np.array(many, dtype=np.int64)).tolist() == expected


@given(
    st.integers(0, 10**6),
    prices,
    st.floats(0, 1e6),
    st.lists(st.integers(0, 10**7), min_size=2, max_size=8),
)
def test_more_images_never_cost_less(
    held: int, price: float, fixed: float, totals: list[int]
) -> None:
    """Each kind of cost grows with images; buying is held back to what is missing."""
    project = Project(
        id="p",
        classes=2,
        target_error=0.1,
        images=Images(limit=10**7, held=held, price=price, fixed_cost=fixed),
    )
    rates = price_training(PRICED[:3], Compute(), CATALOGUE)
    trained = np.sort(np.array(totals))
    bought = np.maximum(0, trained - held)
    entries = entries_of(project, training_amounts(rates, Compute())[:, None])
    lines = committed(entries, Counts(bought, trained), place_of(project))
    for cents in lines.values():
        assert (np.diff(cents) >= 0).all()
        assert (cents >= 0).all()
    assert (lines["data"][bought == 0] == 0).all()
    assert (lines["fixed"][bought == 0] == 0).all()


@given(st.sampled_from(PRICED), st.sampled_from(CATALOGUE.accelerators), st.floats(0.01, 1e4))
def test_cost_is_time_times_price(
    architecture: Architecture, accelerator: object, usd_per_hour: float
) -> None:
    """Any network on any chip with a peak: dollars are accelerator-seconds at the hourly price."""
    name = accelerator.name  # type: ignore[attr-defined]
    if CATALOGUE.accelerator(name).training_peak_flop_per_s is None:
        return
    compute = Compute(accelerator=name, usd_per_hour=usd_per_hour)
    (rate,) = price_training([architecture], compute, CATALOGUE)
    assert rate.gpu_seconds_per_image_epoch is not None
    assert rate.gpu_seconds_per_image_epoch >= 1 / 1180.5 - 1e-12
    assert rate.usd_per_image_epoch == pytest.approx(
        rate.gpu_seconds_per_image_epoch * usd_per_hour / 3600
    )


@given(st.sampled_from(CATALOGUE.architectures), st.floats(1e-20, 1e-8), st.floats(1.1, 10))
def test_paper_cost_scales_with_the_price_of_a_flop(
    architecture: Architecture, usd_per_flop: float, factor: float
) -> None:
    """Eq. 4 is linear in the price."""
    base, scaled = (
        price_training([architecture], Compute(basis=Basis.PAPER, usd_per_flop=price), CATALOGUE)
        for price in (usd_per_flop, usd_per_flop * factor)
    )
    assert scaled[0].usd_per_image_epoch == pytest.approx(base[0].usd_per_image_epoch * factor)


@given(st.floats(0.01, 0.9), st.floats(0.01, 0.99))
def test_a_fitted_share_keeps_its_quantiles_and_jensen(p10: float, step: float) -> None:
    """The fit returns its quantiles, and the mean of 1/u is above 1 over the mean of u."""
    p90 = p10 + (0.995 - p10) * step
    fitted = fit_beta(Range(p10, p90))
    assert fitted.quantile(np.array([0.1, 0.9])) == pytest.approx([p10, p90], rel=1e-5)
    mean = fitted.alpha / (fitted.alpha + fitted.beta)
    assert fitted.mean_of_inverse > 1 / mean
