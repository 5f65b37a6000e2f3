r"""Branch and bound for a portfolio of few projects, each with many options that are much alike.

The linear relaxation spreads a project over several options, which diversifies it away; an integer
solver then sees hundreds of nearly equal columns. Here a part of the table (``branch_table``) is
bounded by its own relaxation with tail-average cuts (``branch_program``), columns that lose more
than the bound is above the best plan are dropped, and

- a part with few choices left is exhausted (``branch_leaf``);
- any other is split in the group whose mixture diversifies most, between the two options most of
  it is spread over: each column goes to the one whose draws it resembles.

The part with the highest bound comes first, so the bound proven falls with every step. It ends at
the best plan however loose the relaxation is: every split makes both sides smaller.
"""

import heapq
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from planner.allocation.engine.branch_leaf import best_of, estimated_choices, grown
from planner.allocation.engine.branch_program import Priced, Program
from planner.allocation.engine.certify import Certifier, Choice
from planner.allocation.engine.tail import measure, touching_weights

type Floats = NDArray[np.float64]
type Rows = NDArray[np.int64]
type Flags = NDArray[np.bool_]

FEW = 12
"""Projects and assets up to which this search is the faster one."""
EXHAUSTED = 30_000
"""Choices that are looked at one by one rather than split."""
ROUNDS = 12
"""Cuts sought for one part; four times as many at the start."""
WORTH_A_ROUND = 0.05
"""Share of what is left above the best plan that another cut must take away."""
IMPROVEMENTS = 10
"""Passes over all pairs of groups."""
NEARBY = 6_000
"""Choices of a pair looked at in a pass."""
SMALL = 200
"""Columns up to which a part gains nothing from a program of its own."""
TRIALS = 3
"""Groups whose split is tried."""
EVEN = 1e-9
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Branched:
    """What the search brought back.

    Attributes
    ----------
    choice : Choice
        Best plan.
    bound : float
        No plan is worth more.
    parts : int
        Parts looked at.
    """

    choice: Choice
    bound: float
    parts: int


@dataclass(frozen=True, eq=False)
class _Part:
    """Columns that are still open, and what no choice of them is worth more than."""

    allowed: Flags
    bound: float


class FewSearch:
    """Searches one table.

    Parameters
    ----------
    certifier : Certifier
        Judges plans.
    program : Program
        Of a table with every option that may be in a better plan.
    gap : float
        Relative gap at which to stop.
    """

    def __init__(self, certifier: Certifier, program: Program, gap: float) -> None:
        self.judge, self.table, self.gap = certifier, program.table, gap
        self.program = program
        self._magnitude = program.units.worth
        self._tried: set[bytes] = set()
        self.best: Choice | None = None

    def run(self, best: Choice, bound: float, *, improve: bool = True) -> Branched:
        """Return the best plan and what no plan is worth more than.

        Parameters
        ----------
        best : Choice
            Plan to beat.
        bound : float
            No plan is worth more.
        improve : bool
            Whether to look for a better plan before anything is split.
        """
        self.best = best
        if not self.table.n_groups:
            return Branched(best, min(bound, best.value), 0)
        if best.worth_draws is not None:
            self.program.add_cut(touching_weights(best.worth_draws, self.judge.risk))
        waiting = [(-bound, 0, _Part(np.ones(len(self.table.mean), dtype=np.bool_), bound))]
        parts = 0
        while waiting and -waiting[0][0] > self._enough:
            try:
                children = self._searched(waiting[0][2], first=improve and parts == 0)
            except TimeoutError:
                break
            heapq.heappop(waiting)
            for child in children:
                parts += 1
                heapq.heappush(waiting, (-child.bound, parts, child))
        left = -waiting[0][0] if waiting else -np.inf
        return Branched(self.best, min(bound, max(self._enough, left)), parts)

    @property
    def _margin(self) -> float:
        """By how much a plan may be better than the one returned; half of what the gap allows."""
        return max(0.5 * self.gap * abs(self._value), ROUNDING * self._magnitude)

    @property
    def _value(self) -> float:
        return -np.inf if self.best is None else self.best.value

    @property
    def _enough(self) -> float:
        """Bound at which a part holds nothing worth finding."""
        return self._value + self._margin

    def _searched(self, part: _Part, *, first: bool) -> list[_Part]:
        """Return what of a part is left to search: nothing, or two smaller parts."""
        allowed, bound, before = part.allowed, part.bound, np.inf
        priced: Priced | None = None
        for _ in range(ROUNDS * (4 if first else 1)):
            n_before = int(allowed.sum())
            priced = self.program.solve(allowed)
            if priced is None:
                return []
            bound = min(bound, priced.bound)
            cut = self._learn_from(priced)
            slack = priced.bound - self._enough
            if slack <= 0:
                return []
            allowed = allowed & (priced.losses <= slack)
            if self._exhausted(priced, slack, EXHAUSTED // 10):
                return []
            gained = before - priced.bound > WORTH_A_ROUND * slack
            if not cut or not (gained or int(allowed.sum()) < 0.9 * n_before):
                break
            before = priced.bound
        if priced is None:
            return []
        if first:
            self._improve(priced)
        slack = priced.bound - self._enough
        if slack <= 0 or self._exhausted(priced, slack, EXHAUSTED):
            return []
        allowed = allowed & (priced.losses <= slack)
        if 2 * int(allowed.sum()) < len(allowed) and len(allowed) > SMALL:
            self._search_apart(allowed, bound)
            return []
        return self._split(_Part(allowed, bound), priced.shares)

    def _search_apart(self, allowed: Flags, bound: float) -> None:
        """Search a part in a program of its own, which is smaller and faster."""
        if self.best is None:
            return
        own = FewSearch(self.judge, self.program.part(np.flatnonzero(allowed)), self.gap)
        found = own.run(self.best, bound, improve=False)
        self.best = found.choice
        if found.bound > self._enough:
            raise TimeoutError

    def _learn_from(self, priced: Priced) -> bool:
        """Learn the plan near a solution, and the cut that the solution violates, if any."""
        table, risk = self.table, self.judge.risk
        taken = np.flatnonzero(priced.shares > 1e-9)
        order = taken[np.lexsort((taken, -priced.shares[taken], table.group[taken]))]
        _, leading = np.unique(table.group[order], return_index=True)
        self._try(order[leading])
        draws = priced.shares[taken] @ table.draws[taken]
        if priced.claimed - measure(draws, risk) <= 0.1 * self._margin:
            return False
        self.program.add_cut(touching_weights(draws, risk))
        return True

    def _try(self, columns: Rows) -> None:
        """Keep the plan of some columns if it is the best."""
        if len(columns) < self.table.n_groups or columns.tobytes() in self._tried:
            return
        self._tried.add(columns.tobytes())
        options, assets = self.table.choice(columns, len(self.judge.system.problem.assets))
        choice = self.judge.certified(options, assets)
        if choice is not None and choice.value > self._value:
            self.best = choice

    def _exhausted(self, priced: Priced, slack: float, most: int) -> bool:
        """Look at every choice of a part, if they are few; False if they are not."""
        if estimated_choices(self.table, priced.losses, slack) > 3 * most:
            return False
        choices = grown(self.table, priced.losses, slack, most)
        if choices is None:
            return False
        self._take_best_of(choices)
        return True

    def _take_best_of(self, choices: Rows) -> None:
        judge = self.judge
        found = best_of(self.program, judge.system, judge.risk, choices, self._value, self._margin)
        if found.columns is not None:
            self._try(found.columns)

    def _improve(self, priced: Priced) -> None:
        """Change any two groups of the best plan at once, until that makes it no better."""
        n_groups = self.table.n_groups
        for _ in range(IMPROVEMENTS):
            start = self._value
            for pair in combinations(range(n_groups), 2) if n_groups > 1 else [(0,)]:
                self._improve_in(pair, priced)
            if self._value - start <= self._margin:
                return

    def _improve_in(self, groups: tuple[int, ...], priced: Priced) -> None:
        """Change some groups of the best plan, among the columns that lose least."""
        table, best = self.table, self.best
        columns = None if best is None else table.place(best.options, best.assets)
        if columns is None:
            return
        open_ = np.isin(table.group, groups)
        open_[columns] = True
        losses = np.where(open_, priced.losses, np.inf)
        slack = priced.bound - self._enough
        for _ in range(20):
            choices = grown(table, losses, slack, NEARBY)
            if choices is not None:
                self._take_best_of(choices)
                return
            slack /= 2

    def _split(self, part: _Part, shares: Floats) -> list[_Part]:
        """Return two halves of a part, split where that lowers the bounds most."""
        best: tuple[float, list[_Part]] | None = None
        for group, a, b in self._spread(part.allowed, np.where(part.allowed, shares, 0.0)):
            halves, over = [], []
            for side in self._halves(part.allowed, group, a, b):
                priced = self.program.solve(part.allowed & side)
                limit = -np.inf if priced is None else min(part.bound, priced.bound)
                over.append(max(0.0, limit - self._enough))
                if priced is not None and over[-1] > 0:
                    inside = part.allowed & side & (priced.losses <= priced.bound - self._enough)
                    halves.append(_Part(inside, limit))
            score = (over[0] + EVEN) * (over[1] + EVEN)
            if best is None or score < best[0]:
                best = score, halves
        return [] if best is None else best[1]

    def _halves(self, allowed: Flags, group: int, a: int, b: int) -> tuple[Flags, Flags]:
        """Return the columns outside a group with those of it nearer to one or the other."""
        table = self.table
        own = np.flatnonzero(allowed & (table.group == group))
        along = table.draws[own] @ (table.draws[a] - table.draws[b])
        ends = along[np.searchsorted(own, [a, b])]
        if ends[0] == ends[1]:
            along, ends = own.astype(np.float64), np.array([a, b], dtype=np.float64)
        upper = along > 0.5 * (ends[0] + ends[1])
        one, other = np.ones(len(allowed), np.bool_), np.ones(len(allowed), np.bool_)
        one[own], other[own] = upper, ~upper
        return one, other

    def _spread(self, allowed: Flags, shares: Floats) -> list[tuple[int, int, int]]:
        """Return the groups that mixing diversifies most, each with two columns to part."""
        table = self.table
        found: list[tuple[float, int, int, int]] = []
        for group, (start, stop) in enumerate(zip(table.first, table.first[1:], strict=False)):
            own = np.flatnonzero(shares[start:stop] > 1e-6) + start
            if len(own) > 1:
                weights = shares[own] / shares[own].sum()
                draws = table.draws[own]
                spread = float(weights @ ((draws - weights @ draws) ** 2).sum(axis=1))
                top = own[np.argsort(-shares[own], kind="stable")]
                found.append((-spread, group, int(top[0]), int(top[1])))
        if found:
            return [item[1:] for item in sorted(found)[:TRIALS]]
        counts = np.add.reduceat(allowed.astype(np.int64), table.first[:-1])
        at = int(np.argmax(counts))
        own = np.flatnonzero(allowed & (table.group == at))
        own = own[np.argsort(table.mean[own], kind="stable")]
        return [(at, int(own[0]), int(own[-1]))]
