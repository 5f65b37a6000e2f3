"""What smoothing and resampling of weighted draws promise."""

import numpy as np
import pytest

from planner.forecasting.pilots.importance import (
    coupled_rows,
    fit_pareto,
    pareto_quantile,
    pareto_smooth,
)


@pytest.mark.parametrize("shape", [-0.3, 0.0, 0.4, 0.8])
def test_pareto_shape_is_recovered(shape: float) -> None:
    """From 20,000 excesses the shape is found to .05, and the scale to 5 %."""
    levels = np.random.default_rng(1).random(20_000)
    found, scale = fit_pareto(np.sort(pareto_quantile(levels, shape, 2.0)))
    assert found == pytest.approx(shape, abs=0.05)
    assert scale == pytest.approx(2.0, rel=0.05)


@pytest.mark.parametrize("spread", [0.1, 1.0, 3.0])
@pytest.mark.parametrize("n_draws", [200, 4_000])
def test_smoothing_agrees_with_arviz(spread: float, n_draws: int) -> None:
    """Smoothed weights and k-hat are those of ArviZ."""
    arviz_stats = pytest.importorskip("arviz_stats")
    log_weights = spread * np.random.default_rng(n_draws).standard_normal(n_draws)
    # ArviZ takes log likelihoods, whose negatives are the log weights of leaving one out
    theirs, k_hat = arviz_stats.base.array_stats.psislw(-log_weights)
    ours = pareto_smooth(log_weights)
    assert ours.k_hat == pytest.approx(float(k_hat), abs=1e-6)
    np.testing.assert_allclose(
        ours.weights, np.exp(theirs - np.logaddexp.reduce(theirs)), rtol=1e-6
    )


def test_equal_weights_stay_equal() -> None:
    """Without differences there is no tail, and every draw counts in full."""
    smooth = pareto_smooth(np.full(1_000, -3.0))
    np.testing.assert_allclose(smooth.weights, 1e-3)
    assert smooth.effective == pytest.approx(1_000)
    assert smooth.k_hat == -np.inf


def test_heavy_tails_show() -> None:
    """Weights with an infinite variance have a k-hat above one half."""
    log_weights = -np.log(np.random.default_rng(0).random(4_000)) * 0.9
    assert pareto_smooth(log_weights).k_hat > 0.7


def test_rows_that_survive_stay_in_place() -> None:
    """Each draw appears as often as systematic resampling says, first of all in its own row."""
    rng = np.random.default_rng(3)
    weights = rng.dirichlet(np.full(500, 0.3))
    rows = coupled_rows(weights, 0.37)
    counts = np.bincount(rows, minlength=500)
    assert np.all(np.abs(counts - 500 * weights) < 1)
    alive = counts > 0
    np.testing.assert_array_equal(rows[alive], np.flatnonzero(alive))


def test_equal_weights_move_no_row() -> None:
    """Nothing is resampled without need."""
    for uniform in (0.0, 0.5, 0.999999):
        np.testing.assert_array_equal(coupled_rows(np.full(64, 1 / 64), uniform), np.arange(64))
