"""A partial training curve: known posteriors, and chances that come true as often as they say."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from planner.forecasting import training_curve
from planner.forecasting.training_curve import NOISE, forecast_end, log_likelihood, normalised

EPOCHS = np.array([1.0, 2.0, 4.0, 8.0])
ERRORS = np.array([0.335, 0.215, 0.145, 0.105])
CURVES = ((0.04, 0.30, 0.8), (0.06, 0.28, 0.8), (0.05, 0.25, 0.5))


def test_three_curves_that_were_equally_likely() -> None:
    """Known posterior and ends of a worked example, to the printed digit."""
    on = np.array([[floor + scale * t**-fall for t in EPOCHS] for floor, scale, fall in CURVES])
    weights = normalised(log_likelihood(np.log(ERRORS) - np.log(on), 0.05))
    assert [round(w, 6) for w in weights.tolist()[:2]] == [0.505569, 0.494431]
    assert weights[2] == pytest.approx(2.9e-11, rel=0.01)
    ends = [floor + scale * 50**-fall for floor, scale, fall in CURVES]
    assert [round(100 * end, 4) for end in ends] == [5.3120, 7.2246, 8.5355]
    assert round(float(weights[np.array(ends) <= 0.06].sum()), 6) == 0.505569


def test_the_level_is_integrated_out_as_a_numerical_integral_over_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One shape and noise: the chance is that of a likelihood integrated by quadrature."""
    noise = 0.08
    for name, only in (("LEFT", 0.3), ("STEEPNESS", 0.8), ("NOISE", noise)):
        monkeypatch.setattr(training_curve, name, np.array([only]))
    shape = 0.3 + 0.7 * (EPOCHS / 8) ** -0.8
    at_end = 0.3 + 0.7 * (50 / 8) ** -0.8

    def likelihood(log_level: float) -> float:
        gap = np.log(ERRORS) - log_level - np.log(shape)
        return math.exp(-0.5 * float(np.square(gap).sum()) / noise**2)

    middle = float(np.mean(np.log(ERRORS) - np.log(shape)))
    whole = quad(likelihood, middle - 1, middle + 1, points=[middle], limit=200)[0]
    found = forecast_end(EPOCHS, ERRORS, 50.0)
    for share in (0.1, 0.5, 0.9):
        error = found.quantile(share)
        edge = math.log(error / at_end)
        below = quad(likelihood, middle - 1, edge, limit=200)[0]
        assert found.chance(error) == pytest.approx(below / whole, abs=1e-6)
        assert below / whole == pytest.approx(share, abs=1e-5)


def test_how_likely_noises_are_is_their_likelihood_with_the_level_integrated_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two noises and one shape: their odds are those of two integrals over the level."""
    noises = np.array([0.03, 0.15])
    for name, only in (("LEFT", [0.3]), ("STEEPNESS", [0.8]), ("NOISE", noises)):
        monkeypatch.setattr(training_curve, name, np.array(only))
    shape = 0.3 + 0.7 * (EPOCHS / 8) ** -0.8
    gap = np.log(ERRORS) - np.log(shape)

    def density(log_level: float, noise: float) -> float:
        squares = float(np.square(gap - log_level).sum())
        return math.exp(-0.5 * squares / noise**2) / noise ** len(gap)

    middle = float(gap.mean())
    first, second = (
        quad(density, middle - 2, middle + 2, args=(s,), points=[middle], limit=300)[0]
        for s in noises.tolist()
    )
    weights = forecast_end(EPOCHS, ERRORS, 50.0).weights[:, 0]
    assert weights[0] / weights[1] == pytest.approx(first / second, rel=1e-6)


def test_chances_come_true_as_often_as_they_say() -> None:
    """250 curves drawn from the prior: in each fifth of chances, within three standard errors."""
    rng = np.random.default_rng(11)
    said, came = [], []
    for _ in range(250):
        left, fall, seen = rng.random(), rng.uniform(0.05, 2.0), int(rng.integers(3, 10))
        noise = math.exp(rng.uniform(math.log(NOISE[0]), math.log(NOISE[-1])))
        epochs = np.arange(1.0, seen + 1)
        errors = 0.1 * (left + (1 - left) * (epochs / seen) ** -fall)
        errors = np.minimum(errors * np.exp(noise * rng.normal(size=seen)), 1.0)
        target = 0.1 * rng.uniform(0.3, 1.0)
        said.append(forecast_end(epochs, errors, 50.0).chance(target))
        came.append(0.1 * (left + (1 - left) * (50 / seen) ** -fall) <= target)
    chances, met = np.array(said), np.array(came, dtype=float)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (chances >= low) & (chances <= low + 0.2)
        expected = chances[inside].mean()
        error = math.sqrt(max(expected * (1 - expected), 0.02) / inside.sum())
        assert met[inside].mean() == pytest.approx(expected, abs=3 * error)


@settings(max_examples=12, deadline=None)
@given(st.floats(0.005, 0.5), st.floats(0.01, 0.4), st.floats(0.2, 1.5))
def test_more_is_never_less_likely_and_the_end_never_lies_above_what_is_certain(
    low: float, more: float, fall: float
) -> None:
    """Chances rise with the error asked for; quantiles invert them."""
    errors = 0.02 + 0.3 * EPOCHS**-fall
    end = forecast_end(EPOCHS, errors, 30.0)
    assert end.chance(low) <= end.chance(min(low + more, 0.99)) + 1e-12
    assert end.chance(end.quantile(0.3)) == pytest.approx(0.3, abs=1e-3)
    assert end.quantile(0.1) <= end.quantile(0.5) <= end.quantile(0.9)


def test_a_curve_that_is_seen_to_its_end_ends_there() -> None:
    """Within the noise of what was measured."""
    epochs = np.arange(1.0, 41.0)
    errors = 0.05 + 0.3 / epochs
    end = forecast_end(epochs, errors, 40.0)
    assert end.quantile(0.5) == pytest.approx(errors[-1], rel=0.02)
