"""From the relaxation's shares to a whole plan that keeps every row, without a solver.

How a plan is then improved is told in ``exchange``.
"""

from dataclasses import dataclass

import numpy as np

from planner.domain.arrays import Flags, Floats, Rows
from planner.solving.certify import Certifier
from planner.solving.lp.master import Relaxed

MOST_TRIES = 200
"""Changes that are looked at in one pass when rows refuse them."""
MOST_CHANGES = 2_000
FEW_TRIES = 8
"""Changes up to which each is looked at alone."""


@dataclass(eq=False)
class Draft:
    """A plan in the making: at most one option for each project, always within the budget.

    Attributes
    ----------
    certifier : Certifier
        Judges it.
    taken : ndarray of int64, shape (n_projects,)
        Option of each project, −1 for none.
    assets : ndarray of bool
        Bought: what the taken options need.
    candidates : ndarray of int64
        Options looked at for changes, increasing.
    """

    certifier: Certifier
    taken: Rows
    assets: Flags
    candidates: Rows

    @property
    def options(self) -> Rows:
        """Options taken, increasing."""
        return np.asarray(self.taken[self.taken >= 0])

    @property
    def cents(self) -> int:
        """Committed cost."""
        return self.certifier.system.cents(self.options, self.assets)

    def room(self) -> float:
        """Return the cents that are left; inf without a budget."""
        budget = self.certifier.terms.budget_cents
        return np.inf if budget is None else budget - self.cents

    def with_options(self, changes: dict[int, int]) -> "Draft | None":
        """Return the plan with other options (−1: none) of some projects; None if not allowed."""
        taken = self.taken.copy()
        for project, option in changes.items():
            taken[project] = option
        options = taken[taken >= 0]
        judge = self.certifier
        assets = judge.system.required_assets(options) if judge.system.n_rows else self.assets
        if assets is None:
            return None
        budget = judge.terms.budget_cents
        if budget is not None and judge.system.cents(options, assets) > budget:
            return None
        if judge.spend is not None and not judge.keeps_spend(options, assets):
            return None
        return Draft(judge, taken, assets, self.candidates)


def draft_from(certifier: Certifier, options: Rows, candidates: Rows) -> Draft | None:
    """Return a draft that takes some options, or None if they break a row whatever is bought."""
    problem = certifier.system.problem
    taken = np.full(len(problem.projects), -1, dtype=np.int64)
    taken[problem.owner[options]] = options
    assets = certifier.system.required_assets(np.sort(options))
    if assets is None or not certifier.keeps_rows(options, assets):
        return None
    if not certifier.keeps_spend(options, assets):
        return None
    return Draft(certifier, taken, assets, candidates)


def rounded(certifier: Certifier, relaxed: Relaxed, gain: Floats, candidates: Rows) -> Draft | None:
    """Return a plan near the relaxation's shares; None where rows refuse the simple ways.

    First what is taken whole and the larger part of what is split; if that is too much, only
    what is taken whole; then whatever still pays and fits.

    Parameters
    ----------
    certifier : Certifier
        Judges.
    relaxed : Relaxed
        Shares.
    gain : ndarray of float64, shape (n_options,)
        Marginal worth of each option at the relaxation's draw weights.
    candidates : ndarray of int64
        Options looked at beyond the relaxation's.
    """
    owner = certifier.system.problem.owner
    order = np.lexsort((relaxed.options, -relaxed.shares, owner[relaxed.options]))
    _, first = np.unique(owner[relaxed.options[order]], return_index=True)
    largest = order[first]
    most = relaxed.options[largest[relaxed.shares[largest] >= 0.5]]
    whole = relaxed.options[relaxed.shares >= 1 - 1e-6]
    for start in (most, whole, np.zeros(0, dtype=np.int64)):
        draft = draft_from(certifier, start, candidates)
        if draft is not None:
            return filled(draft, gain)
    return None


def filled(draft: Draft, gain: Floats) -> Draft:
    """Take single changes, the most gaining first, while one gains at fixed marginal worth."""
    for _ in range(MOST_CHANGES):
        better = _best_change(draft, gain)
        if better is None:
            break
        draft = better
    return draft


def _changes(draft: Draft, gain: Floats) -> tuple[Rows, Floats]:
    """Return options that gain and fit by their own cost, the most gaining first, and the gain."""
    problem = draft.certifier.system.problem
    has = draft.taken >= 0
    base, cents = np.zeros(len(has)), np.zeros(len(has), dtype=np.int64)
    base[has] = gain[draft.taken[has]]
    cents[has] = problem.cents[draft.taken[has]]
    options, owner = draft.candidates, problem.owner[draft.candidates]
    adds = gain[options] - base[owner]
    margin = 1e-12 * max(1.0, float(np.abs(base).sum()))
    saved = int(np.maximum(problem.asset_cents[draft.assets], 0).sum())
    costs = problem.cents[options] - cents[owner]
    possible = np.flatnonzero((adds > margin) & (costs <= draft.room() + saved))
    if len(possible) > MOST_TRIES:
        possible = possible[np.argpartition(-adds[possible], MOST_TRIES)[:MOST_TRIES]]
    possible = possible[np.lexsort((possible, -adds[possible]))]
    return options[possible], adds[possible]


def _kept_by_rows(draft: Draft, options: Rows) -> Flags:
    """Return which options, each in place of its project's, rows and budget seem to allow.

    All at once, where most are refused; those that seem possible are looked at again.
    """
    judge, system = draft.certifier, draft.certifier.system
    coefficients = system.by_option
    if coefficients is None or not system.n_rows or len(options) < FEW_TRIES:
        return np.ones(len(options), dtype=np.bool_)
    before = draft.taken[system.problem.owner[options]]
    had = before >= 0
    activity = coefficients[options] + coefficients[draft.options].sum(axis=0)
    activity[had] -= coefficients[before[had]]
    kept, bought = system.required_of_many(activity)
    budget = judge.terms.budget_cents
    if budget is None:
        return kept
    cents = system.problem.cents
    total = cents[options] + int(cents[draft.options].sum()) + bought @ system.problem.asset_cents
    total[had] -= cents[before[had]]
    return kept & (total <= budget)


def _best_change(draft: Draft, gain: Floats) -> Draft | None:
    """Return the draft after the most gaining change that is allowed and pays for its assets."""
    problem = draft.certifier.system.problem
    options, adds = _changes(draft, gain)
    kept = _kept_by_rows(draft, options)
    options, adds = options[kept], adds[kept]
    owned = float(problem.asset_worth[draft.assets].sum())
    for option, added in zip(options.tolist(), adds.tolist(), strict=True):
        changed = draft.with_options({int(problem.owner[option]): option})
        if changed is None:
            continue
        if added + float(problem.asset_worth[changed.assets].sum()) - owned > 0:
            return changed
    return None
