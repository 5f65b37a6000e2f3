"""How are forecasts of measured rows scored and summarised?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from planner.domain.arrays import Floats
from planner.domain.format import percent_to_type
from planner.domain.results.validation import ScoreSummary
from planner.domain.scores import (
    LEVELS,
    central_coverage,
    crps_of_draws,
    log_density_of_normals,
    pit_of_normals,
)

_N_DRAWS = 4000


@dataclass(frozen=True, eq=False)
class RowForecast:
    """Forecasts of log10 error as mixtures of normals, one column per row.

    Attributes
    ----------
    means, sds : ndarray of shape (k, n_rows)
        Components; nan in a column that has no forecast.
    log_weights : ndarray of shape (k, n_rows), optional
        Of the components; equal by default.
    """

    means: Floats
    sds: Floats
    log_weights: Floats | None = None


@dataclass(frozen=True, eq=False)
class RowScores:
    """Scores of rows, each of shape (n_rows,); nan where there is no forecast.

    Attributes
    ----------
    log_density : ndarray
        Of log10 error, natural logarithm; the forecast's cap is not applied.
    crps : ndarray
        Of log10 error, draws capped at the chance error.
    pit : ndarray
        Probability of a smaller log10 error.
    median : ndarray
        Of the capped forecast.
    """

    log_density: Floats
    crps: Floats
    pit: Floats
    median: Floats


def score_rows(
    forecast: RowForecast, log10_error: Floats, log10_chance: Floats, rng: np.random.Generator
) -> RowScores:
    """Score forecasts of log10 error, given what was measured.

    Parameters
    ----------
    forecast : RowForecast
        Before the cap.
    log10_error, log10_chance : ndarray of shape (n_rows,)
        Measured; the cap on draws.
    rng : Generator
        For the draws behind CRPS and median.
    """
    n = len(log10_error)
    scores = np.full((4, n), np.nan)
    for i in range(n):
        means, sds = forecast.means[:, i], forecast.sds[:, i]
        if np.isnan(means).any():
            continue
        log_weights = None if forecast.log_weights is None else forecast.log_weights[:, i]
        weights = None if log_weights is None else np.exp(log_weights)
        columns, observed = (means[:, None], sds[:, None]), log10_error[i : i + 1]
        draws = np.minimum(_draws(means, sds, weights, rng), log10_chance[i])
        scores[0, i] = log_density_of_normals(*columns, observed, log_weights)[0]
        scores[1, i] = crps_of_draws(draws[:, None], observed)[0]
        scores[2, i] = pit_of_normals(*columns, observed, weights)[0]
        scores[3, i] = np.median(draws)
    return RowScores(*scores)


def merge_scores(parts: Sequence[tuple[NDArray[np.int64], RowScores]], n_rows: int) -> RowScores:
    """Put scores of some rows each back into the order of the table."""
    merged = {f.name: np.full(n_rows, np.nan) for f in fields(RowScores)}
    for rows, scores in parts:
        for name, values in merged.items():
            values[rows] = getattr(scores, name)
    return RowScores(**merged)


def summarise_scores(
    scores: RowScores, log10_error: Floats, datasets: Sequence[str], keep: NDArray[np.bool_]
) -> ScoreSummary | None:
    """Summarise the scored ones of the rows to keep; None if there are none."""
    at = np.flatnonzero(keep & ~np.isnan(scores.pit))
    if len(at) == 0:
        return None
    names = np.array(datasets)[at]
    sets = tuple(dict.fromkeys(names.tolist()))
    weights = np.array([1.0 / np.sum(names == name) for name in names])
    density, density_se = _by_set(scores.log_density[at], names, sets)
    crps, crps_se = _by_set(scores.crps[at], names, sets)
    pit = scores.pit[at]
    return ScoreSummary(
        rows=len(at),
        datasets=len(sets),
        log_density=float(scores.log_density[at].mean()),
        log_density_by_set=density,
        log_density_by_set_se=density_se,
        crps=float(scores.crps[at].mean()),
        crps_by_set=crps,
        crps_by_set_se=crps_se,
        bias=float(np.mean(scores.median[at] - log10_error[at])),
        coverage={percent_to_type(level): central_coverage(pit, level) for level in LEVELS},
        coverage_by_set={
            percent_to_type(level): central_coverage(pit, level, weights) for level in LEVELS
        },
    )


def _by_set(
    values: Floats, names: NDArray[np.str_], sets: Sequence[str]
) -> tuple[float, float | None]:
    """Return the mean over data sets of their means, and its standard error."""
    means = np.array([values[names == name].mean() for name in sets])
    if len(means) < 2:
        return float(means.mean()), None
    return float(means.mean()), float(means.std(ddof=1) / math.sqrt(len(means)))


def _draws(means: Floats, sds: Floats, weights: Floats | None, rng: np.random.Generator) -> Floats:
    """Return draws of a mixture: components in proportion, normals evenly spread."""
    k = len(means)
    if weights is None:
        component = np.resize(np.arange(k), max(k, _N_DRAWS))
    else:
        ends = np.cumsum(weights / weights.sum())
        positions = (np.arange(_N_DRAWS) + 0.5) / _N_DRAWS
        component = np.minimum(np.searchsorted(ends, positions), k - 1)
    n = len(component)
    normals = rng.permutation(ndtri((np.arange(n) + 0.5) / n))
    return np.asarray(means[component] + sds[component] * normals, dtype=np.float64)
