"""A good plan without an integer search: the best worth per cent first.

It is the incumbent that the search must beat, what is answered when time runs out, and the
simple rule that a plan is compared with.
"""

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import ProjectRule, Require
from planner.offering.relaxation import Steps
from planner.offering.rules import keeps
from planner.offering.table import OptionTable

type Rows = NDArray[np.int64]

MOST_POLISHING_STEPS = 200


def greedy_rows(
    table: OptionTable,
    rows: Rows,
    steps: Steps,
    budget_cents: int,
    rules: Sequence[ProjectRule],
    demanded: Collection[str],
    preferred: Sequence[int] = (),
) -> Rows:
    """Return the rows of a plan that keeps budget and rules.

    Start from the projects that the rules demand, each at its cheapest; take every step of the
    hulls that fits, best worth per cent first; then replace or add single options while that
    pays.

    Parameters
    ----------
    table : OptionTable
        Every option.
    rows : ndarray of int64
        Undominated rows.
    steps : Steps
        From :func:`planner.offering.relaxation.hull_steps`.
    budget_cents : int
        Enough for ``demanded``.
    rules : sequence of ProjectRule
        Kept throughout.
    demanded : collection of str
        From :func:`planner.solving.plain.feasibility.least_cost_set`.
    preferred : sequence of int
        Rows to take first, as far as they pay, fit and keep the rules.
    """
    draft = _Draft(table, rules, budget_cents)
    first_row: dict[int, int] = {}
    for row, owner in zip(rows.tolist(), table.owner[rows].tolist(), strict=True):
        first_row.setdefault(owner, row)
    for owner, row in first_row.items():
        if table.projects[owner] in demanded:
            draft.take(row)
    for row in (*preferred, *steps.row.tolist()):
        if draft.allows(row):
            draft.take(row)
    return draft.polished(rows)


def polished_rows(
    table: OptionTable, rows: Rows, chosen: Rows, budget_cents: int, rules: Sequence[ProjectRule]
) -> Rows:
    """Return a plan that no single affordable change improves, starting from a given one.

    A search that may stop within a gap can leave such changes; the reader would find them.
    """
    draft = _Draft(table, rules, budget_cents)
    for row in chosen.tolist():
        draft.take(row)
    return draft.polished(rows)


class _Draft:
    """A plan in the making."""

    def __init__(self, table: OptionTable, rules: Sequence[ProjectRule], budget_cents: int) -> None:
        self.table = table
        self.chosen: dict[int, int] = {}
        self.left = budget_cents
        self.cents = np.zeros(len(table.projects), dtype=np.int64)
        self.worth = np.zeros(len(table.projects))
        self.rules_of = _rules_by_project(rules, table.projects)

    def take(self, row: int) -> None:
        """Fund the project of a row with it, in place of what it had."""
        owner = int(self.table.owner[row])
        self.left += int(self.cents[owner]) - int(self.table.cents[row])
        self.cents[owner] = self.table.cents[row]
        self.worth[owner] = self.table.worth[row]
        self.chosen[owner] = row

    def allows(self, row: int) -> bool:
        """Whether taking a row pays, fits the budget and keeps the rules."""
        owner = int(self.table.owner[row])
        return (
            bool(self.table.worth[row] > self.worth[owner])
            and int(self.table.cents[row]) - int(self.cents[owner]) <= self.left
            and self._may_be_funded(owner)
        )

    def polished(self, rows: Rows) -> Rows:
        """Replace or add single options while that pays; return the rows chosen."""
        for _ in range(MOST_POLISHING_STEPS):
            best = self.best_single_change(rows)
            if best is None:
                break
            self.take(best)
        return np.array(sorted(self.chosen.values()), dtype=np.int64)

    def best_single_change(self, rows: Rows) -> int | None:
        """Return the row that adds most, or None if no single change pays."""
        owner = self.table.owner[rows]
        gain = self.table.worth[rows] - self.worth[owner]
        fits = (self.table.cents[rows] - self.cents[owner] <= self.left) & (gain > 0)
        for index in np.argsort(-gain[fits], kind="stable").tolist():
            row = int(rows[fits][index])
            if self._may_be_funded(int(self.table.owner[row])):
                return row
        return None

    def _may_be_funded(self, owner: int) -> bool:
        if owner in self.chosen or owner not in self.rules_of:
            return True
        funded = {self.table.projects[i] for i in self.chosen} | {self.table.projects[owner]}
        return all(keeps(rule, funded) for rule in self.rules_of[owner])


def _rules_by_project(
    rules: Iterable[ProjectRule], projects: Sequence[str]
) -> dict[int, list[ProjectRule]]:
    """Return the rules that name each project, by its position."""
    position = {project: i for i, project in enumerate(projects)}
    by_project: dict[int, list[ProjectRule]] = {}
    for rule in rules:
        named = (rule.project, rule.needs) if isinstance(rule, Require) else rule.projects
        for project in dict.fromkeys(named):
            if project in position:
                by_project.setdefault(position[project], []).append(rule)
    return by_project
