r"""Where will a training end that has run for some epochs only?

Errors by epoch fall along :math:`e_t = e_\infty + A\, t^{-c}` with log-normal noise :math:`s`. By
the share :math:`r` of the error at the last epoch seen, :math:`n`, that no epoch takes away,

.. math:: \log e_t = \log m + \log\bigl(r + (1 - r) (t / n)^{-c}\bigr) + s\,\varepsilon_t,

so that the level :math:`\log m`, with a flat prior, is integrated out exactly; :math:`r`, :math:`c`
and :math:`s` stand on a grid with equal weights (of :math:`\log s`).
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from planner.domain.arrays import Floats

__all__ = ["CurveEnd", "forecast_end", "log_likelihood", "normalised"]

LEFT = (np.arange(60) + 0.5) / 60
"""Shares of the error that stay, in [0, 1]."""
STEEPNESS = np.linspace(0.05, 2.0, 40)
NOISE = np.geomspace(0.02, 0.3, 10)
"""Of single measured errors: errors of validation move by some per cent from epoch to epoch."""
LEAST_ERROR, CLOSE = 1e-9, 1e-7
"""Where quantiles are looked for, and how near in the logarithm they are told."""


@dataclass(frozen=True, eq=False)
class CurveEnd:
    """What is known of the error at the end of a training: a mixture of log-normals.

    Attributes
    ----------
    weights : ndarray of shape (n_noises, n_curves)
        Of noise and shape of the curve, summing to 1.
    at_end : ndarray of shape (n_curves,)
        Log of the end of the likeliest curve of each shape.
    points : int
        Seen.
    """

    weights: Floats
    at_end: Floats
    points: int

    def chance(self, error: float, *, measured: bool = False) -> float:
        """Return the chance that the curve ends at an error or below; or what is measured does."""
        spread = NOISE * math.sqrt(1.0 / self.points + (1.0 if measured else 0.0))
        below = ndtr((math.log(error) - self.at_end) / spread[:, None])
        return float((self.weights * below).sum())

    def quantile(self, share: float) -> float:
        """Return the error at or below which the curve ends with a chance."""
        low, high = math.log(LEAST_ERROR), 0.0
        while high - low > CLOSE:
            middle = (low + high) / 2
            low, high = (middle, high) if self.chance(math.exp(middle)) < share else (low, middle)
        return math.exp(high)


def normalised(log_likelihoods: Floats) -> Floats:
    """Return how likely each of some curves is, all equally likely before, summing to 1."""
    weights = np.exp(log_likelihoods - log_likelihoods.max())
    return np.asarray(weights / weights.sum())


def log_likelihood(residuals: Floats, noise: Floats | float) -> Floats:
    """Return the logarithm of the density of log errors less a curve, up to a constant.

    Parameters
    ----------
    residuals : ndarray of shape (..., n)
        Of curves at the n points seen.
    noise : float or ndarray of shape (...)
        Standard deviation of the log of a measured error.
    """
    count = residuals.shape[-1]
    squares = np.square(residuals).sum(axis=-1)
    return np.asarray(-0.5 * squares / np.square(noise) - count * np.log(noise))


def forecast_end(epochs: Floats, errors: Floats, final: float) -> CurveEnd:
    """Return what a partial training curve says of its end.

    Parameters
    ----------
    epochs, errors : ndarray of shape (n,)
        At least three points, epochs above 0 and different, errors in (0, 1].
    final : float
        Epoch at which training ends, not before the last one seen.
    """
    last, count = float(epochs.max()), len(errors)
    left, steep = (grid.ravel() for grid in np.meshgrid(LEFT, STEEPNESS, indexing="ij"))
    gap = np.log(errors) - np.log(_shape(left, steep, epochs / last))
    level = gap.mean(axis=1)
    # The level integrates to s √(2π/n) times the likelihood at its best value.
    fit = np.stack([log_likelihood(gap - level[:, None], s) + math.log(s) for s in NOISE])
    at_end = level + np.log(_shape(left, steep, np.array([final / last]))[:, 0])
    return CurveEnd(normalised(fit), at_end, count)


def _shape(left: Floats, steep: Floats, time: Floats) -> Floats:
    """Return curves over their value at the last epoch seen, shape (n_curves, n_times)."""
    return np.asarray(left[:, None] + (1.0 - left[:, None]) * time ** -steep[:, None])
