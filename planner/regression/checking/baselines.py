"""What do simple models forecast for rows they were not fitted on?

Three that a hierarchical model has to beat: the published equation as it stands, the same
equation refitted by Bayesian linear regression, and a power law through a curve's own first points.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Floats
from planner.domain.power_law import fit_power_law
from planner.domain.published_equations import PRINTED_COEFFICIENTS, TERMS
from planner.domain.results.validation import PLUGIN_SD
from planner.domain.scores import log_sum_exp
from planner.regression.checking.row_scores import RowForecast
from planner.regression.rows.observations import ObservationTable, design_columns

PLUGIN = "published plug-in"
POOLED = "pooled GLM"
POWER_LAW = "power law"

PRINTED_STANDARD_ERRORS = {
    "intercept": 0.151,
    "log10_images": 0.029,
    "pretrained_log10_images": 0.016,
    "relative_complexity": 0.136,
    "type": 0.093,
}
"""Table 1's standard errors."""

PRIOR_WIDTH = 2.0
"""Prior standard deviations of the pooled model, in Table 1's standard errors."""

_SD_GRID = np.exp(np.linspace(math.log(0.08), math.log(0.9), 60))
_SD_MEDIAN, _SD_SPREAD = 0.22, 0.7


def plugin_forecast(table: ObservationTable) -> RowForecast:
    """Return Eq. 1 with printed coefficients and noise .19; its mean never above the chance error.

    Neither coefficients nor noise are uncertain: that is how such an equation is used as it stands.
    """
    mean = _design(table) @ np.array([PRINTED_COEFFICIENTS[name] for name in TERMS])
    capped = np.minimum(mean, table.log10_chance)
    return RowForecast(capped[None, :], np.full((1, len(table)), PLUGIN_SD))


def pooled_forecast(table: ObservationTable, fold: NDArray[np.int64]) -> RowForecast:
    r"""Return Eq. 1 refitted without each fold, with its own uncertainty.

    Normal linear regression of log10 error; priors are Table 1's estimates with twice their
    standard errors, and a lognormal for the noise (median .22, sd of the logarithm .7). Given the
    noise everything is normal, so a grid over it gives the exact mixture; no sampler.

    Parameters
    ----------
    table : ObservationTable
        All rows.
    fold : ndarray of int, shape (n_rows,)
        Rows of one fold are forecast from those of all others.
    """
    design, y = _design(table), table.log10_error
    shape = (len(_SD_GRID), len(table))
    means, sds, log_weights = np.empty(shape), np.empty(shape), np.empty(shape)
    for each in np.unique(fold):
        out = fold == each
        fitted = [_conjugate(design[~out], y[~out], sd) for sd in _SD_GRID]
        weights = np.array([evidence for _, _, evidence in fitted])
        log_weights[:, out] = (weights - log_sum_exp(weights))[:, None]
        for k, (mean, covariance, _) in enumerate(fitted):
            means[k, out] = design[out] @ mean
            spread = np.einsum("ni,ij,nj->n", design[out], covariance, design[out])
            sds[k, out] = np.sqrt(spread + _SD_GRID[k] ** 2)
    return RowForecast(means, sds, log_weights)


def power_law_forecast(table: ObservationTable) -> RowForecast:
    """Return a power law through the points of the same curve with fewer images.

    Where fewer than two such points exist there is no forecast: nan.
    """
    x, y = np.log10(table.n_images), table.log10_error
    curves: dict[str, list[int]] = {}
    for i, name in enumerate(table.curve):
        curves.setdefault(name, []).append(i)
    mean, sd = np.full(len(table), np.nan), np.full(len(table), np.nan)
    for members in curves.values():
        for i in members:
            below = [j for j in members if x[j] < x[i]]
            if len({x[j] for j in below}) >= 2:
                law = fit_power_law(x[below], y[below])
                mean[i], sd[i] = (float(value) for value in law.predict(x[i]))
    return RowForecast(mean[None, :], sd[None, :])


BASELINES: dict[str, Callable[[ObservationTable, NDArray[np.int64]], RowForecast]] = {
    PLUGIN: lambda table, _fold: plugin_forecast(table),
    POOLED: pooled_forecast,
    POWER_LAW: lambda table, _fold: power_law_forecast(table),
}
"""Simple models by name, each from all rows and their folds."""


def _design(table: ObservationTable) -> Floats:
    columns = design_columns(table)
    log10_images = columns["log10_images"]
    return np.column_stack(
        [
            np.ones(len(table)),
            log10_images,
            columns["pretrained"] * log10_images,
            columns["relative_complexity"],
            columns["segmentation"],
        ]
    )


def _conjugate(design: Floats, y: Floats, sd: float) -> tuple[Floats, Floats, float]:
    """Posterior mean and covariance of the coefficients given the noise, and its log weight."""
    centre = np.array([PRINTED_COEFFICIENTS[name] for name in TERMS])
    prior_sd = PRIOR_WIDTH * np.array([PRINTED_STANDARD_ERRORS[name] for name in TERMS])
    residual = y - design @ centre
    precision = design.T @ design / sd**2 + np.diag(prior_sd**-2)
    covariance = np.linalg.inv(precision)
    pull = design.T @ residual / sd**2
    shift = covariance @ pull
    # log evidence by the matrix determinant lemma: n x n matrices are never formed
    determinant = np.linalg.slogdet(precision)[1] + 2.0 * np.log(prior_sd).sum()
    evidence = -len(y) * math.log(sd) - 0.5 * determinant
    evidence -= 0.5 * (residual @ residual / sd**2 - pull @ shift)
    prior = -0.5 * (math.log(sd / _SD_MEDIAN) / _SD_SPREAD) ** 2  # the grid is even in log sd
    return centre + shift, covariance, float(evidence + prior)
