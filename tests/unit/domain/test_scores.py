"""Proper scores."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from planner.domain.scores import (
    central_coverage,
    crps_of_draws,
    crps_of_normals,
    interval_score,
    log_density_of_normals,
    log_sum_exp,
    normal_cdf,
    pit_of_draws,
    pit_of_normals,
)

MEANS, SDS = np.array([-0.4, 0.1, 0.9]), np.array([0.2, 0.5, 0.1])
WEIGHTS = np.array([0.5, 0.3, 0.2])


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
