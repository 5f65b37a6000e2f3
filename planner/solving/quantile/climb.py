"""From a plan to a better one nearby: what each project, or two of them, might do instead."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.effort import Effort
from planner.offering.problem import DecisionProblem
from planner.solving.certify import Certifier, Choice
from planner.solving.quantile.table import CELL, EVERY, Reach, groups_of, reached

__all__ = ["climbed"]

MOST_TRIED = 24
"""Options of a project that are tried in a plan."""
FEWER = 4
"""Cheaper options of one project that are tried to pay for another."""
MARGIN = 1e-9
"""Part of a plan's worth by which another must be better."""


@dataclass(frozen=True, eq=False)
class _Move:
    """A plan's options with those of one project replaced, and how good that is."""

    options: Rows
    reached: float
    mean: float


def climbed(judge: Certifier, reach: Reach, choice: Choice, price: float, effort: Effort) -> Choice:
    """Return a plan that no change of one project, nor of two that share money, betters.

    A plan that reaches as much and is worth more in the mean is better too.

    Parameters
    ----------
    judge : Certifier
        Under a quantile.
    reach : Reach
        Of the options.
    choice : Choice
        To begin with.
    price : float
        Of money, in worth per cent: which options are tried.
    effort : Effort
        Ends the search.
    """
    search = _Climb(judge, reach, _tried(judge.system.problem, reach, price), effort)
    while not effort.is_over():
        better = search.step(choice)
        if better is None:
            return choice
        choice = better
    return choice


def _tried(problem: DecisionProblem, reach: Reach, price: float) -> list[Rows]:
    """Return the options of each project that are worth trying: by mean, best draws and alone."""
    found = []
    for rows in groups_of(problem):
        ranked = [
            rows[np.argsort(price * problem.cents[rows] - worth[rows], kind="stable")]
            for worth in (problem.worth, reach.upper, reach.own)
        ]
        mixed = np.stack(ranked, axis=1).reshape(-1)
        most = len(rows) if len(problem) <= EVERY else MOST_TRIED
        kept = list(dict.fromkeys(mixed.tolist()))[:most]
        found.append(np.array(sorted(kept), dtype=np.int64))
    return found


class _Climb:
    def __init__(self, judge: Certifier, reach: Reach, tried: list[Rows], effort: Effort) -> None:
        self.judge, self.missed, self.tried, self.effort = judge, reach.missed, tried, effort
        self.problem = judge.system.problem

    def step(self, choice: Choice) -> Choice | None:
        """Return the first better plan found; None if there is none or the effort is over."""
        total = self._draws(choice.options).sum(axis=0)
        for tried in self.tried:
            if self.effort.is_over():
                return None
            better = self._first(choice, self._moves(choice.options, total, tried))
            if better is not None:
                return better
        return self._paired(choice, total)

    def _paired(self, choice: Choice, total: Floats) -> Choice | None:
        """Return a plan in which one project takes less, or nothing, and another more."""
        for first in self.tried:
            mine = np.intersect1d(choice.options, first)
            if not len(mine):
                continue
            for options, draws in self._fewer(choice.options, total, first, int(mine[0])):
                for second in self.tried:
                    if second is first:
                        continue
                    if self.effort.is_over():
                        return None
                    better = self._first(choice, self._moves(options, draws, second))
                    if better is not None:
                        return better
        return None

    def _fewer(
        self, options: Rows, total: Floats, tried: Rows, mine: int
    ) -> Iterator[tuple[Rows, Floats]]:
        """Yield a plan without an option, and with cheaper ones of its project."""
        without = np.setdiff1d(options, [mine])
        base = total - self._draws(np.array([mine]))[0]
        yield without, base
        cheaper = tried[self.problem.cents[tried] < self.problem.cents[mine]]
        order = np.argsort(-self.problem.cents[cheaper], kind="stable")[:FEWER]
        for option in cheaper[order].tolist():
            more = self._draws(np.array([option]))[0]
            yield np.sort(np.append(without, option)), base + more

    def _moves(self, options: Rows, total: Floats, tried: Rows) -> list[_Move]:
        """Return the plans in which one project does something else, best first."""
        owner = self.problem.owner
        mine = options[owner[options] == owner[tried[0]]]
        rest = np.setdiff1d(options, mine)
        base = total - self._draws(mine).sum(axis=0)
        others = tried[~np.isin(tried, mine)]
        worth = base + np.vstack([np.zeros((1, len(total))), self._draws(others)])
        own = float(self.problem.worth[rest].sum())
        means = own + np.concatenate([[0.0], self.problem.worth[others]])
        found = [
            _Move(np.sort(np.append(rest, more)) if more >= 0 else rest, value, mean)
            for more, value, mean in zip(
                [-1, *others.tolist()],
                reached(worth, self.missed).tolist(),
                means.tolist(),
                strict=True,
            )
        ]
        return sorted(found, key=lambda move: (-move.reached, -move.mean))

    def _first(self, choice: Choice, moves: list[_Move]) -> Choice | None:
        """Return the best of some plans that keeps every row, if it is better."""
        for move in moves:
            least = MARGIN * max(abs(choice.value), abs(choice.mean), 1e-12)
            owned = choice.mean - float(self.problem.worth[choice.options].sum())
            gained = move.reached + owned - choice.value
            if gained < -least or (gained <= least and move.mean + owned <= choice.mean + least):
                if gained < -least:
                    return None
                continue
            found = self.judge.certified(move.options, choice.assets)
            if found is not None and _is_better(found, choice, least):
                return found
        return None

    def _draws(self, options: Rows) -> Floats:
        outcomes = self.problem.outcomes
        if outcomes is None:
            raise RuntimeError
        self.effort.spend(CELL * max(1, len(options)) * outcomes.n_draws)
        return outcomes.worth_draws(options)


def _is_better(found: Choice, choice: Choice, least: float) -> bool:
    if found.value > choice.value + least:
        return True
    return found.value >= choice.value - least / 2 and found.mean > choice.mean + least
