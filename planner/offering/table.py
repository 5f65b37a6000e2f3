"""All options of all projects in one flat table, as the solver and the auditor read them.

Projects stand in the order of their ids, not of the file: the same portfolio written in another
order is the same model, and gets the same plan.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.domain.portfolio.portfolio import AtLeast, Fund, ProjectRule, Require
from planner.domain.results.option import Cents, ProjectOptions
from planner.domain.vocabulary import Objective


@dataclass(frozen=True, eq=False)
class OptionTable:
    """Options of all projects as parallel arrays of length ``n_options``.

    Attributes
    ----------
    projects : tuple of str
        Ids, sorted.
    options : tuple of ProjectOptions
        One per project, in the same order.
    first : ndarray of int64
        Row at which each project's options begin; length ``n_projects`` + 1.
    owner : ndarray of int64
        Project of each row.
    cents : ndarray of int64
        Committed cost.
    worth : ndarray of float64
        What the objective counts for the option: expected net value, expected value, or chance.
    architecture, images : ndarray of int64
        For breaking ties.
    may_be_needed : ndarray of bool, length ``n_projects``
        Whether a rule could demand that the project is funded although it does not pay.
    """

    projects: tuple[str, ...]
    options: tuple[ProjectOptions, ...]
    first: NDArray[np.int64]
    owner: NDArray[np.int64]
    cents: Cents
    worth: NDArray[np.float64]
    architecture: NDArray[np.int64]
    images: NDArray[np.int64]
    may_be_needed: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.cents)

    def row_in_project(self, row: int) -> int:
        """Return which option of its project a row is."""
        return int(row - self.first[self.owner[row]])


def objective_worth(options: ProjectOptions, objective: Objective) -> NDArray[np.float64]:
    """Return what the objective counts for each option.

    ``net_value``: expected net value. ``value``: expected gross value. ``targets_met``: chance of
    target, one for each project.
    """
    if objective is Objective.NET_VALUE:
        return options.expected_net_value
    if objective is Objective.VALUE:
        return options.expected_value
    return options.chance


def build_table(
    options: Sequence[ProjectOptions], objective: Objective, rules: Iterable[ProjectRule] = ()
) -> OptionTable:
    """Return the flat table of all options under an objective."""
    ordered = tuple(sorted(options, key=lambda item: item.project))
    needed = _may_be_needed(rules)
    sizes = [len(item) for item in ordered]
    return OptionTable(
        projects=tuple(item.project for item in ordered),
        options=ordered,
        first=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        owner=np.repeat(np.arange(len(ordered)), sizes).astype(np.int64),
        cents=_joined([item.total_cents for item in ordered], np.int64),
        worth=_joined([objective_worth(item, objective) for item in ordered], np.float64),
        architecture=_joined([item.architecture_index for item in ordered], np.int64),
        images=_joined([item.images_total for item in ordered], np.int64),
        may_be_needed=np.array([item.project in needed for item in ordered], dtype=np.bool_),
    )


def _joined[T: np.generic](parts: list[NDArray[T]], kind: type[T]) -> NDArray[T]:
    """Concatenate, also when there is nothing to concatenate."""
    return np.concatenate([np.empty(0, dtype=kind), *parts])


def _may_be_needed(rules: Iterable[ProjectRule]) -> frozenset[str]:
    needed: set[str] = set()
    for rule in rules:
        if isinstance(rule, Fund | AtLeast):
            needed.update(rule.projects)
        elif isinstance(rule, Require):
            needed.add(rule.needs)
    return frozenset(needed)
