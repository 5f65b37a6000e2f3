"""The shape of a saturating curve, said once: for fitting, forecasting and pilots alike.

With d decades of images beyond the reference size, a rate of fall exp(slope), its decay k =
exp(decay) per decade and the exponent a = exp(ceiling) near chance::

    h(d) = (1 - exp(-k d)) / k                  (d itself without a decay)
    u    = level - exp(slope) h(d)
    r    = (1 + 10^(-u / a))^(-a)               (a = 1 without a ceiling)
    error as a share of the majority guess = floor + (1 - floor) r

Far below chance log10 r is u, whatever a; at chance r is 1. A small a keeps a curve straight almost
up to chance, a = 1 bends it over a decade of error. A large k makes it flatten.
"""

import math
from collections.abc import Mapping

import numpy as np

from planner.domain.arrays import Floats

LN10 = math.log(10.0)
LARGEST_EXPONENT = 600.0
"""Natural; beyond it an odds would overflow and the error be 0."""
_STRAIGHT = 1e-6  # decay times decades below which a curve is straight
_RANGE = (-30.0, 10.0)  # of the logarithms of rate, decay and exponent
_MOST_BENT = 40.0  # exponent of the decay, natural


def fallen(decades: Floats, decay: Floats | None) -> Floats:
    """Return h(d), the decades that the first rate of fall would have taken to get as far.

    Examples
    --------
    >>> fallen(np.array([0.0, 1.0, 9.0]), np.array(1.0)).round(3).tolist()
    [0.0, 0.632, 1.0]
    """
    if decay is None:
        return decades
    bent = np.clip(decay * decades, -_MOST_BENT, None)
    straight = np.abs(bent) < _STRAIGHT
    safe = np.where(straight, 1.0, bent)
    return np.asarray(np.where(straight, decades, decades * (-np.expm1(-safe) / safe)))


def log10_share(values: Mapping[str, Floats], decades: Floats) -> Floats:
    """Return log10 of the mean error as a share of the majority guess.

    Parameters
    ----------
    values : mapping of str to ndarray
        ``level``, ``slope`` and, where declared, ``floor``, ``decay`` and ``ceiling``, as the
        predictors give them (logarithms of rate, decay and exponent, logit of the floor).
    decades : ndarray
        log10 images beyond the reference size.
    """
    return _curve(values, decades, with_slopes=False)[0]


def log10_share_and_slopes(
    values: Mapping[str, Floats], decades: Floats
) -> tuple[Floats, dict[str, Floats]]:
    """Return the same, and its derivative by each predictor."""
    return _curve(values, decades, with_slopes=True)


def _curve(
    values: Mapping[str, Floats], decades: Floats, *, with_slopes: bool
) -> tuple[Floats, dict[str, Floats]]:
    rate = np.exp(np.clip(values["slope"], *_RANGE))
    decay = np.exp(np.clip(values["decay"], *_RANGE)) if "decay" in values else None
    way = fallen(decades, decay)
    u = values["level"] - rate * way
    exponent = np.exp(np.clip(values["ceiling"], *_RANGE)) if "ceiling" in values else 1.0
    odds = np.exp(np.clip(-u * LN10 / exponent, -LARGEST_EXPONENT, LARGEST_EXPONENT))
    above = odds / (1.0 + odds)  # d log10 r / du
    log_r = -exponent * np.log1p(odds) / LN10
    floor = _logistic(values["floor"]) if "floor" in values else None
    inner, log_share, share = np.ones(()), log_r, np.ones(())
    if floor is not None:
        r = np.exp(log_r * LN10)
        share = floor + (1.0 - floor) * r
        inner, log_share = (1.0 - floor) * r / share, np.log10(share)
    if not with_slopes:
        return np.asarray(log_share), {}
    steep = inner * above
    slopes = {"level": steep, "slope": -steep * rate * way}
    if decay is not None:
        bent = np.clip(decay * decades, -_MOST_BENT, None)
        slopes["decay"] = -steep * rate * (decades * np.exp(-bent) - way)
    if "ceiling" in values:
        slopes["ceiling"] = inner * (log_r - u * above)
    if floor is not None:
        slopes["floor"] = floor * (1.0 - share) / (share * LN10)
    return np.asarray(log_share), slopes


def _logistic(values: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(values, -50.0, 50.0))))
