"""Which beta distribution has these quantiles, and what is the mean of one over it?

A share known as P10..P90, such as utilisation, follows the beta distribution with these quantiles.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv

from planner.domain.quantities import Range

__all__ = ["Beta", "fit_beta"]

_STEPS = 90
_LOG_SHAPE = (np.log(1e-3), np.log(1e9))


@dataclass(frozen=True)
class Beta:
    """Beta distribution with shape parameters ``alpha`` and ``beta``."""

    alpha: float
    beta: float

    @property
    def mean_of_inverse(self) -> float:
        """E[1/u] = (α + β − 1)/(α − 1); infinite for α ≤ 1."""
        if self.alpha <= 1:
            return float("inf")
        return (self.alpha + self.beta - 1) / (self.alpha - 1)

    def quantile(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values not exceeded with the given chances."""
        return np.asarray(betaincinv(self.alpha, self.beta, share), dtype=np.float64)


@lru_cache(maxsize=128)
def fit_beta(share: Range) -> Beta:
    r"""Return the beta distribution whose P10 and P90 are those of a range within (0, 1).

    For every α exactly one β puts P10 in place, because :math:`I_x(\alpha, \beta)` grows with β.
    Along that curve the distribution narrows as α grows, so P90 falls: a bisection on α inside
    which β is bisected finds both. Accurate to about 1e-9 in the quantiles.

    Parameters
    ----------
    share : Range
        0 < P10 < P90 < 1.

    Examples
    --------
    >>> fitted = fit_beta(Range(0.3, 0.4))
    >>> [round(float(q), 6) for q in fitted.quantile(np.array([0.1, 0.9]))]
    [0.3, 0.4]
    """
    low, high = _LOG_SHAPE
    for _ in range(_STEPS):
        middle = (low + high) / 2
        alpha = float(np.exp(middle))
        if betainc(alpha, _beta_for_p10(alpha, share.p10), share.p90) < 0.9:
            low = middle
        else:
            high = middle
    alpha = float(np.exp((low + high) / 2))
    return Beta(alpha, _beta_for_p10(alpha, share.p10))


def _beta_for_p10(alpha: float, p10: float) -> float:
    """Return β that puts a tenth of the distribution below ``p10``."""
    low, high = np.log(1e-6), np.log(1e13)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if betainc(alpha, np.exp(middle), p10) < 0.1:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))
