"""The best plan of a small portfolio, by listing which projects to fund.

A thousand plans after outcomes are wanted, of problems that the engine takes milliseconds to set
up. Where rules speak of projects alone and one budget binds, every set of projects that keeps the
rules is listed once; a plan takes the most promising sets first and fills each exactly, by the
undominated sums of cost and worth, until no set left can be better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.domain.portfolio.portfolio import Portfolio
from planner.domain.vocabulary import Covers
from planner.offering.build_problem import has_one_budget
from planner.offering.rules import project_rules, rule_rows

__all__ = ["MOST_LISTED", "Offer", "best_listed", "list_sets"]

MOST_LISTED = 10
"""Projects up to which all sets are listed."""
BEYOND = 1e300
"""Cents that no budget pays."""


@dataclass(frozen=True, eq=False)
class Offer:
    """What may be chosen for one project: worth and cost of each option."""

    worth: Floats
    cents: Rows

    @cached_property
    def best(self) -> float:
        """Most that it may be worth; 0 where nothing may be chosen."""
        return float(self.worth.max()) if len(self.worth) else 0.0

    @cached_property
    def least(self) -> float:
        """Least that it may cost, in cents; beyond every budget where nothing may be chosen."""
        return float(self.cents.min()) if len(self.cents) else BEYOND

    @cached_property
    def first(self) -> int:
        """Place of the option that is worth most."""
        return int(np.argmax(self.worth))


@dataclass(frozen=True, eq=False)
class Filled:
    """A set of projects filled: its worth, and the option of each project."""

    worth: float
    picks: tuple[int | None, ...]
    cents: int


def list_sets(portfolio: Portfolio) -> Flags | None:
    """Return every set of projects that keeps the rules, shape (n_sets, n_projects).

    None where sets of projects are not all there is to a plan, or there are too many.
    """
    ids = [project.id for project in portfolio.projects]
    whole_life = portfolio.budget_covers is Covers.WHOLE_LIFE
    if len(ids) > MOST_LISTED or whole_life or not has_one_budget(portfolio):
        return None
    sets = (np.arange(2 ** len(ids))[:, None] >> np.arange(len(ids)) & 1).astype(np.bool_)
    kept = np.ones(len(sets), dtype=np.bool_)
    for row in rule_rows(project_rules(portfolio.rules)):
        terms = dict(row.terms)
        total = sets @ np.array([terms.get(name, 0.0) for name in ids])
        kept &= total <= row.limit + 1e-9
    return np.asarray(sets[kept])


def best_listed(offers: Sequence[Offer], sets: Flags | Floats, budget_cents: int) -> Filled | None:
    """Return the best plan among listed sets; None if there is none or the budget pays for none.

    Parameters
    ----------
    offers : sequence of Offer
        One for each project; empty where nothing of it may be chosen.
    sets : ndarray of bool or float64, shape (n_sets, n_projects)
        From :func:`list_sets`; as numbers, where many plans are asked for.
    budget_cents : int
        Hard limit.
    """
    if not len(sets):
        return None
    best = np.array([offer.best for offer in offers])
    fits = sets @ np.array([offer.least for offer in offers]) <= budget_cents
    bound = np.where(fits, sets @ best, -np.inf)
    found: Filled | None = None
    while True:
        at = int(np.argmax(bound))
        if bound[at] == -np.inf or (found is not None and bound[at] <= found.worth):
            return found
        filled = _filled(offers, np.flatnonzero(sets[at]).tolist(), budget_cents)
        if filled is not None and (found is None or filled.worth > found.worth):
            found = filled
        bound[at] = -np.inf


def _filled(offers: Sequence[Offer], chosen: Sequence[int], budget_cents: int) -> Filled | None:
    """Return the best options of a set of projects that a budget pays for."""
    picks: list[int | None] = [None] * len(offers)
    for index in chosen:
        picks[index] = offers[index].first
    cents = sum(int(offers[index].cents[picks[index]]) for index in chosen)
    if cents <= budget_cents:
        worth = sum(float(offers[index].worth[picks[index]]) for index in chosen)
        return Filled(worth, tuple(picks), cents)
    return _sums(offers, chosen, budget_cents)


def _sums(offers: Sequence[Offer], chosen: Sequence[int], budget_cents: int) -> Filled | None:
    """Return the best of all undominated sums of cost and worth within a budget."""
    cents, worth = np.zeros(1, dtype=np.int64), np.zeros(1)
    steps: list[tuple[int, Rows, Rows]] = []
    for index in chosen:
        offer = offers[index]
        all_cents = (cents[:, None] + offer.cents).ravel()
        all_worth = (worth[:, None] + offer.worth).ravel()
        order = np.lexsort((-all_worth, all_cents))
        order = order[all_cents[order] <= budget_cents]
        before = np.maximum.accumulate(np.concatenate([[-np.inf], all_worth[order]]))[:-1]
        kept = order[all_worth[order] > before]
        if not len(kept):
            return None
        steps.append((index, kept // len(offer.cents), kept % len(offer.cents)))
        cents, worth = all_cents[kept], all_worth[kept]
    picks: list[int | None] = [None] * len(offers)
    at = len(worth) - 1
    for index, origin, option in reversed(steps):
        picks[index] = int(option[at])
        at = int(origin[at])
    return Filled(float(worth[-1]), tuple(picks), int(cents[-1]))
