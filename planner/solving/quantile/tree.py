"""Ranges of options, halved where most is unknown: what proves a plan of few projects.

A node gives each project a range of its options, neighbours alike. No plan within it reaches more
than what the best option of each range comes to in sum draw by draw, at any price of money; a range
of one option is known exactly. The node that promises most is split first.
"""

import heapq
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.effort import Effort
from planner.solving.certify import Certifier, Choice
from planner.solving.quantile.table import Reach, groups_of, reached

__all__ = ["MOST_PROJECTS", "grown"]

MOST_PROJECTS = 12
"""Projects up to which plans are searched range by range."""
MOST_CELLS = 2e7
"""Options times draws beyond which nothing is searched."""
ADDED, ORDERED, LOOKED = 2.0, 25.0, 3.0
"""Work of adding a draw of a range, of ordering one, and of looking for the best of a range."""
CUT = 1e-12
"""Part of a worth below which two are the same."""

type Range = tuple[int, int]


@dataclass(frozen=True, eq=False)
class _Known:
    """What the options of one range of a project come to at best.

    Attributes
    ----------
    best : ndarray of shape (n_prices, n_draws)
        In each draw, at each price of money.
    upper : ndarray of shape (n_prices,)
        In the mean of the best draws.
    regret : ndarray of shape (n_prices,)
        What knowing the draw is worth within the range.
    cheapest : int
        Cents.
    pick : int
        Option worth most in the mean, by its place in the project.
    """

    best: Floats
    upper: Floats
    regret: Floats
    cheapest: int
    pick: int


class _Project:
    """The options of one project, nothing among them, and its ranges as they are asked for."""

    def __init__(
        self, judge: Certifier, reach: Reach, rows: Rows, prices: Floats, effort: Effort
    ) -> None:
        self.effort = effort
        problem = judge.system.problem
        outcomes = problem.outcomes
        if outcomes is None:
            raise RuntimeError
        none = np.zeros((1, outcomes.n_draws))
        self.rows = np.append(-1, rows)
        self.draws = np.vstack([none, outcomes.worth_draws(rows)])
        self.cents = np.append(0, problem.cents[rows])
        self._means = np.append(0.0, problem.worth[rows])
        self._upper = np.append(0.0, reach.upper[rows])
        self._prices = prices
        self._known: dict[Range, _Known] = {}

    @property
    def whole(self) -> Range:
        """All options, and nothing."""
        return 0, len(self.rows)

    def known(self, part: Range) -> _Known:
        """Return what a range comes to at best."""
        if part not in self._known:
            width = part[1] - part[0]
            self.effort.spend(LOOKED * width * self.draws.shape[1] * len(self._prices))
            self._known[part] = self._look(slice(*part))
        return self._known[part]

    def halves(self, part: Range) -> tuple[Range, Range]:
        """Return a range in two: first nothing and anything, then halves."""
        low, high = part
        middle = 1 if low == 0 else (low + high) // 2
        return (low, middle), (middle, high)

    def _look(self, part: slice) -> _Known:
        paid = self._prices[:, None] * self.cents[part]
        best = np.array([(self.draws[part] - one[:, None]).max(axis=0) for one in paid])
        means = self._means[part] - paid
        return _Known(
            best=best,
            upper=(self._upper[part] - paid).max(axis=1),
            regret=best.mean(axis=1) - means.max(axis=1),
            cheapest=int(self.cents[part].min()),
            pick=part.start + int(means[-1].argmax()),
        )


def grown(
    judge: Certifier, reach: Reach, best: Choice, bound: float, gap: float, effort: Effort
) -> tuple[Choice, float]:
    """Return the best plan and what no plan reaches more than.

    Parameters
    ----------
    judge : Certifier
        Under a quantile, without shared assets and without a bound on random spend.
    reach : Reach
        Of the options.
    best : Choice
        Plan to beat.
    bound : float
        What is known of every plan.
    gap : float
        Relative distance at which to stop.
    effort : Effort
        Ends the search; what is open then counts in the bound.
    """
    problem = judge.system.problem
    outcomes = problem.outcomes
    if outcomes is None or len(problem.projects) > MOST_PROJECTS:
        return best, bound
    if len(problem) * outcomes.n_draws > MOST_CELLS:
        return best, bound
    return _Tree(judge, reach, effort).run(best, bound, gap)


class _Tree:
    def __init__(self, judge: Certifier, reach: Reach, effort: Effort) -> None:
        self.judge, self.reach, self.effort = judge, reach, effort
        self.problem, self.budget = judge.system.problem, judge.terms.budget_cents
        n_prices = 1 if self.budget is None else len(reach.prices)
        self.prices = np.array(reach.prices[:n_prices])
        self.projects = [
            _Project(judge, reach, rows, self.prices, effort) for rows in groups_of(self.problem)
        ]

    @cached_property
    def _cost(self) -> float:
        """Work of a node."""
        draws = int(self.projects[0].draws.shape[1])
        each = ADDED * len(self.projects) + ORDERED
        return draws * (len(self.prices) + 1) * each

    def run(self, best: Choice, bound: float, gap: float) -> tuple[Choice, float]:
        """Search until nothing open is better than the best plan by more than the gap."""
        serial = 0
        queue = [(-bound, serial, tuple(project.whole for project in self.projects))]
        while queue and not self.effort.is_over():
            top = -queue[0][0]
            if top <= best.value + max(gap, CUT) * max(abs(best.value), CUT):
                return best, max(best.value, min(bound, top))
            _, _, parts = heapq.heappop(queue)
            at = self._widest(parts)
            if at is None:
                best = self._certified(best, parts)
                continue
            for half in self.projects[at].halves(parts[at]):
                child = (*parts[:at], half, *parts[at + 1 :])
                least = min(top, self._bound(child))
                if least <= best.value + CUT * abs(best.value):
                    continue
                best = self._picked(best, child)
                serial += 1
                heapq.heappush(queue, (-least, serial, child))
        left = max((-entry[0] for entry in queue), default=best.value)
        return best, max(best.value, min(bound, left))

    def _widest(self, parts: tuple[Range, ...]) -> int | None:
        """Return the project whose range hides most; None where each has one option."""
        open_ = [at for at, (low, high) in enumerate(parts) if high - low > 1]
        known = {at: self.projects[at].known(parts[at]).regret[-1] for at in open_}
        return max(open_, key=lambda at: (known[at], parts[at][1] - parts[at][0]), default=None)

    def _bound(self, parts: tuple[Range, ...]) -> float:
        """Return what no plan within the ranges reaches more than; −inf if none can be paid."""
        self.effort.spend(self._cost)
        known = [p.known(part) for p, part in zip(self.projects, parts, strict=True)]
        budget = self.budget
        if budget is not None and sum(one.cheapest for one in known) > budget:
            return -np.inf
        left = self.prices * (budget or 0)
        best, upper = known[0].best.copy(), known[0].upper.copy()
        for one in known[1:]:
            best += one.best
            upper += one.upper
        by_draw = float((reached(best, self.reach.missed) + left).min())
        return min(by_draw, float((upper + left).min()))

    def _picked(self, best: Choice, parts: tuple[Range, ...]) -> Choice:
        """Return the better of a plan and that of the options worth most in the mean."""
        picks = [p.known(part).pick for p, part in zip(self.projects, parts, strict=True)]
        return self._tried(best, picks)

    def _certified(self, best: Choice, parts: tuple[Range, ...]) -> Choice:
        """Return the better of a plan and the only one that is left in the ranges."""
        return self._tried(best, [low for low, _ in parts])

    def _tried(self, best: Choice, picks: list[int]) -> Choice:
        worth = np.sum([p.draws[at] for p, at in zip(self.projects, picks, strict=True)], axis=0)
        if reached(worth[None, :], self.reach.missed)[0] <= best.value:
            return best
        rows = [int(p.rows[at]) for p, at in zip(self.projects, picks, strict=True)]
        options = np.array(sorted(row for row in rows if row >= 0), dtype=np.int64)
        none = np.zeros(len(self.problem.assets), dtype=np.bool_)
        choice = self.judge.certified(options, none)
        return choice if choice is not None and choice.value > best.value else best
