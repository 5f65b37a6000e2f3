"""One solve under fixed terms: relax, round, search growing cores, conclude."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.effort import SECOND, Effort, Stop
from planner.offering.problem import Solution
from planner.solving.answer import Progress, conclude, infeasible
from planner.solving.certify import Certifier, Choice
from planner.solving.gap import LEAST_GAP, PROVEN_GAP, usual_gap
from planner.solving.lp.dual_prices import (
    Bound,
    Terms,
    draw_weights,
    marginal_gain,
    spend_price,
)
from planner.solving.lp.relax import MOST_ROUNDS, ROUNDING, Relaxation, Relaxer
from planner.solving.measures import standard_error
from planner.solving.search.branch import TreeSearch, splits
from planner.solving.search.branch_program import Program
from planner.solving.search.branch_table import make_table
from planner.solving.search.draft import Draft, draft_from, filled, rounded
from planner.solving.search.edge import EdgeSearch
from planner.solving.search.exchange import improved
from planner.solving.search.parts import PartSearch
from planner.solving.search.search import CoreSearch, Found, core_options

type DrawsOf = Callable[[Rows], Floats]

FEW = 12
"""Projects and assets up to which everything that can still matter is searched at once."""
CORES = (600, 2_000, 6_000)
"""Sizes of the cores tried before all options that may still matter."""
MOST_SEARCHED = 12_000
"""Options beyond which a core is not searched: writing its model alone takes too long."""
MOST_ENTRIES = 1_000_000
"""The same of the options' entries in cuts."""
MOST_CANDIDATES = 15
"""Options for each project, on average, that a plan is improved with."""
POLISHING = 5
"""Exchanges tried on each plan of an integer search."""
SOLVER_TOLERANCE = 2e-6
"""By how much, in units of the model, HiGHS may leave its bound above the best plan."""
PASSES = 20
"""Exchanges tried on a plan of the relaxation."""
STARTING, CANDIDATE = 5e6, 100.0
"""Work of making a plan of the relaxation and improving it, and more for each candidate."""
IMPROVING = 12 * SECOND
"""Work at the edge of the tail before the portfolio is divided, at most."""
SEEKING, SOUGHT = 1 * SECOND, 1e-2
"""Work on a first plan where rows refuse the simple ways, at most, and the gap where that ends."""
SEARCHING_CORE = 12 * SECOND
"""Work on a core that cannot settle the question alone, at most."""


class Run:
    """One solve.

    Parameters
    ----------
    relaxer : Relaxer
        Warm from earlier solves.
    certifier : Certifier
        Judges under the terms of this solve.
    draws_of : callable, optional
        Returns what options are worth together, draw by draw.
    """

    def __init__(
        self, relaxer: Relaxer, certifier: Certifier, draws_of: DrawsOf | None = None
    ) -> None:
        self.relaxer, self.judge, self.draws_of = relaxer, certifier, draws_of
        self.problem = certifier.system.problem
        self.terms: Terms = certifier.terms
        self.pool = relaxer.pool
        self._edge: EdgeSearch | None = None
        self._known: Choice | None = None
        self._weights: Floats | None = None

    def solve(self, gap: float | None, effort: Effort, *, seed: Rows | None = None) -> Solution:
        """Return the best plan, its bound and its prices.

        A first plan is made of the first linear program and kept until a better one is found, so
        that a search that is stopped early has one. Called again under another gap, it goes on from
        the best plan so far.

        Parameters
        ----------
        gap : float or None
            Relative gap at which to stop; None for what the draws that the first plan is judged on
            allow.
        effort : Effort
            What may be spent; a first plan is looked for in any case.
        seed : ndarray of int64, optional
            Options of a plan known to keep the rows.
        """
        first = self.relax(LEAST_GAP if gap is None else gap, effort, rounds=1)
        if first is None:
            return infeasible(self.problem)
        progress = self.start(first, seed, effort)
        progress.learn(self._known)
        if progress.choice is None and not self._sought(first, progress, effort):
            return infeasible(self.problem)
        relaxing = effort
        if gap is None:  # then work is short: half of it is for better plans
            gap, relaxing = self._near_enough(progress), effort.part(effort.left / 2)
        relaxation = self.relax(gap, relaxing, goes_on=True)
        if relaxation is None:
            return infeasible(self.problem)
        progress.tighten(relaxation.bound.value, relaxation.relaxed.objective)
        if not effort.is_over() and self._searched(relaxation, progress, gap, effort):
            return infeasible(self.problem)
        self._known = progress.choice
        stop = self._stop(relaxation, progress, gap, effort)
        return self.concluded(relaxation, progress, stop, gap)

    def _near_enough(self, progress: Progress) -> float:
        """Return the gap at which the draws tell plans apart no more, judged at a first plan."""
        if progress.choice is None or self.draws_of is None:
            return LEAST_GAP
        draws = self.draws_of(progress.choice.options)
        return usual_gap(progress.choice.value, standard_error(draws, self.judge.risk))

    def _sought(self, relaxation: Relaxation, progress: Progress, effort: Effort) -> bool:
        """Look for a first plan among few options; False if there is no plan at all.

        Of options alike in every row the cheapest decides whether a plan is possible. A search
        that owes an answer looks whatever the deadline; one beside it does not.
        """
        usable = self.terms.usable[relaxation.relaxed.options]
        options = np.union1d(
            self.judge.system.cheapest(self.terms.usable), relaxation.relaxed.options[usable]
        )
        if self._is_too_much(len(options)):
            return True
        own = (effort.unending() if effort.is_due else effort).part(SEEKING)
        found = self._search_core(relaxation, progress, options, own, SOUGHT)
        progress.learn(found.choice)
        decided = found.choice is None and found.bound == -np.inf and self.judge.spend is None
        return not decided

    def _searched(
        self, relaxation: Relaxation, progress: Progress, gap: float, effort: Effort
    ) -> bool:
        """Look for better plans and lower bounds; True if there is no plan at all."""
        progress.learn(self.start(relaxation, None, effort).choice)
        self.improve(relaxation, progress, gap, effort)
        if self._is_divided(progress):
            self._divide(relaxation, progress, gap, effort)
            return False
        return self._search(relaxation, progress, gap, effort)

    def _stop(self, relaxation: Relaxation, progress: Progress, gap: float, effort: Effort) -> Stop:
        """Return what ended the search before the gap was proven; other limits count work too."""
        if progress.within(gap, self.slack(relaxation)):
            return ""
        return effort.stop or "work"

    def relax(
        self, gap: float, effort: Effort, *, rounds: int = MOST_ROUNDS, goes_on: bool = False
    ) -> Relaxation | None:
        """Return the relaxation, as sharp as the gap needs."""
        tolerance = min(max(gap / 5, 1e-7), 1e-3)
        return self.relaxer.solve(
            self.terms, effort, tolerance=tolerance, rounds=rounds, goes_on=goes_on
        )

    def start(
        self, relaxation: Relaxation, seed: Rows | None, effort: Effort, *, passes: int = PASSES
    ) -> Progress:
        """Return the best plan found without an integer search."""
        gain = marginal_gain(self.judge.system, self.pool, self.terms, relaxation.prices)
        progress = Progress(None, relaxation.bound.value, relaxation.relaxed.objective)
        nearby = self.candidates(relaxation.bound)
        for draft in (
            rounded(self.judge, relaxation.relaxed, gain, nearby),
            None if seed is None else draft_from(self.judge, seed, nearby),
        ):
            if draft is not None:
                effort.spend(STARTING * passes + CANDIDATE * len(nearby) * passes)
                progress.learn(self._improved(filled(draft, gain), passes))
        return progress

    def candidates(self, bound: Bound) -> Rows:
        """Return options that may be in a better plan than a good one: those that lose least."""
        usable = np.flatnonzero(self.terms.usable)
        most = MOST_CANDIDATES * len(self.problem.projects)
        if len(usable) <= most:
            return usable
        losses = bound.losses(self.problem.owner)[usable]
        return np.sort(usable[np.argpartition(losses, most)[:most]])

    def _improved(self, draft: Draft, passes: int) -> Choice:
        """Return a better plan nearby, and keep the cut that tells its risk exactly."""
        choice = self.judge.value(draft.options, draft.assets)
        _, choice, cut = improved(draft, choice, passes)
        if cut is not None:
            self.pool.worth.append(cut)
        return choice

    def improve(
        self,
        relaxation: Relaxation,
        progress: Progress,
        gap: float,
        effort: Effort,
        *,
        quick: bool = False,
    ) -> None:
        """Look for a better plan at the edge of the tail, where a plan under CVaR is known."""
        choice = progress.choice
        if choice is None or self.judge.risk.kind != "cvar" or self.judge.terms.tail == 0:
            return
        if self.judge.spend is not None or progress.within(gap, self.slack(relaxation)):
            return
        per_cent = relaxation.prices.per_cent
        self._edge = EdgeSearch(self.judge, relaxation.bound, per_cent, quick=quick)
        target = progress.bound / (1 + gap) if progress.bound > 0 else np.inf
        progress.learn(
            self._edge.run(choice, target, effort.part(IMPROVING), near=relaxation.relaxed)
        )

    def _is_divided(self, progress: Progress) -> bool:
        """Whether the portfolio is searched part by part: under CVaR and the budget alone."""
        if progress.choice is None or self._edge is None or self.problem.rows:
            return False
        return not self.problem.assets

    def _divide(
        self, relaxation: Relaxation, progress: Progress, gap: float, effort: Effort
    ) -> None:
        """Search the portfolio part by part."""
        choice = progress.choice
        if choice is None or progress.within(gap, self.slack(relaxation)):
            return
        nearby, self._weights = self.candidates(relaxation.bound), self._draw_weights(relaxation)

        def near(part: Relaxation) -> Choice | None:
            gain = marginal_gain(self.judge.system, self.pool, self.terms, part.prices)
            draft = rounded(self.judge, part.relaxed, gain, nearby)
            if draft is None or self._edge is None:
                return None
            effort.spend(STARTING * POLISHING + CANDIDATE * len(nearby) * POLISHING)
            rough = self._improved(draft, POLISHING)
            return self._edge.run(rough, -np.inf, effort, near=part.relaxed)

        search = PartSearch(self.judge, self.relaxer, near, gap)
        best, bound = search.run(choice, relaxation, effort)
        progress.learn(best)
        progress.bound = min(progress.bound, bound)

    def _polish(self, bound: Bound) -> Callable[[Choice], Choice]:
        """Return what improves a plan by exchanges among the options that lose least."""
        nearby = self.candidates(bound)

        def polished(choice: Choice) -> Choice:
            draft = draft_from(self.judge, choice.options, nearby)
            if draft is None:
                return choice
            better = improved(draft, self.judge.value(draft.options, draft.assets), POLISHING)[1]
            return max(choice, better, key=lambda item: item.value)

        return polished

    def slack(self, relaxation: Relaxation) -> float:
        """Return what the bound may be off by rounding."""
        tolerance = SOLVER_TOLERANCE * self.relaxer.master.units.worth
        return max(ROUNDING * relaxation.bound.magnitude, tolerance)

    def _search(
        self, relaxation: Relaxation, progress: Progress, gap: float, effort: Effort
    ) -> bool:
        """Search growing cores until the plan is good enough; True if there is no plan at all."""
        bound, slack = relaxation.bound, self.slack(relaxation)
        cores = () if self._is_few(bound, progress) else CORES
        for size in (*cores, len(self.problem)):
            if progress.within(gap, slack) or effort.is_over():
                return False
            loss, settles = self._core_loss(bound, progress, size)
            options = core_options(bound, self.problem.owner, self.terms.usable, loss)
            if progress.choice is not None and self._is_too_much(len(options)):
                if self._edge is not None:
                    self._divide(relaxation, progress, gap, effort)
                return False
            own = effort.part() if settles else effort.part(SEARCHING_CORE)
            found = self._search_core(relaxation, progress, options, own, gap)
            progress.learn(found.choice)
            outside = (
                -np.inf if len(options) == int(self.terms.usable.sum()) else bound.value - loss
            )
            limit = max(found.bound, outside)
            if progress.choice is not None:
                limit = max(limit, progress.choice.value)
            elif limit == -np.inf:
                return True
            progress.solver_bound = min(progress.solver_bound, max(limit, found.bound))
            progress.bound = min(progress.bound, limit)
            if settles:
                return False
        return False

    def _is_too_much(self, n_options: int) -> bool:
        """Whether an integer model of so many options would not get beyond its root."""
        if n_options > MOST_SEARCHED:
            return True
        cuts = len(self.pool.worth) + len(self.pool.spend)
        return not splits(self.judge, n_options) and n_options * cuts > MOST_ENTRIES

    def _is_few(self, bound: Bound, progress: Progress) -> bool:
        """Whether everything that can still matter is searched at once: few projects."""
        n_groups = len(self.problem.projects) + len(self.problem.assets)
        if progress.choice is None or n_groups > FEW:
            return False
        loss, _ = self._core_loss(bound, progress, len(self.problem))
        options = core_options(bound, self.problem.owner, self.terms.usable, loss)
        return splits(self.judge, len(options))

    def _search_core(
        self, relaxation: Relaxation, progress: Progress, options: Rows, effort: Effort, gap: float
    ) -> Found:
        """Search a core: split where draws matter and a plan is known, else by the solver."""
        outcomes, units = self.problem.outcomes, self.relaxer.master.units
        if progress.choice is None or not splits(self.judge, len(options)) or outcomes is None:
            polish = self._polish(relaxation.bound)
            seek = progress.choice is None or not (self.terms.tail or self.judge.spend)
            search = CoreSearch(self.judge, self.pool, units, options, polish, seek=seek)
            return search.run(progress.choice, progress.bound, effort, gap)
        table = make_table(self.judge.system, self.terms, outcomes, options)
        program = Program(table, units, self.terms.tail, effort)
        for cut in self.pool.worth:
            program.add_cut(cut.draws)
        tree = TreeSearch(self.judge, program, self._rounding(relaxation), gap)
        return Found(*tree.run(progress.choice, progress.bound))

    def _rounding(self, relaxation: Relaxation) -> Callable[[Rows, Floats], Choice | None]:
        """Return what makes shares of options a good plan nearby."""
        gain = marginal_gain(self.judge.system, self.pool, self.terms, relaxation.prices)
        nearby = self.candidates(relaxation.bound)

        def near(options: Rows, shares: Floats) -> Choice | None:
            relaxed = replace(relaxation.relaxed, options=options, shares=shares)
            draft = rounded(self.judge, relaxed, gain, nearby)
            return None if draft is None else self._improved(draft, POLISHING)

        return near

    def _core_loss(self, bound: Bound, progress: Progress, size: int) -> tuple[float, bool]:
        """Return the loss up to which options are in the core, and whether no other can matter."""
        losses = bound.losses(self.problem.owner)[self.terms.usable]
        needed = np.inf
        if progress.choice is not None:
            needed = bound.value - progress.choice.value + ROUNDING * bound.magnitude
        count = size + int((bound.best > 0).sum())
        if int((losses <= needed).sum()) <= count:
            return needed, True
        return float(np.partition(losses, count)[count]), False

    def concluded(
        self,
        relaxation: Relaxation,
        progress: Progress,
        stop: Stop = "",
        asked: float = PROVEN_GAP,
    ) -> Solution:
        """Return the answer: value recomputed, bounds no lower than it, prices.

        Raises
        ------
        NotConvergedError
            No plan was found, nor proof that there is none.
        """
        weights = self._draw_weights(relaxation) if self._weights is None else self._weights
        slack = self.slack(relaxation)
        found = conclude(self.judge, relaxation, progress, slack, weights, stop, asked)
        price, spend = spend_price(self.pool, relaxation.prices)
        return replace(found, spend_price=100 * price, spend_weights=spend)

    def _draw_weights(self, relaxation: Relaxation) -> Floats | None:
        """Return how much each draw counts at the margin; None where no draw matters."""
        outcomes, tail = self.problem.outcomes, self.terms.tail
        if outcomes is None or tail == 0:
            return None
        return draw_weights(self.pool, relaxation.prices, tail, outcomes.n_draws)
