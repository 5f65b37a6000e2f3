"""How good is a probabilistic forecast, once the value is known?

Proper scores and coverage, for forecasts held as draws or as mixtures of normals. Arrays in,
arrays out; no files, no models. Smaller is better for CRPS, larger for the log density.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from planner.domain.arrays import Floats

LEVELS = (0.5, 0.8, 0.9, 0.95)
"""Central intervals whose coverage is reported."""

_LOG_SQRT_2PI = 0.5 * math.log(2.0 * math.pi)
_erf = np.frompyfunc(math.erf, 1, 1)


def normal_cdf(z: ArrayLike) -> Floats:
    """Return P(Z <= z) for a standard normal Z.

    Examples
    --------
    >>> float(normal_cdf(0.0))
    0.5
    """
    scaled = np.asarray(z, dtype=float) / math.sqrt(2.0)
    return 0.5 * (1.0 + np.asarray(_erf(scaled), dtype=np.float64))


def central_coverage(pit: ArrayLike, level: float, weights: ArrayLike | None = None) -> float:
    """Return the share of observations inside the central interval of a given level.

    Parameters
    ----------
    pit : array_like of shape (n,)
        Probability that the forecast gave to values below the observed one, in [0, 1].
    level : float
        Of the interval, strictly between 0 and 1.
    weights : array_like of shape (n,), optional
        Relative weight of each observation; equal by default.

    Examples
    --------
    >>> central_coverage([0.05, 0.2, 0.5, 0.95], 0.8)
    0.5
    """
    inside = np.abs(np.asarray(pit, dtype=float) - 0.5) <= level / 2 + 1e-12
    return float(np.average(inside, weights=None if weights is None else np.asarray(weights)))


def pit_of_draws(draws: ArrayLike, observed: ArrayLike) -> Floats:
    """Return the share of draws below each observation, ties counted half.

    Parameters
    ----------
    draws : array_like of shape (n_draws, n)
        Predictive draws, one column per observation.
    observed : array_like of shape (n,)
        What came.
    """
    values, seen = np.asarray(draws, dtype=float), np.asarray(observed, dtype=float)
    below = (values < seen).mean(axis=0)
    return np.asarray(below + 0.5 * (values == seen).mean(axis=0), dtype=np.float64)


def crps_of_draws(draws: ArrayLike, observed: ArrayLike) -> Floats:
    r"""Return the continuous ranked probability score of forecasts held as draws.

    :math:`E|X - y| - \tfrac12 E|X - X'|` under the empirical distribution of the draws, which
    is :math:`\int (F(x) - 1\{x \ge y\})^2 dx`.

    Parameters
    ----------
    draws : array_like of shape (n_draws, n)
        Predictive draws, one column per observation, finite.
    observed : array_like of shape (n,)
        What came, in the same unit.

    Returns
    -------
    ndarray of shape (n,)
        In the unit of the observations, at least 0.

    Notes
    -----
    Sorting gives the mean distance between draws in O(n log n).
    """
    values = np.sort(np.asarray(draws, dtype=float), axis=0)
    n = len(values)
    rank_weights = 2.0 * np.arange(1, n + 1) - n - 1.0
    spread = 2.0 * np.tensordot(rank_weights, values, axes=(0, 0)) / n**2
    distance = np.abs(values - np.asarray(observed, dtype=float)).mean(axis=0)
    return np.asarray(distance - 0.5 * spread, dtype=np.float64)


def log_density_of_normals(
    means: ArrayLike, sds: ArrayLike, observed: ArrayLike, log_weights: ArrayLike | None = None
) -> Floats:
    """Return the log density that mixtures of normals gave to the observations.

    Parameters
    ----------
    means : array_like of shape (k, n)
        Means of the components, one column per observation.
    sds : array_like of shape (k, n) or (k, 1)
        Their standard deviations, positive.
    observed : array_like of shape (n,)
        What came.
    log_weights : array_like of shape (k,), optional
        Log weights that sum to 1 on the natural scale; equal by default.

    Returns
    -------
    ndarray of shape (n,)
        Natural logarithm of the density.
    """
    sd = np.asarray(sds, dtype=float)
    z = (np.asarray(observed, dtype=float) - np.asarray(means, dtype=float)) / sd
    weights = -math.log(len(z)) if log_weights is None else np.asarray(log_weights)[:, None]
    return log_sum_exp(-0.5 * z**2 - np.log(sd) - _LOG_SQRT_2PI + weights)


def pit_of_normals(
    means: ArrayLike, sds: ArrayLike, observed: ArrayLike, weights: ArrayLike | None = None
) -> Floats:
    """Return the probability that mixtures of normals gave to values below the observations.

    Shapes as for :func:`log_density_of_normals`, with natural ``weights``.
    """
    z = (np.asarray(observed, dtype=float) - np.asarray(means, dtype=float)) / np.asarray(sds)
    share = None if weights is None else np.asarray(weights, dtype=float)
    return np.asarray(np.average(normal_cdf(z), axis=0, weights=share), dtype=np.float64)


def log_sum_exp(values: Floats) -> Floats:
    """Return log of the sum of exponentials along the first axis, without overflow."""
    top = np.max(values, axis=0)
    anchor = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):  # every term -inf: the sum is 0, its logarithm -inf
        return np.asarray(anchor + np.log(np.exp(values - anchor).sum(axis=0)), dtype=np.float64)
