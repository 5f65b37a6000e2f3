"""The shape of a saturating curve: limits, monotonicity, derivatives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.model.curve_shape import fallen, log10_share, log10_share_and_slopes

REAL = st.floats(-3.0, 1.5)


def of(**values: float) -> dict[str, np.ndarray]:
    return {name: np.array([value]) for name, value in values.items()}


def test_without_decay_and_ceiling_it_is_the_logistic_curve() -> None:
    """A model that declares neither forecasts as before: share = 1 / (1 + 10^-u)."""
    decades = np.linspace(-3.0, 4.0, 15)
    found = log10_share(of(level=-0.4, slope=-1.0), decades)
    u = -0.4 - np.exp(-1.0) * decades
    np.testing.assert_allclose(10.0**found, 1.0 / (1.0 + 10.0**-u), rtol=1e-12)


def test_a_decay_and_a_ceiling_of_nothing_change_nothing() -> None:
    """k towards 0 is a straight fall, a = 1 the logistic curve."""
    decades = np.linspace(-3.0, 4.0, 15)
    plain = log10_share(of(level=-0.4, slope=-1.0), decades)
    bent = log10_share(of(level=-0.4, slope=-1.0, decay=-25.0, ceiling=0.0), decades)
    np.testing.assert_allclose(bent, plain, atol=1e-8)


def test_the_fall_slackens_by_a_factor_of_e_over_one_over_k() -> None:
    """The slope of h is exp(-k d), and h ends at 1 / k."""
    assert fallen(np.array([0.0, 50.0]), np.array([0.5])).tolist() == pytest.approx([0.0, 2.0])
    step = 1e-6
    ends = fallen(np.array([2.0, 2.0 + step]), np.array([0.5, 0.5]))
    assert float(np.diff(ends)[0] / step) == pytest.approx(np.exp(-1.0), rel=1e-4)


@given(level=REAL, slope=REAL, decay=REAL, ceiling=st.floats(-2.0, 1.0))
def test_it_falls_with_images_and_never_passes_its_start(
    level: float, slope: float, decay: float, ceiling: float
) -> None:
    """More images never raise the mean curve; its share lies in (0, 1]."""
    decades = np.linspace(-2.5, 4.0, 40)
    found = log10_share(of(level=level, slope=slope, decay=decay, ceiling=ceiling), decades)
    assert np.all(np.diff(found) <= 1e-12)
    assert np.all(found <= 0.0)


@given(level=REAL, slope=REAL, decay=REAL, ceiling=st.floats(-1.5, 0.7), floor=st.floats(-5.0, 1.0))
def test_derivatives_are_those_of_finite_differences(
    level: float, slope: float, decay: float, ceiling: float, floor: float
) -> None:
    """Every derivative that pilots and checks use agrees with a numerical one."""
    values = of(level=level, slope=slope, decay=decay, ceiling=ceiling, floor=floor)
    decades = np.array([-1.5, -0.2, 0.0, 0.7, 2.5])
    _, slopes = log10_share_and_slopes(values, decades)
    step = 1e-5
    for name, found in slopes.items():
        up, down = (dict(values, **{name: values[name] + sign * step}) for sign in (1.0, -1.0))
        numeric = (log10_share(up, decades) - log10_share(down, decades)) / (2.0 * step)
        np.testing.assert_allclose(found, numeric, atol=2e-6, rtol=1e-4)
