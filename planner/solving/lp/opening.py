"""Cuts to begin a large portfolio with, before any linear program is solved.

A game: the plan answers the average of the draw weights so far under the budget alone (a knapsack
solved by its price of money), the weights answer the plan with its worst draws. Both averages
approach the saddle point (Brown 1951), and every answer of the weights is a cut; their average is
one too, and a corner of the linear program to begin at.
"""

import numpy as np

from planner.domain.arrays import Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.solving.lp.columns import knapsack_corner
from planner.solving.lp.cuts import Cut, CutPool, summed_draws
from planner.solving.lp.dual_prices import Terms
from planner.solving.system import System
from planner.solving.tail import DrawWeights, touching_weights

TURNS = 4


def opening_cuts(
    system: System, pool: CutPool, terms: Terms, risk: RiskMeasure, columns: Rows
) -> Rows:
    """Add the cuts of the game to a pool, their average last; return the options that answer it.

    Parameters
    ----------
    system : System
        Of the problem.
    pool : CutPool
        Holds the cut at equal weights; grows by ``TURNS`` + 1.
    terms : Terms
        Budget and weight of the tail.
    risk : RiskMeasure
        Measure of the worth.
    columns : ndarray of int64
        Options that the plans of the game choose from.

    Returns
    -------
    ndarray of int64
        The best plan at the average, of all options, and what it would buy next: without them the
        linear program would change one project at a time, once for each of them.
    """
    problem, outcomes = system.problem, system.problem.outcomes
    if outcomes is None:
        return columns[:0]
    owner, cents = problem.owner[columns], problem.cents[columns]
    mean = pool.worth[0]
    cuts: list[Cut] = []
    average = mean
    for _ in range(TURNS):
        gain = (1 - terms.tail) * mean.slope[columns] + terms.tail * average.slope[columns]
        usable = np.where(terms.usable[columns], gain, -1.0)
        taken, _ = knapsack_corner(owner, cents, usable, terms.budget_cents)
        options = np.sort(columns[taken])
        draws = summed_draws(outcomes, options, np.ones(len(options)), spend=False)
        cuts.append(pool.add_worth(outcomes, touching_weights(draws, risk)))
        average = _averaged(cuts)
    pool.worth.append(average)
    gain = (1 - terms.tail) * mean.slope + terms.tail * average.slope
    gain = np.where(terms.usable, gain, -1.0)
    taken, split = knapsack_corner(problem.owner, problem.cents, gain, terms.budget_cents)
    return np.append(taken, split) if split >= 0 else taken


def _averaged(cuts: list[Cut]) -> Cut:
    """Return the mean of cuts: no plan violates it either. Later answers count for more."""
    shares = np.arange(1, len(cuts) + 1, dtype=np.float64)
    shares /= shares.sum()
    weights = sum(share * cut.draws.weights for share, cut in zip(shares, cuts, strict=True))
    slope = sum(share * cut.slope for share, cut in zip(shares, cuts, strict=True))
    penalty = float(sum(share * cut.constant for share, cut in zip(shares, cuts, strict=True)))
    return Cut(DrawWeights(np.asarray(weights), penalty), np.asarray(slope))
