"""A power law through a curve's first points."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.power_law import fit_power_law


@given(level=st.floats(-2, 1), slope=st.floats(-1, 0.5), n=st.integers(2, 9))
def test_points_on_a_line_give_the_line(level: float, slope: float, n: int) -> None:
    """Least squares returns the law that made the points."""
    x = np.linspace(2, 5, n)
    law = fit_power_law(x, level + slope * x)
    assert (law.level, law.slope) == pytest.approx((level, slope), abs=1e-9)


def test_uncertainty_grows_with_the_distance() -> None:
    """Far from its points a line is worth less; at them the known scatter remains."""
    law = fit_power_law([2.0, 2.5, 3.0], [-0.2, -0.3, -0.5])
    _, sds = law.predict([2.5, 4.0, 6.0])
    assert np.all(np.diff(sds) > 0)
    assert sds[0] == pytest.approx(np.sqrt(0.1**2 * (1 + 1 / 3)))


def test_draws_have_the_predicted_moments() -> None:
    """Drawing level, slope and noise gives the predictive mean and spread."""
    law = fit_power_law([2.0, 3.0, 3.5], [-0.2, -0.5, -0.6])
    level, slope, noise = law.draw(np.random.default_rng(0), 100_000)
    draws = level + slope * 5.0 + noise
    mean, sd = law.predict(5.0)
    assert draws.mean() == pytest.approx(float(mean), abs=0.005)
    assert draws.std() == pytest.approx(float(sd), rel=0.02)


def test_one_size_is_no_curve() -> None:
    """Repeats at one number of images have no slope."""
    with pytest.raises(ValueError, match="two different numbers"):
        fit_power_law([3.0, 3.0], [-0.5, -0.4])
