"""What a knapsack without rows chooses from: for each project what nothing else dominates."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.offering.problem import DecisionProblem
from planner.solving.system import rising

__all__ = ["Points", "undominated_points"]


@dataclass(frozen=True, eq=False)
class Points:
    """Options that no other of their project dominates, "not funded" among them.

    Every project has at least one; within it they rise strictly in cost and worth.

    Attributes
    ----------
    option : ndarray of int64, shape (n_points,)
        In the problem; −1 for "not funded".
    owner : ndarray of int64
        Project of each, not decreasing.
    cents : ndarray of int64
        Cost; 0 at the first of a project.
    worth : ndarray of float64
        Expected worth, at least 0.
    """

    option: Rows
    owner: Rows
    cents: Rows
    worth: Floats

    @cached_property
    def first(self) -> Rows:
        """Place of each project's cheapest point."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))

    @cached_property
    def dearest(self) -> int:
        """Cost of the dearest point."""
        return int(self.cents.max(initial=0))

    @cached_property
    def most(self) -> int:
        """Cost of every project at its dearest point."""
        last = np.flatnonzero(np.diff(self.owner, append=-1))
        return int(self.cents[last].sum())

    def within(self, budget_cents: int) -> "Points":
        """Return the points that alone cost no more than a budget of at least 0."""
        some = self.cents <= budget_cents
        return Points(self.option[some], self.owner[some], self.cents[some], self.worth[some])


def undominated_points(problem: DecisionProblem) -> Points:
    """Return the points of a problem whose options cost at least 0.

    Of options equal in cost and worth the first by tie stands for all. O(n log n).
    """
    paying = np.flatnonzero(problem.worth > 0)
    projects = np.arange(len(problem.projects))
    nothing = np.zeros(len(projects), dtype=np.int64)
    option = np.concatenate([nothing - 1, paying])
    owner = np.concatenate([projects, problem.owner[paying]])
    cents = np.concatenate([nothing, problem.cents[paying]])
    worth = np.concatenate([nothing, problem.worth[paying]])
    tie = np.concatenate([nothing, problem.tie[paying]])
    order = np.lexsort((tie, -worth, cents, owner))
    order = order[rising(owner[order], worth[order])]
    return Points(option[order], owner[order], cents[order], worth[order])
