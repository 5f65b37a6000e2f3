"""How does a cost spread when its prices are only known as ranges?

Draws serve ``risk.cost`` alone; what a plan commits is the closed-form mean. They are
counter-based: a stream is keyed by the seed, an id and the price's name, so that one project's
draws do not depend on which others are in the portfolio, and a price that all projects pay is
drawn once for all.
"""

import hashlib
import json

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.domain.portfolio.portfolio import Compute
from planner.domain.portfolio.project import Project
from planner.domain.quantities import Amount, Range, amount_mean
from planner.domain.vocabulary import Basis
from planner.economics.beta import fit_beta
from planner.economics.training import TrainingRate, require_finite_mean

__all__ = [
    "compute_factor_draws",
    "data_cost_draws",
    "image_price_draws",
    "training_cost_draws",
]

type Draws = NDArray[np.float64]

_COMPUTE = "compute"
"""Id under which prices that all projects share are drawn."""


def data_cost_draws(project: Project, images_to_buy: ArrayLike, n_draws: int, seed: int) -> Draws:
    """Return draws of the cost of buying images, set-up cost not included.

    Parameters
    ----------
    project : Project
        Its price, a number or a range; a range is lognormal with these P10 and P90.
    images_to_buy : array_like of int, shape (...)
        Images; the same price draw serves all of them.
    n_draws : int
        Number of draws; the first ones stay the same when more are asked for.
    seed : int
        The same seed gives the same draws, bit for bit.

    Returns
    -------
    ndarray, shape (n_draws, ...)
        Currency units, at least 0; the mean over draws approaches the committed cost.
    """
    prices = _amount_draws(project.images.price, n_draws, seed, project.id, "images.price")
    return np.multiply.outer(prices, np.asarray(images_to_buy, dtype=np.float64))


def image_price_draws(price: Amount, owner: str, n_draws: int, seed: int) -> Draws:
    """Return draws of the price of one image, of a project or of a shared data set.

    Parameters
    ----------
    price : float or Range
        A number is the same in every draw.
    owner : str
        Id under which it is drawn.
    n_draws, seed : int
        As for :func:`data_cost_draws`.
    """
    return _amount_draws(price, n_draws, seed, owner, "images.price")


def training_cost_draws(
    rate: TrainingRate, images_total: ArrayLike, compute: Compute, n_draws: int, seed: int
) -> Draws:
    """Return draws of the cost of training one architecture on ``images_total`` images.

    Returns
    -------
    ndarray, shape (n_draws, ...)
        Currency units; the mean over draws approaches the committed cost. The draws of two
        projects or architectures move together: they pay the same hourly price and share the
        utilisation's uncertainty.
    """
    passes = rate.usd_per_image_epoch * compute.epochs * compute.trials
    committed = passes * np.asarray(images_total, dtype=np.float64)
    return np.multiply.outer(compute_factor_draws(compute, n_draws, seed), committed)


def compute_factor_draws(compute: Compute, n_draws: int, seed: int) -> Draws:
    """Return what every committed training cost is multiplied by in each draw.

    The price over its mean times 1/utilisation over its mean; both have mean 1, and both are 1
    where no range was given.

    Returns
    -------
    ndarray, shape (n_draws,)
        Positive.

    Raises
    ------
    InputError
        The utilisation is so uncertain that its inverse has no mean.
    """
    if compute.basis == Basis.PAPER:
        return _relative_price_draws(compute.usd_per_flop, n_draws, seed, "usd_per_flop")
    factors = np.ones(n_draws)
    if compute.usd_per_hour is not None:
        factors = _relative_price_draws(compute.usd_per_hour, n_draws, seed, "usd_per_hour")
    if isinstance(compute.utilisation, Range):
        fitted = fit_beta(compute.utilisation)
        mean = require_finite_mean(compute.utilisation)
        uniform = _stream(seed, _COMPUTE, "utilisation").random(n_draws)
        factors = factors / fitted.quantile(uniform) / mean
    return factors


def _relative_price_draws(price: Amount, n_draws: int, seed: int, name: str) -> Draws:
    """Return draws of a shared price over its mean; 1 where it is a single number."""
    if not isinstance(price, Range):
        return np.ones(n_draws)
    return _amount_draws(price, n_draws, seed, _COMPUTE, name) / amount_mean(price)


def _amount_draws(amount: Amount, n_draws: int, seed: int, owner: str, name: str) -> Draws:
    """Return draws of a price: itself, or its lognormal."""
    if not isinstance(amount, Range):
        return np.full(n_draws, float(amount))
    normal = _stream(seed, owner, name).standard_normal(n_draws)
    return np.exp(amount.log_mean + amount.log_sd * normal)


def _stream(seed: int, owner: str, name: str) -> np.random.Generator:
    """Return the generator of one quantity, independent of every other one's."""
    key = hashlib.sha256(json.dumps(["cost", seed, owner, name]).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key[:16], "little")))
