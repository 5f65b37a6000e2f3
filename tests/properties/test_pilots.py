"""What learning from pilots promises, whatever they measured."""

import math
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Pilot, Project
from planner.forecasting.forecast import Forecast, build_forecast
from planner.testing import synthetic_hierarchy

POSTERIOR = synthetic_hierarchy(800)
NETWORK = "ResNet-50"
SIZES = [300.0, 2_000.0, 40_000.0]


def forecast_with(*pilots: Pilot, posterior: Posterior = POSTERIOR, **changes: object) -> Forecast:
    fields: dict[str, object] = {
        "id": "shelf",
        "classes": 20,
        "target_error": 0.05,
        "images": {"held": 0, "limit": 100_000},
        "pilots": pilots,
    }
    fields.update(changes)
    return build_forecast(Project(**fields), posterior)  # type: ignore[arg-type]


def run(images: int, error: float, architecture: str = NETWORK, **more: object) -> Pilot:
    return Pilot(images=images, error=error, architecture=architecture, **more)  # type: ignore[arg-type]


def width(forecast: Forecast, images: float = 40_000.0, architecture: str = NETWORK) -> float:
    """Return the width of the 80 % range of log10 error."""
    errors = np.log10(forecast.error_draws([images], architecture)[:, 0])
    low, high = np.quantile(errors, (0.1, 0.9))
    return float(high - low)


def test_without_pilots_nothing_changes() -> None:
    """No pilots and an empty list of pilots give the same bits, and no quality to report."""
    plain, empty = forecast_with(), forecast_with(pilots=[])
    np.testing.assert_array_equal(
        plain.error_draws(SIZES, NETWORK), empty.error_draws(SIZES, NETWORK)
    )
    assert empty.pilot_quality is None


def test_the_order_of_pilots_does_not_matter() -> None:
    """All orders of four pilots of three options give the same bits."""
    pilots = (
        run(500, 0.4, test_images=500),
        run(2_000, 0.2),
        run(2_000, 0.35, "ResNet-18"),
        run(1_000, 0.6, pretrained=False, test_images=1_000),
    )
    first, *others = (
        forecast_with(*order).error_draws(SIZES, NETWORK) for order in permutations(pilots)
    )
    for other in others:
        np.testing.assert_array_equal(first, other)


@settings(max_examples=25, deadline=None)
@given(
    errors=st.lists(st.floats(1e-4, 1.0), min_size=1, max_size=5),
    start=st.integers(1, 50_000),
    test_images=st.none() | st.integers(10, 100_000),
)
def test_any_pilots_give_errors_within_chance(
    errors: list[float], start: int, test_images: int | None
) -> None:
    """However strange the runs, errors stay in (0, majority guess] and every number is finite."""
    pilots = [run(start * 2**at, error, test_images=test_images) for at, error in enumerate(errors)]
    forecast = forecast_with(*pilots)
    drawn = forecast.error_draws([0, 1, *SIZES], NETWORK)
    assert np.all(drawn > 0)
    assert np.all(drawn <= forecast.project.majority_guess_error)
    quality = forecast.pilot_quality
    assert quality is not None
    assert 0 <= quality.moved <= 1
    assert 1 <= quality.effective_draws <= POSTERIOR.n_draws + 1e-6


@pytest.mark.parametrize("images", [200, 2_000, 20_000])
def test_a_pilot_on_the_median_narrows_the_forecast(images: int) -> None:
    """A run that shows exactly what was expected takes width away, even from afar."""
    plain = forecast_with()
    median = float(np.median(plain.error_draws([images], NETWORK)))
    assert width(forecast_with(run(images, median))) < 0.9 * width(plain)


def test_more_pilots_never_widen_on_average() -> None:
    """Over curves drawn from the forecast itself, each further pilot narrows the mean width."""
    plain = forecast_with()
    sizes = [300, 1_000, 3_000]
    worlds = plain.error_draws(sizes, NETWORK)[:: POSTERIOR.n_draws // 24]
    means = [width(plain)]
    for n in (1, 2, 3):
        runs = ([run(sizes[at], float(world[at])) for at in range(n)] for world in worlds)
        means.append(float(np.mean([width(forecast_with(*each)) for each in runs])))
    assert all(after < before for before, after in pairwise(means))


def test_ranges_hold_what_they_claim() -> None:
    """Over curves drawn from the forecast itself, 80 % ranges after two pilots cover 80 %."""
    plain = forecast_with()
    worlds = plain.error_draws([500, 4_000, 40_000], NETWORK)[::8]
    inside = []
    for first, second, truth in worlds:
        drawn = forecast_with(run(500, float(first)), run(4_000, float(second))).error_draws(
            [40_000], NETWORK
        )
        low, high = np.quantile(drawn, (0.1, 0.9))
        inside.append(low <= truth <= high)
    assert np.mean(inside) == pytest.approx(0.8, abs=0.12)


def test_one_option_teaches_another_by_the_closed_form() -> None:
    """With the levels alone in doubt and errors far from chance, everything is linear.

    A pretrained run then narrows the level from scratch by the squared covariance over variance
    and noise.
    """
    posterior = _levels_alone(4_000)
    sigma, tau_a, tau_pre = 0.02, 0.4, 0.3
    changes: dict[str, object] = {"relative_complexity": 0.5, "classes": None}
    prior = _sd(forecast_with(posterior=posterior, pretrained=False, **changes))
    after = _sd(
        forecast_with(
            run(3_162, 1.3e-4, pretrained=True), posterior=posterior, pretrained=False, **changes
        )
    )
    explained = tau_a**4 / (tau_a**2 + tau_pre**2 + sigma**2)
    assert prior == pytest.approx(math.hypot(tau_a, sigma), rel=0.03)
    assert after == pytest.approx(math.sqrt(tau_a**2 - explained + sigma**2), rel=0.03)


def _sd(forecast: Forecast) -> float:
    return float(np.std(np.log10(forecast.error_draws([3_162], NETWORK)[:, 0])))


def _levels_alone(n_draws: int) -> Posterior:
    """Return a posterior with sharp coefficients and slopes, and levels far below chance."""
    found = synthetic_hierarchy(n_draws, spread=0.0, discrepancy=0.0, sigma=0.02)
    still = {name: np.zeros(n_draws) for name in ("tau_l", "tau_lc", "tau_arch", "tau_fz")}
    moved = {"a0": found.draws["a0"] - 3.0}
    return Posterior(
        name=found.name,
        family=found.family,
        draws={**found.draws, **still, **moved},
        sha256=found.sha256,
        evidence=found.evidence,
        labels=found.labels,
        spec=found.spec,
    )
