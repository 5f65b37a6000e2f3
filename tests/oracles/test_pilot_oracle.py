"""Updates with pilots against the posterior written out on a grid, with nothing sampled."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.domain.posterior import Posterior
from planner.domain.project import Pilot, Project
from planner.forecast.forecast import build_forecast
from planner.testing import synthetic_hierarchy

DISCREPANCY, SIGMA, CLASSES = 0.1, 0.01, 20
GUESS = 1 - 1 / CLASSES
NEW = [1_000.0, 30_000.0, 500_000.0]

type Array = NDArray[np.float64]


@pytest.mark.parametrize("at_chance", [1.0, 0.5])
@pytest.mark.parametrize(
    "runs",
    [
        [(1_000, 0.3, None)],
        [(150, 0.93, 200)],
        [(150_000, 0.02, 2_000)],
        [(400, 0.5, 500), (1_600, 0.3, 500), (6_400, 0.2, 500)],
        [(2_000, 0.2, None), (2_000, 0.25, None), (3_000, 0.18, 300)],
        [(1_000, 0.2, 1_000), (10_000, 0.19, 1_000)],
    ],
)
def test_an_update_is_the_posterior_on_a_grid(
    runs: list[tuple[int, float, int | None]], at_chance: float
) -> None:
    """With coefficients known, quantiles of log10 error are those of two-dimensional quadrature.

    The grid integrates level and log slope; discrepancy and noise at new sizes are normal given
    the runs, so that the prediction is a mixture of normals.
    """
    posterior = synthetic_hierarchy(4_000, spread=0.0, discrepancy=DISCREPANCY, sigma=SIGMA, seed=1)
    posterior = _with_discrepancy_at_chance(posterior, at_chance)
    pilots = [
        Pilot(images=n, error=error, test_images=tested, architecture="ResNet-50")
        for n, error, tested in runs
    ]
    project = Project(
        id="grid",
        classes=None,
        class_counts={str(k): 1 for k in range(CLASSES)},
        target_error=0.05,
        images={"held": 0, "limit": 1_000_000},  # type: ignore[arg-type]
        pilots=pilots,  # type: ignore[arg-type]
    )
    forecast = build_forecast(project, posterior)
    drawn = np.log10(forecast.error_draws(NEW, "ResNet-50"))
    expected = _on_a_grid(project.relative_complexity, runs, at_chance)
    levels = (0.1, 0.25, 0.5, 0.75, 0.9)
    found = np.quantile(drawn, levels, axis=0)
    width = expected(0.9) - expected(0.1)
    for level, row in zip(levels, found, strict=True):
        assert row == pytest.approx(expected(level), abs=0.06 * width.max() + 0.004)


def _with_discrepancy_at_chance(posterior: Posterior, at_chance: float) -> Posterior:
    spec = posterior.spec
    assert spec is not None
    law = replace(spec.discrepancy, at_chance=at_chance)
    return replace(posterior, spec=replace(spec, discrepancy=law))


def _on_a_grid(
    complexity: float, runs: list[tuple[int, float, int | None]], at_chance: float
) -> Callable[[float], Array]:
    """Return the quantile function of log10 error at the new sizes."""
    level_mean, level_sd = -0.05 + 0.75 * (complexity - 0.5) - 0.45 - 0.05, math.hypot(0.4, 0.3)
    slope_mean, slope_sd = -0.9 - 0.1, math.hypot(0.5, 0.1)
    level, slope = np.meshgrid(
        np.linspace(level_mean - 6 * level_sd, level_mean + 6 * level_sd, 700),
        np.linspace(slope_mean - 5 * slope_sd, slope_mean + 5 * slope_sd, 300),
        indexing="ij",
    )

    def mean_at(images: float) -> Array:
        u = level - np.exp(slope) * (math.log10(images) - 3.5)
        return math.log10(GUESS) - np.log1p(10.0**-u) / math.log(10.0)

    x = np.log10([n for n, _, _ in runs])
    height = 1 - (1 - at_chance) * np.array([min(e / GUESS, 1.0) for _, e, _ in runs])
    path = DISCREPANCY**2 * np.exp(-np.abs(x[:, None] - x)) * height[:, None] * height
    tested = [0 if m is None else (1 - e) / (e * m * math.log(10.0) ** 2) for _, e, m in runs]
    noise = np.linalg.inv(path + np.diag(np.array(tested) + SIGMA**2))
    residual = np.stack([math.log10(e) - mean_at(n) for n, e, _ in runs])
    log_density = -0.5 * np.einsum("i...,ij,j...->...", residual, noise, residual)
    log_density -= 0.5 * ((level - level_mean) / level_sd) ** 2
    log_density -= 0.5 * ((slope - slope_mean) / slope_sd) ** 2
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    kept = weight > 1e-9

    centres, sds = [], []
    for n in NEW:
        near = DISCREPANCY**2 * np.exp(-np.abs(math.log10(n) - x)) * height
        left = 1 - (1 - at_chance) * 10.0 ** (mean_at(n) - math.log10(GUESS))
        strays = left * np.einsum("i,ij,j...->...", near, noise, residual)
        centres.append((mean_at(n) + strays)[kept])
        variance = DISCREPANCY**2 - near @ noise @ near
        sds.append(np.sqrt(left**2 * variance + SIGMA**2)[kept])

    def quantile(share: float) -> Array:
        return np.array(
            [
                min(_mixture_quantile(weight[kept], centre, sd, share), math.log10(GUESS))
                for centre, sd in zip(centres, sds, strict=True)
            ]
        )

    return quantile


def _mixture_quantile(weight: Array, centre: Array, sd: Array, share: float) -> float:
    """Return a quantile of a mixture of normals by bisection."""
    from scipy.special import ndtr

    low, high = float((centre - 6 * sd).min()), float((centre + 6 * sd).max())
    for _ in range(40):
        middle = (low + high) / 2
        below = float(weight @ ndtr((middle - centre) / sd)) / float(weight.sum())
        low, high = (middle, high) if below < share else (low, middle)
    return high
