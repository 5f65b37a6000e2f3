"""The beta distribution with given P10 and P90."""

import numpy as np
import pytest

from planner.domain.quantities import Range
from planner.economics.beta import Beta, fit_beta


@pytest.mark.parametrize(
    ("p10", "p90"), [(0.3, 0.4), (0.05, 0.9), (0.001, 0.002), (0.3, 0.3001), (0.98, 0.99)]
)
def test_the_fit_has_the_asked_quantiles(p10: float, p90: float) -> None:
    """A tenth of the fitted distribution lies below P10, a tenth above P90."""
    quantiles = fit_beta(Range(p10, p90)).quantile(np.array([0.1, 0.9]))
    assert quantiles == pytest.approx([p10, p90], rel=1e-6)


def test_the_mean_of_the_inverse_is_that_of_many_draws() -> None:
    """E[1/u] in closed form agrees with the average over a fine grid of quantiles."""
    fitted = fit_beta(Range(0.2, 0.5))
    grid = (np.arange(200_000) + 0.5) / 200_000
    assert fitted.mean_of_inverse == pytest.approx(np.mean(1 / fitted.quantile(grid)), rel=1e-4)
    assert Beta(1.0, 3.0).mean_of_inverse == float("inf")
