"""Updates with pilots against the posterior written out on a grid, with nothing sampled."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from planner.domain.arrays import Floats
from planner.domain.model.posterior import Posterior
from planner.domain.portfolio.project import Pilot, Project
from planner.forecasting.forecast import build_forecast
from planner.testing import synthetic_hierarchy

DISCREPANCY, SIGMA, CLASSES = 0.1, 0.01, 20
GUESS = 1 - 1 / CLASSES
NEW = [1_000.0, 30_000.0, 500_000.0]


@pytest.mark.slow
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
    _assert_is_the_posterior(runs, at_chance, 0.0)


@pytest.mark.parametrize(
    "runs",
    [
        [(400, 0.5, 5_000), (1_600, 0.3, 5_000), (6_400, 0.18, 5_000)],
        [(1_000, 0.2, 1_000), (10_000, 0.19, 1_000)],
    ],
)
def test_sizes_of_the_discrepancy_are_weighed_too(
    runs: list[tuple[int, float, int | None]],
) -> None:
    """Runs in line, and runs out of line, are weighed over every size that a project may have."""
    _assert_is_the_posterior(runs, 0.75, 0.8)


@pytest.mark.slow
@pytest.mark.parametrize("deviation", [0.0, 4.0])
def test_many_repeats_tell_their_own_noise(deviation: float) -> None:
    """Of 66 repeats that are as noisy as expected, or four deviations noisier than any draw.

    Repeats are pooled, and their noise is found where no draw lies; the grid integrates noise too,
    and knows every run.
    """
    rng = np.random.default_rng(1)
    noise = SIGMA * math.exp(0.3 * deviation)
    sizes = [(400, 0.5), (1_600, 0.3), (6_400, 0.18)]
    runs = [
        (images, float(error * 10 ** (noise * rng.standard_normal())), None)
        for images, error in sizes * 22
    ]
    _assert_is_the_posterior(runs, 1.0, 0.0, log_noise_sd=0.3)


def _assert_is_the_posterior(
    runs: Sequence[tuple[int, float, int | None]],
    at_chance: float,
    spread: float,
    log_noise_sd: float = 0.0,
) -> None:
    posterior = synthetic_hierarchy(4_000, spread=0.0, discrepancy=DISCREPANCY, sigma=SIGMA, seed=1)
    posterior = _with_law(posterior, at_chance, spread)
    if log_noise_sd:
        sigma = SIGMA * np.exp(log_noise_sd * np.random.default_rng(2).standard_normal(4_000))
        posterior = replace(posterior, draws={**posterior.draws, "sigma": sigma})
    pilots = [
        Pilot(images=n, error=error, test_images=tested, architecture="ResNet-50", seed=at)
        for at, (n, error, tested) in enumerate(runs)
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
    worlds = [
        (size, sigma, log_weight)
        for size in _sizes(spread)
        for sigma, log_weight in _noises(log_noise_sd)
    ]
    expected = _on_a_grid(project.relative_complexity, runs, at_chance, worlds)
    levels = (0.1, 0.25, 0.5, 0.75, 0.9)
    found = np.quantile(drawn, levels, axis=0)
    width = expected(0.9) - expected(0.1)
    for level, row in zip(levels, found, strict=True):
        assert row == pytest.approx(expected(level), abs=0.06 * width.max() + 0.004)


def _sizes(spread: float) -> list[float]:
    """Return equally likely sizes: log-normal, clipped at two deviations, root mean square 1."""
    if spread == 0.0:
        return [1.0]
    fine = np.exp(spread * np.clip(_normal_quantiles(100_000), -2.0, 2.0))
    coarse = np.exp(spread * np.clip(_normal_quantiles(16), -2.0, 2.0))
    return list((coarse / math.sqrt(float(np.mean(fine**2)))).tolist())


def _noises(log_sd: float) -> list[tuple[float, float]]:
    """Return repeat noises on a fine grid, with their log weights."""
    if log_sd == 0.0:
        return [(SIGMA, 0.0)]
    deviations = np.linspace(-3.0, 8.0, 45)
    return [(SIGMA * math.exp(log_sd * z), -0.5 * z * z) for z in deviations]


def _normal_quantiles(count: int) -> Floats:
    from scipy.special import ndtri

    return np.asarray(ndtri((np.arange(count) + 0.5) / count))


def _with_law(posterior: Posterior, at_chance: float, spread: float) -> Posterior:
    spec = posterior.spec
    assert spec is not None
    law = replace(spec.discrepancy, at_chance=at_chance, spread=spread)
    return replace(posterior, spec=replace(spec, discrepancy=law))


def _on_a_grid(
    complexity: float,
    runs: Sequence[tuple[int, float, int | None]],
    at_chance: float,
    worlds: list[tuple[float, float, float]],
) -> Callable[[float], Floats]:
    """Return the quantile function of log10 error at the new sizes.

    A world is a size of the discrepancy, a repeat noise, and the logarithm of its weight.
    """
    level_mean, level_sd = -0.05 + 0.75 * (complexity - 0.5) - 0.45 - 0.05, math.hypot(0.4, 0.3)
    slope_mean, slope_sd = -0.9 - 0.1, math.hypot(0.5, 0.1)
    n_levels, n_slopes = (700, 300) if len(worlds) == 1 else (220, 90)
    level, slope = np.meshgrid(
        np.linspace(level_mean - 6 * level_sd, level_mean + 6 * level_sd, n_levels),
        np.linspace(slope_mean - 5 * slope_sd, slope_mean + 5 * slope_sd, n_slopes),
        indexing="ij",
    )

    def mean_at(images: float) -> Floats:
        u = level - np.exp(slope) * (math.log10(images) - 3.5)
        return math.log10(GUESS) - np.log1p(10.0**-u) / math.log(10.0)

    x = np.log10([n for n, _, _ in runs])
    height = 1 - (1 - at_chance) * np.array([min(e / GUESS, 1.0) for _, e, _ in runs])
    tested = [0 if m is None else (1 - e) / (e * m * math.log(10.0) ** 2) for _, e, m in runs]
    residual = np.stack([math.log10(e) - mean_at(n) for n, e, _ in runs])
    log_prior = -0.5 * ((level - level_mean) / level_sd) ** 2
    log_prior = log_prior - 0.5 * ((slope - slope_mean) / slope_sd) ** 2
    log_densities = []
    noises = []
    for size, sigma, log_weight in worlds:
        near_each = (size * DISCREPANCY) ** 2 * np.exp(-np.abs(x[:, None] - x))
        covariance = near_each * height[:, None] * height + np.diag(np.array(tested) + sigma**2)
        noise = np.linalg.inv(covariance)
        log_density = log_prior - 0.5 * np.sum(residual * np.tensordot(noise, residual, 1), axis=0)
        log_densities.append(log_density + log_weight - 0.5 * np.linalg.slogdet(covariance)[1])
        noises.append(noise)
    largest = max(float(each.max()) for each in log_densities)

    weights: list[Floats] = []
    centres: list[list[Floats]] = [[] for _ in NEW]
    sds: list[list[Floats]] = [[] for _ in NEW]
    for (size, sigma, _), log_density, noise in zip(worlds, log_densities, noises, strict=True):
        weight = np.exp(log_density - largest)
        kept = weight > 1e-7
        weights.append(weight[kept])
        for at, n in enumerate(NEW):
            scale = size * DISCREPANCY
            near = scale**2 * np.exp(-np.abs(math.log10(n) - x)) * height
            left = 1 - (1 - at_chance) * 10.0 ** (mean_at(n) - math.log10(GUESS))
            strays = left * np.tensordot(near @ noise, residual, 1)
            centres[at].append((mean_at(n) + strays)[kept])
            variance = scale**2 - near @ noise @ near
            sds[at].append(np.sqrt(left**2 * variance + sigma**2)[kept])
    weight = np.concatenate(weights)

    def quantile(share: float) -> Floats:
        return np.array(
            [
                min(
                    _mixture_quantile(weight, np.concatenate(centre), np.concatenate(sd), share),
                    math.log10(GUESS),
                )
                for centre, sd in zip(centres, sds, strict=True)
            ]
        )

    return quantile


def _mixture_quantile(weight: Floats, centre: Floats, sd: Floats, share: float) -> float:
    """Return a quantile of a mixture of normals by bisection."""
    from scipy.special import ndtr

    low, high = float((centre - 6 * sd).min()), float((centre + 6 * sd).max())
    for _ in range(40):
        middle = (low + high) / 2
        below = float(weight @ ndtr((middle - centre) / sd)) / float(weight.sum())
        low, high = (middle, high) if below < share else (low, middle)
    return high
