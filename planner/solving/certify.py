"""What a choice is worth and whether it keeps every row, computed from the choice alone.

Nothing here has seen the solver: sums are exact where money is whole cents, and the tail is
recomputed on all draws.
"""

import math
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.offering.problem import SpendBound
from planner.solving.lp.cuts import summed_draws
from planner.solving.lp.dual_prices import Terms
from planner.solving.system import SLACK, System
from planner.solving.tail import measure, tail_share, worst_share


@dataclass(frozen=True, eq=False)
class Choice:
    """A choice that keeps every row, and what it is worth.

    Attributes
    ----------
    options : ndarray of int64
        Chosen, increasing.
    assets : ndarray of bool
        Bought.
    value, mean, tail : float
        Objective, expected worth and its risky part, assets included.
    worth_draws : ndarray of float64 or None
        Worth of the options, draw by draw; None where the measure needs no draws.
    """

    options: Rows
    assets: Flags
    value: float
    mean: float
    tail: float
    worth_draws: Floats | None


@dataclass(frozen=True, eq=False)
class Certifier:
    """Judges choices under fixed terms.

    Attributes
    ----------
    system : System
        Rows.
    terms : Terms
        Budget and limits.
    risk : RiskMeasure
        Measure of the worth.
    spend : SpendBound or None
        Bound on random spend.
    """

    system: System
    terms: Terms
    risk: RiskMeasure
    spend: SpendBound | None

    def keeps_rows(self, options: Rows, assets: Flags) -> bool:
        """Whether a choice keeps budget, rows and one option for each project, exactly."""
        owner = self.system.problem.owner[options]
        budget = self.terms.budget_cents
        return (
            len(np.unique(owner)) == len(owner)
            and (budget is None or self.system.cents(options, assets) <= budget)
            and not len(self.system.exceeded(self.system.activity(options, assets)))
        )

    def spend_tail(self, options: Rows, assets: Flags) -> tuple[float, Floats | None]:
        """Return CVaR of the spend in cents, and the draw weights that give it."""
        outcomes = self.system.problem.outcomes
        if self.spend is None or outcomes is None:
            return 0.0, None
        draws = summed_draws(outcomes, options, np.ones(len(options)), spend=True)
        weights = worst_share(-draws, 1 - self.spend.level)
        bought = int(self.system.problem.asset_cents[assets].sum())
        return float(weights @ draws) + bought, weights

    def keeps_spend(self, options: Rows, assets: Flags) -> bool:
        """Whether the tail of the spend stays within its limit, up to rounding."""
        if self.spend is None:
            return True
        tail, _ = self.spend_tail(options, assets)
        return tail <= self.terms.spend_limit + SLACK * max(1.0, abs(self.terms.spend_limit))

    def value(self, options: Rows, assets: Flags, draws: Floats | None = None) -> Choice:
        """Return what a choice is worth, whether or not it keeps the rows.

        ``draws`` are its options' summed worth where that is known already.
        """
        problem, share = self.system.problem, tail_share(self.risk)
        options = np.sort(options)
        owned = math.fsum(problem.asset_worth[assets].tolist())
        mean = math.fsum(problem.worth[options].tolist())
        tail = mean
        if share > 0 and problem.outcomes is not None:
            if draws is None:
                draws = summed_draws(problem.outcomes, options, np.ones(len(options)), spend=False)
            tail = measure(draws, self.risk)
        return Choice(
            options=options,
            assets=assets.copy(),
            value=(1 - share) * mean + share * tail + owned if share > 0 else mean + owned,
            mean=mean + owned,
            tail=tail + owned,
            worth_draws=draws if share > 0 else None,
        )

    def certified(self, options: Rows, assets: Flags) -> Choice | None:
        """Return a choice with its worth, or None if it breaks anything."""
        if not self.keeps_rows(options, assets) or not self.keeps_spend(options, assets):
            return None
        return self.value(options, assets)
