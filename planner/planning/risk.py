"""How far may net value and cost of the plan stray, on draws that the solve never saw?

Draw s is the same state of the world for every project, so what projects have in common does
not average out.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from planner.domain.arrays import Draws, Flags
from planner.domain.portfolio.project import Project
from planner.domain.results.risk import Interval, Quantiles, RiskResult, RiskSplit
from planner.forecasting.forecast import Forecast
from planner.solving.measures import tail_mean


@dataclass(frozen=True, eq=False)
class RiskedProject:
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
        Trained on; in ``stop_when_reached`` mode at most.
    fixed_cents : int
        Cost that is the same in every draw.
    random_cost : ndarray of shape (n_audit_draws,) or None
        Draws of the rest; None where nothing is random.
    stops : bool
        Whether labelling stops at the target.
    present : float
        Present value of one unit of money of the period in which it starts.
    life : tuple of float, optional
        What it earns less running cost, with the target met and without, as present values.
    graded : ndarray of shape (n_audit_draws,), optional
        The same in every draw where the error itself counts.
    pays : ndarray of bool, shape (n_audit_draws,), optional
        In which of them running it pays, where there is no target.
    swing : ndarray of shape (n_audit_draws,), optional
        By how much ranges of what is earned and paid in use move its worth.
    """

    project: Project
    forecast: Forecast
    architecture: str
    images: int
    fixed_cents: int
    random_cost: Draws | None = None
    stops: bool = False
    present: float = 1.0
    life: tuple[float, float] | None = None
    graded: Draws | None = None
    pays: Flags | None = None
    swing: Draws | None = None

    def worth_draws(self) -> Draws:
        """Return what it earns less running cost in each of the audit's draws."""
        return self._worth

    @cached_property
    def _worth(self) -> Draws:
        worth = self._at_means()
        return worth if self.swing is None else worth + self.swing

    @property
    def spend_draws(self) -> Draws:
        """Its own spend in each of the audit's draws, or the same in all."""
        certain = np.full(1, self.fixed_cents / 100)
        return certain if self.random_cost is None else certain + self.random_cost

    @property
    def net_draws(self) -> Draws:
        """Net value in each of the audit's draws, at present values."""
        return np.asarray(self.worth_draws() - self.present * self.spend_draws)

    def _at_means(self) -> Draws:
        if self.graded is not None:
            return self.graded
        if self.life is None:
            worth = self.present * self.project.mean_value * self.success_draws()
            return np.asarray(worth)
        return np.where(self.success_draws(), *self.life)

    def success_draws(self) -> NDArray[np.bool_]:
        """Return in which of the audit's draws the target is met; without one, running it pays."""
        if self.pays is not None:
            return self.pays
        forecast, target = self.forecast, self.forecast.project.error_target
        rows = forecast.audit_rows
        if forecast.project.guess_meets_target:  # answering always the same does, even in use
            return np.ones(len(range(*rows.indices(forecast.n_draws))), dtype=np.bool_)
        if self.stops:
            need = forecast.data_needed_draws(target, self.architecture)[rows]
            return np.asarray(need <= self.images)
        met: NDArray[np.bool_] = next(
            forecast.met(target, [self.images], [self.architecture], rows)
        )[0]
        return met


@dataclass(frozen=True, eq=False)
class Bought:
    """A shared asset as the risk reads it: its certain cents, draws of the rest, present value."""

    fixed_cents: int
    random_cost: Draws | None = None
    present: float = 1.0


@dataclass(frozen=True, eq=False)
class NetAndSpend:
    """Net value (present value where there is a discount rate) and spend in each draw."""

    net_value: Draws
    cost: Draws


def plan_draws(
    funded: Iterable[RiskedProject], n_draws: int, bought: Sequence[Bought] = ()
) -> NetAndSpend:
    """Return net value and spend of a whole plan in each of the audit's draws.

    Parameters
    ----------
    funded : iterable of RiskedProject
        The plan, looked at one project after another; nothing is at risk without any.
    n_draws : int
        Draws of the audit.
    bought : sequence of Bought
        Shared assets.
    """
    items: Iterable[RiskedProject | Bought] = chain(funded, bought)
    certain = 0
    varying: list[Draws] = []
    value = np.zeros(n_draws)
    later = np.zeros(n_draws)  # by how much the present value of the spend is below the spend
    for item in items:
        certain += item.fixed_cents
        random = np.zeros(n_draws) if item.random_cost is None else item.random_cost
        if item.random_cost is not None:
            varying.append(random)
        if item.present != 1.0:
            later += (1.0 - item.present) * (item.fixed_cents / 100 + random)
        if isinstance(item, RiskedProject):
            value += item.worth_draws()
    # Cents are summed as integers: a certain cost must not be over budget by a rounding error.
    cost = np.full(n_draws, certain / 100)
    for random in varying:
        cost += random
    net = value - cost
    return NetAndSpend(net + later if later.any() else net, cost)


def spread_of(draws: NetAndSpend, budget: float) -> RiskResult:
    """Return quantiles and tails of net value and cost, and the chance of exceeding a budget."""
    cost = draws.cost
    over = cost > budget + 0.005  # half a cent: sums of cents in binary
    interval = None
    if np.ptp(cost) > 0:
        interval = chance_interval(int(np.count_nonzero(over)), len(cost))
    spread = summarise(cost, worst="high")
    return RiskResult(
        summarise(draws.net_value, worst="low"),
        spread,
        float(np.mean(over)),
        interval,
        reserve_p80=max(0.0, spread.p80 - budget),
    )


def split_risk(net_value: Draws, other_luck: Draws) -> RiskSplit:
    r"""Return how much of the spread of net value all projects share.

    Given what all projects share in a draw (the model's coefficients, effects of architectures,
    the price of compute), two evaluations with independent luck of each project are independent.
    So their covariance over the draws is the variance of the conditional mean,

    .. math:: \mathrm{Cov}(V, V') = \mathrm{Var}(E[V \mid \text{shared}]),

    and what is left of the variance is due to luck.

    Parameters
    ----------
    net_value, other_luck : ndarray of shape (n_draws,)
        Of the same plan in the same draws; every project's own luck is drawn anew.

    Examples
    --------
    >>> draws = np.array([0.0, 2.0, 4.0])
    >>> split_risk(draws, draws).shared_share
    1.0
    """
    variance = float(np.var(net_value))
    if variance == 0:
        return RiskSplit(0.0, 0.0, 0.0)
    centred = net_value - net_value.mean()
    covariance = float(np.mean(centred * (other_luck - other_luck.mean())))
    shared = min(max(covariance, 0.0), variance)
    return RiskSplit(math.sqrt(shared), math.sqrt(variance - shared), shared / variance)


def summarise(draws: Draws, *, worst: str) -> Quantiles:
    """Return mean, quantiles and the mean of the worst tenth of draws.

    Parameters
    ----------
    draws : ndarray
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
