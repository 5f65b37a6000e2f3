"""The rows of a problem in arrays: what a choice uses of each, and whether all are kept.

The budget stands apart from the other rows because every option takes part in it.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from planner.domain.arrays import Flags, Floats, Rows
from planner.offering.problem import DecisionProblem

MOST_HELD = 4_000_000
"""Coefficients that are held in full, of 8 bytes."""
SLACK = 1e-9
"""How far, relative to its terms, a row whose numbers are not whole may be exceeded."""


@dataclass(frozen=True, eq=False)
class System:
    """Rows of a problem as one sparse matrix over options and one dense over assets.

    Attributes
    ----------
    problem : DecisionProblem
        Whose rows these are.
    limit : ndarray of float64, shape (n_rows,)
        Right-hand sides.
    assets : ndarray of float64, shape (n_rows, n_assets)
        Coefficients of assets.
    row, option : ndarray of int64
        Place of each coefficient of an option, ordered by option.
    coefficient : ndarray of float64
        Parallel to them.
    first : ndarray of int64, shape (n_options + 1,)
        Where each option's coefficients begin.
    """

    problem: DecisionProblem
    limit: Floats
    assets: Floats
    row: Rows
    option: Rows
    coefficient: Floats
    first: Rows

    @property
    def n_rows(self) -> int:
        """Number of rows beside the budget."""
        return len(self.limit)

    @cached_property
    def is_impossible(self) -> bool:
        """Whether a row with nothing in it cannot be kept: a demanded project has no option."""
        used = np.bincount(self.row, minlength=self.n_rows)[: self.n_rows] > 0
        return bool(((self.limit < 0) & ~used & ~self.assets.any(axis=1)).any())

    @cached_property
    def whole(self) -> Flags:
        """Rows of whole numbers: their sums are exact, so they must be kept exactly."""
        part = np.zeros(self.n_rows, dtype=np.bool_)
        np.logical_or.at(part, self.row, self.coefficient != np.rint(self.coefficient))
        part |= (self.assets != np.rint(self.assets)).any(axis=1)
        part |= self.limit != np.rint(self.limit)
        return np.asarray(~part)

    @cached_property
    def allowed(self) -> Floats:
        """Left-hand sides up to which the rows count as kept."""
        return np.asarray(self.limit + np.where(self.whole, 0.0, SLACK * self.largest))

    @cached_property
    def by_option(self) -> Floats | None:
        """The whole matrix, an option's coefficients together; None where it is large."""
        count = len(self.problem)
        if count * self.n_rows > MOST_HELD:
            return None
        dense = np.zeros((count, self.n_rows))
        np.add.at(dense, (self.option, self.row), self.coefficient)
        return dense

    @cached_property
    def largest(self) -> Floats:
        """Largest coefficient of each row, at least its limit where that is larger."""
        largest = np.abs(self.limit)
        np.maximum.at(largest, self.row, np.abs(self.coefficient))
        if self.assets.shape[1]:
            largest = np.maximum(largest, np.abs(self.assets).max(axis=1))
        return np.asarray(largest)

    @cached_property
    def run(self) -> Rows:
        """Number of the run of options of one project, alike in every row, that each is in."""
        owner, first = self.problem.owner, self.first
        counts = np.diff(first)
        other = np.diff(owner, prepend=-1) != 0
        other[1:] |= counts[1:] != counts[:-1]
        entry = np.arange(len(self.row))
        before = entry - np.repeat(counts, counts)  # of the option before, if that has as many
        differ = (self.row != self.row[before]) | (self.coefficient != self.coefficient[before])
        other[np.repeat(np.arange(len(owner)), counts)[differ]] = True
        return np.cumsum(other) - 1

    @cached_property
    def undominated(self) -> Flags:
        """Options that an expectation may need.

        One that costs no less and is worth no more than another of its run is never needed, nor
        one worth nothing unless it relieves a row. Ties go to the cheaper option, then to the
        worthier, then to the first.
        """
        problem, run = self.problem, self.run
        order = np.lexsort((problem.tie, -problem.worth, problem.cents, run))
        needed = np.zeros(len(problem), dtype=np.bool_)
        needed[order[rising(run[order], problem.worth[order])]] = True
        relieves = np.zeros(len(problem), dtype=np.bool_)
        relieves[self.option[self.coefficient < 0]] = True
        return needed & ((problem.worth > 0) | (problem.cents < 0) | relieves)

    def cheapest(self, usable: Flags) -> Rows:
        """Return the cheapest usable option of each run, of equal ones the one worth most."""
        problem, some = self.problem, np.flatnonzero(usable)
        worth, cents, tie = problem.worth[some], problem.cents[some], problem.tie[some]
        order = some[np.lexsort((tie, -worth, cents, self.run[some]))]
        return np.sort(order[np.flatnonzero(np.diff(self.run[order], prepend=-1))])

    @cached_property
    def groups(self) -> tuple[Rows, Rows]:
        """Where the options of each project that has any begin, and those projects."""
        first = np.flatnonzero(np.diff(self.problem.owner, prepend=-1))
        return first, self.problem.owner[first]

    def has_earlier_twin(self, options: Rows) -> Flags:
        """Which options, of as many projects, another equals in cost and worth and precedes."""
        problem, owner = self.problem, self.problem.owner
        if not len(options):
            return np.zeros(0, dtype=np.bool_)
        chosen = np.full(len(problem.projects), -1, dtype=np.int64)
        chosen[owner[options]] = options
        equal = problem.cents == problem.cents[chosen][owner]
        equal &= problem.worth == problem.worth[chosen][owner]
        equal &= problem.tie < problem.tie[chosen][owner]
        twins = np.zeros(len(problem.projects), dtype=np.bool_)
        twins[owner[equal]] = True
        return np.asarray(twins[owner[options]])

    def entries(self, options: Rows) -> tuple[Rows, Rows, Floats]:
        """Return position in ``options``, row and coefficient of all their coefficients."""
        counts = self.first[options + 1] - self.first[options]
        position = np.repeat(np.arange(len(options)), counts)
        within = np.arange(len(position)) - np.repeat(np.cumsum(counts) - counts, counts)
        places = np.repeat(self.first[options], counts) + within
        return position, self.row[places], self.coefficient[places]

    def activity(self, options: Rows, assets: Flags) -> Floats:
        """Return the left-hand side of every row at a choice."""
        bought = self.assets[:, assets].sum(axis=1)
        if self.by_option is not None:
            return np.asarray(self.by_option[options].sum(axis=0) + bought)
        _, row, coefficient = self.entries(options)
        used = np.bincount(row, weights=coefficient, minlength=self.n_rows)
        return np.asarray(used[: self.n_rows] + bought)

    def exceeded(self, activity: Floats) -> Rows:
        """Return the rows that an activity breaks."""
        return np.flatnonzero(activity > self.allowed)

    def charges(self, prices: Floats) -> Floats:
        """Return what each option pays for its place in the rows at given prices."""
        if not prices.any():
            return np.zeros(len(self.problem))
        weights = prices[self.row] * self.coefficient
        charged = np.bincount(self.option, weights=weights, minlength=len(self.problem))
        return np.asarray(charged, dtype=np.float64)  # of nothing it counts whole numbers

    def cents(self, options: Rows, assets: Flags) -> int:
        """Return the exact committed cost of a choice."""
        bought = self.problem.asset_cents[assets]
        return int(self.problem.cents[options].sum()) + int(bought.sum())

    @cached_property
    def implied(self) -> Flags:
        """Assets that each asset cannot be owned without, itself included: rows of two assets."""
        n_assets = len(self.problem.assets)
        implied = np.eye(n_assets, dtype=np.bool_)
        free = np.bincount(self.row, minlength=self.n_rows)[: self.n_rows] == 0
        for number in np.flatnonzero(free & (self.limit == 0)):
            owned = np.flatnonzero(self.assets[number])
            first, last = owned[[0, -1]] if len(owned) == 2 else (0, 0)
            if self.assets[number, first] < 0:
                first, last = last, first
            if self.assets[number, first] > 0 and self.assets[number, [first, last]].sum() == 0:
                implied[first, last] = True
        while True:
            further = implied @ implied
            if (further == implied).all():
                return implied
            implied = further

    def required_assets(self, options: Rows) -> Flags | None:
        """Return assets that let a choice of options keep every row; None if none were found.

        Bought are what is the only relief of a broken row, or else, of the first such row, the
        asset that relieves it at least cost; each with what it cannot be owned without. That is
        greedy: where assets use up rows themselves, another set may do where this finds none.
        """
        bought = np.zeros(len(self.problem.assets), dtype=np.bool_)
        activity = self.activity(options, bought)
        while len(broken := self.exceeded(activity)):
            helps = (self.assets[broken] < 0) & ~bought
            counts = helps.sum(axis=1)
            if not counts.all():
                return None
            chosen = np.flatnonzero(helps[counts == 1].any(axis=0))
            if not len(chosen):
                helping = np.flatnonzero(helps[0])
                cents, worth = self.problem.asset_cents[helping], self.problem.asset_worth[helping]
                chosen = helping[np.lexsort((-worth, cents))[:1]]
            added = self.implied[chosen].any(axis=0) & ~bought
            bought |= added
            activity = activity + self.assets[:, added].sum(axis=1)
        return bought

    @cached_property
    def _relief(self) -> Flags:
        """Which assets relieve which rows, shape (n_rows, n_assets)."""
        return np.asarray(self.assets < 0)

    @cached_property
    def _cheapest_first(self) -> Rows:
        """Place of each asset by cost, then by worth."""
        problem = self.problem
        place = np.empty(len(problem.assets), dtype=np.int64)
        place[np.lexsort((-problem.asset_worth, problem.asset_cents))] = np.arange(len(place))
        return place

    def required_of_many(self, activity: Floats) -> tuple[Flags, Flags]:
        """Return what :meth:`required_assets` does for many choices of options at once.

        Parameters
        ----------
        activity : ndarray of float64, shape (n_choices, n_rows)
            Left-hand sides without assets; changed in place.

        Returns
        -------
        tuple of ndarray of bool
            Which choices keep every row, and what each of them buys, shape (n_choices, n_assets).
        """
        keeps = np.zeros(len(activity), dtype=np.bool_)
        bought = np.zeros((len(activity), len(self.problem.assets)), dtype=np.bool_)
        left = np.arange(len(activity))
        relief = self._relief.astype(np.float32)
        while len(left):
            broken = activity[left] > self.allowed
            done = ~broken.any(axis=1)
            keeps[left[done]] = True
            left, broken = left[~done], broken[~done]
            counts = (~bought[left]).astype(np.float32) @ relief.T
            possible = ~(broken & (counts == 0)).any(axis=1)
            left, broken, counts = left[possible], broken[possible], counts[possible]
            only = (broken & (counts == 1)).astype(np.float32)
            chosen = (only @ relief > 0) & ~bought[left]
            for place in np.flatnonzero(~chosen.any(axis=1)).tolist():
                helping = self._relief[np.argmax(broken[place])] & ~bought[left[place]]
                cheap = np.where(helping, self._cheapest_first, len(helping))
                chosen[place, np.argmin(cheap)] = True
            added = (chosen.astype(np.float32) @ self.implied > 0) & ~bought[left]
            bought[left] |= added
            activity[left] += added @ self.assets.T
        return keeps, bought


def build_system(problem: DecisionProblem) -> System:
    """Return the rows of a problem in arrays."""
    sizes = [len(row.options) for row in problem.rows]
    row = np.repeat(np.arange(len(problem.rows)), sizes)
    option = _joined([r.options for r in problem.rows]).astype(np.int64)
    coefficient = _joined([r.option_coefficients for r in problem.rows])
    order = np.argsort(option, kind="stable")
    counts = np.bincount(option, minlength=len(problem))
    assets = np.zeros((len(problem.rows), len(problem.assets)))
    for number, item in enumerate(problem.rows):
        np.add.at(assets[number], item.assets, item.asset_coefficients)
    return System(
        problem=problem,
        limit=np.array([r.limit for r in problem.rows], dtype=np.float64),
        assets=assets,
        row=row[order],
        option=option[order],
        coefficient=coefficient[order],
        first=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
    )


def power_of_two(largest: float, wanted: float) -> float:
    """Return the power of two that brings ``largest`` close to ``wanted`` from below.

    Scaling by it is exact.

    Examples
    --------
    >>> power_of_two(1000.0, 4.0)
    256.0
    """
    return 2.0 ** math.ceil(math.log2(largest / wanted)) if largest > 0 else 1.0


def _joined(parts: list[Floats] | list[Rows]) -> Floats:
    return np.concatenate([np.empty(0), *parts])


def rising(owner: Rows, worth: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which entries are worth more than every one before them of the same project.

    Ranks instead of worths: a large step for each project makes one running maximum restart by
    itself, without rounding.
    """
    if not len(owner):
        return np.zeros(0, dtype=np.bool_)
    _, rank = np.unique(worth, return_inverse=True)
    key = owner * (len(owner) + 1) + rank
    before = np.maximum.accumulate(key)
    keep = np.ones(len(owner), dtype=np.bool_)
    keep[1:] = key[1:] > before[:-1]
    return keep
