"""The spread of worth and cost: quantiles, intervals, what caution costs, what a budget holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Quantiles:
    """Mean, quantiles and CVaR of one random amount.

    P90 is not exceeded in 90 % of outcomes. ``cvar90`` is the mean of the worst 10 %: the lowest
    net values, the highest costs.
    """

    mean: float
    p10: float
    p50: float
    p80: float
    p90: float
    cvar90: float


@dataclass(frozen=True)
class Interval:
    """A 95 % interval of a chance or an amount known from finitely many draws."""

    low: float
    high: float


@dataclass(frozen=True)
class RiskSplit:
    """Where the spread of net value comes from.

    Attributes
    ----------
    shared_sd : float
        Standard deviation due to what all projects share (the model's coefficients): more projects
        do not average it out.
    luck_sd : float
        Standard deviation due to each project's own luck.
    shared_share : float
        Share of the variance that is shared, in [0, 1].
    """

    shared_sd: float
    luck_sd: float
    shared_share: float


@dataclass(frozen=True)
class Caution:
    """What the risk measure costs: this plan against the one that maximises the expectation.

    Attributes
    ----------
    expected_given_up : float
        Expected worth that the cautious plan gives up against the best one found; at least 0.
    tail_gained : float
        By how much the mean of the worst outcomes improves.
    price : float or None
        Expected worth given up per unit of tail risk removed; None where none is removed, or where
        what is given up is lost in the gap of the search for the best expectation.
    level : float
        The worst ``1 − level`` share of outcomes is meant.
    expected_given_up_at_most : float or None
        What no plan's expectation is further above this one's, proven by that search's bound; at
        least ``expected_given_up``. None in plans saved before it was reported.
    """

    expected_given_up: float
    tail_gained: float
    price: float | None
    level: float
    expected_given_up_at_most: float | None = None

    @property
    def is_lost_in_gap(self) -> bool:
        """Whether the search for the best expectation leaves open more than was found given up."""
        most = self.expected_given_up_at_most
        return most is not None and most - self.expected_given_up > self.expected_given_up


@dataclass(frozen=True)
class HoldResult:
    """How the budget binds random spend, on draws that the solve never saw.

    Attributes
    ----------
    kind : str
        ``chance`` or ``cvar``.
    level : float
        What was asked for.
    reached : float
        ``chance``: share of draws within the budget. ``cvar``: mean of the dearest ``1 − level``
        share of draws.
    interval : Interval or None
        Of the chance, binomial (Clopper-Pearson).
    holds : bool
        Whether the audit confirms it.
    """

    kind: str
    level: float
    reached: float
    interval: Interval | None
    holds: bool


@dataclass(frozen=True)
class RiskResult:
    """The spread of net value and cost of the plan on draws the solve never saw.

    Attributes
    ----------
    reserve_p80 : float
        What is to be held beside the budget so that both cover the cost in 80 % of outcomes.
    """

    net_value: Quantiles
    cost: Quantiles
    chance_over_budget: float
    chance_over_budget_interval: Interval | None = None
    split: RiskSplit | None = None
    caution: Caution | None = None
    hold: HoldResult | None = None
    reserve_p80: float = 0.0
