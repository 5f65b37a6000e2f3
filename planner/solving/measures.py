"""What are equally likely outcomes worth under a measure of risk? From the draws alone."""

import math

import numpy as np

from planner.domain.arrays import Draws
from planner.domain.portfolio.risk import RiskMeasure

TAIL = 0.1
"""Share of outcomes that cvar90 averages."""

NEGLIGIBLE = 1e-14
"""Aversion times the spread of outcomes below which a measure is the mean to every digit."""


def risk_value(draws: Draws, risk: RiskMeasure) -> float:
    """Return the worth of equally likely outcomes under a measure of risk.

    Computed from the draws alone, apart from every solver.

    Examples
    --------
    >>> risk_value(np.array([0.0, 10.0]), RiskMeasure("cvar", level=0.5, weight=0.5))
    2.5
    """
    mean = math.fsum(draws.tolist()) / len(draws)
    if risk.kind == "cvar":
        return (1 - risk.weight) * mean + risk.weight * tail_mean(draws, 1 - risk.level)
    if risk.kind == "entropic":
        return certain_equivalent(draws, risk.aversion)
    if risk.kind == "quantile":
        return float(np.sort(draws)[draws_missed(len(draws), risk.level)])
    return mean


def draws_missed(n_draws: int, level: float) -> int:
    """Return how many draws, the worst, may fall short of what a share of them reaches.

    Examples
    --------
    >>> draws_missed(10, 0.8), draws_missed(10, 0.85), draws_missed(10, 0.01)
    (2, 1, 9)
    """
    return min(math.floor((1 - level) * n_draws + 1e-9), n_draws - 1)


def certain_equivalent(draws: Draws, aversion: float) -> float:
    r"""Return the amount that is worth as much as equally likely ones under constant aversion.

    .. math:: -\frac{1}{\gamma} \log E[e^{-\gamma W}]

    Counted from the lowest draw, so that nothing overflows, and in small differences from 1, so
    that the least aversion gives the mean and not its rounding error.

    Examples
    --------
    >>> certain_equivalent(np.array([0.0, 10.0]), 1e-300), certain_equivalent(np.zeros(2), 1e6)
    (5.0, 0.0)
    """
    lowest = float(draws.min())
    with np.errstate(over="ignore"):
        scaled = aversion * (draws - lowest)
    if float(scaled.max()) < NEGLIGIBLE:
        return math.fsum(draws.tolist()) / len(draws)
    return lowest - math.log1p(math.fsum(np.expm1(-scaled).tolist()) / len(draws)) / aversion


def tail_mean(draws: Draws, share: float = TAIL) -> float:
    """Return the mean of the lowest share of draws; the draw at the edge counts in part.

    Examples
    --------
    >>> tail_mean(np.array([1.0, 2.0, 9.0]), share=0.5)
    1.3333333333333333
    """
    ordered = np.sort(draws)
    size = share * len(draws)
    whole = math.floor(size + 1e-9)
    part = max(0.0, size - whole)
    edge = part * float(ordered[whole]) if part > 0 and whole < len(ordered) else 0.0
    return (math.fsum(ordered[:whole].tolist()) + edge) / (whole + part)


def standard_error(draws: Draws, risk: RiskMeasure) -> float:
    r"""Return how far the worth under a measure is likely to be off because the draws are few.

    The standard deviation of what each draw moves it by (its influence function, Hampel 1974),
    over the root of their number: of CVaR :math:`z - \max(0, z - W_s) / (1 - \alpha)` at the
    value at risk :math:`z`. Of a quantile half the distance between the order statistics that lie a
    standard error of ranks beside it.

    Examples
    --------
    >>> standard_error(np.array([0.0, 2.0, 0.0, 2.0]), RiskMeasure())
    0.5773502691896257
    """
    if len(draws) < 2:
        return 0.0
    if risk.kind == "cvar":
        share = max(1 - risk.level, 1 / len(draws))
        at = float(np.sort(draws)[min(math.ceil(share * len(draws)), len(draws)) - 1])
        below = np.maximum(0.0, at - draws) / share
        moved = (1 - risk.weight) * draws - risk.weight * below
    elif risk.kind == "entropic" and risk.aversion > 0:
        moved = _tilted(draws, risk.aversion)
    elif risk.kind == "quantile":
        return _between_orders(draws, risk.level)
    else:
        moved = draws
    return float(np.std(moved, ddof=1) / math.sqrt(len(draws)))


def _between_orders(draws: Draws, level: float) -> float:
    """Return half the distance of the order statistics a standard error of ranks about a quantile.

    Whatever the distribution: which draw stands at the quantile is binomial.
    """
    ordered, at = np.sort(draws), draws_missed(len(draws), level)
    ranks = math.sqrt(len(draws) * level * (1 - level))
    low, high = max(0, math.floor(at - ranks)), min(len(draws) - 1, math.ceil(at + ranks))
    return float(ordered[high] - ordered[low]) / 2


def _tilted(draws: Draws, aversion: float) -> Draws:
    """Return by how much each draw moves the certain equivalent, up to a constant."""
    with np.errstate(over="ignore"):
        scaled = aversion * (draws - float(draws.min()))
    if float(scaled.max()) < NEGLIGIBLE:
        return draws
    return np.asarray(-np.expm1(-scaled) / (aversion * np.exp(-scaled).mean()))
