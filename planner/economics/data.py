"""What do the missing images cost, and what do data and training cost together?

Equations 3 and 5 of Thompson et al. (AAAI/IAAI 2024).
"""

import numpy as np

from planner.economics.money import product_cents, to_cents

__all__ = ["data_cost", "images_trained", "total_cost"]


def data_cost(price: float, held: float, limit: float, needed: float) -> float:
    r"""Return the cost of the images to buy, Eq. 5 clamped at 0.

    .. math:: C_{data} = p \cdot \max(0, \min(N_{needed}, N_{limit}) - N_{held})

    Parameters
    ----------
    price : float
        Of one more labelled image, in currency units, at least 0.
    held, limit, needed : float
        Images; ``needed`` may be infinite.

    Returns
    -------
    float
        Currency units, exact to the cent and rounded to it, at least 0.

    Notes
    -----
    As printed the equation goes negative when more is held than needed; images cannot be sold back.

    References
    ----------
    .. [1] Thompson et al. (AAAI/IAAI 2024), Eq. 5.

    Examples
    --------
    >>> data_cost(0.627, held=51_000, limit=200_000, needed=float("inf"))
    93423.0
    """
    to_buy = max(0.0, min(needed, limit) - held)
    count = np.array([int(np.ceil(to_buy))], dtype=np.int64)
    return int(product_cents(price, count, "data cost")[0]) / 100


def total_cost(data: float, training: float) -> float:
    """Return data plus training cost, Eq. 3, each rounded to the cent before they are added.

    References
    ----------
    .. [1] Thompson et al. (AAAI/IAAI 2024), Eq. 3.

    Examples
    --------
    >>> total_cost(93_423.00, 9_610.92)
    103033.92
    """
    return (to_cents(data) + to_cents(training)) / 100


def images_trained(
    needed: float, held: float, limit: float, *, follow_paper: bool = False
) -> float:
    """Return the images a project trains on when it wants to reach a target.

    Parameters
    ----------
    needed, held, limit : float
        Images in all; ``needed`` may be infinite, then the limit is all there is.
    follow_paper : bool, default=False
        Train on min(needed, limit) even where more is held, as Eqs. 4 and 5 do. Held images are
        free and more of them means less error, so by default none is left unused.

    References
    ----------
    .. [1] Thompson et al. (AAAI/IAAI 2024), Eqs. 4 and 5.

    Examples
    --------
    >>> images_trained(10_890, 51_000, 200_000)
    51000
    >>> images_trained(10_890, 51_000, 200_000, follow_paper=True)
    10890
    """
    wanted = min(needed, limit)
    return wanted if follow_paper else max(held, wanted)
