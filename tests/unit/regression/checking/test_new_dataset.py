"""Data sets the model never saw: curves and likelihood from joint draws alone."""

import math

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Images, Project
from planner.domain.vocabulary import Backbone, Task
from planner.forecasting.forecast import build_forecast
from planner.regression.checking.new_dataset import (
    NewDataset,
    draw_curves,
    log_likelihood,
    new_dataset,
)
from planner.regression.fitting.slopes import slope_draws
from planner.regression.rows.observations import Observation, ObservationTable, build_table
from planner.testing import synthetic_hierarchy


def rows(
    *points: tuple[float, float], architecture: str = "ResNet-50", pretrained: bool = True
) -> ObservationTable:
    """Return rows of one curve from (images, error)."""
    return build_table(
        Observation(
            dataset="new",
            task=Task.CLASSIFICATION,
            architecture=architecture,
            n_images=images,
            error=error,
            relative_complexity=1 / 3,
            pretrained=pretrained,
            backbone=Backbone.FINETUNED,
            study="s",
            pretraining="imagenet-1k",
            chance_error=0.9,
        )
        for images, error in points
    )


def described(posterior: Posterior, table: ObservationTable) -> NewDataset:
    assert posterior.spec is not None
    rng = np.random.default_rng(1)
    return new_dataset(posterior.draws, posterior.labels, posterior.spec, table, rng)


POINTS = ((1000.0, 0.3), (10_000.0, 0.12), (100_000.0, 0.06))


@pytest.mark.parametrize("floor", [False, True])
@pytest.mark.parametrize("architecture", ["ResNet-50", "Unheard-of"])
def test_the_likelihood_is_the_integral_over_effects(floor: bool, architecture: str) -> None:
    """Importance sampling about the mode agrees with plain Monte Carlo over the prior."""
    small = synthetic_hierarchy(4, floor=floor)
    table = rows(*POINTS, architecture=architecture)
    fine = log_likelihood(
        described(small, table), table.log10_error, np.random.default_rng(2), n_samples=400
    )
    repeats = 60_000
    draws = {name: np.repeat(values, repeats, axis=0) for name, values in small.draws.items()}
    assert small.spec is not None
    rng = np.random.default_rng(3)
    many = new_dataset(draws, small.labels, small.spec, table, rng)
    residual = (table.log10_error - draw_curves(many, rng)) @ many.rotation
    terms = -0.5 * (residual**2 / many.noise_variance + np.log(2 * np.pi * many.noise_variance))
    plain = logsumexp(terms.sum(axis=1).reshape(4, -1), axis=1) - math.log(repeats)
    assert fine == pytest.approx(plain, abs=0.12)  # plain Monte Carlo's own error is about .04


def test_without_effects_the_likelihood_is_the_density_of_the_curve() -> None:
    """With every spread at zero only discrepancy and noise remain: one multivariate normal."""
    posterior = synthetic_hierarchy(4, effects=0.0)
    table = rows(*POINTS)
    dataset = described(posterior, table)
    x = np.log10(table.n_images)
    covariance = 0.01**2 * np.eye(3) + 0.1**2 * np.exp(-np.abs(x[:, None] - x[None, :]))
    found = log_likelihood(dataset, table.log10_error, np.random.default_rng(0), n_samples=3000)
    mean = dataset.mean_log10_error(np.zeros((4, dataset.n_effects)))
    expected = [multivariate_normal.logpdf(table.log10_error, m, covariance) for m in mean]
    assert found == pytest.approx(expected, abs=0.05)


def test_both_rooms_draw_the_same_curves() -> None:
    """Fitting's view of a new data set and a project's forecast have the same distribution."""
    posterior = synthetic_hierarchy(40_000, sigma=1e-6, discrepancy=0.0)
    curves = draw_curves(described(posterior, rows(*POINTS)), np.random.default_rng(5))
    project = Project(
        id="new", classes=10, target_error=0.1, images=Images(held=0, limit=1_000_000)
    )
    errors = build_forecast(project, posterior).error_draws([n for n, _ in POINTS], "ResNet-50")
    for level in (0.1, 0.5, 0.9):
        ours, theirs = (
            np.quantile(curves, level, axis=0),
            np.quantile(np.log10(errors), level, axis=0),
        )
        assert ours == pytest.approx(theirs, abs=0.03)


def test_a_known_architecture_brings_its_effect() -> None:
    """Fitted effects are reused: two fitted networks differ by the difference of their effects."""
    posterior = synthetic_hierarchy(400, effects=0.0, discrepancy=0.0)
    point = (3162.2776601683795, 0.3)
    weak, strong = (
        described(posterior, rows(point, architecture=name)).means["level"][:, 0]
        for name in ("ResNet-18", "EfficientNet-B3")
    )
    effects = posterior.draws["R"]
    assert weak - strong == pytest.approx(effects[:, 0] - effects[:, 2])


def test_slopes_are_negative_and_flatter_when_frozen() -> None:
    """Saturating curves fall always; the synthetic frozen backbone is declared flatter."""
    slopes = slope_draws(synthetic_hierarchy(2000))
    assert all((draws < 0).all() for draws in slopes.values())
    assert np.median(slopes["frozen backbone"]) > np.median(slopes["pretrained"])
