r"""A better plan under CVaR: changes of one or two projects, judged where the tail ends.

What separates a whole plan from the relaxation is not what its options lose at the dual prices,
which is next to nothing, but the draws near the value at risk: the relaxation mixes options so
that many draws tie there, a whole plan misses them by the luck of its projects. Each pass weighs
every change of one project, and every pair of the most promising, by

.. math::

    (1-w) \, E + w \Big(z - \tfrac{1}{(1-\alpha) S} \sum_s \max(0, z - W_s)\Big),

a lower bound on the objective at any :math:`z` (Rockafellar & Uryasev 2000), here the value at
risk of the plan at hand; draws far from it count as in the tail or out of it. The best is then
valued truly. Where no change helps, a few random ones are made and the search goes on from there
(iterated local search, Lourenço, Martin & Stützle 2003), from a fixed seed.

Cost of a pass: O((changes + pairs) · draws near the edge).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.effort import Effort
from planner.solving.certify import Certifier, Choice
from planner.solving.lp.dual_prices import Bound
from planner.solving.lp.master import Relaxed
from planner.solving.search.changes import NOT_FUNDED, Changes, make_changes
from planner.solving.search.draft import Draft

MOST_CHANGES, FEW_CHANGES = 6_000, 2_000
PAIRED = 120
"""Changes of which every pair is weighed while a plan falls to a local optimum."""
PAIRED_AGAIN = 60
"""The same after a kick."""
PAIRS_AT_ONCE = 4_096
DRAWS_AT_ONCE = 16
TRULY = 8
"""Best changes of a pass that are valued truly before it is given up."""
PASSES = 400
PASSES_AGAIN, PASSES_QUICK = 60, 20
MOST_KICKS = 1_000
PATIENCE, PATIENCE_WITH_ROWS = 10, 300
"""Kicks without a better plan after which the search ends; most are refused where rules bind."""
TOO_MUCH = 1.5
"""Times what is missing that a change may free."""
QUARTER = 0.25
"""Share of the changes that lose so little that a kick takes them more than a third as often."""
RARELY = 1e-6
LEAST, MOST = 2, 5
"""Changes in a kick."""
UNKNOWN = -2
STEP, CELL, PAIR = 1e6, 4.0, 25.0
"""Work of a pass, and more for each change in each draw near the edge, and for each pair."""


@dataclass(frozen=True, eq=False)
class _Edge:
    """Where the tail of a plan ends: what a change adds is judged there.

    Attributes
    ----------
    at : float
        Value at risk.
    size : float
        Draws in the tail; the last may count in part.
    deep, near : ndarray of int64
        Draws that stay in the tail, and those that may enter or leave it.
    missing : ndarray of float32, shape (len(near),)
        By how much the plan stays below ``at``.
    """

    at: float
    size: float
    deep: Rows
    near: Rows
    missing: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class _Weighed:
    """Changes of one project against a plan.

    Attributes
    ----------
    gain : ndarray of float64, shape (n,)
        Of the objective, as far as the edge tells; −inf where nothing changes.
    cents : ndarray of int64
        Added cost.
    mean, deep : ndarray of float64
        Added expected worth, and added worth of the deep draws together.
    taken : ndarray of int64, shape (n_projects,)
        Column of what each project takes now.
    """

    gain: Floats
    cents: Rows
    mean: Floats
    deep: Floats
    taken: Rows


class EdgeSearch:
    """Improves plans of one problem under CVaR, without a bound on spend.

    Parameters
    ----------
    judge : Certifier
        Values plans and keeps the rows.
    bound : Bound
        Tells what each option loses at the dual prices.
    per_cent : float
        Price of the budget.
    quick : bool, default=False
        Fewer changes and passes, and no kicks.
    """

    def __init__(
        self, judge: Certifier, bound: Bound, per_cent: float, *, quick: bool = False
    ) -> None:
        self.judge, self.bound, self.per_cent = judge, bound, per_cent
        self.quick = quick
        self.share = judge.terms.tail
        self._changes: Changes | None = None

    def run(
        self, choice: Choice, target: float, effort: Effort, *, near: Relaxed | None = None
    ) -> Choice:
        """Return a plan at least as good, looked for until it is worth the target.

        Parameters
        ----------
        choice : Choice
            Plan to start from; keeps every row.
        target : float
            Worth at which to stop.
        effort : Effort
            What may be spent.
        near : Relaxed, optional
            Its solution, with the larger part of what is split, is a second plan to start from.
        """
        if effort.is_over():
            return choice
        if self._changes is None:
            most = FEW_CHANGES if self.quick else MOST_CHANGES
            self._changes = make_changes(self.judge, self.bound, choice, most)
        if not len(self._changes.option):
            return choice
        draft = self._draft(choice.options, choice.assets)
        starts = [(draft, choice)]
        if near is not None and not self.judge.system.n_rows:
            starts.insert(0, self._larger_shares(near))
        passes, paired = (PASSES_QUICK, PAIRED_AGAIN) if self.quick else (PASSES, PAIRED)
        for first, value in starts:
            other, after = self._descended(first, value, passes, paired, effort)
            if other.room() >= 0 and after.value > choice.value:
                draft, choice = other, after
                if self.quick or choice.value >= target:
                    break
        if not self.quick:
            draft = self._kicked_on(draft, choice, target, effort)
        return self.judge.value(draft.options, draft.assets)

    def _larger_shares(self, near: Relaxed) -> tuple[Draft, Choice]:
        """Return the larger share of each project, "not funded" too; it may be too dear."""
        problem = self.judge.system.problem
        owner, count = problem.owner[near.options], len(problem.projects)
        funded = np.bincount(owner, weights=near.shares, minlength=count) >= 0.5
        order = np.lexsort((near.options, -near.shares, owner))
        largest = near.options[order[np.flatnonzero(np.diff(owner[order], prepend=-1))]]
        largest = largest[funded[problem.owner[largest]]]
        draft = self._draft(largest, np.zeros(len(problem.assets), dtype=np.bool_))
        return draft, self.judge.value(draft.options, draft.assets)

    def _draft(self, options: Rows, assets: Flags) -> Draft:
        """Return a draft of a plan as it stands."""
        problem = self.judge.system.problem
        taken = np.full(len(problem.projects), NOT_FUNDED, dtype=np.int64)
        taken[problem.owner[options]] = options
        return Draft(self.judge, taken, assets.copy(), np.zeros(0, dtype=np.int64))

    def _kicked_on(self, draft: Draft, choice: Choice, target: float, effort: Effort) -> Draft:
        """Make a few random changes and go on from there, again and again."""
        random, waited = np.random.default_rng(len(self._known.option)), 0
        patience = PATIENCE_WITH_ROWS if self.judge.system.n_rows else PATIENCE
        for _ in range(MOST_KICKS):
            if choice.value >= target or waited >= patience or effort.is_over():
                break
            waited += 1
            kicked = self._kicked(draft, random)
            if kicked is None:
                continue
            moved = self._moved(choice, draft, kicked)
            fresh = self.judge.value(kicked.options, kicked.assets, moved)
            other, after = self._descended(kicked, fresh, PASSES_AGAIN, PAIRED_AGAIN, effort)
            if other.room() >= 0 and after.value > choice.value:
                draft, choice, waited = other, after, 0
        return draft

    def _kicked(self, draft: Draft, random: np.random.Generator) -> Draft | None:
        """Return the plan after a few random changes, cheap ones likelier; it may be too dear."""
        changes = self._known
        typical = float(np.quantile(changes.loss, QUARTER))
        odds = np.exp(-changes.loss / typical) if typical > 0 else np.ones(len(changes.loss))
        odds += RARELY
        count = int(random.integers(LEAST, MOST, endpoint=True))
        picked = random.choice(len(odds), min(count, len(odds)), replace=False, p=odds / odds.sum())
        wanted = {int(changes.owner[p]): int(changes.option[p]) for p in picked.tolist()}
        return self._with_options(draft, wanted)

    @property
    def _known(self) -> Changes:
        if self._changes is None:
            raise RuntimeError
        return self._changes

    def _descended(
        self, draft: Draft, choice: Choice, passes: int, paired: int, effort: Effort
    ) -> tuple[Draft, Choice]:
        """Take the best change of one or two projects while there is one."""
        for _ in range(passes):
            if effort.is_over():
                break
            effort.spend(self._step_work(choice, paired))
            step = self._step(draft, choice, paired)
            if step is None:
                break
            draft, choice = step
        return draft, choice

    def _step_work(self, choice: Choice, paired: int) -> float:
        """Return the work of a pass: every change and every pair in the draws near the edge."""
        if choice.worth_draws is None:
            return 0.0
        _, _, low, high = _edge_range(len(choice.worth_draws), self.judge.risk.level)
        near = high - low
        pairs = paired * paired
        return STEP + CELL * near * len(self._known.option) + pairs * (PAIR + near / 2)

    def _step(self, draft: Draft, choice: Choice, paired: int) -> tuple[Draft, Choice] | None:
        """Return the plan after the most promising change that truly helps.

        A plan that is too dear takes what frees money at least loss.
        """
        draws = choice.worth_draws
        if draws is None:
            return None
        changes, room = self._known, draft.room()
        edge = find_edge(draws, self.judge.risk.level)
        taken = self._columns(draft)
        weighed = self._weighed(edge, taken)
        better = self._promising(edge, weighed, room, paired)
        for wanted in better if room >= 0 else self._freeing(weighed, room):
            steps = {int(changes.owner[c]): int(changes.option[c]) for c in wanted}
            after = self._with_options(draft, steps)
            if after is None:
                continue
            moved = self._moved(choice, draft, after)
            value = self.judge.value(after.options, after.assets, moved)
            if room < 0 or value.value > choice.value:
                return after, value
        return None

    def _freeing(self, weighed: _Weighed, room: float) -> list[tuple[int, ...]]:
        """Return the change that frees money at least loss, not far more than is missing."""
        frees = np.flatnonzero((weighed.cents < 0) & (weighed.gain > -np.inf))
        modest = frees[weighed.cents[frees] >= TOO_MUCH * room]
        frees = modest if len(modest) else frees
        if not len(frees):
            return []
        score = weighed.gain[frees] - self.per_cent * weighed.cents[frees]
        return [(int(frees[np.argmax(score)]),)]

    def _with_options(self, draft: Draft, changes: dict[int, int]) -> Draft | None:
        """Return the plan after changes; without rules it may be too dear for the time being."""
        if self.judge.system.n_rows:
            return draft.with_options(changes)
        taken = draft.taken.copy()
        taken[list(changes)] = list(changes.values())
        return Draft(self.judge, taken, draft.assets, draft.candidates)

    def _columns(self, draft: Draft) -> Rows:
        """Return the column of what each project takes now: −1 for none, −2 if it has none."""
        column = self._known.column
        return np.array([column.get(o, UNKNOWN) for o in draft.taken.tolist()], dtype=np.int64)

    def _moved(self, choice: Choice, before: Draft, after: Draft) -> Floats | None:
        """Return the worth of a plan, draw by draw, from that of the plan it came from."""
        outcomes = self.judge.system.problem.outcomes
        if outcomes is None or choice.worth_draws is None:
            return None
        changed = before.taken != after.taken
        new, old = after.taken[changed], before.taken[changed]
        added = outcomes.worth_draws(new[new >= 0]).sum(axis=0)
        return np.asarray(choice.worth_draws + added - outcomes.worth_draws(old[old >= 0]).sum(0))

    def _weighed(self, edge: _Edge, taken: Rows) -> _Weighed:
        """Weigh every change of one project."""
        changes = self._known
        now = taken[changes.owner]
        has = now >= 0
        total = changes.by_draw[edge.deep].sum(axis=0, dtype=np.float64)
        deep = total - np.where(has, total[now], 0.0)
        mean = changes.mean - np.where(has, changes.mean[now], 0.0)
        short = np.zeros(len(now))
        for start in range(0, len(edge.near), DRAWS_AT_ONCE):
            part = slice(start, start + DRAWS_AT_ONCE)
            missing = self._near(edge.near[part], taken)
            np.subtract(edge.missing[part, None], missing, out=missing)
            short += np.maximum(missing, 0, out=missing).sum(axis=0)
        before = float(np.maximum(edge.missing, 0).sum(dtype=np.float64))
        gain = (1 - self.share) * mean + self.share / edge.size * (deep + before - short)
        gain[(now == np.arange(len(now))) | (now == UNKNOWN)] = -np.inf
        gain[(now == NOT_FUNDED) & (changes.option == NOT_FUNDED)] = -np.inf
        cents = changes.cents - np.where(has, changes.cents[now], 0)
        return _Weighed(gain, cents, mean, deep, taken)

    def _near(self, draws: Rows, taken: Rows, columns: Rows | None = None) -> NDArray[np.float32]:
        """Return what changes (all without ``columns``) add in some draws, (draws, changes)."""
        by_draw, owner = self._known.by_draw[draws], self._known.owner
        base = np.where(taken >= 0, by_draw[:, np.maximum(taken, 0)], np.float32(0))
        if columns is None:
            return np.asarray(by_draw - base[:, owner])
        return np.asarray(by_draw[:, columns] - base[:, owner[columns]])

    def _promising(
        self, edge: _Edge, weighed: _Weighed, room: float, paired: int
    ) -> Iterator[tuple[int, ...]]:
        """Yield changes and pairs of changes that the budget allows, the most gaining first."""
        score = weighed.gain - self.per_cent * weighed.cents
        some = np.flatnonzero(score > -np.inf)
        if len(some) > paired:
            some = some[np.argpartition(-score[some], paired)[:paired]]
        some = np.sort(some)
        single = np.flatnonzero((weighed.cents <= room) & (weighed.gain > -np.inf))
        first, second, gain = self._pairs(edge, weighed, some, room)
        gains = np.concatenate([weighed.gain[single], gain])
        firsts = np.concatenate([single, first])
        seconds = np.concatenate([np.full(len(single), -1), second])
        better = gains > 0
        gains, firsts, seconds = gains[better], firsts[better], seconds[better]
        if len(gains) > TRULY:
            best = np.argpartition(-gains, TRULY)[:TRULY]
            gains, firsts, seconds = gains[best], firsts[best], seconds[best]
        for place in np.lexsort((seconds, firsts, -gains)).tolist():
            one, two = int(firsts[place]), int(seconds[place])
            yield (one,) if two < 0 else (one, two)

    def _pairs(
        self, edge: _Edge, weighed: _Weighed, some: Rows, room: float
    ) -> tuple[Rows, Rows, Floats]:
        """Return the affordable pairs of some changes, and what each gains."""
        owner = self._known.owner
        one, two = np.triu_indices(len(some), 1)
        allowed = owner[some[one]] != owner[some[two]]
        allowed &= weighed.cents[some[one]] + weighed.cents[some[two]] <= room
        one, two = one[allowed], two[allowed]
        near = np.ascontiguousarray(self._near(edge.near, weighed.taken, some).T)
        short = np.empty(len(one))
        for start in range(0, len(one), PAIRS_AT_ONCE):
            part = slice(start, start + PAIRS_AT_ONCE)
            missing = edge.missing - near[one[part]]
            missing -= near[two[part]]
            short[part] = np.maximum(missing, 0, out=missing).sum(axis=1, dtype=np.float64)
        first, second = some[one], some[two]
        before = float(np.maximum(edge.missing, 0).sum(dtype=np.float64))
        deep = weighed.deep[first] + weighed.deep[second]
        mean = weighed.mean[first] + weighed.mean[second]
        gain = (1 - self.share) * mean + self.share / edge.size * (deep + before - short)
        return first, second, gain


def _edge_range(n_draws: int, level: float) -> tuple[float, int, int, int]:
    """Return the size of the tail, its whole draws, and which ranks are near its end."""
    size = max((1 - level) * n_draws, 1e-9)
    whole = min(math.floor(size + 1e-9), n_draws - 1)
    low = max(0, min(int(0.3 * whole), whole - 50))
    return size, whole, low, min(n_draws, max(2 * whole, whole + 50))


def find_edge(worth: Floats, level: float) -> _Edge:
    """Return where the tail of a plan's worth ends, with the draws around it."""
    size, whole, low, high = _edge_range(len(worth), level)
    order = np.argsort(worth, kind="stable")
    at = float(worth[order[whole]])
    near = np.sort(order[low:high])
    missing = (at - worth[near]).astype(np.float32)
    return _Edge(at, size, np.sort(order[:low]), near, missing)
