r"""Risk measures: from draws of a plan's worth to weights of the draws.

Every measure here but the quantile, which has no cuts and a search of its own
(:mod:`planner.solving.quantile`), is concave in the worth and the least of linear functions,

.. math:: T(W) = \min_{q \in Q} \; q \cdot W + \mathrm{penalty}(q),

so one draw-weight vector of the current plan gives a cut that no plan violates:
:math:`T(W) \le q \cdot W + \mathrm{penalty}(q)`. CVaR: :math:`q` puts equal weight on the worst
draws, no penalty (Künzi-Bay & Mayer 2006). Entropic: :math:`q` is tilted exponentially,
the penalty is its Kullback-Leibler divergence over :math:`\gamma`.
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.risk import RiskMeasure
from planner.solving.measures import certain_equivalent, risk_value


@dataclass(frozen=True, eq=False)
class DrawWeights:
    """Which linear function of the draws touches a risk measure at a plan.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_draws,)
        At least 0, summing to 1.
    penalty : float
        What is added to the weighted mean; at least 0.
    """

    weights: Floats
    penalty: float = 0.0


def tail_share(risk: RiskMeasure) -> float:
    """Return the factor on the risky part of the objective; the rest is the expectation.

    Examples
    --------
    >>> tail_share(RiskMeasure("cvar", weight=0.25)), tail_share(RiskMeasure("expected"))
    (0.25, 0.0)
    """
    if risk.kind == "cvar":
        return risk.weight
    if risk.kind == "quantile":
        return 1.0
    return 1.0 if risk.kind == "entropic" and risk.aversion > 0 else 0.0


def tail_key(risk: RiskMeasure) -> tuple[str, float]:
    """Return what two measures must have in common to share their cuts."""
    if tail_share(risk) == 0:
        return "expected", 0.0
    return (risk.kind, risk.aversion if risk.kind == "entropic" else risk.level)


def touching_weights(worth: Floats, risk: RiskMeasure) -> DrawWeights:
    """Return the draw weights of the cut that touches the measure at these draws.

    Parameters
    ----------
    worth : ndarray of float64, shape (n_draws,)
        Worth of a plan, draw by draw.
    risk : RiskMeasure
        ``cvar`` or ``entropic``.

    Returns
    -------
    DrawWeights
        ``weights · worth + penalty`` is the measure at ``worth``, and nowhere below it.
    """
    if risk.kind == "cvar":
        return DrawWeights(worst_share(worth, 1 - risk.level))
    with np.errstate(over="ignore"):  # so far above the worst draw that it does not count
        tilted = -risk.aversion * (worth - worth.min())
    shares = np.exp(tilted)
    shares /= shares.sum()
    # The penalty is a divergence over the aversion. As what the measure is above the weighted mean
    # it stays right where the aversion is so small that both of them are rounding errors.
    return DrawWeights(
        shares, max(0.0, measure(worth, risk) - math.fsum((shares * worth).tolist()))
    )


def tail_part(marginal: Floats | None, risk: RiskMeasure) -> DrawWeights | None:
    """Return the weights of the tail alone, of how much each draw counts at the margin of a plan.

    A mixture of CVaR's cuts is a cut as well. None where that does not tell one: the entropic
    measure's cuts have constants besides.

    Examples
    --------
    >>> tail_part(np.array([0.75, 0.25]), RiskMeasure("cvar", level=0.5, weight=0.5)).weights
    array([1., 0.])
    """
    share = tail_share(risk)
    if marginal is None or risk.kind != "cvar" or share <= 0:
        return None
    tail = np.maximum(marginal - (1 - share) / len(marginal), 0.0) / share
    return DrawWeights(np.asarray(tail / tail.sum())) if tail.sum() > 0 else None


def worst_share(worth: Floats, share: float) -> Floats:
    """Return equal weights on the lowest share of draws; the draw at the edge counts in part.

    The worst draw alone where the share is less than any.

    Examples
    --------
    >>> worst_share(np.array([9.0, 1.0, 2.0, 5.0]), 0.5)
    array([0. , 0.5, 0.5, 0. ])
    """
    size = share * len(worth)
    whole = min(math.floor(size + 1e-9), len(worth))
    part = max(0.0, size - whole) if whole < len(worth) else 0.0
    order = np.argsort(worth, kind="stable")
    weights = np.zeros(len(worth))
    weights[order[:whole]] = 1.0
    if part > 1e-9 or not whole:
        # A tail of less than any draw is the worst draw.
        weights[order[whole]] = max(part, 1e-9)
    return np.asarray(weights / weights.sum())


def measures(worth: Floats, risk: RiskMeasure) -> Floats:
    """Return the risky part of the objective for many plans, shape (n_plans, n_draws), quickly.

    Up to rounding what :func:`measure` gives for each.
    """
    if risk.kind != "cvar":
        return np.array([measure(draws, risk) for draws in worth])
    size = (1 - risk.level) * worth.shape[1]
    whole = min(math.floor(size + 1e-9), worth.shape[1])
    part = size - whole if whole < worth.shape[1] and size - whole > 1e-9 else 0.0
    if whole + part == 0:
        return np.asarray(worth.min(axis=1))
    edge = min(whole, worth.shape[1] - 1)
    parted = np.partition(worth, edge, axis=1)
    total = parted[:, :whole].sum(axis=1) + part * parted[:, edge]
    return np.asarray(total / (whole + part))


def measure(worth: Floats, risk: RiskMeasure) -> float:
    """Return the risky part of the objective at draws of a plan: CVaR or entropic equivalent.

    Summed without rounding error, and without exponentials that overflow.
    """
    if tail_share(risk) == 0:
        return math.fsum(worth.tolist()) / len(worth)
    if risk.kind == "cvar":
        weights = worst_share(worth, 1 - risk.level)
        return math.fsum((weights * worth).tolist())
    if risk.kind == "quantile":
        return risk_value(worth, risk)
    return certain_equivalent(worth, risk.aversion)
