"""The best bound that linear duality gives, over every option and every draw.

Solve the relaxation over few options with the cuts known; price all options at its dual prices,
which gives the bound; add the options that would improve it and the cut that its solution
violates; repeat until the bound meets what the solution is truly worth.

Each round costs one warm linear program, O(n_options · cuts) of pricing and, for a new cut,
O(n_options · draws in the tail).
"""

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from planner.allocation.engine.cuts import summed_draws
from planner.allocation.engine.master import Master, Relaxed
from planner.allocation.engine.pricing import Bound, Prices, Terms, price
from planner.allocation.engine.tail import (
    DrawWeights,
    measure,
    tail_share,
    touching_weights,
    worst_share,
)
from planner.allocation.problem import Outcomes, RiskMeasure, SpendBound
from planner.errors import NotConvergedError

type Floats = NDArray[np.float64]
type Rows = NDArray[np.int64]

MOST_ROUNDS = 500
ROUNDING = 1e-9
"""Relative to the numbers summed: what a bound may be off by."""
CANNOT_FILL = 1e-6
"""Scaled shortfall of the rows, proven whatever is taken, that counts as infeasible."""
STEPS = (0.03, 0.1, 0.2, 0.35, 0.5, 0.7)
"""How far the best solution is moved towards a new one."""
FIRST_SOLVE_S = 600.0
"""Without one solved linear program there is neither bound nor plan; seconds at 5,000 projects."""
SHARP = 0.2
"""Share of a bound's distance to what is enough that it may still be off by."""
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
        self.system = master.system
        self.pool = master.pool

    def solve(
        self,
        terms: Terms,
        deadline: float,
        *,
        tolerance: float,
        rounds: int = MOST_ROUNDS,
        enough: float = -np.inf,
    ) -> Relaxation | None:
        """Return the relaxation; None if it is proven that nothing keeps the rows.

        Parameters
        ----------
        terms : Terms
            Budget, weight of the tail and limits.
        deadline : float
            Of the monotonic clock; the first round always ends.
        tolerance : float
            Relative distance of bound and solution at which to stop.
        rounds : int
            At most.
        enough : float
            A bound as low as that needs not be lowered further; one near it is told more sharply.
        """
        self.master.set_terms(terms)
        best: tuple[Bound, Prices] | None = None
        self._reached, self._centre, self._rest = -np.inf, None, 0.0
        relaxed: Relaxed | None = None
        for _ in range(rounds):
            left = deadline - time.monotonic() if relaxed is not None else FIRST_SOLVE_S
            if left <= 0:
                break
            fresh = self.master.solve(left)
            if fresh is None:
                if relaxed is not None and time.monotonic() > deadline:
                    break
                if not self._fill(terms, deadline):
                    return None
                fresh = self.master.solve(FIRST_SOLVE_S)
                if fresh is None:
                    break
            relaxed = fresh
            bound = price(self.system, self.pool, terms, relaxed.prices)
            if best is None or bound.value < best[0].value:
                best = bound, relaxed.prices
            n_cuts = len(self.pool.worth) + len(self.pool.spend)
            self._cut_off(relaxed, terms, tolerance)
            size = max(abs(best[0].value), ROUNDING * best[0].magnitude)
            above = best[0].value - enough if enough > -np.inf else 0.0
            off = best[0].value - self._reached
            if off <= max(tolerance * size, SHARP * above) or best[0].value <= enough:
                break
            added = self._add_columns(bound)
            if not added and len(self.pool.worth) + len(self.pool.spend) == n_cuts:
                break
        if best is None or relaxed is None:
            raise NotConvergedError("The linear relaxation of the portfolio could not be solved.")
        return Relaxation(best[0], best[1], relaxed)

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
            for step in STEPS:
                mixed = step * draws + (1 - step) * self._centre
                left = step * rest + (1 - step) * self._rest
                worth = left + share * measure(mixed, self.risk)
                if worth > best[0]:
                    best = (worth, mixed, left)
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

    def _fill(self, terms: Terms, deadline: float) -> bool:
        """Find options with which the rows can be kept; False if proven that there are none."""
        searching = replace(terms, counted=False, tail=0.0)
        self.master.set_terms(searching)
        possible = True
        for _ in range(MOST_ROUNDS):
            relaxed = self.master.solve(FIRST_SOLVE_S)
            if relaxed is None:
                break
            if relaxed.objective / self.master.units.worth >= -ROUNDING:
                break
            bound = price(self.system, self.pool, searching, relaxed.prices)
            if bound.value < -CANNOT_FILL:
                possible = False
                break
            if not self._add_columns(bound) or time.monotonic() > deadline:
                break
        self.master.set_terms(terms)
        return possible
