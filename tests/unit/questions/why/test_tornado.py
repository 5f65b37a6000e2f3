"""What moves a decision's value, against closed forms."""

import numpy as np
import pytest
from scipy.stats import norm

from planner.domain.model.posterior import Posterior
from planner.domain.quantities import Range
from planner.questions.why.tornado import (
    Holding,
    UnitPrice,
    band_bar,
    parts_of_errors,
    price_bar,
    tornado_of,
)
from planner.testing import synthetic_posterior

N = 20_000
LABELS = UnitPrice("label price", "per image", Range(0.1, 0.4), 10.0)


def normals(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(N)


def holding(posterior: Posterior, **more: object) -> Holding:
    """A project whose log10 error is −1 + 0.1·(standardised intercept) + 0.05·luck."""
    intercept = posterior.draws["intercept"]
    centred = (intercept - intercept.mean()) / intercept.std()
    error = 10 ** (-1 + 0.1 * centred + 0.05 * normals(5)[: len(intercept)])
    met = (error <= 0.1).astype(float)
    return Holding("shelf", 1000, error, met, 100.0, **more)  # type: ignore[arg-type]


def test_a_linear_value_moves_by_its_slope_between_p10_and_p90() -> None:
    """Value 5 + 3u + noise: 6·1.2816 from P10 to P90, but for the width of the bands."""
    u = normals(0)
    bar = band_bar("u", "", u, 5 + 3 * u + normals(1))
    assert bar is not None
    assert bar.value_at_high - bar.value_at_low == pytest.approx(6 * 1.2816, rel=0.03)
    assert (bar.low, bar.high) == pytest.approx((-1.2816, 1.2816), abs=0.04)


def test_a_threshold_moves_by_the_normal_distribution() -> None:
    """P(u + v ≤ 0 | u at P10) is Φ(1.28) for standard normal u and v."""
    u = normals(2)
    bar = band_bar("u", "", u, (u + normals(3) <= 0).astype(float))
    assert bar is not None
    expected = norm.cdf([1.2816, -1.2816])
    assert (bar.value_at_low, bar.value_at_high) == pytest.approx(expected, abs=0.03)


def test_an_input_that_moves_nothing_has_no_bar() -> None:
    """Independent noise cannot be told from no effect; a constant is no input."""
    assert band_bar("u", "", normals(0), normals(1)) is None
    assert band_bar("u", "", np.ones(N), normals(1)) is None


def test_a_price_range_moves_cost_exactly() -> None:
    """1,000 images at 0.10 to 0.40: the ends stand off the centre by images times price."""
    price = Range(0.1, 0.4)
    bar = price_bar("price", "per image", price, 50.0, -1000.0)
    assert bar is not None
    mean = price.lognormal_mean
    assert bar.value_at_low == pytest.approx(50 - 1000 * (0.1 - mean))
    assert bar.value_at_high == pytest.approx(50 - 1000 * (0.4 - mean))
    assert price_bar("price", "", 0.3, 50.0, -1000.0) is None


def test_what_all_projects_share_is_told_from_own_luck() -> None:
    """The parts recover the standard deviations that the error was made with."""
    posterior = synthetic_posterior(n_draws=4000)
    parts = parts_of_errors(np.log10(holding(posterior).error)[:, None], posterior)
    assert parts["level"].std() == pytest.approx(0.1, rel=0.05)
    assert parts["slope"].std() < 0.01
    assert parts["luck"].std() == pytest.approx(0.05, rel=0.05)
    total = sum(parts.values())[:, 0]  # type: ignore[index]
    expected = np.log10(holding(posterior).error)
    assert total == pytest.approx(expected - expected.mean())


def test_bars_are_ranked_by_their_width_around_the_expected_value() -> None:
    """Level, then luck, then a narrow price; the centre is the mean of the draws."""
    posterior = synthetic_posterior(n_draws=4000)
    one = holding(posterior, prices=(LABELS,), cost=2.0)
    found = tornado_of([one], posterior, unit="USD")
    assert found.centre == pytest.approx(one.value_draws.mean())
    assert [bar.input for bar in found.bars] == [
        "level of the error curve (model)",
        "own luck of shelf",
        "label price of shelf",
    ]
    widths = [bar.effect for bar in found.bars]
    assert widths == sorted(widths, reverse=True)


def test_compute_ranges_move_all_training_at_once() -> None:
    """Training of 20 in the mean: twice the mean price costs 20 more."""
    posterior = synthetic_posterior(n_draws=400)
    price = Range(1.0, 2.0)
    found = tornado_of(
        [holding(posterior, training=20.0, cost=20.0)],
        posterior,
        unit="USD",
        compute_price=("compute price per hour", price),
    )
    (bar,) = [bar for bar in found.bars if bar.input == "compute price per hour"]
    assert bar.effect == pytest.approx(20.0 * (2.0 - 1.0) / price.lognormal_mean)


def test_objectives_without_cost_ignore_prices() -> None:
    """A present factor of 0 means that cost does not count."""
    posterior = synthetic_posterior(n_draws=400)
    one = holding(
        posterior,
        prices=(LABELS,),
        present=0.0,
    )
    found = tornado_of([one], posterior, unit="targets")
    assert not [bar for bar in found.bars if "price" in bar.input]
