r"""Within which band does the distribution of uniform ranks stay, at all ranks at once?

With n refits of L draws each, a rank is one of 0..L. The number of ranks up to j is binomial with
share :math:`z_j = (j + 1)/(L + 1)`, and from one j to the next it is a Markov chain, so the chance
of staying within any band is a sum over its states: exact, without simulation.

References
----------
.. [1] Säilynoja, Bürkner, Vehtari (2022), Graphical test for discrete uniformity and its
   applications in goodness-of-fit evaluation and multiple sample comparison, Statistics and
   Computing 32.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from planner.domain.arrays import Floats, Rows

_BISECTIONS = 50
_FIRST = 1e-9
"""Pointwise level below which no band is needed."""


@dataclass(frozen=True, eq=False)
class Band:
    """Least and largest number of ranks up to each rank but the last; ends included."""

    lower: Rows
    upper: Rows

    def holds(self, counts: Rows) -> bool:
        """Tell whether a path stays within the band everywhere."""
        return bool(np.all((self.lower <= counts) & (counts <= self.upper)))


def counts_up_to(ranks: Rows, n_draws: int) -> Rows:
    """Return how many ranks are at most 0, 1, ..., ``n_draws`` - 1.

    Examples
    --------
    >>> counts_up_to(np.array([0, 2, 2]), 3).tolist()
    [1, 1, 3]
    """
    return np.cumsum(np.bincount(ranks, minlength=n_draws + 1))[:-1]


@cache
def simultaneous_band(n_refits: int, n_draws: int, level: float = 0.99) -> Band:
    """Return the band that uniform ranks stay within with a chance of at least ``level``.

    Every point of it has the same pointwise level, the largest for which that holds.

    Parameters
    ----------
    n_refits, n_draws : int
        Ranks, and draws that each is a rank among.
    level : float, default=0.99
        Simultaneous.
    """
    low, high = _FIRST, 1.0 - level
    for _ in range(_BISECTIONS):
        middle = float(np.sqrt(low * high))
        if chance_within(_band_above(n_refits, n_draws, middle), n_refits) >= level:
            low = middle
        else:
            high = middle
    return _band_above(n_refits, n_draws, low)


def p_value(ranks: Rows, n_draws: int) -> float:
    """Return the chance that uniform ranks stray at least as far, at their worst point.

    How far a path strays at a point is measured by its two-sided binomial p value there; at most
    1 - level exactly where the path leaves :func:`simultaneous_band`.

    Parameters
    ----------
    ranks : ndarray of int, shape (n_refits,)
        Each in 0..``n_draws``.
    n_draws : int
        Draws.
    """
    n = len(ranks)
    furthest = float(_two_sided(counts_up_to(ranks, n_draws), n, _shares(n_draws)).min())
    return 1.0 - chance_within(_band_above(n, n_draws, furthest), n)


def worst_rank(ranks: Rows, n_draws: int) -> int:
    """Return the rank at which the path strays furthest."""
    n = len(ranks)
    return int(np.argmin(_two_sided(counts_up_to(ranks, n_draws), n, _shares(n_draws))))


def chance_within(band: Band, n_refits: int) -> float:
    """Return the chance that the path of uniform ranks stays within a band.

    Parameters
    ----------
    band : Band
        Any; an empty one at some point has chance 0.
    n_refits : int
        Ranks.
    """
    z = _shares(len(band.lower))
    states, weight, before = np.array([0]), np.array([1.0]), 0.0
    for lower, upper, share in zip(band.lower, band.upper, z, strict=True):
        if upper < lower:
            return 0.0
        reached = np.arange(lower, upper + 1)
        step = (share - before) / (1.0 - before)
        more = reached[None, :] - states[:, None]
        weight = weight @ _binomial(more, (n_refits - states)[:, None], step)
        states, before = reached, share
    return float(weight.sum())


def _shares(n_draws: int) -> Floats:
    return np.arange(1, n_draws + 1) / (n_draws + 1)


def _band_above(n_refits: int, n_draws: int, level: float) -> Band:
    """Return the counts whose two-sided p value is above a level, at each point."""
    counts = np.arange(n_refits + 1)
    inside = _two_sided(counts[None, :], n_refits, _shares(n_draws)[:, None]) > level
    none = ~inside.any(axis=1)
    lower = np.where(none, 1, inside.argmax(axis=1))
    upper = np.where(none, 0, n_refits - inside[:, ::-1].argmax(axis=1))
    return Band(lower.astype(np.int64), upper.astype(np.int64))


def _two_sided(counts: Rows, n: int, share: Floats) -> Floats:
    from scipy.special import betainc

    at_most = np.where(counts >= n, 1.0, betainc(np.maximum(n - counts, 1), counts + 1, 1 - share))
    at_least = np.where(counts <= 0, 1.0, betainc(np.maximum(counts, 1), n - counts + 1, share))
    return np.asarray(np.minimum(1.0, 2.0 * np.minimum(at_most, at_least)))


def _binomial(k: Rows, n: Rows, share: float) -> Floats:
    """Return binomial probabilities; 0 for k outside 0..n."""
    from scipy.special import gammaln

    possible = (k >= 0) & (k <= n)
    inside = np.clip(k, 0, n)
    log = gammaln(n + 1) - gammaln(inside + 1) - gammaln(n - inside + 1)
    log = log + inside * np.log(share) + (n - inside) * np.log1p(-share)
    return np.where(possible, np.exp(log), 0.0)
