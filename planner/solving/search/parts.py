r"""Branch and bound over the whole portfolio: every part is bounded over all options and draws.

The relaxation mixes the options of a project, and "not funded" among them, because a mixture
hedges what no single option does; for a large project that lifts the bound. So a part of the plans
is split in two at the project whose mixture hedges most: options whose draws resemble the one that
it takes most of, and those that resemble the second. Each side is relaxed again, from the last
basis, with the cuts and columns known and all options priced (branch and price, Barnhart et al.
1998), so its bound holds for all of its plans. The part with the highest bound comes first.

Cost of a part: a few rounds of the relaxation.
"""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.errors import NotConvergedError
from planner.offering.effort import SECOND, Effort
from planner.solving.certify import Certifier, Choice
from planner.solving.lp.cuts import summed_draws
from planner.solving.lp.dual_prices import Bound, Prices, Terms
from planner.solving.lp.relax import ROUNDING, Relaxation, Relaxer
from planner.solving.search.branch import MOST_CELLS, TreeSearch
from planner.solving.search.branch_program import KEPT_CUTS, Program
from planner.solving.search.branch_table import make_table
from planner.solving.search.edge import find_edge
from planner.solving.tail import measures

type Heuristic = Callable[[Relaxation], Choice | None]

ROUNDS = 6
"""Of the relaxation for one part."""
FINAL_ROUNDS = 100
FINEST = 1e-9
"""Tolerance of the relaxation where nothing is left to split."""
ROUND_FIRST, ROUND_EACH = 4, 6
"""Of so many parts at the start, and then of each sixth, a plan is made from the relaxation."""
MOST_CUTS = 400
"""Cuts kept in the linear program; of those beyond, the ones that bound nothing for longest go."""
MOST_CUT_CELLS = 20_000_000
"""Numbers that cuts may hold, of 8 bytes; never fewer than ``LEAST_CUTS`` cuts."""
LEAST_CUTS = 100
FINISHED = 300
"""Options left in a part up to which it is searched in a table of its own."""
FINISHING = 3 * SECOND
"""Work of such a search, at most."""
HEDGING = 7e4
"""Work for each option of a relaxation when the mixture that hedges most is looked for."""
EVEN = 1e-9
NOT_FUNDED = -1


@dataclass(frozen=True, eq=False)
class Limits:
    """What the plans of a part have in common.

    Attributes
    ----------
    options : dict
        Options that a project may take, increasing, where not all of them; −1 is "not funded".
    assets : dict
        Whether an asset is bought, where that is settled.
    """

    options: dict[int, Rows]
    assets: dict[int, bool]


@dataclass(order=True)
class OpenPart:
    """An open part; the one with the highest bound sorts first."""

    key: float
    number: int
    limits: Limits = field(compare=False)


class PartSearch:
    """Searches a portfolio for a better plan and a lower bound.

    Parameters
    ----------
    judge : Certifier
        Judges plans, under the terms of the solve.
    relaxer : Relaxer
        Warm.
    heuristic : callable
        Returns a plan near the relaxation of a part.
    gap : float
        Relative gap at which to stop.
    """

    def __init__(
        self, judge: Certifier, relaxer: Relaxer, heuristic: Heuristic, gap: float
    ) -> None:
        self.judge, self.relaxer, self.heuristic, self.gap = judge, relaxer, heuristic, gap
        self.problem = judge.system.problem
        self.terms = judge.terms
        self._numbers = itertools.count()
        self._left = -np.inf
        self.parts = 0

    def run(self, best: Choice, root: Relaxation, effort: Effort) -> tuple[Choice, float]:
        """Return the best plan and a bound on every plan that the effort allows.

        Parameters
        ----------
        best : Choice
            Plan to beat.
        root : Relaxation
            Of the whole; its losses close what cannot be in a better plan.
        effort : Effort
            What may be spent.
        """
        self.best, self.root = best, root
        limits = Limits({}, {})
        waiting = [OpenPart(-root.bound.value, next(self._numbers), limits)]
        first: Relaxation | None = root
        while waiting and -waiting[0].key > self._enough:
            part = heapq.heappop(waiting)
            if effort.is_over():
                heapq.heappush(waiting, part)
                break
            for child in self._looked_at(part, first, effort):
                heapq.heappush(waiting, child)
            first = None
        self.relaxer.master.set_terms(self.terms)
        bound = max(self._left, -waiting[0].key if waiting else -np.inf)
        return self.best, min(root.bound.value, max(bound, self._enough))

    @property
    def _enough(self) -> float:
        """Return the worth up to which a part need not be looked at."""
        return self.best.value + 0.999 * self.gap * abs(self.best.value)

    def _looked_at(
        self, part: OpenPart, known: Relaxation | None, effort: Effort
    ) -> list[OpenPart]:
        """Bound a part and return what of it is left: nothing, two smaller parts, or itself.

        Itself where the effort was over too soon: nothing is made of what was left half done.
        """
        relaxation = known or self._relaxed(part, effort, self._tolerance)
        if relaxation is None:
            return []
        if effort.is_over():
            return [part]
        self.parts += 1
        bound = min(-part.key, relaxation.bound.value)
        rounded = self.parts <= ROUND_FIRST or self.parts % ROUND_EACH == 0
        if bound > self._enough and rounded and known is None:
            self._learn(self.heuristic(relaxation))
        if bound <= self._enough:
            return []
        bound = self._finished(part.limits, relaxation, bound, effort)
        if bound <= self._enough:
            return []
        effort.spend(HEDGING * len(relaxation.relaxed.options))
        halves = self._halves(part.limits, relaxation)
        if halves is None:
            sharper = self._relaxed(part, effort, FINEST)
            if sharper is None:
                return []
            if effort.is_over():
                return [part]
            relaxation, bound = sharper, min(bound, sharper.bound.value)
            halves = self._halves(part.limits, relaxation)
        if halves is None:
            whole = relaxation.relaxed.options[relaxation.relaxed.shares > 0.5]
            self._learn(self.judge.certified(whole, relaxation.relaxed.assets > 0.5))
            self._learn(self.heuristic(relaxation))
            self._left = max(self._left, bound)
            return []
        return [OpenPart(-bound, next(self._numbers), half) for half in halves]

    def _finished(
        self, limits: Limits, relaxation: Relaxation, bound: float, effort: Effort
    ) -> float:
        """Search a part with few options left in a table of its own; return what bounds it."""
        outcomes, found = self.problem.outcomes, relaxation.bound
        if outcomes is None:
            return bound
        slack = found.value - self._enough + ROUNDING * found.magnitude
        losses = found.losses(self.problem.owner)
        options = np.flatnonzero((losses <= slack) & np.isfinite(found.reduced))
        if len(options) > FINISHED or len(options) * outcomes.n_draws > MOST_CELLS:
            return bound
        table = make_table(self.judge.system, self.terms, outcomes, options)
        program = Program(table, self.relaxer.master.units, self.terms.tail, effort.part(FINISHING))
        for number in np.argsort(-relaxation.prices.per_cut, kind="stable")[:KEPT_CUTS].tolist():
            program.add_cut(self.relaxer.pool.worth[number].draws)
        search = TreeSearch(self.judge, program, lambda *_: None, self.gap)
        allowed = np.ones(len(table.mean), dtype=np.bool_)
        projects = np.unique(self.problem.owner[options])
        nothing = table.first[:-1][: len(projects)]
        must = np.array([p for p, kept in limits.options.items() if NOT_FUNDED not in kept])
        allowed[nothing[np.isin(projects, must)]] = False
        best, below = search.run(self.best, bound, allowed)
        self._learn(best)
        return min(bound, below)

    def _learn(self, choice: Choice | None) -> None:
        if choice is not None and choice.value > self.best.value:
            self.best = choice

    @property
    def _tolerance(self) -> float:
        return max(0.1 * self.gap, FINEST)

    def _relaxed(self, part: OpenPart, effort: Effort, tolerance: float) -> Relaxation | None:
        """Return the relaxation of a part; None where no plan in it keeps the rows."""
        terms = self._terms(part.limits)
        most = min(MOST_CUTS, max(LEAST_CUTS, MOST_CUT_CELLS // len(self.problem)))
        self.relaxer.master.forget_idle(most)
        if not self._open(part.limits, terms):
            return None
        finest = tolerance <= FINEST
        try:
            return self.relaxer.solve(
                terms,
                effort,
                tolerance=tolerance,
                rounds=FINAL_ROUNDS if finest else ROUNDS,
                enough=-np.inf if finest else self._enough,
            )
        except NotConvergedError:
            self._left = max(self._left, -part.key)
            return None

    def _terms(self, limits: Limits) -> Terms:
        """Return the terms of a part."""
        usable, owner = self.terms.usable.copy(), self.problem.owner
        must = np.zeros(len(self.problem.projects), dtype=np.bool_)
        for project, kept in limits.options.items():
            own = slice(*np.searchsorted(owner, [project, project + 1]))
            allowed = kept[kept >= 0]
            inside = usable[allowed]
            usable[own] = False
            usable[allowed] = inside
            must[project] = NOT_FUNDED not in kept
        fixed = np.full(len(self.problem.assets), -1, dtype=np.int8)
        for asset, bought in limits.assets.items():
            fixed[asset] = bought
        return replace(self.terms, usable=usable, must=must, fixed=fixed)

    def _open(self, limits: Limits, terms: Terms) -> bool:
        """Give the linear program what projects that must be funded may take.

        The most promising and the cheapest option of each, so that it finds no plan only where
        there is none under the budget; False where that is so.
        """
        master, reduced, cents = self.relaxer.master, self.root.bound.reduced, self.problem.cents
        owned, open_ = self.problem.asset_cents, np.full(len(self.problem.assets), -1)
        fixed = open_ if terms.fixed is None else terms.fixed
        least = int(owned[fixed == 1].sum()) + int(np.minimum(owned[fixed < 0], 0).sum())
        missing: list[int] = []
        for kept in limits.options.values():
            if NOT_FUNDED in kept:
                continue
            usable = kept[terms.usable[kept]]
            if not len(usable):
                return False
            cheapest = int(usable[np.argmin(cents[usable])])
            least += int(cents[cheapest])
            missing += [cheapest, int(usable[np.argmax(reduced[usable])])]
        fresh = np.unique(np.array(missing, dtype=np.int64))
        fresh = fresh[~master.known[fresh]]
        if len(fresh):
            master.add(fresh)
        return terms.budget_cents is None or least <= terms.budget_cents

    def _halves(self, limits: Limits, relaxation: Relaxation) -> tuple[Limits, Limits] | None:
        """Return a part's two sides at what is mixed; None where nothing is."""
        assets = relaxation.relaxed.assets
        if len(assets):
            parted = np.minimum(assets, 1 - assets)
            at = int(np.lexsort((-np.abs(self.problem.asset_worth), parted <= 1e-6))[0])
            if parted[at] > 1e-6:
                return (
                    Limits(limits.options, limits.assets | {at: True}),
                    Limits(limits.options, limits.assets | {at: False}),
                )
        mixed = self._mixed(relaxation)
        if mixed is None:
            return None
        project, one, two, near = mixed
        sides = self._sides(limits, relaxation.bound, project, (one, two), near)
        first, second = (Limits(limits.options | {project: s}, limits.assets) for s in sides)
        return first, second

    def _mixed(self, relaxation: Relaxation) -> tuple[int, int, int, Rows] | None:
        """Return the project whose mixture hedges most, its two main options, the edge's draws."""
        problem, relaxed = self.problem, relaxation.relaxed
        outcomes = problem.outcomes
        if outcomes is None:
            return None
        options, shares = relaxed.options, relaxed.shares
        owner = problem.owner[options]
        taken = np.bincount(owner, weights=shares, minlength=len(problem.projects))
        count = np.bincount(owner, minlength=len(problem.projects))
        projects = np.flatnonzero((count > 1) | ((count == 1) & (taken < 1 - 1e-6)))
        if not len(projects):
            return None
        draws = summed_draws(outcomes, options, shares, spend=False)
        rest = self._charged(relaxation.prices)
        best: tuple[float, int, int, int] | None = None
        for project in projects.tolist():
            own = np.flatnonzero(owner == project)
            found = self._hedge(options[own], shares[own], draws, rest)
            if best is None or found[0] > best[0]:
                best = (found[0], project, found[1], found[2])
        if best is None:
            return None
        level = self.judge.risk.level if self.judge.risk.kind == "cvar" else None
        near = np.arange(len(draws)) if level is None else find_edge(draws, level).near
        return best[1], best[2], best[3], near

    def _charged(self, prices: Prices) -> Floats:
        """Return what each option adds beside its draws: expected worth, less charges for rows."""
        problem = self.problem
        charges = self.judge.system.charges(prices.per_row) + prices.per_cent * problem.cents
        return np.asarray((1 - self.terms.tail) * problem.worth - charges)

    def _hedge(
        self, options: Rows, shares: Floats, draws: Floats, rest: Floats
    ) -> tuple[float, int, int]:
        """Return what mixing a project's options adds beyond the better of its two main ones."""
        outcomes = self.problem.outcomes
        if outcomes is None:
            raise RuntimeError
        worth, other = outcomes.worth_draws(options), rest[options]
        if 1 - shares.sum() > 1e-6:
            options = np.append(options, NOT_FUNDED)
            shares = np.append(shares, 1 - shares.sum())
            worth = np.vstack([worth, np.zeros(len(draws))])
            other = np.append(other, 0.0)
        main = np.argsort(-shares, kind="stable")[:2]
        changed = draws - shares @ worth + worth[main]
        tails = measures(np.vstack([draws, changed]), self.judge.risk)
        lost = shares @ other - other[main] + self.terms.tail * (tails[0] - tails[1:])
        lost = np.maximum(lost, 0.0) + EVEN * (1.0 + abs(tails[0]))
        return float(lost[0] * lost[1]), int(options[main[0]]), int(options[main[1]])

    def _sides(
        self, limits: Limits, bound: Bound, project: int, anchors: tuple[int, int], near: Rows
    ) -> tuple[Rows, Rows]:
        """Return a project's options, "not funded" among them, by the main one they resemble."""
        problem, outcomes = self.problem, self.problem.outcomes
        if outcomes is None:
            raise RuntimeError
        kept = limits.options.get(project)
        if kept is None:
            own = np.arange(*np.searchsorted(problem.owner, [project, project + 1]))
            kept = np.append(NOT_FUNDED, own[self.terms.usable[own]])
        slack = bound.value - self._enough + ROUNDING * bound.magnitude
        options = kept[kept >= 0]
        options = options[bound.best[project] - bound.reduced[options] <= slack]
        options = np.union1d(options, [a for a in anchors if a >= 0])
        draws = outcomes.worth_draws(options)[:, near]
        if NOT_FUNDED in kept and (bound.best[project] <= slack or NOT_FUNDED in anchors):
            options = np.append(NOT_FUNDED, options)
            draws = np.vstack([np.zeros(len(near)), draws])
        ends = np.searchsorted(options, anchors)
        along = draws @ (draws[ends[0]] - draws[ends[1]])
        if along[ends[0]] == along[ends[1]]:
            along = options.astype(np.float64)
        upper = along > 0.5 * (along[ends[0]] + along[ends[1]])
        if upper.all() or not upper.any():
            upper = options == anchors[0]
        return options[upper], options[~upper]
