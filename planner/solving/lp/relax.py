"""The best bound that linear duality gives, over every option and every draw.

Solve the relaxation over few options with the cuts known; price all options at its dual prices,
which gives the bound; add the options that would improve it and the cut that its solution
violates; repeat until the bound meets what the solution is truly worth.

Each round costs one warm linear program, O(n_options · cuts) of pricing and, for a new cut,
O(n_options · draws in the tail).
"""

from dataclasses import dataclass, replace

import numpy as np

from planner.domain.arrays import Floats
from planner.domain.portfolio.risk import RiskMeasure
from planner.errors import NotConvergedError
from planner.offering.effort import Effort
from planner.offering.problem import Outcomes, SpendBound
from planner.solving.lp.cuts import cut_work, summed_draws
from planner.solving.lp.dual_prices import Bound, Prices, Terms, price
from planner.solving.lp.master import Master, Relaxed
from planner.solving.tail import (
    DrawWeights,
    measure,
    measures,
    tail_share,
    touching_weights,
    worst_share,
)

MOST_ROUNDS = 500
ROUNDING = 1e-9
"""Relative to the numbers summed: what a bound may be off by."""
CANNOT_FILL = 1e-6
"""Scaled shortfall of the rows, proven whatever is taken, that counts as infeasible."""
STEPS = np.array([0.03, 0.1, 0.2, 0.35, 0.5, 0.7])
"""How far the best solution is moved towards a new one."""
SHARP = 0.2
"""Share of a bound's distance to what is enough that it may still be off by."""
PRICING, PRICING_CUT = 20.0, 1.0
"""Work of pricing an option, and more for each cut that counts."""
NEW_COLUMNS = 2
"""Options added for each project in a round; more make the linear program slower than they save."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """What the linear relaxation gave.

    Attributes
    ----------
    bound : Bound
        The lowest found.
    prices : Prices
        That it was found at.
    relaxed : Relaxed
        The last solution.
    """

    bound: Bound
    prices: Prices
    relaxed: Relaxed


class Relaxer:
    """Improves the relaxation of one problem under given terms.

    Parameters
    ----------
    master : Master
        Warm linear program.
    risk : RiskMeasure
        Measure of the worth.
    spend : SpendBound or None
        Bound on random spend.
    """

    def __init__(self, master: Master, risk: RiskMeasure, spend: SpendBound | None) -> None:
        self.master, self.risk, self.spend = master, risk, spend
        self._reached = -np.inf
        self._centre: Floats | None = None
        self._rest = 0.0
        self._best: Relaxation | None = None
        self._is_done = False
        self.system = master.system
        self.pool = master.pool

    def solve(
        self,
        terms: Terms,
        effort: Effort,
        *,
        tolerance: float,
        rounds: int = MOST_ROUNDS,
        enough: float = -np.inf,
        goes_on: bool = False,
    ) -> Relaxation | None:
        """Return the relaxation; None if it is proven that nothing keeps the rows.

        Parameters
        ----------
        terms : Terms
            Budget, weight of the tail and limits.
        effort : Effort
            What may be spent; the first round always ends.
        tolerance : float
            Relative distance of bound and solution at which to stop.
        rounds : int
            At most.
        enough : float
            A bound as low as that needs not be lowered further; one near it is told more sharply.
        goes_on : bool, default=False
            From where the last call under the same terms ended.
        """
        if not goes_on:
            self._best, self._is_done = None, False
            self._reached, self._centre, self._rest = -np.inf, None, 0.0
        self.master.set_terms(terms)
        for _ in range(rounds):
            if self._is_done or (self._best is not None and effort.is_over()):
                break
            relaxed = self._solved(effort)
            if relaxed is None:
                if self._best is not None and effort.is_over():
                    break
                if not self._fill(terms, effort):
                    return None
                relaxed = self.master.solve(effort.unending())
                if relaxed is None:
                    break
            self._is_done = self._sharpened(relaxed, terms, effort, tolerance, enough)
        if self._best is None:
            raise NotConvergedError("The linear relaxation of the portfolio could not be solved.")
        return self._best

    def _solved(self, effort: Effort) -> Relaxed | None:
        """Solve the linear program: to the end where there is neither bound nor plan yet."""
        return self.master.solve(effort.unending() if self._best is None else effort)

    def _sharpened(
        self, relaxed: Relaxed, terms: Terms, effort: Effort, tolerance: float, enough: float
    ) -> bool:
        """Learn a bound, a cut and columns from a solution; return whether that was the last."""
        bound, best = price(self.system, self.pool, terms, relaxed.prices), self._best
        effort.spend(len(bound.reduced) * (PRICING + PRICING_CUT * len(self.pool.worth)))
        if best is None or bound.value < best.bound.value:
            best = Relaxation(bound, relaxed.prices, relaxed)
        self._best = best = replace(best, relaxed=relaxed)
        known = len(self.pool.worth), len(self.pool.spend)
        self._cut_off(relaxed, terms, tolerance)
        fresh = [*self.pool.worth[known[0] :], *self.pool.spend[known[1] :]]
        effort.spend(sum(cut_work(cut) for cut in fresh))
        size = max(abs(best.bound.value), ROUNDING * best.bound.magnitude)
        above = best.bound.value - enough if enough > -np.inf else 0.0
        off = best.bound.value - self._reached
        if off <= max(tolerance * size, SHARP * above) or best.bound.value <= enough:
            return True
        return not self._add_columns(bound) and not fresh

    def _cut_off(self, relaxed: Relaxed, terms: Terms, tolerance: float) -> None:
        """Add the cuts that a solution violates, and note its true worth.

        The solution keeps the rows, so its worth is what a bound may reach; it counts only where
        its spend is within the limit.
        """
        outcomes, share = self.system.problem.outcomes, tail_share(self.risk)
        reached = relaxed.objective
        spend_kept = outcomes is None or self._cut_spend(relaxed, terms, outcomes)
        if outcomes is not None and share > 0:
            draws = summed_draws(outcomes, relaxed.options, relaxed.shares, spend=False)
            mean = float(self.system.problem.worth[relaxed.options] @ relaxed.shares)
            rest = (1 - share) * mean + float(self.system.problem.asset_worth @ relaxed.assets)
            reached = rest + share * measure(draws, self.risk)
            if relaxed.objective - reached > 0.1 * tolerance * abs(relaxed.objective):
                claimed = (relaxed.objective - rest) / share
                self.pool.add_worth(outcomes, self._separating(draws, claimed))
            if spend_kept:
                self._move_centre(draws, rest, reached)
        elif spend_kept:
            self._reached = max(self._reached, reached)
        self.master.sync()

    def _move_centre(self, draws: Floats, rest: float, reached: float) -> None:
        """Move the best solution towards a new one, as far as that is worth more.

        Every mixture of two solutions keeps the rows, so its worth is one that a bound may reach.
        """
        share = tail_share(self.risk)
        best = (reached, draws, rest)
        if self._centre is not None:
            mixed = STEPS[:, None] * draws + (1 - STEPS[:, None]) * self._centre
            left = STEPS * rest + (1 - STEPS) * self._rest
            worth = left + share * measures(mixed, self.risk)
            most = int(np.argmax(worth))
            if worth[most] > reached:
                best = (float(worth[most]), mixed[most], float(left[most]))
        if best[0] > self._reached:
            self._reached, self._centre, self._rest = best

    def _separating(self, draws: Floats, claimed: float) -> DrawWeights:
        """Return the draw weights of a cut that a solution violates.

        Touching the measure halfway to the best solution so far, where that still cuts the
        solution off: such cuts are deeper where it matters (in-out separation, Ben-Ameur & Neto
        2007), and far fewer are needed.
        """
        own = touching_weights(draws, self.risk)
        if self._centre is None:
            return own
        between = touching_weights(0.5 * (draws + self._centre), self.risk)
        violation = claimed - float(own.weights @ draws) - own.penalty
        remaining = claimed - float(between.weights @ draws) - between.penalty
        return between if remaining > 0.1 * violation else own

    def _cut_spend(self, relaxed: Relaxed, terms: Terms, outcomes: Outcomes) -> bool:
        if self.spend is None:
            return True
        draws = summed_draws(outcomes, relaxed.options, relaxed.shares, spend=True)
        weights = worst_share(-draws, 1 - self.spend.level)
        assets = float(self.system.problem.asset_cents @ relaxed.assets)
        if float(weights @ draws) + assets <= terms.spend_limit * (1 + 1e-7) + 1e-6:
            return True
        self.pool.add_spend(outcomes, weights)
        return False

    def _add_columns(self, bound: Bound) -> int:
        """Add the best options of each project that improve on those in the master."""
        owner, known = self.system.problem.owner, self.master.known
        seen = np.zeros(len(self.system.problem.projects))
        np.maximum.at(seen, owner[known], bound.reduced[known])
        scale = ROUNDING * max(1e-300, bound.magnitude / max(1, len(seen)))
        better = np.flatnonzero(~known & (bound.reduced > seen[owner] + scale))
        if not len(better):
            return 0
        order = better[np.lexsort((-bound.reduced[better], owner[better]))]
        _, first, counts = np.unique(owner[order], return_index=True, return_counts=True)
        rank = np.arange(len(order)) - np.repeat(first, counts)
        chosen = order[rank < NEW_COLUMNS]
        self.master.add(chosen)
        return len(chosen)

    def _fill(self, terms: Terms, effort: Effort) -> bool:
        """Find options with which the rows can be kept; False if proven that there are none."""
        searching = replace(terms, counted=False, tail=0.0)
        self.master.set_terms(searching)
        possible = True
        for _ in range(MOST_ROUNDS):
            relaxed = self.master.solve(effort.unending())
            if relaxed is None:
                break
            if relaxed.objective / self.master.units.worth >= -ROUNDING:
                break
            bound = price(self.system, self.pool, searching, relaxed.prices)
            if bound.value < -CANNOT_FILL:
                possible = False
                break
            if not self._add_columns(bound) or effort.is_over():
                break
        self.master.set_terms(terms)
        return possible
