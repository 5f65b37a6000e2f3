"""How are weighted draws smoothed, judged and turned back into equally weighted ones?"""

import math
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Places

_FEWEST_TAIL = 5
_PRIOR_WEIGHT = 10.0  # of shape 1/2 in the fit, in observations: Vehtari et al. 2024, appendix C


@dataclass(frozen=True, eq=False)
class SmoothedWeights:
    """Normalised importance weights.

    Attributes
    ----------
    weights : ndarray of shape (n_draws,)
        Sum to 1.
    k_hat : float
        Shape of the Pareto tail of the raw weights; above 0.7 they cannot be relied on.
    effective : float
        Effective number of draws, 1 / sum of squared weights.
    """

    weights: Floats
    k_hat: float
    effective: float


def pareto_smooth(log_weights: Floats) -> SmoothedWeights:
    """Replace the largest weights by expected order statistics of a fitted Pareto tail.

    Pareto-smoothed importance sampling (Vehtari et al., JMLR 2024): the tail holds the largest
    min(n / 5, 3 sqrt(n)) weights; none ends above the largest raw one.

    Parameters
    ----------
    log_weights : ndarray of shape (n_draws,)
        Natural logarithms, up to a constant.
    """
    shifted = log_weights - log_weights.max()
    n_tail = int(min(len(shifted) / 5.0, 3.0 * math.sqrt(len(shifted))))
    k_hat = -math.inf
    if n_tail >= _FEWEST_TAIL:
        order = np.argsort(shifted, kind="stable")
        tail, cut = order[-n_tail:], float(shifted[order[-n_tail - 1]])
        cut = max(cut, math.log(np.finfo(np.float64).tiny))
        excess = np.exp(shifted[tail]) - math.exp(cut)
        tail, excess = tail[excess > 0.0], excess[excess > 0.0]
        if len(excess) >= _FEWEST_TAIL:
            k_hat, scale = fit_pareto(excess)
            levels = (np.arange(len(excess)) + 0.5) / len(excess)
            with np.errstate(over="ignore"):  # beyond the largest raw weight, which caps it
                smooth = pareto_quantile(levels, k_hat, scale) + math.exp(cut)
            shifted = shifted.copy()
            shifted[tail] = np.minimum(np.log(smooth), 0.0)
    weights = np.exp(shifted)
    weights /= weights.sum()
    return SmoothedWeights(weights, k_hat, float(1.0 / np.sum(weights**2)))


def fit_pareto(excess: Floats) -> tuple[float, float]:
    """Return shape and scale of a generalised Pareto distribution fitted to sorted excesses.

    The quasi-Bayesian estimate of Zhang and Stephens (Technometrics 2009), its shape drawn a
    little towards 1/2.

    Parameters
    ----------
    excess : ndarray of shape (n,)
        Positive, in rising order.
    """
    n = len(excess)
    n_grid = 30 + int(math.sqrt(n))
    grid = 1.0 - np.sqrt(n_grid / (np.arange(1, n_grid + 1) - 0.5))
    quartile = excess[int(n / 4 + 0.5) - 1]
    grid = grid / (3.0 * quartile) + 1.0 / excess[-1]
    shapes = np.log1p(-grid[:, None] * excess).mean(axis=1)
    fits = n * (np.log(-grid / shapes) - shapes - 1.0)
    weights = np.exp(fits - fits.max())
    rate = float(np.sum(grid * weights) / weights.sum())
    shape = float(np.log1p(-rate * excess).mean())
    scale = -shape / rate
    return (n * shape + _PRIOR_WEIGHT * 0.5) / (n + _PRIOR_WEIGHT), scale


def pareto_quantile(levels: Floats, shape: float, scale: float) -> Floats:
    """Return quantiles of a generalised Pareto distribution."""
    if abs(shape) < 1e-12:
        return np.asarray(-scale * np.log1p(-levels))
    return np.asarray(scale * np.expm1(-shape * np.log1p(-levels)) / shape)


def coupled_rows(weights: Floats, uniform: float) -> Places:
    """Resample draws so that as many as possible stay in their own row.

    Systematic resampling fixes how often each draw appears; a draw that appears at all keeps its
    own row, and further copies fill the rows of those that do not.

    Parameters
    ----------
    weights : ndarray of shape (n_draws,)
        Sum to 1.
    uniform : float
        In [0, 1); the only randomness.

    Returns
    -------
    ndarray of int, shape (n_draws,)
        Source of each row.
    """
    n = len(weights)
    # points at uniform, 1 + uniform, ...: how many lie before each end, rounding forgiven
    ends = np.ceil(np.cumsum(weights) * n - uniform - 1e-9).astype(np.intp)
    ends[-1] = n
    counts = np.diff(np.clip(ends, 0, n), prepend=0)
    sources = np.arange(n)
    sources[counts == 0] = np.repeat(np.arange(n), np.maximum(counts - 1, 0))
    return sources
