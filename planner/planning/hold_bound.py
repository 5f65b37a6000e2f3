r"""How much could any plan be worth whose random spend is within the budget with some chance?

The plans whose chance is :math:`c` cannot be written as linear rows, but they lie among those that
can. Of :math:`n` draws at most :math:`k = n - \lceil c n \rceil` are over the budget :math:`B`. So
of any :math:`m > k` of the draws, the cheapest :math:`m - k` are within it in the mean. Let
:math:`L_T(S)` be that mean of a spend :math:`S` over a set :math:`T` of draws. It is a least of
linear functions, so the sum of the options' own is no more than that of their sum:

.. math:: \sum_o L_T(S_o) \, x_o \le L_T\Big(\sum_o S_o x_o\Big) \le B.

Every set of draws gives a row that all plans with the chance keep, and the best value under some
such rows is a bound. Sets that hold the draws in which good plans spend most make it sharp: in
draws so hard that every cap is reached, the row is the budget on the caps.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from planner.domain.arrays import Floats, Rows
from planner.domain.portfolio.risk import RiskMeasure
from planner.domain.vocabulary import Status
from planner.offering.effort import USUAL, Allowance
from planner.offering.problem import DecisionProblem, LinearRow, Outcomes, Solution

if TYPE_CHECKING:  # prepare imports the module that asks here
    from planner.planning.prepare import Prepared

__all__ = ["bound_under_chance", "cheapest_means", "hard_draws"]

BOUND_GAP = 1e-4
ROUNDS = 4
"""Searches, each with the rows of the plan that the one before brought back."""
CHUNK = 256
SIZES = (1.05, 1.25, 1.6, 2.5, 5.0)
"""Draws in a set, in multiples of those that may be over the budget; one set holds them all."""


def hard_draws(spend: Sequence[Floats], over: int) -> Iterator[Rows]:
    """Yield sets of draws: all of them, and the dearest of each of some plans.

    Parameters
    ----------
    spend : sequence of ndarray of shape (n_draws,)
        Of the plans.
    over : int
        Draws that may be over the budget; every set is larger.
    """
    n_draws = len(spend[0])
    yield np.arange(n_draws, dtype=np.int64)
    for draws in spend:
        order = np.argsort(-draws, kind="stable").astype(np.int64)
        for size in SIZES:
            count = max(over + 1, round(size * over))
            if count < n_draws:
                yield np.sort(order[:count])


def cheapest_means(outcomes: Outcomes, sets: Sequence[Rows], over: int) -> Rows:
    """Return the mean spend of every option over the cheapest draws of each set.

    Parameters
    ----------
    outcomes : Outcomes
        Draws of the spend.
    sets : sequence of ndarray of int64
        Of draws.
    over : int
        How many of the dearest draws of a set are left out.

    Returns
    -------
    ndarray of int64, shape (n_sets, n_options)
        In whole cents, rounded down.
    """
    count = len(outcomes.spend_at(np.zeros(outcomes.n_draws)))
    means = np.zeros((len(sets), count))
    for start in range(0, count, CHUNK):
        part = np.arange(start, min(start + CHUNK, count), dtype=np.int64)
        draws = outcomes.spend_draws(part)
        for number, chosen in enumerate(sets):
            kept = len(chosen) - over
            cheapest = np.partition(draws[:, chosen], kept - 1, axis=1)[:, :kept]
            means[number, part] = cheapest.mean(axis=1)
    return np.floor(means + 1e-6).astype(np.int64)


def bound_under_chance(
    prepared: "Prepared",
    chance: float,
    limit_cents: int,
    risk: RiskMeasure | None,
    plans: Iterable[Solution],
    allowance: Allowance = USUAL,
) -> tuple[float, list[Solution]]:
    """Return what no plan is worth more than whose spend holds the budget with a chance.

    The best plan under the rows is mostly none of those; the draws in which it spends most then
    give another row, a few times over.

    Parameters
    ----------
    prepared : Prepared
        The portfolio.
    chance : float
        Asked for, on the audit's draws.
    limit_cents : int
        The budget.
    risk : RiskMeasure or None
        In place of the portfolio's.
    plans : iterable of Solution
        Good ones; the draws in which they spend most sharpen the bound.
    allowance : Allowance
        Of the searches; the bound holds wherever that ends them.

    Returns
    -------
    bound : float
        −inf where there is no such plan.
    found : list of Solution
        Best plans under the rows, which may or may not hold the budget.
    """
    from planner.solving.solver import PortfolioSolver

    outcomes = prepared.audit_outcomes
    over = outcomes.n_draws - int(np.ceil(chance * outcomes.n_draws - 1e-9))
    spend = [outcomes.spend_draws(plan.options).sum(axis=0) for plan in plans]
    sets = list(hard_draws(spend, over))
    rows: list[LinearRow] = []
    found: list[Solution] = []
    bound, each = math.inf, replace(allowance, work=allowance.work / ROUNDS)
    for _ in range(ROUNDS):
        means = cheapest_means(outcomes, sets, over)
        rows += _rows(prepared.problem, means, limit_cents, len(rows))
        problem = replace(prepared.problem, rows=(*prepared.problem.rows, *rows), spend=None)
        best = PortfolioSolver(problem).solve(risk=risk, gap=BOUND_GAP, allowance=each)
        if best.status is Status.INFEASIBLE:
            return -math.inf, found
        bound = min(bound, best.bound)
        found.append(best)
        spent = outcomes.spend_draws(best.options).sum(axis=0)
        total = spent + prepared.problem.asset_cents[best.assets].sum()
        if np.count_nonzero(total > limit_cents) <= over or allowance.deadline.has_passed():
            break
        sets = list(hard_draws([spent], over))[1:]
    return bound, found


def _rows(
    problem: DecisionProblem, means: Rows, limit_cents: int, first: int
) -> Iterator[LinearRow]:
    for number, cents in enumerate(means, start=first):
        yield LinearRow(
            f"held[{number}]",
            "",
            np.arange(len(cents), dtype=np.int64),
            cents.astype(np.float64),
            np.arange(len(problem.assets), dtype=np.int64),
            problem.asset_cents.astype(np.float64),
            float(limit_cents),
        )
