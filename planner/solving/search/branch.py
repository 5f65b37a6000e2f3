"""Branch and bound over what may still be in a better plan, with tail cuts at every part.

Parts of the table are bounded by the linear relaxation of that part, sharpened by cuts of its own
solution. A part whose remaining choices are few is searched whole; another is split in two at a
project (or asset) that the relaxation takes in parts: its cheaper columns, its dearer columns. The
split is the one whose two sides are bounded best, from what earlier splits of the project gave and
from trials where none were made (reliability branching, Achterberg 2005).
"""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.effort import OutOfEffortError
from planner.solving.certify import Certifier, Choice
from planner.solving.search.branch_leaf import best_of, estimated_choices, grown
from planner.solving.search.branch_program import Priced, Program
from planner.solving.tail import measure, touching_weights

type Rounding = Callable[[Rows, Floats], Choice | None]

MOST_CHOICES = 20_000
"""A part with no more choices than that is searched whole."""
ROUNDS = 4
"""Cuts learnt for a part before it is split."""
WORTHWHILE = 0.1
"""Share of the distance to the plan by which a cut must lower a bound to be asked for another."""
TRIALS = 5
"""Splits tried at a part where too little is known."""
RELIABLE = 3
"""Splits of a project after which its effect is taken as known."""
ROUND_EACH = 8
"""Parts after which the relaxation's solution is rounded to a plan again."""
COUNTING, CHOOSING, ROUNDING = 1e3, 50.0, 3e7
"""Work of counting the choices of a column, of weighing one project's in a choice, of a plan."""


MOST_CELLS = 16_000_000
"""Columns · draws that are held at once, in two layouts: 256 MB."""


def splits(judge: Certifier, n_options: int) -> bool:
    """Whether a core is searched here: under a measure of risk on worth, if its draws fit."""
    outcomes = judge.system.problem.outcomes
    if outcomes is None or judge.terms.tail == 0 or judge.spend is not None:
        return False
    size = n_options + len(judge.system.problem.projects) + 2 * len(judge.system.problem.assets)
    return size * outcomes.n_draws <= MOST_CELLS


@dataclass(order=True)
class OpenBranch:
    """An open part of the table, the least bounded first."""

    key: float
    number: int
    allowed: Flags = field(compare=False)


@dataclass(frozen=True, eq=False)
class GroupSplit:
    """Columns of a group up to ``last`` on one side, the others on the other."""

    group: int
    last: int
    above: float


class Effects:
    """How much splits of each group have lowered the bound, per unit of share moved."""

    def __init__(self, n_groups: int) -> None:
        self.total = np.zeros((2, n_groups))
        self.count = np.zeros((2, n_groups), dtype=np.int64)

    def learn(self, group: int, side: int, lowered: float, moved: float) -> None:
        """Note the effect of one side of a split."""
        self.total[side, group] += max(0.0, lowered) / max(moved, 1e-3)
        self.count[side, group] += 1

    def expected(self, split: GroupSplit, side: int) -> float:
        """Return by how much a side is likely to be bounded lower."""
        moved = split.above if side == 0 else 1 - split.above
        count = self.count[side, split.group]
        if count:
            return float(self.total[side, split.group] / count * moved)
        known = self.count[side].sum()
        return float(self.total[side].sum() / known * moved) if known else moved


class TreeSearch:
    """Searches a table for the best choice.

    Parameters
    ----------
    judge : Certifier
        Judges choices; without a bound on spend.
    program : Program
        Bounds parts.
    rounding : callable
        Returns a plan near shares of options.
    gap : float
        Relative gap at which to stop.
    """

    def __init__(self, judge: Certifier, program: Program, rounding: Rounding, gap: float) -> None:
        self.judge, self.program, self.rounding, self.gap = judge, program, rounding, gap
        self.table = program.table
        self._effects = Effects(self.table.n_groups)
        self._numbers = itertools.count()
        self._open: list[OpenBranch] = []
        self.nodes = 0

    def run(self, best: Choice, bound: float, allowed: Flags | None = None) -> tuple[Choice, float]:
        """Return the best plan and a bound on every choice of the table that the effort allows.

        Parameters
        ----------
        best : Choice
            Plan to beat.
        bound : float
            No choice is worth more.
        allowed : ndarray of bool, optional
            Columns to choose from; all without.
        """
        self.best = best
        if not self.program.slopes and best.worth_draws is not None:
            self.program.add_cut(touching_weights(best.worth_draws, self.judge.risk))
        if allowed is None:
            allowed = np.ones(len(self.table.mean), dtype=np.bool_)
        self._open = [OpenBranch(-bound, next(self._numbers), allowed)]
        while self._open and -self._open[0].key > self._enough():
            part = heapq.heappop(self._open)
            try:
                self._look_at(part)
            except OutOfEffortError:
                heapq.heappush(self._open, part)
                return self.best, max(self._enough(), -self._open[0].key)
        return self.best, self._enough()

    def _enough(self) -> float:
        """Return the worth up to which a part need not be looked at."""
        return self.best.value + 0.999 * self.gap * abs(self.best.value)

    def _look_at(self, part: OpenBranch) -> None:
        """Bound a part, then search it whole or split it."""
        self.nodes += 1
        allowed = part.allowed.copy()
        priced = self._bounded(allowed)
        if priced is None:
            return
        bound = min(-part.key, priced.bound)
        if self.nodes % ROUND_EACH == 1:
            self._round(priced)
        if bound <= self._enough():
            return
        # Losses are told against the part's own bound, even where an inherited one is lower.
        slack = priced.bound - self._enough()
        losses = np.where(allowed, priced.losses, np.inf)
        self.program.effort.spend(COUNTING * len(losses))
        if estimated_choices(self.table, losses, slack) <= MOST_CHOICES:
            choices = grown(self.table, losses, slack, 4 * MOST_CHOICES)
            if choices is not None:
                self._search_whole(choices)
                return
        self._divide(allowed, priced, bound)

    def _bounded(self, allowed: Flags) -> Priced | None:
        """Bound a part, closing columns that cannot be in a better plan; None if it is done."""
        before, priced = np.inf, None
        for round_ in range(ROUNDS):
            priced = self.program.solve(allowed)
            if priced is None:
                return None
            slack = priced.bound - self._enough()
            if slack <= 0:
                return None
            allowed &= priced.losses <= slack
            violated = self._cut(priced, slack)
            if not violated or (round_ and before - priced.bound < WORTHWHILE * slack):
                break
            before = priced.bound
        return priced

    def _cut(self, priced: Priced, slack: float) -> bool:
        """Add the cut that a solution violates, if it is violated by enough to matter."""
        support = np.flatnonzero(priced.shares > 1e-9)
        draws = priced.shares[support] @ self.table.draws[support]
        risk = self.judge.risk
        over = self.program.tail * (priced.claimed - measure(draws, risk))
        if over <= WORTHWHILE * slack:
            return False
        self.program.add_cut(touching_weights(draws, risk))
        return True

    def _round(self, priced: Priced) -> None:
        self.program.effort.spend(ROUNDING)
        own = np.flatnonzero((self.table.option >= 0) & (priced.shares > 1e-9))
        order = own[np.argsort(self.table.option[own])]
        self._learn(self.rounding(self.table.option[order], priced.shares[order]))

    def _learn(self, choice: Choice | None) -> None:
        if choice is not None and choice.value > self.best.value:
            self.best = choice

    def _search_whole(self, choices: Rows) -> None:
        system, risk = self.judge.system, self.judge.risk
        self.program.effort.spend(CHOOSING * choices.size)
        margin = self._enough() - self.best.value
        found = best_of(self.program, system, risk, choices, self.best.value, margin)
        if found.columns is not None:
            options, assets = self.table.choice(found.columns, len(system.problem.assets))
            self._learn(self.judge.certified(options, assets))

    def _divide(self, allowed: Flags, priced: Priced, bound: float) -> None:
        """Split a part where that lowers the bounds of both sides most."""
        effects = self._effects

        def promise(split: GroupSplit) -> float:
            low, high = effects.expected(split, 0), effects.expected(split, 1)
            return -max(low, 1e-9 * abs(bound)) * max(high, 1e-9 * abs(bound))

        splits = sorted(self._splits(allowed, priced), key=promise)
        best: tuple[float, list[tuple[float, Flags]]] | None = None
        trials = 0
        for split in splits:
            unknown = effects.count[:, split.group].min() < RELIABLE
            if best is not None and (not unknown or trials >= TRIALS):
                if unknown:
                    continue
                break
            trials += 1
            sides = self._tried(split, allowed, bound)
            if len(sides) < 2:
                best = (0.0, sides)
                break
            score = max(bound - sides[0][0], 1e-9 * abs(bound)) * max(
                bound - sides[1][0], 1e-9 * abs(bound)
            )
            if best is None or score > best[0]:
                best = (score, sides)
            if not unknown:
                break
        for limit, inside in best[1] if best is not None else []:
            heapq.heappush(self._open, OpenBranch(-limit, next(self._numbers), inside))

    def _tried(self, split: GroupSplit, allowed: Flags, bound: float) -> list[tuple[float, Flags]]:
        """Return the sides of a split that may hold a better plan, with their bounds."""
        sides = []
        own = self.table.group == split.group
        low = np.arange(len(own)) <= split.last
        for side, keep in enumerate((low, ~low)):
            inside = allowed & (~own | keep)
            priced = self.program.solve(inside)
            limit = -np.inf if priced is None else min(bound, priced.bound)
            moved = split.above if side == 0 else 1 - split.above
            self._effects.learn(
                split.group, side, min(bound - limit, bound - self._enough()), moved
            )
            if priced is not None and limit > self._enough():
                near = priced.losses <= priced.bound - self._enough()
                sides.append((limit, inside & near))
        return sides

    def _splits(self, allowed: Flags, priced: Priced) -> list[GroupSplit]:
        """Return a split of each group that is taken in parts; of any other if there is none."""
        first = self.table.first
        taken = np.maximum.reduceat(priced.shares, first[:-1])
        parted = np.flatnonzero(taken < 1 - 1e-6)
        if not len(parted):
            counts = np.add.reduceat(allowed.astype(np.int64), first[:-1])
            parted = np.flatnonzero(counts > 1)[:1]
        splits = []
        for group in parted.tolist():
            own = np.arange(first[group], first[group + 1])
            own = own[allowed[own]]
            below = np.cumsum(priced.shares[own])[:-1]
            place = int(np.argmin(np.abs(below - 0.5)))
            splits.append(
                GroupSplit(group, int(own[place]), float(np.clip(1 - below[place], 0, 1)))
            )
        return splits
