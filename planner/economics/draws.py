"""How does a cost spread when its prices are only known as ranges?

Draws serve ``risk.cost`` alone; what a plan commits is the closed-form mean. They are
counter-based: a stream is keyed by the seed, an id and the price's name, so that one project's
draws do not depend on which others are in the portfolio, and a price that all projects pay is
drawn once for all.
"""

import hashlib
import json

import numpy as np

from planner.domain.arrays import Draws
from planner.domain.portfolio.portfolio import Compute
from planner.domain.quantities import Amount, Range, amount_mean
from planner.domain.vocabulary import Basis
from planner.economics.beta import fit_beta
from planner.economics.training import require_finite_mean

__all__ = ["compute_factor_draws", "price_draws", "share_draws"]


_COMPUTE = "compute"
"""Id under which prices that all projects share are drawn."""


def compute_factor_draws(compute: Compute, n_draws: int, seed: int) -> Draws:
    """Return what every committed training cost is multiplied by in each draw.

    The price over its mean, times 1/utilisation over its mean, times trials over their mean; all
    have mean 1, and are 1 where no range was given.

    Returns
    -------
    ndarray, shape (n_draws,)
        Positive.

    Raises
    ------
    InputError
        The utilisation is so uncertain that its inverse has no mean.
    """
    trials = _relative_price_draws(compute.trials, n_draws, seed, "trials")
    if compute.basis == Basis.PAPER:
        return trials * _relative_price_draws(compute.usd_per_flop, n_draws, seed, "usd_per_flop")
    factors = trials
    if compute.usd_per_hour is not None:
        per_hour = _relative_price_draws(compute.usd_per_hour, n_draws, seed, "usd_per_hour")
        factors = factors * per_hour
    if isinstance(compute.utilisation, Range):
        fitted = fit_beta(compute.utilisation)
        mean = require_finite_mean(compute.utilisation)
        uniform = _stream(seed, _COMPUTE, "utilisation").random(n_draws)
        factors = factors / fitted.quantile(uniform) / mean
    return factors


def _relative_price_draws(price: Amount, n_draws: int, seed: int, name: str) -> Draws:
    """Return draws of what all projects share over its mean; 1 where it is a single number."""
    if not isinstance(price, Range):
        return np.ones(n_draws)
    return price_draws(price, n_draws, seed, _COMPUTE, name) / amount_mean(price)


def price_draws(price: Range, n_draws: int, seed: int, owner: str, name: str) -> Draws:
    """Return draws of a price that is known as a range: lognormal with these P10 and P90.

    Parameters
    ----------
    price : Range
        Of one unit.
    n_draws : int
        Number of draws; the first ones stay the same when more are asked for.
    seed : int
        The same seed gives the same draws, bit for bit.
    owner, name : str
        Who pays it, and which of his prices it is.

    Returns
    -------
    ndarray, shape (n_draws,)
        Currency units, above 0; the mean over draws approaches the mean of the range.
    """
    normal = _stream(seed, owner, name).standard_normal(n_draws)
    return np.exp(price.log_mean + price.log_sd * normal)


def share_draws(share: Amount, n_draws: int, seed: int, owner: str, name: str) -> Draws:
    """Return draws of a share: beta with the P10 and P90 of a range, else the number.

    Parameters are those of :func:`price_draws`.
    """
    if not isinstance(share, Range):
        return np.full(n_draws, share)
    uniform = _stream(seed, owner, name).random(n_draws)
    return fit_beta(share).quantile(uniform)


def _stream(seed: int, owner: str, name: str) -> np.random.Generator:
    """Return the generator of one quantity, independent of every other one's."""
    key = hashlib.sha256(json.dumps(["cost", seed, owner, name]).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
