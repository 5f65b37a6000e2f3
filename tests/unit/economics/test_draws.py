"""Draws of costs whose prices are ranges."""

import numpy as np
import pytest

from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Images, Project
from planner.domain.quantities import Amount, Range
from planner.domain.vocabulary import Basis
from planner.economics.draws import compute_factor_draws, data_cost_draws, training_cost_draws
from planner.economics.training import TrainingRate
from planner.errors import InputError

N = 4000


def project(price: Amount = 0.5, name: str = "a") -> Project:
    return Project(id=name, classes=2, target_error=0.1, images=Images(limit=1000, price=price))


def test_a_single_price_has_no_spread() -> None:
    """A price known exactly costs the same in every draw."""
    assert set(data_cost_draws(project(), 10, N, 0).tolist()) == {5.0}
    rate = TrainingRate("x", 2.0, None, "")
    assert set(training_cost_draws(rate, 3, Compute(epochs=2), N, 0).tolist()) == {12.0}


def test_a_price_range_has_its_quantiles_and_mean() -> None:
    """A tenth of the draws lies below P10, a tenth above P90, and the mean is the committed one.

    Bands: four standard errors of 4,000 draws.
    """
    price = Range(0.3, 0.45)
    draws = data_cost_draws(project(price), 1, N, seed=7)
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
    first = data_cost_draws(project(price), 1, N, 0)
    assert data_cost_draws(project(price), 1, N, 0).tobytes() == first.tobytes()
    assert data_cost_draws(project(price), 1, 10, 0).tolist() == first[:10].tolist()
    assert abs(np.corrcoef(first, data_cost_draws(project(price, "b"), 1, N, 0))[0, 1]) < 0.06
    assert abs(np.corrcoef(first, data_cost_draws(project(price), 1, N, 1))[0, 1]) < 0.06


def test_all_projects_pay_the_same_hourly_price_in_a_draw() -> None:
    """Training costs of two architectures move together, one to one."""
    compute = Compute(usd_per_hour=Range(1.0, 4.0))
    small = training_cost_draws(TrainingRate("x", 1.0, None, ""), 10, compute, N, 0)
    large = training_cost_draws(TrainingRate("y", 3.0, None, ""), [10, 20], compute, N, 0)
    assert large.shape == (N, 2)
    assert large[:, 1] == pytest.approx(6 * small)


def test_a_utilisation_without_mean_cost_is_refused() -> None:
    """Draws are refused where no committed cost exists."""
    with pytest.raises(InputError, match="narrow the range"):
        compute_factor_draws(Compute(utilisation=Range(0.05, 0.9)), 10, 0)
