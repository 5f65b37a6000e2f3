"""How far may net value and cost of the plan stray, on draws that the solve never saw?

Draw s is the same state of the world for every project, so what projects have in common does
not average out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from planner.allocation.problem import RiskMeasure
from planner.domain.plan import Interval, Quantiles, RiskResult
from planner.domain.project import Project
from planner.forecast.forecast import Forecast

type Draws = NDArray[np.float64]

TAIL = 0.1
"""Share of outcomes that cvar90 averages."""


@dataclass(frozen=True, eq=False)
class Funded:
    """One funded project as the risk reads it.

    Attributes
    ----------
    project : Project
        Whose target and value count.
    forecast : Forecast
        Its joint draws.
    architecture : str
        Chosen.
    images : int
        Trained on.
    fixed_cents : int
        Cost that no price range touches.
    random_cost : ndarray of shape (n_audit_draws,) or None
        Draws of the rest; None where no price is a range.
    """

    project: Project
    forecast: Forecast
    architecture: str
    images: int
    fixed_cents: int
    random_cost: Draws | None = None

    def success_draws(self) -> NDArray[np.bool_]:
        """Return in which of the audit's draws the target is met."""
        rows = self.forecast.audit_rows
        errors = self.forecast.error_draws([self.images], self.architecture)[rows, 0]
        return np.asarray(errors <= self.project.error_target)


def plan_risk(funded: Sequence[Funded], n_draws: int, budget: float) -> RiskResult:
    """Return the spread of net value and cost over the audit's draws.

    Parameters
    ----------
    funded : sequence of Funded
        The plan; nothing is at risk without any.
    n_draws : int
        Draws of the audit.
    budget : float
        What ``chance_over_budget`` compares with.
    """
    # Cents are summed as integers: a certain cost must not be over budget by a rounding error.
    cost = np.full(n_draws, sum(item.fixed_cents for item in funded) / 100)
    value = np.zeros(n_draws)
    for item in funded:
        if item.random_cost is not None:
            cost += item.random_cost
        value += (item.project.value or 0.0) * item.success_draws()
    over = float(np.mean(cost > budget + 0.005))  # half a cent: sums of cents in binary
    return RiskResult(summarise(value - cost, worst="low"), summarise(cost, worst="high"), over)


def summarise(draws: Draws, *, worst: str) -> Quantiles:
    """Return mean, quantiles and the mean of the worst tenth of draws.

    Parameters
    ----------
    draws : ndarray of shape (n_draws,)
        Equally likely outcomes.
    worst : {"low", "high"}
        Which end is bad.

    Examples
    --------
    >>> summarise(np.arange(10.0), worst="low").cvar90
    0.0
    """
    p10, p50, p80, p90 = np.quantile(draws, (0.1, 0.5, 0.8, 0.9), method="inverted_cdf")
    return Quantiles(
        mean=float(draws[0]) if np.ptp(draws) == 0 else math.fsum(draws.tolist()) / len(draws),
        p10=float(p10),
        p50=float(p50),
        p80=float(p80),
        p90=float(p90),
        cvar90=tail_mean(draws if worst == "low" else -draws) * (1 if worst == "low" else -1),
    )


def chance_interval(hits: int, count: int) -> Interval:
    """Return the 95 % interval of a chance seen in independent draws (Clopper and Pearson).

    Draws of a Markov chain are a little less than independent; the interval is then a little
    too narrow.

    Examples
    --------
    >>> round(chance_interval(0, 100).high, 4)
    0.0362
    """
    low = float(betaincinv(hits, count - hits + 1, 0.025)) if hits else 0.0
    high = float(betaincinv(hits + 1, count - hits, 0.975)) if hits < count else 1.0
    return Interval(low, high)


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
        lowest = float(draws.min())
        raised = np.exp(-risk.aversion * (draws - lowest))
        return lowest - math.log(math.fsum(raised.tolist()) / len(draws)) / risk.aversion
    return mean


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
