"""How good is a probabilistic forecast, once the value is known?

Proper scores and coverage, for forecasts held as draws or as mixtures of normals. Arrays in,
arrays out; no files, no models. Smaller is better for CRPS and the interval score, larger for the
log density.
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


def crps_of_normals(
    means: ArrayLike, sds: ArrayLike, observed: float, weights: ArrayLike | None = None
) -> float:
    r"""Return the CRPS of a mixture of normals in closed form.

    :math:`\sum_i w_i A(y - \mu_i, \sigma_i) - \tfrac12 \sum_{ij} w_i w_j
    A(\mu_i - \mu_j, \sqrt{\sigma_i^2 + \sigma_j^2})` with :math:`A(d, s) = E|d + s Z|`.

    Parameters
    ----------
    means, sds : array_like of shape (k,)
        Components; standard deviations are positive.
    observed : float
        What came.
    weights : array_like of shape (k,), optional
        Of the components, summing to 1; equal by default.

    Notes
    -----
    O(k²): for hundreds of components, not for thousands.

    References
    ----------
    .. [1] Grimit, Gneiting, Berrocal, Johnson (2006), The continuous ranked probability score for
       circular variables and its application to mesoscale forecast ensemble verification, eq. 5.

    Examples
    --------
    >>> round(crps_of_normals([0.0], [1.0], 0.0), 6)
    0.233695
    """
    mu, sd = np.asarray(means, dtype=float), np.asarray(sds, dtype=float)
    share = np.full(len(mu), 1.0 / len(mu)) if weights is None else np.asarray(weights, dtype=float)
    to_observed = _mean_distance(observed - mu, sd)
    apart = _mean_distance(mu[:, None] - mu[None, :], np.hypot(sd[:, None], sd[None, :]))
    return float(share @ to_observed - 0.5 * share @ apart @ share)


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


def interval_score(
    lower: ArrayLike, upper: ArrayLike, observed: ArrayLike, *, level: float
) -> Floats:
    r"""Return Winkler's interval score: width, plus a fine for every miss.

    :math:`(u - l) + \tfrac{2}{\alpha}(l - y)_+ + \tfrac{2}{\alpha}(y - u)_+` with
    :math:`\alpha = 1 -` ``level``.

    Parameters
    ----------
    lower, upper, observed : array_like of shape (n,)
        Ends of the central interval and what came.
    level : float
        Probability the interval should hold, strictly between 0 and 1.

    References
    ----------
    .. [1] Winkler (1972), A decision-theoretic approach to interval estimation; Gneiting & Raftery
       (2007), Strictly proper scoring rules, section 6.2.

    Examples
    --------
    >>> interval_score([0.0], [1.0], [1.5], level=0.8).round(6).tolist()
    [6.0]
    """
    low, high, seen = (np.asarray(value, dtype=float) for value in (lower, upper, observed))
    fine = 2.0 / (1.0 - level)
    missed = np.maximum(low - seen, 0.0) + np.maximum(seen - high, 0.0)
    return np.asarray(high - low + fine * missed, dtype=np.float64)


def log_sum_exp(values: Floats) -> Floats:
    """Return log of the sum of exponentials along the first axis, without overflow."""
    top = np.max(values, axis=0)
    anchor = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):  # every term -inf: the sum is 0, its logarithm -inf
        return np.asarray(anchor + np.log(np.exp(values - anchor).sum(axis=0)), dtype=np.float64)


def _mean_distance(difference: Floats, sd: Floats) -> Floats:
    """Return E|d + s Z| for a standard normal Z."""
    z = difference / sd
    density = np.exp(-0.5 * z**2 - _LOG_SQRT_2PI)
    return np.asarray(2.0 * sd * density + difference * (2.0 * normal_cdf(z) - 1.0))
