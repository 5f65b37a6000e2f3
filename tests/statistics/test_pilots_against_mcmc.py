"""Updates with pilots against a refit with the pilots among its rows; run with ``-m mcmc``.

The refit samples coefficients and the new data set together, from the shipped rows and the runs.
Medians of log10 error and of log10 data needed must agree within .05, the 90 % quantile of the
latter within .15, each allowing for two Monte Carlo errors.
"""

import math
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.domain.project import Images, Pilot, Project
from planner.domain.specification import Discrepancy
from planner.domain.vocabulary import Backbone, Task
from planner.forecast.forecast import build_forecast
from planner.regression.architecture_table import known_covariates
from planner.regression.build import effect_labels
from planner.regression.fit import Fit, fit_model
from planner.regression.observations import Observation, build_table
from planner.regression.shipped_data import read_observations
from planner.regression.store import load_model

pytestmark = pytest.mark.mcmc

type Array = NDArray[np.float64]

NETWORK, NAME = "ResNet-50", "project"
MONTE_CARLO = 0.04  # two errors of a difference of medians of log10 data needed
LN10 = math.log(10.0)


@dataclass(frozen=True)
class Case:
    """Runs of one new data set: images, error, test images; a target, and sizes to forecast."""

    classes: int
    runs: tuple[tuple[int, float, int], ...]
    target: float
    sizes: tuple[float, ...]


CASES = {
    "one run": Case(100, ((1_000, 0.45, 2_000),), 0.15, (10_000.0, 100_000.0)),
    "three runs": Case(
        10,
        ((500, 0.2, 100_000), (1_500, 0.13, 100_000), (5_000, 0.08, 100_000)),
        0.04,
        (20_000.0, 100_000.0),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_update_agrees_with_a_refit(name: str) -> None:
    """Errors and data needed after an update are those of a refit with the runs appended."""
    case = CASES[name]
    errors, needed = _by_refit(case)
    model = load_model("transfer")
    project = Project(
        id=NAME,
        classes=case.classes,
        target_error=case.target,
        images=Images(limit=1_000_000),
        pilots=tuple(Pilot(n, error, tested, NETWORK) for n, error, tested in case.runs),
    )
    forecast = build_forecast(project, model)
    assert forecast.pilot_quality is not None
    assert forecast.pilot_quality.is_reliable
    updated = np.log10(forecast.error_draws(case.sizes, NETWORK))
    assert np.median(updated, axis=0) == pytest.approx(np.median(errors, axis=0), abs=0.05)
    ours = np.log10(forecast.data_needed_draws(case.target, NETWORK))
    assert _quantile(ours, 0.5) == pytest.approx(_quantile(needed, 0.5), abs=0.05 + MONTE_CARLO)
    assert _quantile(ours, 0.9) == pytest.approx(_quantile(needed, 0.9), abs=0.15 + 2 * MONTE_CARLO)


def _quantile(draws: Array, share: float) -> float:
    return float(np.quantile(draws, share, method="inverted_cdf"))


def _by_refit(case: Case) -> tuple[Array, Array]:
    """Return draws of log10 error at the sizes and of log10 data needed."""
    spec = load_model("transfer").spec
    assert spec is not None
    rows = [*read_observations(), *(_row(case, *run) for run in case.runs)]
    fit = fit_model(build_table(rows), spec, seed=1, tune=800, draws=1_000, target_accept=0.93)
    level = _effect(fit, "A", NAME) + _effect(fit, "P", NAME) + _effect(fit, "R", NETWORK)
    slope = _effect(fit, "L", NAME) + _scalar(fit, "l_pre") + _effect(fit, "LC", f"{NAME} | 1 | 0")
    return _predict(case, spec.discrepancy, level, np.exp(slope), _scalar(fit, "sigma"))


def _row(case: Case, images: int, error: float, tested: int) -> Observation:
    top1, parameters = known_covariates(NETWORK)
    return Observation(
        dataset=NAME,
        task=Task.CLASSIFICATION,
        architecture=NETWORK,
        n_images=images,
        error=error,
        relative_complexity=math.log(case.classes) / math.log(1_000),
        pretrained=True,
        backbone=Backbone.FINETUNED,
        study=NAME,
        pretraining="imagenet-1k",
        chance_error=1 - 1 / case.classes,
        top1_percent=top1,
        parameters=parameters,
        test_images=tested,
    )


def _scalar(fit: Fit, name: str) -> Array:
    return np.asarray(fit.trace.posterior[name].values).ravel()


def _effect(fit: Fit, name: str, label: str) -> Array:
    """Return a group's effect; the sampler sees standardised ones where it is not centred."""
    (group,) = (group for group in fit.spec.groups if group.name == name)
    at = effect_labels(fit.table, group).index(label)
    posterior = fit.trace.posterior
    if name in posterior:
        return np.asarray(posterior[name].values)[..., at].ravel()
    return np.asarray(posterior[f"{name}_z"].values)[..., at].ravel() * _scalar(fit, group.sd)


def _predict(
    case: Case, law: Discrepancy, level: Array, slope: Array, sigma: Array
) -> tuple[Array, Array]:
    """Return draws at the sizes, and first crossings on nodes, from dense normals."""
    rng = np.random.default_rng(0)
    nodes = np.arange(0.0, 8.0001, 0.125)
    asked = np.concatenate([nodes, np.log10(case.sizes)])
    seen = np.log10([n for n, _, _ in case.runs])
    tested = np.array([(1 - e) / (e * m * LN10**2) for _, e, m in case.runs])
    guess = math.log10(1 - 1 / case.classes)

    def mean(x: Array) -> Array:
        u = level[:, None] - slope[:, None] * (x - 3.5)
        return guess - np.log1p(10.0**-u) / LN10

    def kernel(left: Array, right: Array) -> Array:
        return law.scale**2 * np.exp(-np.abs(left[:, None] - right) / law.decades)

    def height(log10_error: Array) -> Array:
        share = np.minimum(10.0 ** (log10_error - guess), 1.0)
        return 1.0 - share + law.at_chance * share

    measured = np.log10([error for _, error, _ in case.runs])
    seen_height = height(measured)
    cross = seen_height[:, None] * kernel(seen, asked)
    noise = np.outer(seen_height, seen_height) * kernel(seen, seen)
    noise = noise + np.eye(len(seen)) * (tested + sigma[:, None, None] ** 2)
    gain = np.swapaxes(
        np.linalg.solve(noise, np.broadcast_to(cross, (len(sigma), *cross.shape))), 1, 2
    )
    strayed = np.einsum("sij,sj->si", gain, measured - mean(seen))
    covariance = kernel(asked, asked) - gain @ cross
    root = np.linalg.cholesky(covariance + 1e-9 * np.eye(len(asked)))
    normals = rng.standard_normal((len(sigma), len(asked)))
    strayed += np.einsum("sij,sj->si", root, normals)
    centre = mean(asked)
    drawn = centre + height(centre) * strayed
    drawn += sigma[:, None] * rng.standard_normal((len(sigma), 1))
    gap = drawn[:, : len(nodes)] - math.log10(case.target)
    first = np.argmax(gap <= 0, axis=1)
    row, before = np.arange(len(first)), np.maximum(first - 1, 0)
    above, below = gap[row, before], gap[row, first]
    share = np.where(first > 0, above / np.where(above > below, above - below, 1.0), 0.0)
    crossing = nodes[before] + 0.125 * share
    return drawn[:, len(nodes) :], np.where((gap <= 0).any(axis=1), crossing, np.inf)
