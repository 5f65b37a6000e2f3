"""Tail-average cuts: what has been learnt about a risk measure, kept for the next solve.

A cut holds for every plan, so it survives any change of budget, rule or weight of the measure.
"""

from dataclasses import dataclass, field

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.outcomes import PackedOutcomes
from planner.offering.problem import Outcomes
from planner.solving.tail import DrawWeights


@dataclass(frozen=True, eq=False)
class Cut:
    """One linear function of the options that bounds a tail from its good side.

    Attributes
    ----------
    draws : DrawWeights
        Where it comes from.
    slope : ndarray of float64, shape (n_options,)
        Tail average of each option: worth, or cents of spend.
    """

    draws: DrawWeights
    slope: Floats

    @property
    def constant(self) -> float:
        """What is added to the sum of the slopes."""
        return self.draws.penalty


PER_OPTION, PER_CELL = 60.0, 0.3
"""Work of a cut for each option, and more for each draw that counts."""


def cut_work(cut: Cut) -> float:
    """Return the work of computing a cut."""
    return len(cut.slope) * (PER_OPTION + PER_CELL * int(np.count_nonzero(cut.draws.weights)))


@dataclass(eq=False)
class CutPool:
    """Cuts of one measure at one level, the first of them at equal weights.

    Attributes
    ----------
    worth : list of Cut
        ``tail ≤ Σ slope · x + constant``.
    spend : list of Cut
        ``Σ slope · x + asset cents ≤ limit``.
    """

    worth: list[Cut] = field(default_factory=list)
    spend: list[Cut] = field(default_factory=list)

    def add_worth(self, outcomes: Outcomes, draws: DrawWeights) -> Cut:
        """Compute and keep a cut on the tail of the worth."""
        cut = Cut(draws, outcomes.worth_at(draws.weights))
        self.worth.append(cut)
        return cut

    def add_spend(self, outcomes: Outcomes, weights: Floats) -> Cut:
        """Compute and keep a cut on the tail of the spend."""
        cut = Cut(DrawWeights(weights), outcomes.spend_at(weights))
        self.spend.append(cut)
        return cut


def summed_draws(outcomes: Outcomes, options: Rows, shares: Floats, *, spend: bool) -> Floats:
    """Return the worth or spend, draw by draw, of options taken in part or whole.

    Options are read a few hundred at a time; O(len(options) · n_draws).
    """
    if isinstance(outcomes, PackedOutcomes) and outcomes.cost_is_certain and not spend:
        return outcomes.summed_worth(options, shares)
    total = np.zeros(outcomes.n_draws)
    read = outcomes.spend_draws if spend else outcomes.worth_draws
    for start in range(0, len(options), 512):
        part = slice(start, start + 512)
        total += shares[part] @ read(options[part])
    return total
