"""Draws of costs whose prices are ranges."""

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import Compute
from planner.domain.quantities import Range
from planner.domain.vocabulary import Basis
from planner.economics.draws import compute_factor_draws, price_draws
from planner.errors import InputError

N = 4000


def test_a_price_range_has_its_quantiles_and_mean() -> None:
    """A tenth of the draws lies below P10, a tenth above P90, and the mean is the committed one.

    Bands: four standard errors of 4,000 draws.
    """
    price = Range(0.3, 0.45)
    draws = price_draws(price, N, 7, "a", "images.price")
    assert np.mean(draws < 0.3) == pytest.approx(0.1, abs=0.02)
    assert np.mean(draws > 0.45) == pytest.approx(0.1, abs=0.02)
    band = 4 * draws.std() / np.sqrt(N)
    assert draws.mean() == pytest.approx(price.lognormal_mean, abs=band)


@pytest.mark.parametrize(
    "compute",
    [
        Compute(usd_per_hour=Range(1.0, 4.0)),
        Compute(utilisation=Range(0.25, 0.45)),
        Compute(usd_per_hour=Range(1.0, 2.0), utilisation=Range(0.25, 0.45)),
        Compute(basis=Basis.PAPER, usd_per_flop=Range(1e-18, 1e-17)),
    ],
)
def test_compute_factors_average_to_one(compute: Compute) -> None:
    """What multiplies the committed training cost has mean 1, within four standard errors."""
    factors = compute_factor_draws(compute, 20_000, seed=1)
    assert factors.std() > 0.01
    assert factors.mean() == pytest.approx(1.0, abs=4 * factors.std() / np.sqrt(20_000))
    assert (factors > 0).all()


def test_without_ranges_the_factors_are_one() -> None:
    """Where every price is known the training cost is certain, on both bases."""
    for compute in (Compute(), Compute(usd_per_hour=1.0), Compute(basis=Basis.PAPER)):
        assert compute_factor_draws(compute, 5, 0).tolist() == [1.0] * 5


def test_draws_belong_to_the_project_and_seed() -> None:
    """The same seed and id give the same bytes; another of either gives others; more only add."""
    price = Range(0.1, 0.2)

    def draws(
        n: int = N, seed: int = 0, owner: str = "a", name: str = "images.price"
    ) -> np.ndarray:
        return price_draws(price, n, seed, owner, name)

    first = draws()
    assert draws().tobytes() == first.tobytes()
    assert draws(10).tolist() == first[:10].tolist()
    for others in (draws(owner="b"), draws(seed=1), draws(name="storage")):
        assert abs(np.corrcoef(first, others)[0, 1]) < 0.06


def test_a_utilisation_without_mean_cost_is_refused() -> None:
    """Draws are refused where no committed cost exists."""
    with pytest.raises(InputError, match="narrow the range"):
        compute_factor_draws(Compute(utilisation=Range(0.05, 0.9)), 10, 0)
