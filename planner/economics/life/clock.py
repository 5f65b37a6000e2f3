r"""When is what is paid and earned counted, and at what present value?

A project starts at :math:`\tau`, is live at :math:`\lambda = \tau + \mathrm{lead}` and is used
until :math:`E = \min(H, \lambda + \mathrm{years})`. Yearly amounts run in slices of at most a year,
each counted at its end (its middle, its start):

.. math:: PV = \sum_k y_k \ell_k (1 + r)^{-(\lambda + k - 1 + c \ell_k)},
    \qquad \ell_k = \min(1, E - \lambda - k + 1) > 0
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.life import Build, Use
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.quantities import HOURS_PER_YEAR, WEEKS_PER_YEAR
from planner.domain.vocabulary import Cash

__all__ = ["Clock", "Service", "lead_years", "ramp", "service"]

_COUNTED = {Cash.END: 1.0, Cash.MID: 0.5, Cash.START: 0.0}


@dataclass(frozen=True)
class Clock:
    """What present values rest on.

    Attributes
    ----------
    rate : float
        Discount rate a year.
    horizon : float
        Years that are counted.
    counted : float
        Where in a slice of use its amounts count: 1 at the end, 0 at the start.
    """

    rate: float
    horizon: float
    counted: float

    @classmethod
    def of(cls, portfolio: Portfolio) -> "Clock":
        """Return the clock of a portfolio."""
        return cls(portfolio.discount_rate, portfolio.horizon_years, _COUNTED[portfolio.cash])

    def present(self, years: Floats) -> Floats:
        """Return the present value of one unit of money at some times."""
        return np.asarray((1.0 + self.rate) ** -years, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Service:
    """When some options run; arrays by option, those of slices with a column to a slice.

    Attributes
    ----------
    clock : Clock
        Of all.
    start, live, stop : ndarray of float64, shape (n,)
        Years from the start of the plan; what is never live before the horizon stops when it would
        have gone live.
    lengths : ndarray of float64, shape (n, k)
        Of slices in years; 0 where it has stopped.
    counted : ndarray of float64, shape (n, k)
        When the amounts of a slice count.
    """

    clock: Clock
    start: Floats
    live: Floats
    stop: Floats
    lengths: Floats
    counted: Floats

    @property
    def runs(self) -> Floats:
        """1 where it is ever used before the horizon, else 0."""
        return np.asarray((self.stop > self.live).astype(np.float64))

    @property
    def since(self) -> Floats:
        """Years since the live date at which each slice begins, shape (k,)."""
        return np.arange(self.lengths.shape[1], dtype=np.float64)


def service(clock: Clock, start: Floats, lead: Floats, years: float | None) -> Service:
    """Return when options run that start and go live at some times.

    Parameters
    ----------
    clock : Clock
        Horizon and discount rate.
    start, lead : ndarray of float64, shape (n,)
        Start in years from that of the plan, and years from there to the live date.
    years : float or None
        Of use, at most; None: up to the horizon.
    """
    live = start + lead
    left = clock.horizon - live
    used = np.maximum(left if years is None else np.minimum(left, years), 0.0)
    most = max(1, math.ceil(float(used.max(initial=0.0)) - 1e-12))
    since = np.arange(most, dtype=np.float64)
    lengths = np.clip(used[:, None] - since, 0.0, 1.0)
    counted = live[:, None] + since + clock.counted * lengths
    return Service(clock, start, live, live + used, lengths, counted)


def lead_years(build: Build | None, to_buy: Floats, wall_hours: Floats) -> Floats:
    """Return the years from the start of a project to its live date.

    Examples
    --------
    >>> build = Build(label_per_week=10_000, weeks=4)
    >>> round(52 * float(lead_years(build, np.array(60_000.0), np.array(48.0))), 6)
    10.284932
    """
    weeks, labelling = 0.0, np.zeros(np.shape(to_buy))
    if build is not None:
        weeks = build.weeks or 0.0
        if build.label_per_week is not None:
            labelling = to_buy / build.label_per_week
    return np.asarray((labelling + weeks) / WEEKS_PER_YEAR + wall_hours / HOURS_PER_YEAR)


def ramp(run: Service, years: float) -> Floats:
    r"""Return by how much a slice is below full use: mean of :math:`\min(1, t / R)` over it.

    Examples
    --------
    >>> clock = Clock(0.0, 3.0, 1.0)
    >>> ramp(service(clock, np.zeros(1), np.zeros(1), None), 1.5).round(4)
    array([[0.3333, 0.9167, 1.    ]])
    """
    if years == 0:
        return np.ones(run.lengths.shape)
    begin, end = run.since, run.since + run.lengths

    def area(t: Floats) -> Floats:
        return np.where(t < years, t * t / (2 * years), t - years / 2)

    with np.errstate(divide="ignore", invalid="ignore"):
        mean = (area(end) - area(begin)) / run.lengths
    return np.where(run.lengths > 0, mean, 0.0)


def growth(run: Service, use: Use | None) -> Floats:
    """Return what the yearly volume of each slice is multiplied by: growth times ramp."""
    if use is None:
        return np.ones(run.lengths.shape)
    return np.asarray((1.0 + use.growth) ** run.since * ramp(run, use.ramp_years))
