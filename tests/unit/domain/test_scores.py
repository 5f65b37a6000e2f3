"""Proper scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.stats import norm

from planner.domain.arrays import Floats
from planner.domain.scores import (
    central_coverage,
    crps_of_draws,
    log_density_of_normals,
    log_sum_exp,
    normal_cdf,
    pit_of_draws,
    pit_of_normals,
)

MEANS, SDS = np.array([-0.4, 0.1, 0.9]), np.array([0.2, 0.5, 0.1])
WEIGHTS = np.array([0.5, 0.3, 0.2])


def crps_of_normals(
    means: ArrayLike, sds: ArrayLike, observed: float, weights: ArrayLike | None = None
) -> float:
    r"""Return the CRPS of a mixture of normals in closed form.

    :math:`\sum_i w_i A(y - \mu_i, \sigma_i) - \tfrac12 \sum_{ij} w_i w_j
    A(\mu_i - \mu_j, \sqrt{\sigma_i^2 + \sigma_j^2})` with :math:`A(d, s) = E|d + s Z|`.

    Parameters
    ----------
    means, sds : array_like of shape (k,)
        Components; standard deviations are positive.
    observed : float
        What came.
    weights : array_like of shape (k,), optional
        Of the components, summing to 1; equal by default.

    Notes
    -----
    O(k²): for hundreds of components, not for thousands.

    References
    ----------
    .. [1] Grimit, Gneiting, Berrocal, Johnson (2006), The continuous ranked probability score for
       circular variables and its application to mesoscale forecast ensemble verification, eq. 5.

    Examples
    --------
    >>> round(crps_of_normals([0.0], [1.0], 0.0), 6)
    0.233695
    """
    mu, sd = np.asarray(means, dtype=float), np.asarray(sds, dtype=float)
    share = np.full(len(mu), 1.0 / len(mu)) if weights is None else np.asarray(weights, dtype=float)
    to_observed = _mean_distance(observed - mu, sd)
    apart = _mean_distance(mu[:, None] - mu[None, :], np.hypot(sd[:, None], sd[None, :]))
    return float(share @ to_observed - 0.5 * share @ apart @ share)


def interval_score(
    lower: ArrayLike, upper: ArrayLike, observed: ArrayLike, *, level: float
) -> Floats:
    r"""Return Winkler's interval score: width, plus a fine for every miss.

    :math:`(u - l) + \tfrac{2}{\alpha}(l - y)_+ + \tfrac{2}{\alpha}(y - u)_+` with
    :math:`\alpha = 1 -` ``level``.

    Parameters
    ----------
    lower, upper, observed : array_like of shape (n,)
        Ends of the central interval and what came.
    level : float
        Probability the interval should hold, strictly between 0 and 1.

    References
    ----------
    .. [1] Winkler (1972), A decision-theoretic approach to interval estimation; Gneiting & Raftery
       (2007), Strictly proper scoring rules, section 6.2.

    Examples
    --------
    >>> interval_score([0.0], [1.0], [1.5], level=0.8).round(6).tolist()
    [6.0]
    """
    low, high, seen = (np.asarray(value, dtype=float) for value in (lower, upper, observed))
    fine = 2.0 / (1.0 - level)
    missed = np.maximum(low - seen, 0.0) + np.maximum(seen - high, 0.0)
    return np.asarray(high - low + fine * missed, dtype=np.float64)


def _mean_distance(difference: Floats, sd: Floats) -> Floats:
    """Return E|d + s Z| for a standard normal Z."""
    z = difference / sd
    density = np.exp(-0.5 * z**2 - 0.5 * math.log(2 * math.pi))
    return np.asarray(2.0 * sd * density + difference * (2.0 * normal_cdf(z) - 1.0))


@given(shift=st.floats(-50, 50), scale=st.floats(0.01, 100))
def test_crps_moves_with_the_unit(shift: float, scale: float) -> None:
    """Shifting and stretching forecast and observation alike stretches the score and no more."""
    draws = np.random.default_rng(1).standard_normal((50, 3))
    seen = np.array([-1.0, 0.2, 3.0])
    moved = crps_of_draws(shift + scale * draws, shift + scale * seen)
    assert moved == pytest.approx(scale * crps_of_draws(draws, seen), rel=1e-6, abs=1e-9 * scale)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=40), st.floats(-5, 5))
def test_crps_of_draws_is_the_mean_distance_less_half_the_spread(
    draws: list[float], seen: float
) -> None:
    """The sorted form equals the definition over all pairs."""
    values = np.array(draws)
    pairs = np.abs(values[:, None] - values[None, :]).mean()
    expected = np.abs(values - seen).mean() - 0.5 * pairs
    assert crps_of_draws(values[:, None], [seen])[0] == pytest.approx(expected, abs=1e-9)


def test_crps_of_a_single_draw_is_the_distance() -> None:
    """A point forecast is scored by its absolute error."""
    assert crps_of_draws([[2.0, -1.0]], [0.5, -1.0]).tolist() == [1.5, 0.0]


@pytest.mark.parametrize("seen", [-1.0, 0.0, 0.35, 2.0])
def test_crps_of_normals_is_the_integral(seen: float) -> None:
    """The closed form equals the integral of the squared distance of distribution functions."""

    def squared(x: float) -> float:
        share = float(WEIGHTS @ norm.cdf(x, MEANS, SDS))
        return (share - (x >= seen)) ** 2

    expected = quad(squared, -8, seen, limit=200)[0] + quad(squared, seen, 8, limit=200)[0]
    assert crps_of_normals(MEANS, SDS, seen, WEIGHTS) == pytest.approx(expected, abs=1e-7)


def test_crps_of_draws_approaches_the_closed_form() -> None:
    """Evenly spread draws of one normal score as the normal does."""
    draws = norm.ppf((np.arange(4000) + 0.5) / 4000, 0.3, 0.7)
    exact = crps_of_normals([0.3], [0.7], 1.1)
    assert crps_of_draws(draws[:, None], [1.1])[0] == pytest.approx(exact, abs=1e-4)


def test_the_true_forecast_scores_best_on_average() -> None:
    """CRPS, interval score and log density all prefer the distribution the data come from."""
    seen = norm.ppf((np.arange(2000) + 0.5) / 2000)

    def scores(sd: float) -> tuple[float, float, float]:
        half = norm.ppf(0.9) * sd
        winkler = interval_score(np.full(2000, -half), np.full(2000, half), seen, level=0.8)
        crps = np.mean([crps_of_normals([0.0], [sd], y) for y in seen])
        density = log_density_of_normals(np.zeros((1, 2000)), np.full((1, 1), sd), seen)
        return float(crps), float(winkler.mean()), float(-density.mean())

    for wrong in (0.5, 0.8, 1.25, 2.0):
        assert all(right < other for right, other in zip(scores(1.0), scores(wrong), strict=True))


def test_densities_and_pits_of_mixtures() -> None:
    """Mixtures of normals have the density and distribution function of their parts."""
    seen = np.array([-0.5, 0.4])
    columns = np.tile(MEANS[:, None], (1, 2)), np.tile(SDS[:, None], (1, 2))
    density = log_density_of_normals(*columns, seen, np.log(WEIGHTS))
    expected = [math.log(WEIGHTS @ norm.pdf(y, MEANS, SDS)) for y in seen]
    assert density == pytest.approx(expected)
    shares = [float(WEIGHTS @ norm.cdf(y, MEANS, SDS)) for y in seen]
    assert pit_of_normals(*columns, seen, WEIGHTS) == pytest.approx(shares)
    assert normal_cdf([-40.0, 0.0, 1.959963985, 40.0]) == pytest.approx([0, 0.5, 0.975, 1])


def test_an_impossible_observation_has_a_finite_log_density() -> None:
    """Far tails neither underflow to minus infinity nor warn."""
    assert log_density_of_normals([[0.0]], [[0.01]], [10.0])[0] == pytest.approx(-5e5, rel=1e-3)
    assert log_sum_exp(np.array([-np.inf, -np.inf])) == -np.inf


def test_coverage_and_pit() -> None:
    """Coverage counts the share inside; equal draws count half; weights count."""
    assert pit_of_draws([[1.0], [2.0], [2.0], [3.0]], [2.0]).tolist() == [0.5]
    assert central_coverage([0.02, 0.5, 0.5, 0.98], 0.95) == 0.5
    assert central_coverage([0.02, 0.5], 0.95, [3, 1]) == 0.25
    even = (np.arange(1000) + 0.5) / 1000
    assert central_coverage(even, 0.8) == pytest.approx(0.8)


def test_the_interval_score_of_a_hit_is_its_width() -> None:
    """Inside there is no fine; outside it is two over the level missed, times the distance."""
    assert interval_score([0, 0, 0], [2, 2, 2], [1, 3, -1], level=0.9) == pytest.approx([2, 22, 22])
